"""Intervals, standard errors and comparisons against brute force, SciPy and worked examples."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Mapping
from statistics import NormalDist
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmneuroonco_tasks.scores import comparison, uncertainty
from mmneuroonco_tasks.scores.comparison import (
    holm,
    minimum_detectable_effect,
    paired_difference,
    randomisation_test,
)
from mmneuroonco_tasks.scores.registry import METRICS, FloatArray, Totals, divide
from mmneuroonco_tasks.scores.uncertainty import (
    ClusterCounts,
    bootstrap_totals,
    clustered_standard_error,
    design_effect,
    estimate,
    percentile_interval,
    wilson_interval,
)


def accuracy(totals: Totals) -> FloatArray:
    return divide(totals["right"], totals["asked"])


def counts_of(right: list[int], asked: list[int]) -> ClusterCounts:
    return ClusterCounts(("right", "asked"), np.array([right, asked], dtype=np.int64).T)


def estimate_of(right: list[int], asked: list[int], resamples: int = 500) -> uncertainty.Estimate:
    [found] = uncertainty.estimate_all([(counts_of(right, asked), [METRICS["accuracy"]])], resamples)
    return found["accuracy"]


# --- The bootstrap -----------------------------------------------------------------------------------


def test_the_stream_is_the_documented_one_and_stays() -> None:
    counts = np.array([[1, 10], [2, 0], [3, 5]])
    totals = bootstrap_totals(counts, resamples=2500)
    random_state = np.random.RandomState(0)
    by_hand = np.array(
        [
            sum(counts[cluster] for cluster in row)
            for row in random_state.randint(0, 3, size=(2500, 3), dtype=np.int32).tolist()
        ]
    ).T
    assert totals.shape == (2, 2500)
    assert np.array_equal(totals, by_hand)
    # Frozen: another number here would be another interval for everybody.
    assert totals[:, :6].astype(int).tolist() == FROZEN_FIRST
    assert int(bootstrap_totals(counts)[0].sum(dtype=np.float64)) == FROZEN_SUM


FROZEN_FIRST = [[4, 7, 5, 5, 8, 5], [20, 5, 25, 25, 10, 10]]
FROZEN_SUM = 59_963


def test_the_stream_does_not_depend_on_how_much_is_drawn_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    counts = np.arange(14).reshape(7, 2)
    at_once = bootstrap_totals(counts, 100)
    a, b = a_pair(6, 30)
    p = randomisation_test(accuracy, a, b, rounds=100)
    for module in (uncertainty, comparison):
        monkeypatch.setattr(module, "DRAWS_AT_ONCE", 60)
    assert np.array_equal(bootstrap_totals(counts, 100), at_once)
    assert randomisation_test(accuracy, a, b, rounds=100) == p


def test_another_seed_is_another_stream() -> None:
    counts = np.arange(20).reshape(10, 2)
    assert not np.array_equal(bootstrap_totals(counts, 50, seed=0), bootstrap_totals(counts, 50, seed=1))


def test_totals_beyond_single_precision_are_exact() -> None:
    counts = np.array([[2**24 + 1], [2**24 + 3]])
    drawn = np.random.RandomState(0).randint(0, 2, size=(20, 2), dtype=np.int32)
    assert bootstrap_totals(counts, 20)[0].astype(int).tolist() == counts[drawn, 0].sum(axis=1).tolist()


def test_fractions_add_up_alike_in_whatever_order_they_are_added(monkeypatch: pytest.MonkeyPatch) -> None:
    """A product of matrices adds in an order of its own on every processor and with every number of threads."""
    counts = np.random.RandomState(3).rand(60, 4) * [1, 3, 1000, 1e-6]
    usual = bootstrap_totals(counts, resamples=300)

    def backwards(columns: Any, times: Any, out: Any) -> None:
        out[...] = sum(columns[:, [each]] * times[[each]] for each in reversed(range(columns.shape[1])))

    monkeypatch.setattr(np, "matmul", backwards)
    assert (bootstrap_totals(counts, resamples=300) == usual).all()
    np.testing.assert_allclose(usual.mean(axis=1), counts.sum(axis=0), rtol=0.02)


def test_an_undefined_replicate_is_left_out_of_the_interval() -> None:
    assert percentile_interval(np.array([math.nan, 3.0, 1.0, math.nan, 2.0])) == (1.0, 3.0)
    assert percentile_interval(np.array([math.nan])) is None


def test_ten_thousand_replicates_leave_out_249_at_either_end() -> None:
    assert percentile_interval(np.arange(10_000.0)) == (249.0, 9750.0)


def test_columns_are_summed_within_clusters_that_need_not_be_together() -> None:
    cluster_of = np.array([0, 1, 0, 2, 1])
    counts = ClusterCounts.of(cluster_of, {"right": np.array([1, 1, 0, 1, 1]), "asked": np.ones(5, dtype=int)})
    assert counts.counts.tolist() == [[1, 2], [2, 2], [1, 1]]
    assert {name: float(total) for name, total in counts.totals.items()} == {"right": 4.0, "asked": 5.0}


def test_intervals_of_clustered_answers_cover_the_truth() -> None:
    # Clusters of four answers that are alike: the binomial interval would cover about two times in three.
    chance = np.random.RandomState(5)
    covered = 0
    for _ in range(200):
        right = 4 * (chance.random_sample(80) < 0.6)
        found = estimate_of(right.tolist(), [4] * 80, resamples=400)
        assert found.low is not None and found.high is not None
        covered += found.low <= 0.6 <= found.high
    assert 180 <= covered <= 199


# --- Standard error and Wilson -----------------------------------------------------------------------


def naive_clustered_error(answers: list[list[int]]) -> float:
    """Miller 2024: the plain variance plus twice the covariance of answers of one cluster, written as loops."""
    scores = [score for cluster in answers for score in cluster]
    n, mean = len(scores), sum(scores) / len(scores)
    variance = sum((score - mean) ** 2 for score in scores) / n**2
    for cluster in answers:
        for first, second in itertools.permutations(range(len(cluster)), 2):
            variance += (cluster[first] - mean) * (cluster[second] - mean) / n**2
    return math.sqrt(max(variance, 0))


@given(st.lists(st.lists(st.integers(0, 1), min_size=1, max_size=5), min_size=2, max_size=8))
def test_clustered_error_is_that_of_miller(answers: list[list[int]]) -> None:
    right = np.array([sum(cluster) for cluster in answers])
    asked = np.array([len(cluster) for cluster in answers])
    assert clustered_standard_error(right, asked) == pytest.approx(naive_clustered_error(answers), abs=1e-7)


def test_clustered_error_of_the_bootstrap_agrees() -> None:
    chance = random.Random(1)
    asked = [chance.randint(1, 6) for _ in range(300)]
    right = [chance.randint(0, n) for n in asked]
    totals = bootstrap_totals(counts_of(right, asked).counts)
    sandwich = clustered_standard_error(np.array(right), np.array(asked))
    assert float(np.std(totals[0] / totals[1])) == pytest.approx(sandwich, rel=0.03)


@pytest.mark.parametrize(("successes", "n"), [(0, 7), (3, 7), (7, 7), (1, 150), (60, 116)])
def test_wilson_against_scipy(successes: int, n: int) -> None:
    interval = pytest.importorskip("scipy.stats").binomtest(successes, n).proportion_ci(method="wilson")
    assert wilson_interval(successes / n, n) == pytest.approx((interval.low, interval.high))


def test_wilson_contains_its_value_at_both_ends_exactly() -> None:
    for n in (1, 3, 7.3, 1e6):
        assert wilson_interval(0.0, n)[0] == 0.0 and wilson_interval(1.0, n)[1] == 1.0


def test_design_effect_is_one_for_single_questions_and_their_number_for_copies() -> None:
    right = np.array([1, 0, 1, 1, 0])
    assert design_effect(right, np.ones(5, dtype=int)) == pytest.approx(1.0)
    assert design_effect(3 * right, np.full(5, 3)) == pytest.approx(3.0)
    # Answers of a cluster that differ on purpose would give less than 1: the floor holds.
    assert design_effect(np.array([1, 1, 1]), np.array([2, 2, 2])) == 2.0
    assert design_effect(np.array([1, 1, 2]), np.array([2, 2, 2])) == 1.0


def test_small_samples_and_extreme_values_get_the_interval_of_wilson() -> None:
    small = estimate_of([1, 0, 1, 1], [1, 1, 1, 1])
    assert (small.low, small.high) == wilson_interval(0.75, 4)
    assert small.stderr == pytest.approx(math.sqrt(0.75 * 0.25 / 4))
    # 300 images of two questions, all right: as if there were 300 questions, since pairs may be all alike.
    perfect = estimate_of([2] * 300, [2] * 300)
    assert (perfect.low, perfect.high) == wilson_interval(1.0, 300)
    assert perfect.stderr == 0.0 and perfect.n == 600


def test_large_samples_get_percentiles() -> None:
    right = [number % 2 for number in range(300)]
    found = estimate_of(right, [1] * 300)
    ordered = sorted((bootstrap_totals(np.array([right]).T, 500)[0] / 300).tolist())
    assert (found.low, found.high) == pytest.approx((ordered[11], ordered[-12]))


def test_one_cluster_tells_no_standard_error() -> None:
    single = estimate_of([3], [4])
    assert single.stderr is None
    # Its four questions weigh as one.
    assert (single.low, single.high) == wilson_interval(0.75, 1)


def test_without_intervals_only_means_have_a_standard_error() -> None:
    counts = counts_of([1, 0], [1, 1])
    found = estimate(METRICS["accuracy"], counts, None)
    assert found.low is None and found.high is None and found.stderr == pytest.approx(math.sqrt(1 / 8))


# --- Comparing two runs ------------------------------------------------------------------------------


def a_pair(seed: int, clusters: int) -> tuple[ClusterCounts, ClusterCounts]:
    chance = random.Random(seed)
    asked = [chance.randint(1, 4) for _ in range(clusters)]
    return (
        counts_of([chance.randint(0, n) for n in asked], asked),
        counts_of([chance.randint(0, n) for n in asked], asked),
    )


def test_a_paired_difference_resamples_both_runs_alike() -> None:
    a, b = a_pair(3, 40)
    found = paired_difference(accuracy, a, b, resamples=300)
    drawn = np.random.RandomState(0).randint(0, 40, size=(300, 40), dtype=np.int32)
    shares = [
        a.counts[row, 0].sum() / a.counts[row, 1].sum() - b.counts[row, 0].sum() / b.counts[row, 1].sum()
        for row in drawn
    ]
    assert found.value == pytest.approx(float(accuracy(a.totals)) - float(accuracy(b.totals)))
    assert (found.low, found.high) == pytest.approx((sorted(shares)[6], sorted(shares)[-7]))
    assert found.stderr == pytest.approx(np.std(shares, ddof=1))


def test_a_run_against_itself_differs_by_nothing() -> None:
    a, _ = a_pair(4, 12)
    same = paired_difference(accuracy, a, a, resamples=50)
    assert (same.value, same.low, same.high, same.stderr) == (0, 0, 0, 0)
    assert randomisation_test(accuracy, a, a) == 1.0


@pytest.mark.parametrize("seed", range(4))
def test_the_exact_randomisation_test_tries_every_swap(seed: int) -> None:
    a, b = a_pair(seed, 9)

    def difference(swaps: tuple[bool, ...]) -> float:
        first = np.where(np.array(swaps)[:, None], b.counts, a.counts).sum(axis=0)
        second = np.where(np.array(swaps)[:, None], a.counts, b.counts).sum(axis=0)
        return abs(float(first[0] / first[1] - second[0] / second[1]))

    observed = difference((False,) * 9)
    every = [difference(swaps) for swaps in itertools.product((False, True), repeat=9)]
    p = sum(value >= observed - 1e-12 for value in every) / len(every)
    assert randomisation_test(accuracy, a, b) == pytest.approx(p)


def test_the_randomisation_test_agrees_with_scipy() -> None:
    stats = pytest.importorskip("scipy.stats")
    first = [1, 1, 1, 0, 1, 1, 1, 0, 1, 1, 0, 1]
    second = [0, 1, 0, 0, 1, 0, 1, 1, 0, 0, 0, 1]
    reference = stats.permutation_test(
        (first, second), lambda x, y: np.mean(x) - np.mean(y), permutation_type="samples", vectorized=False
    )
    ones = [1] * 12
    p = randomisation_test(accuracy, counts_of(first, ones), counts_of(second, ones))
    assert p == pytest.approx(reference.pvalue)


def test_random_swaps_come_near_to_all_swaps() -> None:
    a, b = a_pair(1, 12)
    exact = randomisation_test(accuracy, a, b)
    drawn = randomisation_test(accuracy, a, b, rounds=500)
    assert exact != drawn and drawn == pytest.approx(exact, abs=0.05)


def test_the_randomisation_test_holds_for_ratios() -> None:
    # Precision of rejections: the denominators move with the swaps, too.
    names = ("traps_right", "rejected")
    a = ClusterCounts(names, np.array([[1, 1], [1, 2], [2, 2], [0, 1]]))
    b = ClusterCounts(names, np.array([[0, 2], [1, 3], [0, 0], [0, 0]]))
    precision = METRICS["rejection_precision"].compute
    observed = abs(4 / 6 - 1 / 5)
    extreme = 0
    for swaps in itertools.product((0, 1), repeat=4):
        pairs = [(b, a) if swap else (a, b) for swap in swaps]
        first = sum(pair[0].counts[number] for number, pair in enumerate(pairs))
        second = sum(pair[1].counts[number] for number, pair in enumerate(pairs))
        undefined = first[1] == 0 or second[1] == 0
        extreme += undefined or abs(first[0] / first[1] - second[0] / second[1]) >= observed - 1e-12
    assert randomisation_test(precision, a, b) == extreme / 16


def test_equal_models_are_called_different_one_time_in_twenty() -> None:
    chance = np.random.RandomState(2)
    small = 0
    for _ in range(300):
        easy = chance.random_sample(40)
        first, second = (((chance.random_sample(40) + easy) > 1).astype(int).tolist() for _ in range(2))
        p = randomisation_test(accuracy, counts_of(first, [1] * 40), counts_of(second, [1] * 40), rounds=400)
        assert p is not None
        small += p <= 0.05
    assert 3 <= small <= 27


def test_an_undefined_statistic_has_no_difference_and_no_p() -> None:
    a, b = counts_of([0, 0], [0, 0]), counts_of([1, 0], [1, 1])
    assert paired_difference(accuracy, a, b).value is None
    assert randomisation_test(accuracy, a, b) is None


def test_runs_over_different_questions_cannot_be_paired() -> None:
    a, b = counts_of([1], [1]), counts_of([1, 0], [1, 1])
    with pytest.raises(ValueError, match="1 clusters with 2 columns against 2 with 2"):
        paired_difference(accuracy, a, b)
    with pytest.raises(ValueError, match="cannot be paired"):
        randomisation_test(accuracy, a, b)


@given(st.dictionaries(st.text(max_size=3), st.floats(0, 1), max_size=5))
def test_holm_is_the_closed_test_of_bonferroni(p_values: Mapping[str, float]) -> None:
    # By definition: the largest Bonferroni p of all sets of hypotheses that contain this one.
    adjusted = holm(p_values)
    assert list(adjusted) == list(p_values)
    for name in p_values:
        others = [key for key in p_values if key != name]
        sets = itertools.chain.from_iterable(itertools.combinations(others, size) for size in range(len(others) + 1))
        expected = max(min(1.0, (len(rest) + 1) * min(p_values[key] for key in (*rest, name))) for rest in sets)
        assert adjusted[name] == pytest.approx(expected)


def test_a_difference_of_the_detectable_size_is_found_four_times_in_five() -> None:
    normal = NormalDist()
    effect = minimum_detectable_effect(0.013)
    found = 1 - NormalDist(effect, 0.013).cdf(normal.inv_cdf(0.975) * 0.013)
    assert found == pytest.approx(0.8)
    assert minimum_detectable_effect(0.013, power=0.9) > effect


def test_columns_that_are_sums_are_resampled_as_if_they_were_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    random_state = np.random.RandomState(3)
    drawn = random_state.randint(0, 4, size=(40, 3))
    right = np.minimum(drawn, random_state.randint(0, 4, size=(40, 3)))
    names = ("answerable", "traps", "binary")
    columns = dict(zip(names, drawn.T, strict=True)) | {
        f"{name}_right": column for name, column in zip(names, right.T, strict=True)
    }
    columns["rejection_aware"] = columns["answerable"] + columns["traps"]
    columns["asked"], columns["right"] = drawn.sum(axis=1), right.sum(axis=1)
    counts = ClusterCounts(tuple(columns), np.stack(list(columns.values()), axis=1))
    metrics = [METRICS[name] for name in ("accuracy", "answerable_accuracy", "trap_accuracy", "h_score")]

    quickly = uncertainty.estimate_all([(counts, metrics)])
    monkeypatch.setattr(uncertainty, "COLUMN_SUMS", {})
    assert uncertainty.estimate_all([(counts, metrics)]) == quickly


def test_a_column_that_is_no_sum_is_drawn_whatever_its_name() -> None:
    counts = ClusterCounts(
        ("asked", "answerable", "traps", "binary", "right"),
        np.array([[9, 1, 1, 1, 3], [8, 2, 0, 1, 4], [7, 0, 1, 0, 2]], dtype=np.int64),
    )
    [found] = uncertainty.estimate_all([(counts, [METRICS["accuracy"]])], 500)
    assert found["accuracy"] == estimate_of([3, 4, 2], [9, 8, 7])
