"""Standard errors and 95 % intervals from per-cluster counts.

Questions about one patient are not independent, so the *cluster* (BraTS patient, else image) is what is resampled.
A ``ClusterCounts`` holds the sufficient statistics: integer column sums per cluster. One bootstrap of column totals
then serves every metric (the way of sacrebleu).

The stream, the same for ever: clusters stand in benchmark order (first appearance);
``numpy.random.RandomState(0).randint(0, C, size=(10000, C), dtype=numpy.int32)`` names, row by row, the C clusters of
each resample; NumPy freezes that generator (NEP 19). Totals of counts are integers and exact. The interval of m
defined replicates runs from the k-th smallest to the k-th largest, k = max(1, ⌊0.025·m⌋): order statistics, with no
interpolation. A replicate in which a metric is 0/0 is left out.

Only the patients of one source are known; where slices of a patient stand unmarked, intervals are lower bounds.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .registry import COLUMN_SUMS, FloatArray, Metric, Totals

RESAMPLES = 10_000
SEED = 0
CONFIDENCE = 0.95
#: Below this n a proportion gets Wilson's interval: percentiles of few questions are too narrow.
SMALL_N = 200
#: Clusters drawn for one multiplication; bounds memory (the stream does not depend on it).
DRAWS_AT_ONCE = 4_000_000
#: Clusters drawn for one count, small enough to stay in a processor's cache.
COUNTED_AT_ONCE = 100_000
#: Single precision holds integers up to here exactly.
_EXACT_IN_SINGLE = 2**24


@dataclass(frozen=True)
class Estimate:
    """A value with its 95 % interval, standard error and the number ``n`` of questions it rests on.

    ``value`` is ``None`` exactly where it is undefined (0/0), and n is then 0. ``low``, ``high`` and ``stderr`` are
    ``None`` where no uncertainty can be told: undefined value, a single cluster, or intervals switched off.
    """

    value: float | None
    low: float | None
    high: float | None
    stderr: float | None
    n: int

    def to_dict(self) -> dict[str, float | int | None]:
        """Plain Python, as in result files."""
        return {"value": self.value, "low": self.low, "high": self.high, "stderr": self.stderr, "n": self.n}


UNDEFINED = Estimate(None, None, None, None, 0)


@dataclass(frozen=True)
class ClusterCounts:
    """Column sums per cluster: ``counts[c, j]`` is the sum of column ``names[j]`` over the questions of cluster c."""

    names: tuple[str, ...]
    counts: NDArray[np.int64]

    @classmethod
    def of(cls, cluster_of: NDArray[np.intp], columns: Mapping[str, NDArray[np.int64]]) -> ClusterCounts:
        """Sum per-question columns within clusters.

        ``cluster_of`` gives each question's cluster index 0..C−1, every index at least once; columns have the same
        length.

        >>> counts = ClusterCounts.of(np.array([0, 1, 0]), {"right": np.array([1, 0, 1])})
        >>> counts.counts.tolist()
        [[2], [0]]
        """
        order = np.argsort(cluster_of, kind="stable")
        values = np.stack([column[order] for column in columns.values()], axis=1)
        starts = np.flatnonzero(np.diff(cluster_of[order], prepend=-1))
        return cls(tuple(columns), np.add.reduceat(values, starts, axis=0) if len(starts) else values)

    @property
    def totals(self) -> Totals:
        """Column totals, each of shape ``()``."""
        return dict(zip(self.names, self.counts.sum(axis=0).astype(np.float64), strict=True))

    @property
    def columns(self) -> dict[str, NDArray[np.int64]]:
        """Per-cluster sums by column name, each of shape ``(clusters,)``."""
        return dict(zip(self.names, self.counts.T, strict=True))


def cluster_draws(
    clusters: int, resamples: int = RESAMPLES, seed: int = SEED, dtype: Any = np.float64
) -> Iterator[NDArray[Any]]:
    """How often each cluster is drawn in each resample, in blocks of shape ``(some resamples, clusters)``.

    >>> [block.tolist() for block in cluster_draws(2, resamples=4)]  # RandomState(0) draws 01, 10, 11, 11
    [[[1.0, 1.0], [1.0, 1.0], [0.0, 2.0], [0.0, 2.0]]]
    """
    random = np.random.RandomState(seed)
    step = max(1, DRAWS_AT_ONCE // clusters)
    for start in range(0, resamples, step):
        times = np.empty((min(step, resamples - start), clusters), dtype=dtype)
        _count_draws(random, times)
        yield times


def bootstrap_totals(counts: NDArray[Any], resamples: int = RESAMPLES, seed: int = SEED) -> NDArray[Any]:
    """Column totals of cluster resamples: ``(clusters, columns)`` becomes ``(columns, resamples)``.

    >>> totals = bootstrap_totals(np.array([[1], [2]]), resamples=4)
    >>> totals.astype(int).tolist()  # RandomState(0) draws the clusters 01, 10, 11, 11
    [[3, 3, 4, 4]]
    """
    totals, place = _distinct_totals(counts, resamples, seed)
    return totals[place]


def _distinct_totals(counts: NDArray[Any], resamples: int, seed: int) -> tuple[NDArray[Any], list[int]]:
    """The totals of the columns that differ, and for each column which of them is its own."""
    clusters = len(counts)
    exact_in_single = (
        np.issubdtype(counts.dtype, np.integer) and int(np.abs(counts).max(initial=0)) * clusters < _EXACT_IN_SINGLE
    )
    # Many parts have columns in common: each different one is multiplied once.
    of_column: dict[bytes, int] = {}
    place = [of_column.setdefault(column.tobytes(), len(of_column)) for column in counts.T]
    first = [place.index(number) for number in range(len(of_column))]
    columns: NDArray[Any] = np.ascontiguousarray(counts.T[first], dtype=np.float32 if exact_in_single else np.float64)
    if not np.issubdtype(counts.dtype, np.integer):
        columns = _summed_exactly(columns)
    totals = np.empty((len(columns), resamples), dtype=columns.dtype)
    start = 0
    for times in cluster_draws(clusters, resamples, seed, columns.dtype):
        np.matmul(columns, times.T, out=totals[:, start : start + len(times)])
        start += len(times)
    return totals, place


def _summed_exactly(columns: FloatArray) -> FloatArray:
    """Fractions rounded, by less than a billionth of the largest, so that no order of adding them loses a digit.

    The order in which a product of matrices adds up depends on the library, the processor and the number of threads,
    and so would the last digit. As multiples of one power of two whose sums stay below 2⁵², all sums are exact.

    >>> rounded = _summed_exactly(np.array([[0.1, 0.2, 0.3]]))[0]
    >>> bool(rounded[0] + rounded[1] + rounded[2] == rounded[2] + rounded[1] + rounded[0])
    True
    """
    largest = np.abs(columns).max(axis=1, initial=0.0, keepdims=True) * columns.shape[1]
    exponent = np.frexp(largest)[1]
    rounded: FloatArray = np.ldexp(np.rint(np.ldexp(columns, 52 - exponent)), exponent - 52)
    return rounded


def _count_draws(random: np.random.RandomState, times: NDArray[Any]) -> None:
    """Fill ``times`` of shape ``(resamples, clusters)`` with how often each resample draws each cluster."""
    clusters = times.shape[1]
    step = max(1, COUNTED_AT_ONCE // clusters)
    for start in range(0, len(times), step):
        part = times[start : start + step]
        drawn = random.randint(0, clusters, size=part.shape, dtype=np.int32)
        # Each resample's clusters get numbers of their own, so that one count serves all of these resamples.
        numbered = drawn + np.arange(len(part))[:, np.newaxis] * clusters
        part[...] = np.bincount(numbered.ravel(), minlength=part.size).reshape(part.shape)


def percentile_interval(replicates: FloatArray, confidence: float = CONFIDENCE) -> tuple[float, float] | None:
    """From the k-th smallest to the k-th largest defined replicate, k = max(1, ⌊m·(1 − confidence)/2⌋).

    >>> percentile_interval(np.arange(1.0, 101.0))
    (2.0, 99.0)
    """
    defined = replicates[~np.isnan(replicates)]
    if not len(defined):
        return None
    # The small addend keeps 0.025·m from falling just below an integer.
    k = max(1, math.floor(len(defined) * (1 - confidence) / 2 + 1e-9))
    ordered = np.partition(defined, (k - 1, len(defined) - k))
    return float(ordered[k - 1]), float(ordered[-k])


def standard_deviation(replicates: FloatArray) -> float | None:
    """Standard deviation of the defined replicates (divisor m − 1), ``None`` from fewer than two.

    >>> standard_deviation(np.array([1.0, 3.0, np.nan]))
    1.4142135623730951
    """
    defined = replicates[~np.isnan(replicates)]
    if len(defined) < 2:
        return None

    # cumsum adds one by one; sum's order depends on NumPy's version and the processor, and so would the last digit.
    def ordered_sum(values: FloatArray) -> float:
        return float(np.cumsum(values)[-1])

    deviations = defined - ordered_sum(defined) / len(defined)
    return math.sqrt(ordered_sum(deviations * deviations) / (len(defined) - 1))


def clustered_standard_error(numerator: NDArray[Any], denominator: NDArray[Any]) -> float:
    """Sandwich standard error of Σ numerator / Σ denominator over clusters; both of shape ``(clusters,)``.

    √(Σ_c (x_c − p·n_c)²) / n, the clustered error of Miller 2024 (arXiv 2411.00640), here from the sums
    x_c and n_c of each cluster.

    >>> clustered_standard_error(np.array([1, 0, 1, 0]), np.array([1, 1, 1, 1]))  # independent: √(p(1−p)/n)
    0.25
    """
    total = denominator.sum()
    # Multiplied out by n, so that integer counts give an exact 0 where nothing varies.
    residuals = numerator * total - numerator.sum() * denominator
    return float(math.sqrt(float(np.square(residuals, dtype=np.float64).sum())) / float(total) ** 2)


def design_effect(numerator: NDArray[Any], denominator: NDArray[Any]) -> float:
    """Clustered over binomial variance of a proportion, at least 1.

    Where the clustered variance is 0 (all alike, or one cluster) nothing is known of the dependence within
    clusters, and the largest design effect there can be stands in: Σ n_c² / Σ n_c, questions of a cluster all alike
    (Kish 1965).

    >>> round(design_effect(np.array([2, 0]), np.array([2, 2])), 9)
    2.0
    >>> design_effect(np.array([2, 2]), np.array([2, 2]))
    2.0
    """
    n = float(denominator.sum())
    share = float(numerator.sum()) / n
    clustered = clustered_standard_error(numerator, denominator) ** 2
    if clustered == 0:
        return float(np.square(denominator, dtype=np.float64).sum()) / n
    return max(1.0, clustered / (share * (1 - share) / n))


def wilson_interval(share: float, n: float, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """Wilson's score interval of a proportion ``share`` of ``n`` trials; n may be an effective number (n/deff).

    >>> low, high = wilson_interval(0.0, 10)
    >>> (low, round(high, 4))
    (0.0, 0.2775)
    """
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    centre = share + z * z / (2 * n)
    half = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    scale = 1 + z * z / n
    # Rounding must not push an end past the value or out of [0, 1].
    return max(0.0, min(share, (centre - half) / scale)), min(1.0, max(share, (centre + half) / scale))


def estimate(metric: Metric, counts: ClusterCounts, replicates: Totals | None) -> Estimate:
    """The metric's value on ``counts``, with its uncertainty.

    ``replicates`` are the bootstrap's column totals by name, each of shape ``(resamples,)``; ``None`` switches
    intervals off and leaves the standard error of means.
    """
    totals = counts.totals
    value = float(metric.compute(totals))
    if math.isnan(value):
        return UNDEFINED
    n = round(float(totals[metric.counted]))
    columns = counts.columns
    drawn = metric.compute(replicates) if replicates is not None else None
    low, high = _interval(metric, columns, value, n, drawn) or (None, None)
    return Estimate(value, low, high, _standard_error(metric, columns, drawn), n)


def _interval(
    metric: Metric, columns: Mapping[str, NDArray[np.int64]], value: float, n: int, drawn: FloatArray | None
) -> tuple[float, float] | None:
    """Wilson's for a proportion that the bootstrap serves badly, percentiles otherwise."""
    if drawn is None:
        return None
    one_cluster = np.count_nonzero(columns[metric.counted]) < 2
    if metric.proportion and (n < SMALL_N or value in (0.0, 1.0) or one_cluster):
        successes, trials = metric.sum_numerator(columns), columns[metric.denominator]
        return wilson_interval(value, n / design_effect(successes, trials))
    return None if one_cluster else percentile_interval(drawn)


