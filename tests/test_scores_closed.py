"""Closed scores: cases small enough to do by hand, what fixed strategies must get, and independent oracles."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Mapping, Sequence
from statistics import fmean

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mmneuroonco_tasks.answers.outcome import Answer, Outcome
from mmneuroonco_tasks.benchmark.records import (
    CLOSED_TYPES,
    LETTERS,
    Benchmark,
    ClosedBenchmark,
    ClosedQuestion,
    Picture,
)
from mmneuroonco_tasks.scores.closed import PICKS, ClosedScores, score_closed
from mmneuroonco_tasks.scores.counting import closed_columns, closed_counts, modality_of, read_picks
from mmneuroonco_tasks.scores.registry import (
    BREAKDOWN_METRICS,
    CLOSED_COLUMNS,
    CLOSED_METRICS,
    METRICS,
    TABLE_METRICS,
)

FIVE = {"A": "round", "B": "oval", "C": "lobed", "D": "spiky", "E": "None of the above"}
TWO = {"A": "Healthy", "B": "Abnormal"}


def question(
    qid: str, kind: str, key: str, cluster: int | None = None, path: str = "glioma/08_t1/x.png"
) -> ClosedQuestion:
    """A made-up question; its image is the number before ``_q``, and it is two-option if its kind is ``binary``."""
    image = int(qid.split("_")[0])
    picture = Picture(image, path, image if cluster is None else cluster)
    binary = kind == "binary"
    options = TWO if binary else FIVE
    return ClosedQuestion(
        qid, picture, "diagnosis" if binary else kind, "What is shown?", options, key, trap=key == "E"
    )


def benchmark_of(*questions: ClosedQuestion, scope_size: int | None = None) -> ClosedBenchmark:
    return Benchmark("closed", "full", questions, scope_size or len(questions), "0a1b2c3d")


def without_letter(outcome: Outcome) -> Answer:
    return Answer(outcome, None, "made up")


def values(scores: ClosedScores) -> dict[str, float | None]:
    return {name: estimate.value for name, estimate in scores.metrics.items()}


# Four images of three patients (1 and 2 are slices of one), worked out by hand below.
HAND = benchmark_of(
    question("1_q1", "diagnosis", "E", cluster=1),
    question("1_q2", "modality", "A", cluster=1),
    question("2_q1", "diagnosis", "B", cluster=1, path="glioma/09_t2/y.png"),
    question("2_q2", "size", "E", cluster=1, path="glioma/09_t2/y.png"),
    question("3_q1", "binary", "A", path="healthy/05_t1/z.png"),
    question("3_q2", "modality", "D", path="healthy/05_t1/z.png"),
    question("3_q3", "shape", "C", path="healthy/05_t1/z.png"),
    question("4_q1", "spread", "E", path="pituitary/07_t1ce/w.png"),
    question("4_q2", "location", "B", path="pituitary/07_t1ce/w.png"),
    scope_size=12,
)
HAND_ANSWERS = {
    "1_q1": Answer(Outcome.REJECTED, "E", "made up", hedged=True),  # right
    "1_q2": Answer.of_letter("A"),  # right
    "2_q1": Answer.of_letter("C"),  # wrong letter
    "2_q2": Answer.of_letter("A"),  # forced choice
    "3_q1": Answer.of_letter("A"),  # right
    "3_q2": Answer.of_letter("E"),  # false rejection
    "3_q3": without_letter(Outcome.REFUSED),
    "4_q1": without_letter(Outcome.REFUSED),  # a refusal earns nothing, not even on a trap
    "4_q2": None,  # missing
}


def test_every_metric_of_the_case_done_by_hand() -> None:
    scores = score_closed(HAND, HAND_ANSWERS, confidence_intervals=False)
    # F has 8 questions: T = {1_q1, 2_q2, 4_q1}, S = {1_q2, 2_q1, 3_q2, 3_q3, 4_q2}; B = {3_q1}.
    trap, false = (1 + 0.5) / (3 + 1), (1 + 0.5) / (5 + 1)
    z = {0.375: -0.31863936396437514, 0.25: -0.6744897501960817}
    expected = {
        "accuracy": 3 / 9,
        "rejection_aware_accuracy": 2 / 8,
        "answerable_accuracy": 1 / 5,
        "trap_accuracy": 1 / 3,
        "h_score": 2 * (1 / 5) * (1 / 3) / (1 / 5 + 1 / 3),
        "accuracy_diagnosis": 2 / 3,
        "accuracy_modality": 1 / 2,
        "accuracy_size": 0.0,
        "accuracy_shape": 0.0,
        "accuracy_spread": 0.0,
        "accuracy_location": 0.0,
        "accuracy_macro": (2 / 3 + 1 / 2) / 6,
        "accuracy_binary": 1.0,
        "false_rejection_rate": 1 / 5,
        "rejection_precision": 1 / 2,
        "rejection_f1": 2 * 1 / (2 + 3),
        "rejection_mcc": (1 * 4 - 1 * 2) / math.sqrt(2 * 3 * 5 * 6),
        "d_prime": z[trap] - z[false],
        "criterion": -(z[trap] + z[false]) / 2,
        "rejection_rate": 2 / 8,
        "forced_choice_rate": 1 / 3,
        "selective_accuracy": 1 / 2,
        "image_accuracy": 1 / 4,  # image 1
        "refusal_rate": 2 / 9,
        "ambiguous_rate": 0.0,
        "unparsed_rate": 0.0,
        "failure_rate": 0.0,
        "missing_rate": 1 / 9,
        "hedged_rejection_rate": 1 / 2,
        # Wrong: 2_q1, 2_q2, 3_q2 and the missing 4_q2; the refusals cost nothing.
        "penalised_score_quarter": (3 - 4 / 4) / 9,
        "penalised_score_one": (3 - 4) / 9,
        # Picks A A A C E E… of 6: A 3, C 1, E 2; keys of 9: A 2, B 2, C 1, D 1, E 3.
        "letter_total_variation": (abs(3 / 6 - 2 / 9) + 2 / 9 + abs(1 / 6 - 1 / 9) + 1 / 9 + abs(2 / 6 - 3 / 9)) / 2,
    }
    assert values(scores) == {name: pytest.approx(value) for name, value in expected.items()}
    assert list(scores.metrics) == [metric.name for metric in CLOSED_METRICS]


def test_counts_confusion_letters_and_outcomes_of_the_case_done_by_hand() -> None:
    scores = score_closed(HAND, HAND_ANSWERS, confidence_intervals=False)
    assert scores.counts == {
        "asked": 9,
        "scope": 12,
        "rejection_aware": 8,
        "traps": 3,
        "answerable": 5,
        "binary": 1,
        "images": 4,
        "clusters": 3,
        "right": 3,
        "answered": 4,
        "rejected": 2,
        "refused": 2,
        "ambiguous": 0,
        "unparsed": 0,
        "failed": 0,
        "missing": 1,
        "hedged_rejections": 1,
    }
    assert PICKS == ("A", "B", "C", "D", "E", "none")
    assert scores.confusion == (
        (2, 0, 0, 0, 0, 0),
        (0, 0, 1, 0, 0, 1),
        (0, 0, 0, 0, 0, 1),
        (0, 0, 0, 0, 1, 0),
        (1, 0, 0, 0, 1, 1),
    )
    assert scores.letters == {
        "true": {"A": 2, "B": 2, "C": 1, "D": 1, "E": 3},
        "picked": {"A": 3, "B": 0, "C": 1, "D": 0, "E": 2},
    }
    assert list(scores.answers) == [q.qid for q in HAND.questions]
    assert scores.answers["4_q2"] is None
    assert scores.partial


def test_each_part_has_its_own_traps_and_answerable_questions() -> None:
    scores = score_closed(HAND, HAND_ANSWERS, subsets={"mine": ["1_q1", "1_q2", "9_q9"]}, confidence_intervals=False)

    def of(part: Mapping[str, object], name: str, metric: str) -> tuple[float | None, int]:
        estimate = part[name][metric]  # type: ignore[index]
        return estimate.value, estimate.n

    assert list(scores.by_type) == list(CLOSED_TYPES)
    assert of(scores.by_type, "diagnosis", "trap_accuracy") == (1.0, 1)
    assert of(scores.by_type, "diagnosis", "answerable_accuracy") == (0.0, 1)
    assert of(scores.by_type, "diagnosis", "accuracy_binary") == (1.0, 1)
    assert of(scores.by_type, "modality", "trap_accuracy") == (None, 0)
    assert set(scores.by_class) == {"glioma", "healthy", "pituitary"}
    assert of(scores.by_class, "healthy", "accuracy") == (1 / 3, 3)
    assert of(scores.by_source, "09_t2", "accuracy") == (0.0, 2)
    assert {name: of(scores.by_modality, name, "accuracy")[1] for name in scores.by_modality} == {
        "T1": 5,
        "T1CE": 2,
        "T2": 2,
    }
    assert of(scores.subsets, "mine", "accuracy") == (1.0, 2)
    assert of(scores.subsets, "mine", "h_score") == (1.0, 2)
    for part in (scores.by_type, scores.by_class, scores.by_modality, scores.by_source, scores.subsets):
        assert all(tuple(estimates) == BREAKDOWN_METRICS for estimates in part.values())
    # The place for the comparison rows is there from the first day.
    assert scores.trust_rows == {}


def test_refusals_read_as_rejections_are_a_row_of_their_own() -> None:
    scores = score_closed(HAND, HAND_ANSWERS, confidence_intervals=False)
    lenient = scores.sensitivity["refusals_as_rejections"]
    # 4_q1 becomes right, 3_q3 a false rejection.
    assert lenient["trap_accuracy"].value == pytest.approx(2 / 3)
    assert lenient["false_rejection_rate"].value == pytest.approx(2 / 5)
    assert lenient["accuracy"].value == pytest.approx(4 / 9)
    assert scores.metrics["trap_accuracy"].value == pytest.approx(1 / 3)


def test_a_refusal_on_a_two_option_question_stays_wrong_in_the_lenient_row() -> None:
    benchmark = benchmark_of(question("1_q1", "binary", "A"))
    scores = score_closed(benchmark, {"1_q1": without_letter(Outcome.REFUSED)})
    assert scores.sensitivity["refusals_as_rejections"]["accuracy"].value == 0.0


def test_a_letter_that_is_not_offered_is_unparsed() -> None:
    benchmark = benchmark_of(question("1_q1", "binary", "A"))
    for letter in ("C", "E", "Z"):
        scores = score_closed(benchmark, {"1_q1": Answer.of_letter(letter)})
        answer = scores.answers["1_q1"]
        assert answer is not None and answer.outcome is Outcome.UNPARSED and answer.letter is None
        assert scores.counts["unparsed"] == 1 and scores.counts["answered"] == 0


def test_an_absent_answer_counts_as_missing_and_an_outcome_follows_its_letter() -> None:
    benchmark = benchmark_of(question("1_q1", "size", "E"), question("2_q1", "size", "A"))
    scores = score_closed(benchmark, {"1_q1": Answer(Outcome.ANSWERED, "E", "made up")})
    assert scores.counts["missing"] == 1 and scores.counts["rejected"] == 1
    assert scores.partial
    full = {"1_q1": Answer.of_letter("E"), "2_q1": without_letter(Outcome.FAILED)}
    assert not score_closed(benchmark, full).partial


def test_an_answer_to_a_question_that_is_not_asked_is_an_error() -> None:
    benchmark = benchmark_of(question("1_q1", "size", "E"))
    with pytest.raises(ValueError, match=r"2_q1 is answered but not asked in closed/full \(nor are 1 more\)"):
        score_closed(benchmark, {"2_q1": Answer.of_letter("A"), "3_q1": None})


def test_the_open_questions_are_refused() -> None:
    with pytest.raises(ValueError, match="load the closed benchmark"):
        score_closed(Benchmark("open", "full", (), 0, "00000000"), {})


def test_nothing_asked_gives_nulls_not_zeros() -> None:
    scores = score_closed(benchmark_of(scope_size=3), {})
    assert all(estimate.value is None and estimate.n == 0 for estimate in scores.metrics.values())
    assert scores.by_class == {} and scores.counts["asked"] == 0 and scores.partial


# --- Fixed strategies: the table of the specification ------------------------------------------------


def a_benchmark(size: int = 400) -> ClosedBenchmark:
    """About a fifth of traps among five-option questions and a few two-option ones, two to an image."""
    chance = random.Random(7)
    questions = []
    for number in range(size):
        kind = "binary" if number % 25 == 0 else CLOSED_TYPES[number % 6]
        key = chance.choice("AB" if kind == "binary" else "ABCDE")
        questions.append(question(f"{number // 2 + 1}_q{number % 2 + 1}", kind, key))
    return benchmark_of(*questions)


BENCHMARK = a_benchmark()


def strategy(pick: Callable[[ClosedQuestion], str], benchmark: ClosedBenchmark = BENCHMARK) -> ClosedScores:
    answers = {q.qid: Answer.of_letter(pick(q)) for q in benchmark.questions}
    return score_closed(benchmark, answers, confidence_intervals=False)


def never_e(asked: ClosedQuestion) -> str:
    """Right wherever a listed option is, and one of the wrong options on every trap."""
    return "B" if asked.answer == "E" else asked.answer


def test_always_e_has_every_trap_and_an_h_score_of_zero() -> None:
    found = values(strategy(lambda asked: "E"))
    aware = [q for q in BENCHMARK.questions if q.offers_rejection]
    base_rate = sum(q.trap for q in aware) / len(aware)
    assert found["trap_accuracy"] == found["false_rejection_rate"] == found["rejection_rate"] == 1.0
    assert found["answerable_accuracy"] == found["h_score"] == found["forced_choice_rate"] == 0.0
    assert found["rejection_aware_accuracy"] == found["rejection_precision"] == pytest.approx(base_rate)
    assert found["selective_accuracy"] is None
    assert found["rejection_mcc"] is found["d_prime"] is found["criterion"] is None


def test_never_e_but_right_otherwise_has_an_h_score_of_zero() -> None:
    found = values(strategy(never_e))
    assert found["answerable_accuracy"] == found["selective_accuracy"] == found["forced_choice_rate"] == 1.0
    assert found["trap_accuracy"] == found["h_score"] == found["rejection_rate"] == found["rejection_f1"] == 0
    assert found["rejection_precision"] is None and found["d_prime"] is None
    aware = [q for q in BENCHMARK.questions if q.offers_rejection]
    assert found["rejection_aware_accuracy"] == pytest.approx(1 - sum(q.trap for q in aware) / len(aware))


def test_uniform_guessing_expects_a_fifth_everywhere() -> None:
    # The expected totals of a uniform guess over A–E are the mean of the totals of the five constant ones.
    totals = [
        closed_counts(BENCHMARK, {q.qid: Answer.of_letter(letter) for q in BENCHMARK.questions}).totals
        for letter in LETTERS
    ]
    mean = {name: np.float64(fmean(float(total[name]) for total in totals)) for name in CLOSED_COLUMNS}
    for name in (
        "rejection_aware_accuracy",
        "answerable_accuracy",
        "trap_accuracy",
        "h_score",
        "false_rejection_rate",
        "rejection_rate",
    ):
        assert float(METRICS[name].compute(mean)) == pytest.approx(0.2)
    assert float(METRICS["forced_choice_rate"].compute(mean)) == pytest.approx(0.8)
    assert float(METRICS["selective_accuracy"].compute(mean)) == pytest.approx(0.25)


def test_the_key_itself_is_right_everywhere() -> None:
    found = values(strategy(lambda asked: asked.answer))
    ones = ("accuracy", "h_score", "accuracy_macro", "image_accuracy", "rejection_f1", "rejection_mcc")
    assert all(found[name] == pytest.approx(1.0) for name in ones)
    assert found["penalised_score_one"] == 1.0 and found["letter_total_variation"] == 0.0


def test_the_macro_mean_is_null_unless_all_six_types_were_asked() -> None:
    five = BENCHMARK.restricted_to([q.qid for q in BENCHMARK.questions if q.question_type != "spread"])
    scores = strategy(lambda asked: asked.answer, five)
    assert scores.metrics["accuracy_macro"].value is None and scores.metrics["accuracy_macro"].n == 0
    assert scores.by_type["spread"]["accuracy"].value is None
    assert scores.metrics["accuracy"].value == 1.0


# --- Independent oracles -----------------------------------------------------------------------------


def random_answers(benchmark: ClosedBenchmark, seed: int) -> dict[str, Answer | None]:
    """Right three times in ten, else any letter, any outcome without one, or nothing."""
    chance = random.Random(seed)
    none = [without_letter(outcome) for outcome in list(Outcome)[2:]]
    answers: dict[str, Answer | None] = {}
    for asked in benchmark.questions:
        letter = asked.answer if chance.random() < 0.3 else chance.choice(list(asked.options))
        answers[asked.qid] = chance.choice([*[Answer.of_letter(letter)] * 12, *none, None])
    return answers


@pytest.mark.parametrize("seed", range(5))
def test_against_scikit_learn(seed: int) -> None:
    metrics = pytest.importorskip("sklearn.metrics")
    answers = random_answers(BENCHMARK, seed)
    scores = score_closed(BENCHMARK, answers, confidence_intervals=False)
    found = values(scores)

    def picks(asked: Sequence[ClosedQuestion]) -> list[str]:
        return [(answer.letter or "none") if (answer := answers[q.qid]) else "none" for q in asked]

    keys = [q.answer for q in BENCHMARK.questions]
    everything = metrics.confusion_matrix(keys, picks(BENCHMARK.questions), labels=list(PICKS))
    assert scores.confusion == tuple(map(tuple, everything[:5].tolist()))
    assert found["accuracy"] == pytest.approx(metrics.accuracy_score(keys, picks(BENCHMARK.questions)))

    aware = [q for q in BENCHMARK.questions if q.offers_rejection]
    true, picked = [q.answer == "E" for q in aware], [pick == "E" for pick in picks(aware)]
    assert found["trap_accuracy"] == pytest.approx(metrics.recall_score(true, picked))
    assert found["rejection_precision"] == pytest.approx(metrics.precision_score(true, picked))
    assert found["rejection_f1"] == pytest.approx(metrics.f1_score(true, picked))
    assert found["rejection_mcc"] == pytest.approx(metrics.matthews_corrcoef(true, picked))


@pytest.mark.parametrize("seed", range(5))
def test_d_prime_against_scipy(seed: int) -> None:
    norm = pytest.importorskip("scipy.stats").norm
    answers = random_answers(BENCHMARK, seed)
    rows = {False: [0, 0], True: [0, 0]}
    for asked in BENCHMARK.questions:
        if asked.offers_rejection:
            answer = answers[asked.qid]
            rows[asked.trap][0] += answer is not None and answer.letter == "E"
            rows[asked.trap][1] += 1
    z_trap, z_false = (norm.ppf((rows[trap][0] + 0.5) / (rows[trap][1] + 1)) for trap in (True, False))
    found = values(score_closed(BENCHMARK, answers, confidence_intervals=False))
    assert found["d_prime"] == pytest.approx(z_trap - z_false)
    assert found["criterion"] == pytest.approx(-0.5 * (z_trap + z_false))


def in_plain_python(asked: Sequence[ClosedQuestion], answers: Mapping[str, Answer | None]) -> dict[str, float]:
    """Metrics written down once more, from lists of questions that may hold one several times."""

    def share(right: Callable[[ClosedQuestion], bool], among: Callable[[ClosedQuestion], bool]) -> float:
        counted = [q for q in asked if among(q)]
        return sum(map(right, counted)) / len(counted) if counted else math.nan

    def letter(q: ClosedQuestion) -> str | None:
        answer = answers[q.qid]
        return answer.letter if answer else None

    answerable = share(lambda q: letter(q) == q.answer, lambda q: q.offers_rejection and not q.trap)
    trap = share(lambda q: letter(q) == "E", lambda q: q.trap)
    both = answerable + trap
    return {
        "accuracy": share(lambda q: letter(q) == q.answer, lambda q: True),
        "rejection_aware_accuracy": share(lambda q: letter(q) == q.answer, lambda q: q.offers_rejection),
        "h_score": both * 0 if answerable == 0 or trap == 0 else 2 * answerable * trap / both,
        "rejection_precision": share(lambda q: q.trap, lambda q: letter(q) == "E"),
        "selective_accuracy": share(
            lambda q: letter(q) == q.answer,
            lambda q: q.offers_rejection and not q.trap and letter(q) not in (None, "E"),
        ),
        "accuracy_macro": fmean(
            share(lambda q: letter(q) == q.answer, lambda q, name=name: q.question_type == name)  # type: ignore[misc]
            for name in CLOSED_TYPES
        ),
    }


def test_intervals_are_those_of_resampling_patients_by_hand() -> None:
    chance = random.Random(3)
    questions = [
        question(f"{number + 1}_q{position}", chance.choice(CLOSED_TYPES), chance.choice("ABCDEE"), number // 2)
        for number in range(120)
        for position in (1, 2, 3)
    ]
    benchmark = benchmark_of(*questions)
    answers = random_answers(benchmark, 11)
    resamples = 400
    scores = score_closed(benchmark, answers, resamples=resamples)

    patients = list(dict.fromkeys(q.picture.cluster for q in questions))
    of_patient = {patient: [q for q in questions if q.picture.cluster == patient] for patient in patients}
    drawn = np.random.RandomState(0).randint(0, len(patients), size=(resamples, len(patients)), dtype=np.int32)
    replicates = [
        in_plain_python([q for number in row for q in of_patient[patients[number]]], answers) for row in drawn.tolist()
    ]
    for name, value in in_plain_python(questions, answers).items():
        estimate = scores.metrics[name]
        assert estimate.value == pytest.approx(value, abs=1e-12)
        if estimate.n < 200 and METRICS[name].proportion:
            continue  # Wilson's interval, tested with the other formulas
        ordered = sorted(replicate[name] for replicate in replicates)
        assert estimate.low == pytest.approx(ordered[9]) and estimate.high == pytest.approx(ordered[-10])
        if METRICS[name].kind != "mean":
            assert estimate.stderr == pytest.approx(np.std([r[name] for r in replicates], ddof=1))


def test_the_order_of_answers_and_the_numbering_of_images_change_nothing() -> None:
    answers = random_answers(BENCHMARK, 5)
    reversed_answers = dict(reversed(answers.items()))
    once = score_closed(BENCHMARK, answers)
    assert once == score_closed(BENCHMARK, reversed_answers)
    assert list(once.answers) == list(score_closed(BENCHMARK, reversed_answers).answers)


def test_scoring_a_restricted_benchmark_equals_scoring_a_subset_of_it() -> None:
    answers = random_answers(BENCHMARK, 6)
    members = [q.qid for q in BENCHMARK.questions[::3]]
    whole = score_closed(BENCHMARK, answers, subsets={"third": members}, confidence_intervals=False)
    alone = score_closed(
        BENCHMARK.restricted_to(members), {qid: answers[qid] for qid in members}, confidence_intervals=False
    )
    for name in BREAKDOWN_METRICS:
        assert whole.subsets["third"][name] == alone.metrics[name]


# --- Any answers at all ------------------------------------------------------------------------------

KINDS = st.sampled_from([*CLOSED_TYPES, "binary"])
ANSWERS = st.one_of(
    st.none(),
    st.sampled_from("ABCDEZ").map(Answer.of_letter),
    st.sampled_from(list(Outcome)[2:]).map(without_letter),
)


@st.composite
def runs(draw: st.DrawFn) -> tuple[ClosedBenchmark, dict[str, Answer | None]]:
    questions = []
    answers = {}
    for image in range(draw(st.integers(1, 6))):
        cluster = draw(st.integers(0, image))
        for position in range(draw(st.integers(1, 4))):
            kind = draw(KINDS)
            qid = f"{image}_q{position + 1}"
            key = draw(st.sampled_from("AB" if kind == "binary" else "ABCDE"))
            questions.append(question(qid, kind, key, cluster))
            answers[qid] = draw(ANSWERS)
    return benchmark_of(*questions), answers


@given(runs())
@settings(max_examples=60)
def test_any_run_keeps_every_metric_in_its_range_and_null_exactly_without_questions(
    run: tuple[ClosedBenchmark, dict[str, Answer | None]],
) -> None:
    benchmark, answers = run
    scores = score_closed(benchmark, answers, resamples=50)
    assert scores.counts["asked"] == sum(map(sum, scores.confusion)) == len(benchmark)
    assert scores.counts["right"] == sum(scores.confusion[i][i] for i in range(5))
    outcomes = ("answered", "rejected", "refused", "ambiguous", "unparsed", "failed", "missing")
    assert sum(scores.counts[name] for name in outcomes) == len(benchmark)
    for part in (scores.metrics, *scores.by_type.values(), *scores.by_class.values()):
        for name, estimate in part.items():
            metric = METRICS[name]
            if estimate.value is None:
                assert (estimate.low, estimate.high, estimate.stderr, estimate.n) == (None, None, None, 0)
                continue
            assert estimate.n > 0
            assert metric.low - 1e-12 <= estimate.value <= metric.high + 1e-12
            if estimate.low is not None and estimate.high is not None:
                assert metric.low - 1e-12 <= estimate.low <= estimate.high <= metric.high + 1e-12
                if metric.proportion:
                    assert estimate.low <= estimate.value <= estimate.high
            assert estimate.stderr is None or estimate.stderr >= 0
    answerable, trap, h = (scores.metrics[name].value for name in ("answerable_accuracy", "trap_accuracy", "h_score"))
    if answerable is None or trap is None:
        assert h is None
    elif 0 in (answerable, trap):
        assert h == 0
    else:
        assert h == pytest.approx(2 / (1 / answerable + 1 / trap))


# --- The registry is one truth -----------------------------------------------------------------------


def test_columns_are_exactly_those_that_are_listed_and_each_is_read_by_a_metric() -> None:
    columns = closed_columns(HAND.questions, read_picks(HAND, HAND_ANSWERS))
    assert list(columns) == list(CLOSED_COLUMNS)
    read = {column for metric in CLOSED_METRICS for column in metric.columns}
    assert read == set(CLOSED_COLUMNS)


def test_metrics_are_named_once_described_and_listed_in_the_table() -> None:
    names = [metric.name for metric in CLOSED_METRICS]
    assert len(set(names)) == len(names)
    assert set(TABLE_METRICS) <= set(names) and set(BREAKDOWN_METRICS) <= set(names)
    assert all(metric.description and metric.formula and metric.low < metric.high for metric in CLOSED_METRICS)
    # A framework reads these endings and beginnings as something else.
    clashing = ("_stderr", "_expected_accuracy", "_consensus_accuracy", "_internal_variance", "_consistency_rate")
    assert not [name for name in names if name.endswith(clashing) or name.startswith("paired_")]


@pytest.mark.parametrize(
    ("path", "modality"),
    [
        ("glioma/08_t1ce/0001.png", "T1CE"),
        ("glioma/16_t1_t2_t1ce_flair_mask/BraTS2021_00001/BraTS2021_00001_flair.png", "FLAIR"),
        ("tumor/10_t1_t2_mask/Kind_T1CE_040.png", "T1CE"),
        ("tumor/10_t1_t2_mask/040.png", "unknown"),
        ("flat.png", "unknown"),
    ],
)
def test_the_modality_stands_in_the_folder_or_else_in_the_file_name(path: str, modality: str) -> None:
    assert modality_of(Picture(1, path, 1)) == modality
