"""Option probabilities: ranks, risk against coverage and calibration, against scikit-learn and brute force."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise, permutations
from statistics import fmean

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, roc_auc_score

from mmneuroonco_tasks.answers.outcome import Answer, Outcome
from mmneuroonco_tasks.benchmark import Benchmark, ClosedBenchmark, ClosedQuestion, Picture
from mmneuroonco_tasks.scores.confidence import CONFIDENCE_METRICS, MOST_CURVE_POINTS, confidence_scores
from mmneuroonco_tasks.scores.uncertainty import percentile_interval

FIVE = dict(zip("ABCDE", ["flat", "round", "long", "lobed", "None of the above"], strict=True))
TWO = {"A": "Healthy", "B": "Abnormal"}

#: One answered question: its key, the pick (None: no pick), the probability of the pick, p(E).
Told = tuple[str, str | None, float, float]


def benchmark_of(keys: Sequence[str], *, an_image: int = 1) -> ClosedBenchmark:
    questions = tuple(
        ClosedQuestion(
            f"{number}_q1",
            Picture(number, "a/b/c.png", number // an_image),
            "shape",
            "Which?",
            TWO if key.islower() else FIVE,
            key.upper(),
            key == "E",
            "odd" if key == "E" else None,
        )
        for number, key in enumerate(keys, 1)
    )
    return Benchmark("closed", "full", questions, len(questions), "00000000")


def scored(told: Sequence[Told], *, an_image: int = 1, resamples: int = 0):  # type: ignore[no-untyped-def]
    benchmark = benchmark_of([key for key, *_ in told], an_image=an_image)
    refused = Answer(Outcome.REFUSED, None, "made up")
    answers, probabilities = {}, {}
    for question, (_, pick, own, rejection) in zip(benchmark.questions, told, strict=True):
        answers[question.qid] = Answer.of_letter(pick) if pick else refused
        probabilities[question.qid] = {"E": rejection, **({pick: own} if pick else {})}
    found = confidence_scores(benchmark, answers, probabilities, resamples=resamples)
    assert found is not None
    return found


def values(told: Sequence[Told]) -> dict[str, float | None]:
    return {name: estimate.value for name, estimate in scored(told).metrics.items()}


#: Few distinct values, so that ties are common.
SHARE = st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.75, 0.9, 1.0])


@st.composite
def some_told(draw: st.DrawFn) -> list[Told]:
    told = []
    for key in draw(st.lists(st.sampled_from("ABCDEE"), min_size=1, max_size=25)):
        pick = draw(st.sampled_from([None, *"ABCDE", key]))
        rejection = draw(SHARE)
        told.append((key, pick, rejection if pick == "E" else draw(SHARE), rejection))
    return told


def confidence(own: Told) -> float:
    return own[2] if own[1] else 0.0


@given(some_told())
@settings(deadline=None)
def test_traps_are_ranked_as_scikit_learn_ranks_them(told: list[Told]) -> None:
    traps = [key == "E" for key, *_ in told]
    assume(0 < sum(traps) < len(traps))
    rejection = [p for *_, p in told]
    found = values(told)
    assert found["trap_auroc"] == pytest.approx(roc_auc_score(traps, rejection))
    assert found["trap_average_precision"] == pytest.approx(average_precision_score(traps, rejection))


@given(st.lists(st.tuples(st.booleans(), SHARE), min_size=1, max_size=7))
@settings(deadline=None)
def test_risk_against_coverage_is_the_mean_over_all_orders_of_ties(pairs: list[tuple[bool, float]]) -> None:
    """Brute force: every order that the confidences allow, every prefix of it."""
    told: list[Told] = [("B", "B" if right else "C", p, 0.0) for right, p in pairs]
    orders = [
        order
        for order in permutations(range(len(pairs)))
        if all(pairs[a][1] >= pairs[b][1] for a, b in pairwise(order))
    ]
    wrong = [[not pairs[index][0] for index in order] for order in orders]
    n = len(pairs)
    aurc = fmean(fmean(sum(own[:k]) / k for k in range(1, n + 1)) for own in wrong)
    best = fmean(sum(sorted(wrong[0])[:k]) / k for k in range(1, n + 1))
    # The area by trapezoids, from nothing answered on.
    joint = fmean(sum((sum(own[:k]) + sum(own[: k + 1])) / 2 for k in range(n)) / n**2 for own in wrong)
    found = values(told)
    assert found["aurc"] == pytest.approx(aurc)
    assert found["e_aurc"] == pytest.approx(aurc - best, abs=1e-12)
    assert found["augrc"] == pytest.approx(joint)


@given(some_told())
@settings(deadline=None)
def test_augrc_is_its_closed_form_and_calibration_is_binned_by_hand(told: list[Told]) -> None:
    right = [key == pick for key, pick, *_ in told]
    sure = [confidence(own) for own in told]
    accuracy = fmean(right)
    auroc = roc_auc_score(right, sure) if 0 < sum(right) < len(right) else 0.0
    found = values(told)
    assert found["augrc"] == pytest.approx((1 - auroc) * accuracy * (1 - accuracy) + (1 - accuracy) ** 2 / 2)
    gap = 0.0
    for number in range(15):
        inside = [i for i, p in enumerate(sure) if number / 15 < p <= (number + 1) / 15 or (number == 0 and p == 0)]
        if inside:
            mean_confidence, share_right = fmean(sure[i] for i in inside), fmean(right[i] for i in inside)
            gap += len(inside) / len(told) * abs(share_right - mean_confidence)
    assert found["calibration_error"] == pytest.approx(gap)


def test_by_hand() -> None:
    """Three answers, the surest right, the next wrong, the last right; one trap among two answerable."""
    found = scored([("B", "B", 0.9, 0.05), ("E", "C", 0.6, 0.3), ("D", "D", 0.5, 0.4)])
    assert found.coverage == (1 / 3, 2 / 3, 1.0)
    assert found.risk == (0.0, 1 / 2, 1 / 3)
    numbers = {name: estimate.value for name, estimate in found.metrics.items()}
    assert numbers["aurc"] == pytest.approx((0 + 1 / 2 + 1 / 3) / 3)
    assert numbers["e_aurc"] == pytest.approx((1 / 2 + 1 / 3) / 3 - (1 / 3) / 3)
    assert numbers["augrc"] == pytest.approx((0.5 + 1) / 9)
    assert numbers["trap_auroc"] == 0.5
    assert numbers["trap_average_precision"] == 0.5
    assert numbers["calibration_error"] == pytest.approx((0.1 + 0.6 + 0.5) / 3)


def test_a_refusal_is_wrong_and_the_least_sure() -> None:
    refused = values([("B", "B", 0.2, 0.0), ("C", None, 0.99, 0.0)])
    assert refused["aurc"] == pytest.approx((0 + 1 / 2) / 2)
    assert refused["calibration_error"] == pytest.approx(0.8 / 2)


def test_only_questions_that_offer_e_count_for_traps() -> None:
    with_two_options = [("B", "B", 0.9, 0.1), ("E", "E", 0.8, 0.8), ("a", "A", 0.7, 0.99)]
    found = scored(with_two_options).metrics
    assert (found["trap_auroc"].value, found["trap_auroc"].n) == (1.0, 2)
    assert found["aurc"].n == 3


@pytest.mark.parametrize("keys", ["BCD", "EE", "ab"])
def test_without_traps_or_without_others_there_is_nothing_to_tell(keys: str) -> None:
    found = scored([(key, "A", 0.5, 0.5) for key in keys], resamples=20).metrics
    assert found["trap_auroc"].value is None
    assert found["trap_average_precision"].value is None
    assert found["aurc"].value is not None


def test_without_probabilities_there_is_nothing() -> None:
    benchmark = benchmark_of("BE")
    assert confidence_scores(benchmark, {}, {}) is None
    assert confidence_scores(benchmark, {}, {"99_q1": {"A": 1.0}}) is None


def test_questions_without_probabilities_do_not_count() -> None:
    benchmark = benchmark_of("BEC")
    answers = {f"{n}_q1": Answer.of_letter("B") for n in (1, 2, 3)}
    found = confidence_scores(benchmark, answers, {"1_q1": {"B": 1.0}, "2_q1": {"B": 0.5}}, resamples=0)
    assert found is not None
    assert (found.metrics["aurc"].n, found.risk) == (2, (0.0, 0.5))


def test_the_interval_is_of_the_same_cluster_bootstrap() -> None:
    """Each resample written out: its questions as often as their cluster was drawn."""
    random = np.random.RandomState(5)
    told: list[Told] = []
    for _ in range(40):
        key = str(random.choice(list("ABCDE")))
        pick = key if random.rand() < 0.6 else "A"
        rejection = round(float(random.rand()), 1)
        told.append((key, pick, rejection if pick == "E" else round(float(random.rand()), 1), rejection))
    found = scored(told, an_image=3, resamples=60).metrics
    cluster_of = [number // 3 for number in range(1, 41)]
    clusters = sorted(set(cluster_of))
    drawn = np.random.RandomState(0).randint(0, len(clusters), size=(60, len(clusters)), dtype=np.int32)
    replicates: dict[str, list[float]] = {metric.name: [] for metric in CONFIDENCE_METRICS}
    for row in drawn:
        own = [told[i] for cluster in row for i in range(40) if cluster_of[i] == clusters[cluster]]
        for name, value in values(own).items():
            replicates[name].append(math.nan if value is None else value)
    for name, expected in replicates.items():
        ends = percentile_interval(np.array(expected))
        assert (found[name].low, found[name].high) == pytest.approx(ends, abs=1e-9), name
        assert found[name].stderr == pytest.approx(np.nanstd(expected, ddof=1)), name


def test_a_long_curve_is_thinned_but_keeps_its_end() -> None:
    told: list[Told] = [("B", "B" if n % 3 else "C", 1 - n / 2000, 0.0) for n in range(1000)]
    found = scored(told)
    assert len(found.coverage) == len(found.risk) == MOST_CURVE_POINTS
    assert found.coverage[0] == 1 / 1000 and found.coverage[-1] == 1.0
    assert found.risk[-1] == pytest.approx(334 / 1000)
    assert list(found.coverage) == sorted(found.coverage)
