"""From questions and answers to the integer columns that every metric is computed from."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

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
    index = {letter: number for number, letter in enumerate(LETTERS)}
    keys = [index[question.answer] for question in questions]
    picked = [
        _NO_PICK if answer is None or answer.letter is None else index[answer.letter]
        for answer in (picks[question.qid] for question in questions)
    ]
    return np.array(keys, dtype=np.int64), np.array(picked, dtype=np.int64)


def closed_columns(questions: Sequence[ClosedQuestion], picks: Mapping[str, Answer | None]) -> Columns:
    """The indicators of ``registry.CLOSED_COLUMNS``; ``picks`` as ``read_picks`` gives them."""
    answers = [picks[question.qid] for question in questions]
    keys, picked = keys_and_picks(questions, picks)
    rejection = LETTERS.index(REJECTION_LETTER)
    right = picked == keys
    chosen = picked < rejection
    rejected = picked == rejection
    aware = np.array([question.offers_rejection for question in questions], dtype=bool)
    trap = aware & (keys == rejection)
    answerable = aware & ~trap
    missing = np.array([answer is None for answer in answers], dtype=bool)
    hedged = np.array([answer is not None and answer.hedged for answer in answers], dtype=bool)
    types = np.array([question.question_type for question in questions], dtype=object)
    first, whole = _images(questions, right)
    columns = {
        "asked": np.ones(len(questions), dtype=bool),
        "right": right,
        "wrong": missing | ((chosen | rejected) & ~right),
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
        "rejected_hedged": rejected & hedged,
        **{name: _has_outcome(answers, outcome) for name, outcome in _WITHOUT_PICK.items()},
        "missing": missing,
        "images": first,
        "images_right": first & whole,
        **{name: types == name for name in CLOSED_TYPES},
        **{f"{name}_right": (types == name) & right for name in CLOSED_TYPES},
        **{f"key_{letter}": keys == number for number, letter in enumerate(LETTERS)},
        **{f"picked_{letter}": picked == number for number, letter in enumerate(LETTERS)},
    }
    return {name: column.astype(np.int64) for name, column in columns.items()}


_WITHOUT_PICK = {
    "refused": Outcome.REFUSED,
    "ambiguous": Outcome.AMBIGUOUS,
    "unparsed": Outcome.UNPARSED,
    "failed": Outcome.FAILED,
}


def _has_outcome(answers: Sequence[Answer | None], outcome: Outcome) -> NDArray[np.bool_]:
    return np.array([answer is not None and answer.outcome == outcome for answer in answers], dtype=bool)


def _images(
    questions: Sequence[ClosedQuestion], right: NDArray[np.bool_]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which questions are the first asked one of their image, and of which the image is right as a whole."""
    wrong = {question.picture.id for question, is_right in zip(questions, right, strict=True) if not is_right}
    seen: set[int] = set()
    first = np.zeros(len(questions), dtype=bool)
    for number, question in enumerate(questions):
        first[number] = question.picture.id not in seen
        seen.add(question.picture.id)
    return first, np.array([question.picture.id not in wrong for question in questions], dtype=bool)


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
    >>> modality_of(Picture(2, "glioma/10_t1_t2_mask/a_T2_17.png", 2))
    'T2'
    """
    for text in (picture.source, picture.path.rsplit("/", 1)[-1]):
        found = {_SEQUENCES[word] for word in re.split(r"[^a-z0-9]+", text.lower()) if word in _SEQUENCES}
        if len(found) == 1:
            return found.pop()
    return "unknown"