def _standard_error(metric: Metric, columns: Mapping[str, NDArray[np.int64]], drawn: FloatArray | None) -> float | None:
    """Sandwich error of a mean, bootstrap standard deviation of anything else; ``None`` from a single cluster."""
    if np.count_nonzero(columns[metric.counted]) < 2:
        return None
    if metric.kind == "mean":
        return clustered_standard_error(metric.sum_numerator(columns), columns[metric.denominator])
    return standard_deviation(drawn) if drawn is not None else None


def _resampled(counts: ClusterCounts) -> list[str]:
    """The columns that are drawn: all but those that are, in every cluster, the sum of others that are drawn."""
    columns = counts.columns
    if not np.issubdtype(counts.counts.dtype, np.integer):
        return list(columns)
    sums = {name: parts for name, parts in COLUMN_SUMS.items() if {name, *parts} <= columns.keys()}
    return [
        name
        for name in columns
        if name not in sums or not np.array_equal(columns[name], sum(columns[part] for part in sums[name]))
    ]


def estimate_all(
    parts: Sequence[tuple[ClusterCounts, Sequence[Metric]]], resamples: int = RESAMPLES, seed: int = SEED
) -> list[dict[str, Estimate]]:
    """Every metric of every part, from one bootstrap.

    The parts (all questions, one type, one subset, …) count the same clusters in the same order, so a resample is
    the same for all. ``resamples=0`` switches intervals off.
    """
    resampled = [_resampled(counts) for counts, _ in parts]
    chosen = zip(parts, resampled, strict=True)
    everything = np.concatenate(
        [counts.counts[:, [counts.names.index(name) for name in names]] for (counts, _), names in chosen], axis=1
    )
    drawn = None
    if resamples and len(everything):
        totals, place = _distinct_totals(everything, resamples, seed)
        totals = totals.astype(np.float64)
        drawn = (totals[number] for number in place)
    results = []
    for (counts, metrics), names in zip(parts, resampled, strict=True):
        replicates = {name: next(drawn) for name in names} if drawn is not None else None
        if replicates is not None:
            sums = [name for name in counts.names if name not in replicates]
            replicates |= {name: sum(replicates[part] for part in COLUMN_SUMS[name]) for name in sums}
        results.append({metric.name: estimate(metric, counts, replicates) for metric in metrics})
    return results
