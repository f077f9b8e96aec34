"""Two runs over the same questions: paired differences, how sure they are, and which questions were won and lost.

The first run is the one that others are measured against: a difference is the other run minus the first.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from ..answers.outcome import Answer
from ..benchmark.records import CLOSED_TYPES, ClosedBenchmark, OpenBenchmark
from ..scores.attributes import ATTRIBUTES
from ..scores.comparison import Difference, holm, minimum_detectable_effect, paired_differences, randomisation_test
from ..scores.counting import closed_counts, read_picks
from ..scores.open_counting import attribute_columns, open_clusters
from ..scores.open_reading import OpenAnswer
from ..scores.open_registry import OPEN_METRICS_BY_NAME
from ..scores.registry import METRICS, Metric
from ..scores.uncertainty import RESAMPLES, SEED, ClusterCounts
from .shown import Shown
from .tables import Cell, Number, Table

#: What is compared: the headline metrics, then the six types.
COMPARED_METRICS = (
    "h_score",
    "answerable_accuracy",
    "trap_accuracy",
    "rejection_aware_accuracy",
    "accuracy",
    "false_rejection_rate",
    *(f"accuracy_{name}" for name in CLOSED_TYPES),
)
#: The family of tests over which Holm's correction is taken.
TYPE_METRICS = tuple(f"accuracy_{name}" for name in CLOSED_TYPES)

#: The same for the open questions: the attributes.
OPEN_FAMILY = tuple(f"{name}_balanced_accuracy" for name in ATTRIBUTES)
OPEN_COMPARED_METRICS = ("attribute_balanced_accuracy", "attribute_accuracy", "contradiction_rate", *OPEN_FAMILY)


@dataclass(frozen=True)
class MetricComparison:
    """A metric on both runs. ``None`` where it is undefined (0/0) on one of them."""

    metric: str
    first: float | None
    second: float | None
    difference: Difference
    p_value: float | None
    #: The same after Holm's correction over the six types; for these alone.
    p_holm: float | None
    #: The smallest true difference that would be found four times in five, α = .05.
    detectable: float | None
    n: int


@dataclass(frozen=True)
class Comparison:
    """The second run against the first, over the questions that both asked."""

    metrics: tuple[MetricComparison, ...]
    #: Questions that the second run has right and the first has not, and the other way round.
    won: tuple[str, ...]
    lost: tuple[str, ...]
    both_right: int
    both_wrong: int

    def plain(self) -> dict[str, Any]:
        """The comparison as plain Python values."""
        return asdict(self)


@dataclass(frozen=True)
class _Side:
    """A run as it is compared: sums by patient or image, and what it has right of all that can be right."""

    counts: ClusterCounts
    right: frozenset[str]
    everything: tuple[str, ...]


def compare_closed(
    benchmark: ClosedBenchmark,
    first: Mapping[str, Answer | None],
    second: Mapping[str, Answer | None],
    *,
    metrics: Sequence[str] = COMPARED_METRICS,
    resamples: int = RESAMPLES,
    seed: int = SEED,
) -> Comparison:
    """Compare two runs over the same closed questions.

    Args:
        benchmark: the questions that both runs asked.
        first, second: their answers by qid; absent or ``None`` is missing, which is wrong.
        metrics: names in ``scores.registry.METRICS``.
        resamples: of the bootstrap and of the randomisation test each.

    Raises:
        ValueError: a qid is answered that was not asked.

    >>> from mmneuroonco_tasks.benchmark.records import Benchmark, ClosedQuestion, Picture
    >>> asked = tuple(
    ...     ClosedQuestion(f"{n}_q1", Picture(n, "a/b/c.png", n), "size", "How big?", {"A": "x", "B": "y"}, "A")
    ...     for n in range(1, 7)
    ... )
    >>> right, wrong = ({q.qid: Answer.of_letter(letter) for q in asked} for letter in "AB")
    >>> found = compare_closed(Benchmark("closed", "full", asked, 6, "00000000"), wrong, right, metrics=["accuracy"])
    >>> found.metrics[0].difference.value, found.metrics[0].p_value, len(found.won), found.lost
    (1.0, 0.03125, 6, ())
    """
    sides = (_closed_side(benchmark, first), _closed_side(benchmark, second))
    return _compare(*sides, {name: METRICS[name] for name in metrics}, TYPE_METRICS, resamples, seed)


def _closed_side(benchmark: ClosedBenchmark, answers: Mapping[str, Answer | None]) -> _Side:
    picks = read_picks(benchmark, answers)
    keys = {question.qid: question.answer for question in benchmark.questions}
    right = frozenset(qid for qid, pick in picks.items() if pick is not None and pick.letter == keys[qid])
    return _Side(closed_counts(benchmark, answers), right, tuple(keys))


def compare_open(
    benchmark: OpenBenchmark,
    first: Mapping[str, OpenAnswer],
    second: Mapping[str, OpenAnswer],
    *,
    resamples: int = RESAMPLES,
    seed: int = SEED,
) -> Comparison:
    """Compare two runs over the same open questions by the attributes that were asked for.

    Holm's correction is taken over the four attributes; what is won and lost are attributes of questions.
    """
    sides = (_open_side(benchmark, first), _open_side(benchmark, second))
    metrics = {name: OPEN_METRICS_BY_NAME[name] for name in OPEN_COMPARED_METRICS}
    return _compare(*sides, metrics, OPEN_FAMILY, resamples, seed)


def _open_side(benchmark: OpenBenchmark, answers: Mapping[str, OpenAnswer]) -> _Side:
    questions = benchmark.questions
    columns = {name: column.astype(np.int64) for name, column in attribute_columns(questions, answers).items()}
    items = {f"{q.qid} {item.attribute}": item.right for q in questions for item in answers[q.qid].items}
    right = frozenset(name for name, is_right in items.items() if is_right)
    return _Side(ClusterCounts.of(open_clusters(questions), columns), right, tuple(items))


def _compare(
    first: _Side, second: _Side, metrics: Mapping[str, Metric], family: Collection[str], resamples: int, seed: int
) -> Comparison:
    needed = tuple(dict.fromkeys(column for metric in metrics.values() for column in metric.columns))
    a, b = (_columns(side.counts, needed) for side in (first, second))
    statistics = {name: metric.compute for name, metric in metrics.items()}
    found = paired_differences(statistics, b, a, resamples=resamples, seed=seed)
    p_values = {}
    for name, metric in metrics.items():
        # Only the metric's own columns: patients on which the runs do not differ in them need not be swapped.
        own = (_columns(counts, metric.columns) for counts in (b, a))
        p_values[name] = randomisation_test(metric.compute, *own, rounds=resamples, seed=seed)
    corrected = holm({name: p for name, p in p_values.items() if name in family and p is not None})
    return Comparison(
        tuple(
            _metric_comparison(metric, a, b, found[name], p_values[name], corrected.get(name))
            for name, metric in metrics.items()
        ),
        won=tuple(name for name in first.everything if name in second.right - first.right),
        lost=tuple(name for name in first.everything if name in first.right - second.right),
        both_right=len(first.right & second.right),
        both_wrong=len(first.everything) - len(first.right | second.right),
    )


def _columns(counts: ClusterCounts, names: Sequence[str]) -> ClusterCounts:
    return ClusterCounts(tuple(names), counts.counts[:, [counts.names.index(name) for name in names]])


def _metric_comparison(
    metric: Metric,
    a: ClusterCounts,
    b: ClusterCounts,
    difference: Difference,
    p_value: float | None,
    p_holm: float | None,
) -> MetricComparison:
    first, second = (float(metric.compute(counts.totals)) for counts in (a, b))
    return MetricComparison(
        metric.name,
        None if math.isnan(first) else first,
        None if math.isnan(second) else second,
        difference,
        p_value,
        p_holm,
        None if difference.stderr is None else minimum_detectable_effect(difference.stderr),
        round(float(a.totals[metric.asked])),
    )


def comparison_table(first: Shown, second: Shown, comparison: Comparison) -> Table:
    """The metrics of both runs, their differences and how sure they are."""
    rows: list[tuple[Cell, ...]] = []
    for row in comparison.metrics:
        found = row.difference
        rows.append(
            (
                row.metric,
                row.n,
                Number(row.first),
                Number(row.second),
                Number(found.value, found.low, found.high, found.stderr, signed=True),
                p_text(row.p_value),
                "" if row.p_holm is None else p_text(row.p_holm),
                Number(row.detectable) if row.detectable is not None else None,
            )
        )
    columns = ("Metric", "n", first.mark, second.mark, f"{second.mark} − {first.mark}", "p", "p (Holm)", "detectable")
    what, family = ("questions", "six types") if first.signature.task == "closed" else ("attributes", "attributes")
    note = (
        f"{second.mark} has {len(comparison.won)} {what} right that {first.mark} has wrong, and {len(comparison.lost)} "
        f"the other way round; {comparison.both_right} are right in both and {comparison.both_wrong} in neither. "
        f"p: randomisation test by patient or image; Holm: over the {family}; detectable: the true difference that "
        "would be found with 80 % power."
    )
    return Table(
        f"compare_{first.mark}_{second.mark}",
        f"{second.mark} {second.label} against {first.mark} {first.label}",
        columns,
        tuple(rows),
        note,
    )


def p_text(p_value: float | None) -> str:
    """A p-value with as many digits as it has meaning.

    >>> p_text(0.0312), p_text(0.00012), p_text(1.0), p_text(None)
    ('0.031', '<0.001', '1.000', 'N/A')
    """
    if p_value is None:
        return "N/A"
    return "<0.001" if p_value < 0.001 else f"{p_value:.3f}"
