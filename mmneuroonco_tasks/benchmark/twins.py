"""Twins: the same questions with other options, or before another picture, derived from the benchmark by rule.

A twin keeps every qid, so that a run and its twin pair, and the marks by which it can never be taken for the
original: its scope ends in ``+<twin>`` and its data hash is another.

``restored``
    E stays; in each trap the true option is put back, in place of the contested option where there is one, else in a
    slot drawn from the qid.
``standard``
    Restored, and E is not offered: plain multiple choice, chance ¼.
``shuffled``
    "None of the above" stands in a slot drawn from the qid and the letters are given out anew. It tells rejection
    from a liking for the last letter. What was picked is read with ``original_letters``, and scored on the original.
``swapped``
    The question stays and is asked before the picture of another image with another answer (``swapped_pictures``).

Every draw is a hash of the qid: the same on every machine, for ever, whatever else is asked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from hashlib import sha256

from .concepts import concept_of, contested_letters, listed_options, true_answer
from .records import LETTERS, REJECTION_LETTER, BenchmarkError, ClosedBenchmark, ClosedQuestion, Picture

#: A change of any rule or draw below is a new version.
TWIN_VERSION = "1"


def restored(benchmark: ClosedBenchmark) -> ClosedBenchmark:
    """Every trap with its true option put back, so that a listed option is right; the rest as it was.

    Raises:
        BenchmarkError: a trap does not keep its true option.

    >>> from mmneuroonco_tasks.benchmark.records import Benchmark
    >>> options = {"A": "T1", "B": "T2 weighted", "C": "FLAIR", "D": "DWI", "E": "None of the above"}
    >>> trap = ClosedQuestion("1_q1", Picture(1, "a/b/c.png", 1), "modality", "Which?", options, "E", True, "T2")
    >>> twin = restored(Benchmark("closed", "full", (trap,), 1, "00000000"))
    >>> twin["1_q1"].options["B"], twin["1_q1"].answer, twin.scope
    ('T2', 'B', 'full+restored')
    """
    return _derived(benchmark, "restored", _restored)


def standard(benchmark: ClosedBenchmark) -> ClosedBenchmark:
    """``restored``, without E: every question lists its right option and chance is ¼ (½ on two options).

    Raises:
        BenchmarkError: a trap does not keep its true option.
    """
    return _derived(benchmark, "standard", lambda question: _without_rejection(_restored(question)))


def shuffled(benchmark: ClosedBenchmark) -> ClosedBenchmark:
    """Every question that offers E with "None of the above" in a slot drawn from the qid, the others in their order.

    Its letters are those that a model sees, so E may be any option there: bring the picks back by
    ``original_letters`` and score them on ``benchmark``. ``trap`` still says that none of the listed options is right.

    >>> from mmneuroonco_tasks.benchmark.records import Benchmark
    >>> options = {"A": "T1", "B": "T2", "C": "FLAIR", "D": "DWI", "E": "None of the above"}
    >>> asked = ClosedQuestion("2_q1", Picture(2, "a/b/c.png", 2), "modality", "Which?", options, "B")
    >>> twin = shuffled(Benchmark("closed", "full", (asked,), 1, "00000000"))["2_q1"]
    >>> list(twin.options.values()), twin.answer
    (['None of the above', 'T1', 'T2', 'FLAIR', 'DWI'], 'C')
    >>> original_letters(asked)
    {'A': 'E', 'B': 'A', 'C': 'B', 'D': 'C', 'E': 'D'}
    """
    return _derived(benchmark, "shuffled", _shuffled)


#: The twins that have other options than the original, by name.
TWINS: Mapping[str, Callable[[ClosedBenchmark], ClosedBenchmark]] = {
    "restored": restored,
    "standard": standard,
    "shuffled": shuffled,
}


def original_letters(question: ClosedQuestion) -> dict[str, str]:
    """By the letter shown in the shuffled twin of this (original) question, the letter that the option really has."""
    order = list(listed_options(question))
    if question.offers_rejection:
        order.insert(draw("shuffled", question.qid, len(question.options)), REJECTION_LETTER)
    return dict(zip(LETTERS, order, strict=False))


def swapped_pictures(benchmark: ClosedBenchmark, pool: ClosedBenchmark | None = None) -> dict[str, Picture]:
    """By qid, the picture to show in place of the question's own: one of another patient with another answer.

    The true answer to the same type of question differs between the two pictures, as far as ``concepts`` can tell.
    Where some picture allows it, the right letter of the question would be another one too: a trap gets a picture
    that shows one of its listed options.

    Args:
        benchmark: the asked questions.
        pool: whose pictures may be shown; give the whole scope where few are asked, so that a question gets the same
            picture however many are. Default: the asked ones.

    Raises:
        BenchmarkError: no picture of the pool has another answer to some question.
    """
    shown: defaultdict[str, list[tuple[Picture, str]]] = defaultdict(list)
    for question in (pool or benchmark).questions:
        finding = _finding(question)
        if finding is not None:
            shown[question.question_type].append((question.picture, finding))
    return {question.qid: _swapped(question, shown[question.question_type]) for question in benchmark.questions}


def _swapped(question: ClosedQuestion, shown: Sequence[tuple[Picture, str]]) -> Picture:
    start = draw("swapped", question.qid, max(1, len(shown)))
    own = _finding(question)
    others = [
        (picture, finding)
        for picture, finding in (*shown[start:], *shown[:start])
        if picture.cluster != question.picture.cluster and (own is None or not _compatible(own, finding))
    ]
    if not others:
        raise BenchmarkError(
            f"{question.qid}: no other picture has another answer to a {question.question_type} question; "
            "the swapped control needs more images."
        )
    listed = {concept_of(question.question_type, text).broad for text in listed_options(question).values()}
    offered = (picture for picture, finding in others if finding in listed)
    return next(offered, others[0][0]) if question.trap else others[0][0]


def _finding(question: ClosedQuestion) -> str | None:
    """What the question's picture shows, as a broad concept."""
    true = true_answer(question)
    return None if true is None else concept_of(question.question_type, true).broad


