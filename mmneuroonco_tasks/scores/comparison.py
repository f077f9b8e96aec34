"""Comparing two runs over the same questions: paired differences, randomisation, Holm, detectable effects.

Both runs come as ``ClusterCounts`` of the same clusters in the same order; ``statistic`` is a metric's ``compute``,
any function of column totals.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import NormalDist
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from .registry import FloatArray, Totals
from .uncertainty import (
    DRAWS_AT_ONCE,
    RESAMPLES,
    SEED,
    ClusterCounts,
    bootstrap_totals,
    percentile_interval,
    standard_deviation,
)

Statistic: TypeAlias = Callable[[Totals], FloatArray]

#: Differences closer than this are ties: they differ by rounding only.
_TIE = 1e-12


@dataclass(frozen=True)
class Difference:
    """Run a minus run b, with its 95 % interval and standard error; ``None`` where it is undefined."""

    value: float | None
    low: float | None
    high: float | None
    stderr: float | None


def paired_difference(
    statistic: Statistic, a: ClusterCounts, b: ClusterCounts, *, resamples: int = RESAMPLES, seed: int = SEED
) -> Difference:
    """Bootstrap of ``statistic(a) − statistic(b)``: both runs get the same resamples of clusters.

    Raises:
        ValueError: the runs count different columns or clusters.

    >>> a = ClusterCounts(("right", "asked"), np.array([[1, 1], [1, 1], [0, 1], [1, 1]]))
    >>> b = ClusterCounts(("right", "asked"), np.array([[1, 1], [0, 1], [0, 1], [0, 1]]))
    >>> difference = paired_difference(lambda totals: totals["right"] / totals["asked"], a, b)
    >>> (difference.value, difference.low, difference.high)
    (0.5, 0.0, 1.0)
    """
    return paired_differences({"": statistic}, a, b, resamples=resamples, seed=seed)[""]


def paired_differences(
    statistics: Mapping[str, Statistic],
    a: ClusterCounts,
    b: ClusterCounts,
    *,
    resamples: int = RESAMPLES,
    seed: int = SEED,
) -> dict[str, Difference]:
    """``paired_difference`` of several statistics by name, from one bootstrap.

    Raises:
        ValueError: the runs count different columns or clusters.
    """
    _check_paired(a, b)
    width = len(a.names)
    both = np.concatenate([a.counts, b.counts], axis=1)
    drawn = bootstrap_totals(both, resamples, seed).astype(np.float64) if len(both) > 1 else None
    found = {}
    for name, statistic in statistics.items():
        value = float(statistic(a.totals)) - float(statistic(b.totals))
        if math.isnan(value):
            found[name] = Difference(None, None, None, None)
        elif drawn is None:
            found[name] = Difference(value, None, None, None)
        else:
            differences = statistic(_named(a.names, drawn[:width])) - statistic(_named(a.names, drawn[width:]))
            low, high = percentile_interval(differences) or (None, None)
            found[name] = Difference(value, low, high, standard_deviation(differences))
    return found


def randomisation_test(
    statistic: Statistic, a: ClusterCounts, b: ClusterCounts, *, rounds: int = RESAMPLES, seed: int = SEED
) -> float | None:
    """Two-sided p-value that the runs are alike: the two are swapped within whole clusters.

    Totals are taken again after each swap, so it holds for ratios and composites as well. All 2^C swaps are tried
    where they are at most ``rounds`` (C: clusters in which the runs differ), and p is then exact; otherwise ``rounds``
    random ones, and p = (1 + extreme) / (1 + rounds), after Phipson & Smyth 2010. A swap that leaves the statistic
    undefined counts as extreme. ``None`` where the statistic is undefined on a run.

    Raises:
        ValueError: the runs count different columns or clusters.

    >>> a = ClusterCounts(("right", "asked"), np.array([[1, 1], [1, 1], [1, 1]]))
    >>> b = ClusterCounts(("right", "asked"), np.array([[0, 1], [0, 1], [0, 1]]))
    >>> randomisation_test(lambda totals: totals["right"] / totals["asked"], a, b)
    0.25
    """
    _check_paired(a, b)
    observed = abs(float(statistic(a.totals)) - float(statistic(b.totals)))
    if math.isnan(observed):
        return None
    both = (a.counts + b.counts).sum(axis=0).astype(np.float64)[:, np.newaxis]
    excess = (a.counts - b.counts).astype(np.float64)
    excess = excess[np.any(excess != 0, axis=1)]
    exact = len(excess) < 63 and 2 ** len(excess) <= rounds
    number = 2 ** len(excess) if exact else rounds
    random = np.random.RandomState(seed)
    extreme = 0
    step = max(1, DRAWS_AT_ONCE // max(1, len(excess)))
    for start in range(0, number, step):
        rows = np.arange(start, min(start + step, number))
        if exact:
            swapped = (rows[:, np.newaxis] >> np.arange(len(excess))) & 1
        else:
            swapped = random.randint(0, 2, size=(len(rows), len(excess)), dtype=np.int32)
        # A swap turns a cluster's excess of a over b round; the sum of both runs stays.
        excess_totals = excess.T @ (1.0 - 2.0 * swapped).T
        first = _named(a.names, (both + excess_totals) / 2)
        second = _named(a.names, (both - excess_totals) / 2)
        extreme += int(np.count_nonzero(~(np.abs(statistic(first) - statistic(second)) < observed - _TIE)))
    return extreme / number if exact else (1 + extreme) / (1 + number)


def holm(p_values: Mapping[str, float]) -> dict[str, float]:
    """Holm's step-down adjusted p-values (Holm 1979), in the order given.

    >>> holm({"size": 0.01, "shape": 0.04, "spread": 0.03})
    {'size': 0.03, 'shape': 0.06, 'spread': 0.06}
    """
    adjusted: dict[str, float] = {}
    largest = 0.0
    for rank, name in enumerate(sorted(p_values, key=lambda key: p_values[key])):
        largest = max(largest, min(1.0, (len(p_values) - rank) * p_values[name]))
        adjusted[name] = largest
    return {name: adjusted[name] for name in p_values}


def minimum_detectable_effect(stderr: float, *, power: float = 0.8, alpha: float = 0.05) -> float:
    """The smallest true difference that a two-sided test finds with this power: (z₁₋α/₂ + z_power)·stderr.

    ``stderr`` is the clustered standard error of the difference; for two runs not yet paired, √(se₁² + se₂²) is its
    upper bound where they do not correlate negatively. Formula: Miller 2024 (arXiv 2411.00640).

    >>> round(minimum_detectable_effect(0.01), 5)
    0.02802
    """
    normal = NormalDist()
    return (normal.inv_cdf(1 - alpha / 2) + normal.inv_cdf(power)) * stderr


def _check_paired(a: ClusterCounts, b: ClusterCounts) -> None:
    if a.names != b.names or a.counts.shape != b.counts.shape:
        raise ValueError(
            f"the runs cannot be paired: {a.counts.shape[0]} clusters with {len(a.names)} columns against "
            f"{b.counts.shape[0]} with {len(b.names)}; count both over the same questions."
        )


def _named(names: tuple[str, ...], totals: NDArray[np.float64]) -> Totals:
    return dict(zip(names, totals, strict=True))
