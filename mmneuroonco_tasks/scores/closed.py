"""Scores of the closed questions: one pure function from questions and answers to numbers with intervals.

The asked set is ``benchmark.questions``. Every asked question stays in its denominators: a question without a pick
(refused, ambiguous, unparsed, failed, missing) is wrong. The metrics, their ranges and formulas are listed in
``registry``; intervals come from ``uncertainty``.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ..answers.outcome import Answer
from ..benchmark.records import CLOSED_TYPES, LETTERS, ClosedBenchmark, ClosedQuestion, Picture
from .counting import (
    Columns,
    closed_columns,
    cluster_indices,
    keys_and_picks,
    modality_of,
    read_picks,
    refusals_as_rejections,
)
from .registry import BREAKDOWN_METRICS, CLOSED_METRICS, METRICS, Metric
from .uncertainty import RESAMPLES, SEED, ClusterCounts, Estimate, estimate_all

#: Estimates by metric name.
Estimates = Mapping[str, Estimate]

#: Columns of the confusion table: the picked letter, or none.
PICKS = (*LETTERS, "none")


@dataclass(frozen=True)
class ClosedScores:
    """What a run comes to on the asked closed questions.

    ``metrics`` holds every metric of ``registry.CLOSED_METRICS``, and where option probabilities are known those of
    ``confidence.CONFIDENCE_METRICS``; the parts (``by_type``, ``by_class``,
    ``by_modality``, ``by_source``, ``subsets``, ``sensitivity``) hold ``registry.BREAKDOWN_METRICS``, so that
    each has its own traps (``trap_accuracy``) and answerable questions (``answerable_accuracy``) with their n.
    """

    metrics: Estimates
    by_type: Mapping[str, Estimates]
    #: First folder of the released path, for example ``glioma``.
    by_class: Mapping[str, Estimates]
    by_modality: Mapping[str, Estimates]
    #: Second folder of the released path, for example ``08_t1ce``.
    by_source: Mapping[str, Estimates]
    #: Named lists of qids, as far as they are asked.
    subsets: Mapping[str, Estimates]
    #: ``refusals_as_rejections``: every refusal read as E where E is offered. Not a score; shows what it would hide.
    sensitivity: Mapping[str, Estimates]
    #: ``confusion[i][j]``: questions whose key is ``LETTERS[i]`` and whose pick is ``PICKS[j]``.
    confusion: tuple[tuple[int, ...], ...]
    #: ``true`` and ``picked``: questions by letter. Their distance is the metric ``letter_total_variation``.
    letters: Mapping[str, Mapping[str, int]]
    #: Sizes of the asked set and outcomes, as integers.
    counts: Mapping[str, int]
    #: How each asked question was read, in benchmark order; ``None`` where the response is missing.
    answers: Mapping[str, Answer | None]
    #: Metrics of comparison rows on the same questions (uniform guess, always E, text-only models, …).
    trust_rows: Mapping[str, Estimates] = field(default_factory=dict)
    #: The same on each subset, in ``registry.BREAKDOWN_METRICS``.
    subset_trust_rows: Mapping[str, Mapping[str, Estimates]] = field(default_factory=dict)
    #: ``coverage`` and ``risk``: the risk–coverage curve, where option probabilities are known; else empty.
    risk_coverage: Mapping[str, Sequence[float]] = field(default_factory=dict)

    @property
    def partial(self) -> bool:
        """Whether fewer questions were asked than the scope holds, or responses are missing."""
        return self.counts["asked"] < self.counts["scope"] or self.counts["missing"] > 0


def score_closed(
    benchmark: ClosedBenchmark,
    answers: Mapping[str, Answer | None],
    *,
    subsets: Mapping[str, Collection[str]] | None = None,
    confidence_intervals: bool = True,
    resamples: int = RESAMPLES,
    seed: int = SEED,
) -> ClosedScores:
    """Score the answers to the asked questions.

    A qid that is absent from ``answers``, or ``None``, is *missing*: wrong, counted apart, and the result is partial.
    A letter that its question does not offer is unparsed. ``subsets`` name lists of qids; those not asked are left
    out. Without ``confidence_intervals`` only plain means have a standard error, and nothing is resampled.

    Raises:
        ValueError: the benchmark is not the closed one, or a qid of ``answers`` is not asked.

    >>> from mmneuroonco_tasks.benchmark.records import Benchmark
    >>> options = {"A": "glioma", "B": "meningioma", "C": "schwannoma", "D": "pituitary", "E": "None of the above"}
    >>> question = ClosedQuestion("1_q1", Picture(1, "a/b/c.png", 1), "diagnosis", "Which?", options, "B")
    >>> scores = score_closed(Benchmark("closed", "full", (question,), 1, "00000000"), {"1_q1": Answer.of_letter("B")})
    >>> scores.metrics["accuracy"].value, scores.metrics["trap_accuracy"].value
    (1.0, None)
    """
    if benchmark.task != "closed":
        raise ValueError(f"score_closed got the {benchmark.task} questions; load the closed benchmark.")
    questions = benchmark.questions
    picks = read_picks(benchmark, answers)
    columns = closed_columns(questions, picks)
    lenient = closed_columns(questions, refusals_as_rejections(questions, picks))
    clusters = cluster_indices(questions)

    parts = _Parts(clusters)
    parts.add("metrics", "all", columns, CLOSED_METRICS)
    for section, names in _partitions(benchmark).items():
        for name in CLOSED_TYPES if section == "by_type" else sorted(set(names)):
            parts.add(section, name, columns, _BREAKDOWN, [own == name for own in names])
    for name, qids in (subsets or {}).items():
        members = set(qids)
        parts.add("subsets", name, columns, _BREAKDOWN, [question.qid in members for question in questions])
    parts.add("sensitivity", "refusals_as_rejections", lenient, _BREAKDOWN)
    estimates = parts.estimates(resamples if confidence_intervals else 0, seed)

    return ClosedScores(
        metrics=estimates["metrics"]["all"],
        by_type=estimates["by_type"],
        by_class=estimates.get("by_class", {}),
        by_modality=estimates.get("by_modality", {}),
        by_source=estimates.get("by_source", {}),
        subsets=estimates.get("subsets", {}),
        sensitivity=estimates["sensitivity"],
        confusion=_confusion(questions, picks),
        letters={
            "true": {letter: int(columns[f"key_{letter}"].sum()) for letter in LETTERS},
            "picked": {letter: int(columns[f"picked_{letter}"].sum()) for letter in LETTERS},
        },
        counts=_counts(benchmark, columns, clusters),
        answers=picks,
    )


_BREAKDOWN = tuple(METRICS[name] for name in BREAKDOWN_METRICS)

#: What a picture belongs to, by section of the result.
_OF_PICTURE: dict[str, Callable[[Picture], str]] = {
    "by_class": lambda picture: picture.diagnosis_class,
    "by_modality": modality_of,
    "by_source": lambda picture: picture.source or "unknown",
}


def _partitions(benchmark: ClosedBenchmark) -> dict[str, list[str]]:
    """By section of the result, the name of the part that each question belongs to."""
    partitions = {"by_type": [question.question_type for question in benchmark.questions]}
    for section, part_of in _OF_PICTURE.items():
        names = {picture.id: part_of(picture) for picture in benchmark.pictures}
        partitions[section] = [names[question.picture.id] for question in benchmark.questions]
    return partitions


class _Parts:
    """Collects the parts of the questions, so that one bootstrap serves them all."""

    def __init__(self, clusters: NDArray[np.intp]) -> None:
        self._clusters = clusters
        self._keys: list[tuple[str, str]] = []
        self._parts: list[tuple[ClusterCounts, Sequence[Metric]]] = []

    def add(
        self,
        section: str,
        name: str,
        columns: Columns,
        metrics: Sequence[Metric],
        members: Sequence[bool] | None = None,
    ) -> None:
        needed = dict.fromkeys(column for metric in metrics for column in metric.columns)
        own = {column: columns[column] for column in needed}
        if members is not None:
            inside = np.array(members, dtype=np.int64)
            own = {column: values * inside for column, values in own.items()}
        self._keys.append((section, name))
        self._parts.append((ClusterCounts.of(self._clusters, own), metrics))

    def estimates(self, resamples: int, seed: int) -> dict[str, dict[str, dict[str, Estimate]]]:
        found: dict[str, dict[str, dict[str, Estimate]]] = {}
        for (section, name), estimates in zip(self._keys, estimate_all(self._parts, resamples, seed), strict=True):
            found.setdefault(section, {})[name] = estimates
        return found


def _confusion(questions: Sequence[ClosedQuestion], picks: Mapping[str, Answer | None]) -> tuple[tuple[int, ...], ...]:
    keys, picked = keys_and_picks(questions, picks)
    cells = np.bincount(keys * len(PICKS) + picked, minlength=len(LETTERS) * len(PICKS))
    return tuple(tuple(row) for row in cells.reshape(len(LETTERS), len(PICKS)).tolist())


def _counts(benchmark: ClosedBenchmark, columns: Columns, clusters: NDArray[np.intp]) -> dict[str, int]:
    total = {name: int(column.sum()) for name, column in columns.items()}
    named = ("asked", "rejection_aware", "traps", "answerable", "binary", "images", "right", "rejected")
    outcomes = ("refused", "ambiguous", "unparsed", "failed", "missing")
    return {
        "scope": benchmark.scope_size,
        "clusters": int(clusters.max(initial=-1)) + 1,
        **{name: total[name] for name in named},
        "answered": sum(total[f"picked_{letter}"] for letter in LETTERS) - total["rejected"],
        **{name: total[name] for name in outcomes},
        "hedged_rejections": total["rejected_hedged"],
    }
