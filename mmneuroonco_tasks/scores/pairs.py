"""Scores of a run together with a second run of the same model: did it look, and did it know the trap for one?

``vision_gain`` takes a *control*: the same questions without a picture (``blind``) or before the picture of another
image (``swapped``). ``dual_scores`` takes a *twin*: the same questions with other options (``benchmark.twins``). Both
pair by qid, and both runs get the same resamples of clusters.

Answers to the ``shuffled`` twin carry the letters that were shown; ``unshuffled`` gives them their own letters first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from mmneuroonco_tasks.answers.outcome import Answer, Outcome
from mmneuroonco_tasks.benchmark.records import REJECTION_LETTER, ClosedBenchmark
from mmneuroonco_tasks.benchmark.twins import original_letters

from .counting import closed_columns, cluster_indices, read_picks
from .registry import Metric
from .uncertainty import RESAMPLES, SEED, ClusterCounts, Estimate, estimate_all

if TYPE_CHECKING:
    from .confidence import Probabilities

Answers = Mapping[str, Answer | None]

VISION_GAIN = Metric(
    "vision_gain",
    "Accuracy of the run minus that of the model's own control run, question by question",
    "(right − right in the control) / asked",
    "asked",
    "mean",
    "higher",
    low=-1.0,
    numerator={"right": 1.0, "second_right": -1.0},
    denominator="asked",
)

DUAL_METRICS = (
    Metric(
        "trap_accuracy",
        "Share of traps on which E was picked, in the run",
        "E picked on T / |T|",
        "traps",
        "mean",
        "higher",
        numerator={"traps_right": 1.0},
        denominator="traps",
    ),
    Metric(
        "twin_accuracy_traps",
        "Share right of the traps' twins, in which the true option is offered",
        "right on the twins of T / |T|",
        "traps",
        "mean",
        "higher",
        numerator={"traps_second_right": 1.0},
        denominator="traps",
    ),
    Metric(
        "delta_nota",
        "What is lost where the true option is taken away: accuracy on the traps' twins minus trap accuracy",
        "(right on the twins of T − E picked on T) / |T|",
        "traps",
        "mean",
        "lower",
        low=-1.0,
        numerator={"traps_second_right": 1.0, "traps_right": -1.0},
        denominator="traps",
    ),
    Metric(
        "dual_accuracy_traps",
        "Share of traps that are right and whose twin is right too",
        "trap and twin right / |T|",
        "traps",
        "mean",
        "higher",
        numerator={"traps_both_right": 1.0},
        denominator="traps",
    ),
    Metric(
        "dual_accuracy_answerable",
        "Share of answerable questions that are right in both forms",
        "question and twin right / |S|",
        "answerable",
        "mean",
        "higher",
        numerator={"answerable_both_right": 1.0},
        denominator="answerable",
    ),
)


def vision_gain(
    benchmark: ClosedBenchmark, run: Answers, control: Answers, *, resamples: int = RESAMPLES, seed: int = SEED
) -> Estimate:
    """How much accuracy the picture adds, with its 95 % interval.

    Args:
        benchmark: the questions that both runs asked.
        run: the answers before the questions' own pictures.
        control: the answers of the same model without a picture, or before swapped ones.

    Raises:
        ValueError: a qid is answered that was not asked.

    >>> from mmneuroonco_tasks.benchmark.records import Benchmark, ClosedQuestion, Picture
    >>> asked = [
    ...     ClosedQuestion(f"{n}_q1", Picture(n, "a/b/c.png", n), "diagnosis", "Which?", {"A": "x", "B": "y"}, "A")
    ...     for n in (1, 2)
    ... ]
    >>> run = {"1_q1": Answer.of_letter("A"), "2_q1": Answer.of_letter("A")}
    >>> control = {"1_q1": Answer.of_letter("A"), "2_q1": Answer.of_letter("B")}
    >>> vision_gain(Benchmark("closed", "full", tuple(asked), 2, "00000000"), run, control).value
    0.5
    """
    counts = _paired_counts(benchmark, run, benchmark, control)
    return estimate_all([(counts, [VISION_GAIN])], resamples, seed)[0][VISION_GAIN.name]


def dual_scores(
    benchmark: ClosedBenchmark,
    run: Answers,
    twin: ClosedBenchmark,
    twin_run: Answers,
    *,
    resamples: int = RESAMPLES,
    seed: int = SEED,
) -> dict[str, Estimate]:
    """The ``DUAL_METRICS`` of a run and the same model's run on a twin, with 95 % intervals.

    With ``restored`` the trap and its twin differ by the true option alone; with ``standard`` the twin offers no E
    (chance ¼), so that ``dual_accuracy_answerable`` is "right with and without E". For ``shuffled`` give
    ``benchmark`` itself as the twin and ``unshuffled`` answers; ``delta_nota`` is then what the last slot was worth.

    Raises:
        ValueError: the twin does not hold the same questions, or a qid is answered that was not asked.
    """
    counts = _paired_counts(benchmark, run, twin, twin_run)
    return estimate_all([(counts, DUAL_METRICS)], resamples, seed)[0]


def unshuffled(benchmark: ClosedBenchmark, answers: Answers) -> dict[str, Answer | None]:
    """Answers to the ``shuffled`` twin with the letters that the options have in ``benchmark``, the original.

    Letters that were not shown stay as they are. What was read as *rejected* or *answered* is told anew by the letter.
    """
    return {
        qid: _unshuffled(original_letters(benchmark[qid]), answer) if qid in benchmark else answer
        for qid, answer in answers.items()
    }


def unshuffled_probabilities(benchmark: ClosedBenchmark, probabilities: Probabilities) -> Probabilities:
    """The same for the probabilities of letters."""
    return {
        qid: {original_letters(benchmark[qid]).get(letter, letter): value for letter, value in own.items()}
        for qid, own in probabilities.items()
        if qid in benchmark
    }


def _unshuffled(letters: Mapping[str, str], answer: Answer | None) -> Answer | None:
    if answer is None or answer.letter is None:
        return answer
    letter = letters.get(answer.letter, answer.letter)
    outcome = Outcome.REJECTED if letter == REJECTION_LETTER else Outcome.ANSWERED
    return replace(answer, letter=letter, outcome=outcome)


def _paired_counts(
    benchmark: ClosedBenchmark, run: Answers, second: ClosedBenchmark, second_run: Answers
) -> ClusterCounts:
    qids = [question.qid for question in benchmark.questions]
    if qids != [question.qid for question in second.questions]:
        raise ValueError(
            f"{benchmark.scope} ({len(qids)} questions) and {second.scope} ({len(second)}) do not ask the same "
            "questions; restrict both to those that both asked."
        )
    own = closed_columns(benchmark.questions, read_picks(benchmark, run))
    other = closed_columns(second.questions, read_picks(second, second_run))
    columns = {
        **{name: own[name] for name in ("asked", "right", "traps", "traps_right", "answerable")},
        "second_right": other["right"],
        "traps_second_right": own["traps"] * other["right"],
        "traps_both_right": own["traps_right"] * other["right"],
        "answerable_both_right": own["answerable_right"] * other["right"],
    }
    return ClusterCounts.of(cluster_indices(benchmark.questions), columns)
