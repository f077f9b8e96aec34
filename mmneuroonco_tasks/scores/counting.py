"""From questions and answers to the integer columns that every metric is computed from."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ..answers.outcome import Answer, Outcome
from ..benchmark.records import (
    CLOSED_TYPES,
    LETTERS,
    REJECTION_LETTER,
    ClosedBenchmark,
    ClosedQuestion,
    Picture,
)
from .uncertainty import ClusterCounts

#: Indicators by name, each of shape ``(questions,)``.
Columns = dict[str, NDArray[np.int64]]

_NO_PICK = len(LETTERS)
#: MR sequences as the released paths spell them, and as tables do.
_SEQUENCES = {"t1": "T1", "t1ce": "T1CE", "t2": "T2", "flair": "FLAIR"}


def read_picks(benchmark: ClosedBenchmark, answers: Mapping[str, Answer | None]) -> dict[str, Answer | None]:
    """The answer of every asked question, in benchmark order; ``None`` where a response is missing.

    Only offered letters count: a letter that its question does not offer becomes ``unparsed``, which matters for
    files that hold letters only.

    Raises:
        ValueError: an answer belongs to a question that is not asked.
    """
    stray = [qid for qid in answers if qid not in benchmark]
    if stray:
        raise ValueError(
            f"{stray[0]} is answered but not asked in {benchmark.task}/{benchmark.scope}"
            + (f" (nor are {len(stray) - 1} more)" if len(stray) > 1 else "")
            + "; check the task and the scope, or leave these answers out."
        )
    return {question.qid: _as_offered(question, answers.get(question.qid)) for question in benchmark.questions}


def _as_offered(question: ClosedQuestion, answer: Answer | None) -> Answer | None:
    if answer is None or answer.letter is None:
        return answer
    if answer.letter not in question.options:
        return replace(answer, outcome=Outcome.UNPARSED, letter=None, rule="letter not offered")
    outcome = Outcome.REJECTED if answer.letter == REJECTION_LETTER else Outcome.ANSWERED
    return answer if answer.outcome == outcome else replace(answer, outcome=outcome)


def refusals_as_rejections(
    questions: Sequence[ClosedQuestion], picks: Mapping[str, Answer | None]
) -> dict[str, Answer | None]:
    """The same answers, every refusal read as E where E is offered: what a lenient reader would have said."""
    recoded: dict[str, Answer | None] = {}
    for question in questions:
        answer = picks[question.qid]
        if answer is not None and answer.outcome == Outcome.REFUSED and question.offers_rejection:
            answer = replace(answer, outcome=Outcome.REJECTED, letter=REJECTION_LETTER)
        recoded[question.qid] = answer
    return recoded


def keys_and_picks(
    questions: Sequence[ClosedQuestion], picks: Mapping[str, Answer | None]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Index of the key (0..4 for A..E) and of the pick (5: no pick), each of shape ``(questions,)``."""
    keys = [_INDEX[question.answer] for question in questions]
    return np.array(keys, dtype=np.int64), _picked([picks[question.qid] for question in questions])


def _picked(answers: Sequence[Answer | None]) -> NDArray[np.int64]:
    picked = [_NO_PICK if answer is None or answer.letter is None else _INDEX[answer.letter] for answer in answers]
    return np.array(picked, dtype=np.int64)


def closed_columns(questions: Sequence[ClosedQuestion], picks: Mapping[str, Answer | None]) -> Columns:
    """The indicators that metrics count, by name; ``picks`` has each question's answer, ``None`` for a missing one."""
    return AskedColumns.of(questions).of_answers([picks[question.qid] for question in questions])


