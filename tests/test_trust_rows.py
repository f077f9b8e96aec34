"""The rows beside a score are what guessing, rejecting and not looking come to on the same questions."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mmneuroonco_tasks.answers.outcome import Answer
from mmneuroonco_tasks.benchmark import Benchmark, ClosedBenchmark, ClosedQuestion, Picture, load_benchmark
from mmneuroonco_tasks.scores.closed import score_closed
from mmneuroonco_tasks.scores.registry import BREAKDOWN_METRICS
from mmneuroonco_tasks.scores.text_only import text_only_picks
from mmneuroonco_tasks.scores.trust_rows import TRUST_ROW_TITLES, subset_trust_rows, trust_rows

FIVE = {"A": "flat", "B": "round", "C": "long", "D": "lobed", "E": "None of the above"}
TWO = {"A": "Healthy", "B": "Abnormal"}


def question(qid: str, image: int, options: dict[str, str], answer: str) -> ClosedQuestion:
    kind = "shape" if "E" in options else "diagnosis"
    trap = answer == "E"
    removed = "odd" if trap else None
    return ClosedQuestion(qid, Picture(image, "a/b/c.png", image), kind, "Which?", options, answer, trap, removed)


@pytest.fixture
def benchmark() -> ClosedBenchmark:
    questions = (
        question("1_q1", 1, FIVE, "B"),
        question("1_q2", 1, FIVE, "E"),
        question("2_q1", 2, FIVE, "D"),
        question("2_q2", 2, FIVE, "A"),
        question("3_q1", 3, TWO, "B"),
    )
    return Benchmark("closed", "full", questions, len(questions), "00000000")


def value(rows: dict[str, dict[str, object]], row: str, metric: str) -> float | None:
    return rows[row][metric].value  # type: ignore[attr-defined, no-any-return]


def test_the_uniform_row_is_what_many_guessers_come_to(benchmark: ClosedBenchmark) -> None:
    """Against a simulation; metrics of expected counts and expected metrics agree for means."""
    rows = trust_rows(benchmark)
    random = np.random.RandomState(0)
    means = ("accuracy", "rejection_aware_accuracy", "trap_accuracy", "answerable_accuracy", "false_rejection_rate")
    found = {name: [] for name in (*means, "image_accuracy", "accuracy_binary")}
    for _ in range(400):
        answers = {q.qid: Answer.of_letter(str(random.choice(list(q.options)))) for q in benchmark.questions}
        metrics = score_closed(benchmark, answers, confidence_intervals=False).metrics
        for name, values in found.items():
            values.append(metrics[name].value)
    for name, values in found.items():
        assert value(rows, "uniform", name) == pytest.approx(np.mean(values), abs=0.06), name


def test_the_rows_by_hand(benchmark: ClosedBenchmark) -> None:
    rows = trust_rows(benchmark)
    assert value(rows, "uniform", "accuracy") == pytest.approx((4 / 5 + 1 / 2) / 5)
    assert value(rows, "uniform", "image_accuracy") == pytest.approx((1 / 25 + 1 / 25 + 1 / 2) / 3)
    assert value(rows, "uniform", "selective_accuracy") == pytest.approx(0.25)
    assert value(rows, "uniform", "h_score") == pytest.approx(0.2)
    assert value(rows, "always_E", "accuracy") == pytest.approx(1 / 5)  # A on the two-option question is wrong
    assert value(rows, "always_E", "trap_accuracy") == 1.0
    assert value(rows, "always_E", "h_score") == 0.0
    assert value(rows, "always_E", "selective_accuracy") is None
    assert value(rows, "never_E_oracle", "accuracy") == pytest.approx(4 / 5)
    assert value(rows, "never_E_oracle", "forced_choice_rate") == 1.0
    assert value(rows, "never_E_oracle", "h_score") == 0.0


def test_rows_equal_the_score_of_their_answers(benchmark: ClosedBenchmark) -> None:
    rows = trust_rows(benchmark)
    always = {q.qid: Answer.of_letter("E" if q.offers_rejection else "A") for q in benchmark.questions}
    metrics = score_closed(benchmark, always, confidence_intervals=False).metrics
    assert {name: e.value for name, e in rows["always_E"].items()} == {name: e.value for name, e in metrics.items()}
    assert {name: e.n for name, e in rows["always_E"].items()} == {name: e.n for name, e in metrics.items()}


def test_text_only_rows_are_fitted_on_the_annotations_and_scored_on_what_was_asked(
    benchmark: ClosedBenchmark, tmp_path: Path
) -> None:
    asked = benchmark.restricted_to(["1_q1", "3_q1"])
    rows = trust_rows(asked, text_only_picks(benchmark, cache=tmp_path))
    assert list(rows) == list(TRUST_ROW_TITLES)
    assert rows["text_only_prior"]["accuracy"].n == 2


def test_each_subset_has_its_rows_but_the_one_that_defines_it(benchmark: ClosedBenchmark, tmp_path: Path) -> None:
    picks = text_only_picks(benchmark, cache=tmp_path)
    subsets = {"image_needed": ["1_q2", "3_q1"], "uncontested": ["1_q1", "99_q1"], "not_asked": ["99_q1"]}
    found = subset_trust_rows(benchmark, subsets, picks)
    assert list(found) == ["image_needed", "uncontested"], "of which something was asked"
    assert set(TRUST_ROW_TITLES) - set(found["image_needed"]) == {"text_only_logistic"}
    assert list(found["uncontested"]) == list(TRUST_ROW_TITLES)
    assert list(found["uncontested"]["uniform"]) == list(BREAKDOWN_METRICS)
    # By hand: a trap of five options and a question of two.
    needed = found["image_needed"]
    assert value(needed, "uniform", "accuracy") == pytest.approx((1 / 5 + 1 / 2) / 2)
    assert (value(needed, "always_E", "trap_accuracy"), needed["always_E"]["trap_accuracy"].n) == (1.0, 1)
    assert found == {
        name: {row: {metric: rows[row][metric] for metric in BREAKDOWN_METRICS} for row in found[name]}
        for name, qids in (("image_needed", ["1_q2", "3_q1"]), ("uncontested", ["1_q1"]))
        for rows in [trust_rows(benchmark.restricted_to(qids), picks)]
    }


def test_the_released_questions_give_the_known_rows(released: Path, tmp_path: Path) -> None:
    benchmark = load_benchmark("closed", annotations=released)
    rows = trust_rows(benchmark)
    assert value(rows, "uniform", "accuracy") == pytest.approx(672.8 / 3190)
    assert value(rows, "always_E", "accuracy") == pytest.approx(662 / 3190)
    assert value(rows, "always_E", "rejection_aware_accuracy") == pytest.approx(606 / 3074)
    assert value(rows, "never_E_oracle", "accuracy") == pytest.approx(2584 / 3190)
    assert value(rows, "never_E_oracle", "rejection_aware_accuracy") == pytest.approx(2468 / 3074)