def _compatible(first: str, second: str) -> bool:
    """Whether two findings can be of one picture: the same, or "abnormal" and anything but healthy."""
    return first == second or ("abnormal" in (first, second) and "healthy" not in (first, second))


def draw(purpose: str, qid: str, size: int) -> int:
    """A number below ``size``, drawn by a hash of the qid: the same everywhere and for ever.

    >>> [draw("restored", f"{image}_q1", 4) for image in (1, 2, 3, 4)]
    [3, 3, 1, 2]
    """
    return int.from_bytes(sha256(f"{purpose}:{qid}".encode()).digest(), "big") % size


def twin_hash(data_hash: str, twin: str) -> str:
    """The data hash of a twin of the questions with this data hash."""
    return sha256(f"{data_hash}+{twin}/{TWIN_VERSION}".encode()).hexdigest()[:8]


def _derived(
    benchmark: ClosedBenchmark, twin: str, change: Callable[[ClosedQuestion], ClosedQuestion]
) -> ClosedBenchmark:
    if "+" in benchmark.scope:
        raise BenchmarkError(f"{benchmark.scope} is a twin itself; derive {twin} from the original questions.")
    return replace(
        benchmark,
        scope=f"{benchmark.scope}+{twin}",
        data_hash=twin_hash(benchmark.data_hash, twin),
        questions=tuple(change(question) for question in benchmark.questions),
    )


def _restored(question: ClosedQuestion) -> ClosedQuestion:
    if not question.trap:
        return question
    if question.original_answer is None:
        raise BenchmarkError(f"{question.qid}: the trap does not keep its original answer, so it cannot be restored.")
    letters = list(listed_options(question))
    drawn = letters[draw("restored", question.qid, len(letters))]
    slot = next(iter(contested_letters(question)), drawn)
    options = {**question.options, slot: question.original_answer}
    return replace(question, options=options, answer=slot, trap=False, original_answer=None)


def _without_rejection(question: ClosedQuestion) -> ClosedQuestion:
    return replace(question, options=listed_options(question))


def _shuffled(question: ClosedQuestion) -> ClosedQuestion:
    shown = original_letters(question)
    options = {letter: question.options[original] for letter, original in shown.items()}
    answer = next(letter for letter, original in shown.items() if original == question.answer)
    return replace(question, options=options, answer=answer)