@dataclass(frozen=True)
class AskedColumns:
    """The indicators of some questions, whoever answers them; each field is of shape ``(questions,)``."""

    #: Index of the key, 0..4 for A..E.
    keys: NDArray[np.int64]
    #: Whether E is offered.
    aware: NDArray[np.bool_]
    #: Index of the question's type, -1 for one that is not known.
    kinds: NDArray[np.int64]
    #: A number for each image.
    images: NDArray[np.intp]

    @classmethod
    def of(cls, questions: Sequence[ClosedQuestion]) -> AskedColumns:
        """What is known of the questions."""
        number: dict[int, int] = {}
        images = [number.setdefault(question.picture.id, len(number)) for question in questions]
        return cls(
            np.array([_INDEX[question.answer] for question in questions], dtype=np.int64),
            np.array([question.offers_rejection for question in questions], dtype=bool),
            np.array([_TYPE_INDEX.get(question.question_type, -1) for question in questions], dtype=np.int64),
            np.array(images, dtype=np.intp),
        )

    def restricted_to(self, members: NDArray[np.bool_]) -> AskedColumns:
        """The same where only these questions are asked."""
        return AskedColumns(self.keys[members], self.aware[members], self.kinds[members], self.images[members])

    def of_answers(self, answers: Sequence[Answer | None]) -> Columns:
        """The columns of answers, one for each question; ``None`` is a missing one."""
        columns = self.of_letters(_picked(answers))
        missing = np.array([answer is None for answer in answers], dtype=bool)
        hedged = np.array([answer is not None and answer.hedged for answer in answers], dtype=bool)
        columns["wrong"] |= missing
        columns["missing"] |= missing
        columns["rejected_hedged"] |= columns["rejected"] & hedged
        for name, outcome in _WITHOUT_PICK.items():
            columns[name] |= np.array([answer is not None and answer.outcome == outcome for answer in answers], bool)
        return columns

    def of_letters(self, picked: NDArray[np.int64]) -> Columns:
        """The columns of picks, one for each question: 0..4 for A..E, 5 for none, of which nothing more is known."""
        return {name: column.astype(np.int64) for name, column in self.indicators(picked).items()}

    def indicators(self, picked: NDArray[np.int64]) -> dict[str, NDArray[np.bool_]]:
        """The same as true and false."""
        keys, aware = self.keys, self.aware
        types = {name: self.kinds == number for name, number in _TYPE_INDEX.items()}
        first = self._first_of_image()
        rejection = _INDEX[REJECTION_LETTER]
        right = picked == keys
        chosen = picked < rejection
        rejected = picked == rejection
        trap = aware & (keys == rejection)
        answerable = aware & ~trap
        none = np.zeros(len(keys), dtype=bool)
        return {
            "asked": ~none,
            "right": right,
            "wrong": (chosen | rejected) & ~right,
            "rejection_aware": aware,
            "rejection_aware_right": aware & right,
            "answerable": answerable,
            "answerable_right": answerable & right,
            "answerable_chosen": answerable & chosen,
            "answerable_rejected": answerable & rejected,
            "traps": trap,
            "traps_right": trap & right,
            "traps_chosen": trap & chosen,
            "binary": ~aware,
            "binary_right": ~aware & right,
            "rejected": rejected,
            "rejected_hedged": none,
            **dict.fromkeys(_WITHOUT_PICK, none),
            "missing": none,
            "images": first,
            "images_right": first & self._whole_images(right),
            **types,
            **{f"{name}_right": of_type & right for name, of_type in types.items()},
            **{f"key_{letter}": keys == number for letter, number in _INDEX.items()},
            **{f"picked_{letter}": picked == number for letter, number in _INDEX.items()},
        }

    def _first_of_image(self) -> NDArray[np.bool_]:
        """Which questions are the first asked one of their image."""
        first = np.zeros(len(self.images), dtype=bool)
        first[np.unique(self.images, return_index=True)[1]] = True
        return first

    def _whole_images(self, right: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Of which questions the image is right as a whole."""
        wrong_of_image = np.bincount(self.images, weights=~right)
        whole: NDArray[np.bool_] = wrong_of_image[self.images] == 0
        return whole


_INDEX = {letter: number for number, letter in enumerate(LETTERS)}
_TYPE_INDEX = {name: number for number, name in enumerate(CLOSED_TYPES)}
_WITHOUT_PICK = {
    "refused": Outcome.REFUSED,
    "ambiguous": Outcome.AMBIGUOUS,
    "unparsed": Outcome.UNPARSED,
    "failed": Outcome.FAILED,
}


def cluster_indices(questions: Sequence[ClosedQuestion]) -> NDArray[np.intp]:
    """Each question's cluster, numbered 0, 1, … in the order in which clusters first appear."""
    number: dict[int, int] = {}
    return np.array([number.setdefault(question.picture.cluster, len(number)) for question in questions], dtype=np.intp)


def closed_counts(benchmark: ClosedBenchmark, answers: Mapping[str, Answer | None]) -> ClusterCounts:
    """The sufficient statistics of a run, for comparing it with another over the same questions."""
    picks = read_picks(benchmark, answers)
    return ClusterCounts.of(cluster_indices(benchmark.questions), closed_columns(benchmark.questions, picks))


def modality_of(picture: Picture) -> str:
    """MR sequence that the released path names: T1, T1CE, T2 or FLAIR, else ``unknown``.

    The source folder decides where it holds one sequence only; in a folder of several, the file name does.

    >>> modality_of(Picture(1, "glioma/08_t1ce/0001.png", 1))
    'T1CE'
    >>> modality_of(Picture(2, "glioma/10_t1_t2_mask/slice_T2.png", 2))
    'T2'
    """
    for text in (picture.source, picture.path.rsplit("/", 1)[-1]):
        found = {_SEQUENCES[word] for word in re.split(r"[^a-z0-9]+", text.lower()) if word in _SEQUENCES}
        if len(found) == 1:
            return found.pop()
    return "unknown"
