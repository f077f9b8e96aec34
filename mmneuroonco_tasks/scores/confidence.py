"""What option probabilities add: whether p(E) tells traps, and whether the model knows when it is right.

Only where predictions carry probabilities; elsewhere these metrics are absent, never 0. They are about the questions
that have some: ``n`` says how many. The *confidence* of an answer is the probability of the picked letter, and 0 where
nothing was picked, which is wrong. A letter without a probability has 0.

Equal confidences are in no order: a tie stands for all its orders alike, so that nothing depends on the order of
questions. Intervals are of the same cluster bootstrap as all others (``uncertainty``); every resample ranks anew.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ..answers.outcome import Answer
from ..benchmark.records import REJECTION_LETTER, ClosedBenchmark, ClosedQuestion
from .counting import cluster_indices, read_picks
from .registry import Direction, FloatArray, divide
from .uncertainty import (
    RESAMPLES,
    SEED,
    UNDEFINED,
    Estimate,
    cluster_draws,
    percentile_interval,
    standard_deviation,
)

#: By qid, the probability of each letter, as far as it is known.
Probabilities = Mapping[str, Mapping[str, float]]
#: How often each question counts, of shape ``(resamples, questions)``.
Weights = NDArray[np.float64]

#: Bins of equal width for the calibration error, as many as Guo et al. take.
CALIBRATION_BINS = 15
#: Points of a stored curve; there may be as many as questions.
MOST_CURVE_POINTS = 200
#: Few enough to stay in a processor's cache.
_RESAMPLES_AT_ONCE = 40


class _Ranking:
    """Items by falling score, those of equal score in one group, and how many of each group are marked."""

    def __init__(self, scores: FloatArray, marked: NDArray[np.bool_]) -> None:
        self._order = np.argsort(-scores, kind="stable")
        self._starts = np.flatnonzero(np.diff(scores[self._order], prepend=np.inf))
        self._marked = marked[self._order]

    def groups(self, weights: Weights) -> tuple[FloatArray, FloatArray]:
        """Sizes of the groups, and the marked in them, each of shape ``(resamples, groups)``."""
        sizes = weights[:, self._order]
        marked = sizes * self._marked
        if len(self._starts) < len(self._order):  # there are ties
            sizes, marked = (np.add.reduceat(each, self._starts, axis=1) for each in (sizes, marked))
        return sizes, marked


@dataclass(frozen=True)
class _Judged:
    """The questions with probabilities: what is needed of each, in arrays of shape ``(questions,)``."""

    confidence: FloatArray
    right: NDArray[np.bool_]
    rejection: FloatArray
    trap: NDArray[np.bool_]
    offers_rejection: NDArray[np.bool_]

    @classmethod
    def of(
        cls, questions: Sequence[ClosedQuestion], picks: Mapping[str, Answer | None], probabilities: Probabilities
    ) -> _Judged:
        letters = [answer.letter if (answer := picks[question.qid]) else None for question in questions]
        told = [probabilities[question.qid] for question in questions]
        return cls(
            np.array([own.get(letter, 0.0) if letter else 0.0 for own, letter in zip(told, letters, strict=True)]),
            np.array([q.answer == letter for q, letter in zip(questions, letters, strict=True)], dtype=bool),
            np.array([own.get(REJECTION_LETTER, 0.0) for own in told], dtype=np.float64),
            np.array([question.trap for question in questions], dtype=bool),
            np.array([question.offers_rejection for question in questions], dtype=bool),
        )

    @cached_property
    def by_rejection(self) -> _Ranking:
        """The questions that offer E by p(E), traps marked."""
        return _Ranking(self.rejection[self.offers_rejection], self.trap[self.offers_rejection])

    @cached_property
    def by_confidence(self) -> _Ranking:
        """All by confidence, wrong answers marked."""
        return _Ranking(self.confidence, ~self.right)

    @cached_property
    def bins(self) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """The questions in the order of their bins of confidence, and where each bin ends."""
        bins = np.clip(np.ceil(self.confidence * CALIBRATION_BINS) - 1, 0, CALIBRATION_BINS - 1)
        order = np.argsort(bins, kind="stable")
        return order, np.flatnonzero(np.diff(bins[order], append=np.inf))


@dataclass(frozen=True)
class _Drawn:
    """Some resamples of the questions; each question counts as often as ``weights`` says."""

    judged: _Judged
    weights: Weights

    @cached_property
    def by_rejection(self) -> tuple[FloatArray, FloatArray]:
        """The questions that offer E, grouped by p(E): how many, and how many traps."""
        return self.judged.by_rejection.groups(self.weights[:, self.judged.offers_rejection])

    @cached_property
    def by_confidence(self) -> tuple[FloatArray, FloatArray]:
        """All questions, grouped by confidence: how many, and how many wrong."""
        return self.judged.by_confidence.groups(self.weights)

    @cached_property
    def aurc(self) -> FloatArray:
        """Needed twice."""
        sizes, wrong = self.by_confidence
        answered = _running(sizes)
        before, wrong_before = answered - sizes, _running(wrong) - wrong
        share = np.nan_to_num(divide(wrong, sizes))
        harmonic = _harmonic(answered)
        # Σ (W + j·share) / (N + j) over the j = 1 … m of a group, W wrong ones of N standing before it.
        steps = harmonic[answered.astype(np.intp)] - harmonic[before.astype(np.intp)]
        return divide(_total(wrong + (wrong_before - share * before) * steps), _count(sizes))


def _running(values: FloatArray) -> FloatArray:
    return np.cumsum(values, axis=1)


def _count(values: FloatArray) -> FloatArray:
    """Sums of multiples of a half, which are exact in any order."""
    return np.asarray(values.sum(axis=1))


def _total(values: FloatArray) -> FloatArray:
    """Sums of other numbers, added one by one: ``sum``'s order depends on NumPy's version and the processor."""
    return _running(values)[:, -1] if values.shape[1] else np.zeros(len(values))


def _trap_auroc(drawn: _Drawn) -> FloatArray:
    sizes, traps = drawn.by_rejection
    answerable = sizes - traps
    below = _count(answerable)[:, np.newaxis] - _running(answerable)
    return divide(_count(traps * (below + answerable / 2)), _count(traps) * _count(answerable))


def _trap_average_precision(drawn: _Drawn) -> FloatArray:
    sizes, traps = drawn.by_rejection
    precision = np.nan_to_num(divide(_running(traps), _running(sizes)))
    both = (_count(traps) > 0) & (_count(sizes - traps) > 0)
    return np.where(both, divide(_total(traps * precision), _count(traps)), np.nan)


def _aurc(drawn: _Drawn) -> FloatArray:
    return drawn.aurc


def _excess_aurc(drawn: _Drawn) -> FloatArray:
    sizes, wrong = drawn.by_confidence
    asked, errors = _count(sizes), _count(wrong)
    harmonic = _harmonic(asked)
    right = asked - errors
    best = errors - right * (harmonic[asked.astype(np.intp)] - harmonic[right.astype(np.intp)])
    return drawn.aurc - divide(best, asked)


def _harmonic(numbers: FloatArray) -> FloatArray:
    """H(0), H(1), … up to the largest of some counts."""
    return np.concatenate([[0.0], np.cumsum(1 / np.arange(1.0, numbers.max(initial=0.0) + 1))])


def _augrc(drawn: _Drawn) -> FloatArray:
    sizes, wrong = drawn.by_confidence
    joint = _count(sizes * (_running(wrong) - wrong / 2))
    return divide(joint, np.square(_count(sizes)))


def _calibration_error(drawn: _Drawn) -> FloatArray:
    order, ends = drawn.judged.bins
    gaps = _running(drawn.weights[:, order] * (drawn.judged.confidence - drawn.judged.right)[order])
    by_bin = np.diff(gaps[:, ends], axis=1, prepend=0.0)
    return divide(_total(np.abs(by_bin)), drawn.weights.sum(axis=1))


@dataclass(frozen=True)
class ConfidenceMetric:
    """A metric of ranks or calibration, which no sum over questions gives."""

    name: str
    description: str
    formula: str
    direction: Direction
    source: str
    function: Callable[[_Drawn], FloatArray]
    #: Whether only the questions that offer E count.
    rejection_aware: bool = False
    low: float = 0.0
    high: float = 1.0


CONFIDENCE_METRICS: tuple[ConfidenceMetric, ...] = (
    ConfidenceMetric(
        "trap_auroc",
        "How well p(E) tells traps from answerable questions",
        "share of pairs of a trap and an answerable question in which the trap has the higher p(E), a tie being half",
        "higher",
        "area under the ROC curve",
        _trap_auroc,
        rejection_aware=True,
    ),
    ConfidenceMetric(
        "trap_average_precision",
        "Precision of p(E) for traps, averaged over recall; its base rate is |T|/|F|",
        "Σ (R_k − R_{k−1})·P_k over the distinct values of p(E), falling",
        "higher",
        "average precision, not interpolated",
        _trap_average_precision,
        rejection_aware=True,
    ),
    ConfidenceMetric(
        "aurc",
        "Share wrong among the k most confident answers, averaged over k",
        "1/n · Σ_k (wrong among the k most confident) / k",
        "lower",
        "Geifman et al. 2019 (arXiv 1805.08206)",
        _aurc,
    ),
    ConfidenceMetric(
        "e_aurc",
        "What of AURC is due to the order: above that of the same answers with the wrong ones last",
        "AURC − 1/n · Σ_{j=1..w} j / (n − w + j), w = wrong",
        "lower",
        "Geifman et al. 2019 (arXiv 1805.08206)",
        _excess_aurc,
    ),
    ConfidenceMetric(
        "augrc",
        "Risk of an answer that is given and wrong, averaged over coverage",
        "area under (wrong among the k most confident)/n against k/n = (1 − AUROC)·a·(1 − a) + ½(1 − a)², a = accuracy",
        "lower",
        "Traub et al. 2024 (arXiv 2407.01032)",
        _augrc,
        high=0.5,
    ),
    ConfidenceMetric(
        "calibration_error",
        "Expected calibration error (ECE): how far confidence is from accuracy",
        f"Σ_b |B_b|/n · |accuracy − mean confidence| over {CALIBRATION_BINS} bins of equal width",
        "lower",
        "Guo et al. 2017 (arXiv 1706.04599)",
        _calibration_error,
    ),
)  # fmt: skip

#: The same by name.
CONFIDENCE_METRICS_BY_NAME: dict[str, ConfidenceMetric] = {metric.name: metric for metric in CONFIDENCE_METRICS}


@dataclass(frozen=True)
class ConfidenceScores:
    """The metrics of ``CONFIDENCE_METRICS``, and the risk–coverage curve.

    ``coverage`` rises to 1: the share of questions answered, the most confident first; ``risk`` is the share of these
    that is wrong. Where there are more points than ``MOST_CURVE_POINTS``, some are left out, never the last.
    """

    metrics: Mapping[str, Estimate]
    coverage: tuple[float, ...]
    risk: tuple[float, ...]


def confidence_scores(
    benchmark: ClosedBenchmark,
    answers: Mapping[str, Answer | None],
    probabilities: Probabilities,
    *,
    resamples: int = RESAMPLES,
    seed: int = SEED,
) -> ConfidenceScores | None:
    """What probabilities come to on the asked questions; ``None`` where no asked question has any.

    Args:
        benchmark: the asked questions.
        answers: by qid, as ``score_closed`` takes them.
        probabilities: by qid and letter, of some or all asked questions; others are left out.
        resamples: of the bootstrap; 0 leaves intervals out.
        seed: of the bootstrap.

    Raises:
        ValueError: an answer belongs to a question that is not asked.

    >>> from mmneuroonco_tasks.benchmark.records import Benchmark, Picture
    >>> options = {"A": "glioma", "B": "meningioma", "C": "schwannoma", "D": "pituitary", "E": "None of the above"}
    >>> asked = tuple(
    ...     ClosedQuestion(f"{n}_q1", Picture(n, "a/b/c.png", n), "diagnosis", "Which?", options, key, key == "E", None)
    ...     for n, key in ((1, "B"), (2, "E"))
    ... )
    >>> answers = {"1_q1": Answer.of_letter("B"), "2_q1": Answer.of_letter("A")}
    >>> told = {"1_q1": {"B": 0.9, "E": 0.1}, "2_q1": {"A": 0.5, "E": 0.4}}
    >>> scores = confidence_scores(Benchmark("closed", "full", asked, 2, "00000000"), answers, told)
    >>> scores.metrics["trap_auroc"].value, scores.coverage, scores.risk
    (1.0, (0.5, 1.0), (0.0, 0.5))
    """
    picks = read_picks(benchmark, answers)
    has = np.array([question.qid in probabilities for question in benchmark.questions], dtype=bool)
    if not has.any():
        return None
    own = [question for question, is_in in zip(benchmark.questions, has, strict=True) if is_in]
    judged = _Judged.of(own, picks, probabilities)
    cluster_of = cluster_indices(benchmark.questions)
    once = _Drawn(judged, np.ones((1, len(own))))
    replicates = _replicates(judged, cluster_of, has, resamples, seed)
    metrics = {}
    for metric in CONFIDENCE_METRICS:
        counted = judged.offers_rejection if metric.rejection_aware else np.ones(len(own), dtype=bool)
        drawn = replicates.get(metric.name) if len(np.unique(cluster_of[has][counted])) > 1 else None
        metrics[metric.name] = _estimate(float(metric.function(once)[0]), drawn, int(counted.sum()))
    return ConfidenceScores(metrics, *_curve(once))


def _replicates(
    judged: _Judged, cluster_of: NDArray[np.intp], has: NDArray[np.bool_], resamples: int, seed: int
) -> dict[str, FloatArray]:
    """By metric, its value in every resample; empty without resamples."""
    found: dict[str, list[FloatArray]] = {}
    for block in cluster_draws(int(cluster_of.max()) + 1, resamples, seed):
        for start in range(0, len(block), _RESAMPLES_AT_ONCE):
            drawn = _Drawn(judged, block[start : start + _RESAMPLES_AT_ONCE, cluster_of[has]])
            for metric in CONFIDENCE_METRICS:
                found.setdefault(metric.name, []).append(metric.function(drawn))
    return {name: np.concatenate(parts) for name, parts in found.items()}


def _estimate(value: float, replicates: FloatArray | None, n: int) -> Estimate:
    if np.isnan(value):
        return UNDEFINED
    if replicates is None:
        return Estimate(value, None, None, None, n)
    low, high = percentile_interval(replicates) or (None, None)
    return Estimate(value, low, high, standard_deviation(replicates), n)


def _curve(once: _Drawn) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Coverage and risk where the confidence falls, so that no tie is cut in two."""
    sizes, wrong = once.by_confidence
    answered = _running(sizes)[0]
    coverage, risk = answered / answered[-1], _running(wrong)[0] / answered
    kept = np.unique(np.linspace(0, len(coverage) - 1, min(len(coverage), MOST_CURVE_POINTS)).round().astype(np.intp))
    return tuple(coverage[kept].tolist()), tuple(risk[kept].tolist())
