"""Numbers that must come out exactly on the released closed questions."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from mmneuroonco_tasks.answers.outcome import Answer
from mmneuroonco_tasks.benchmark import ClosedBenchmark, ClosedQuestion, load_benchmark
from mmneuroonco_tasks.scores import ClosedScores, score_closed
from mmneuroonco_tasks.scores.counting import modality_of


@pytest.fixture(scope="module")
def benchmark(released: Path) -> ClosedBenchmark:
    return load_benchmark("closed", annotations=released / "benchmark" / "mm-neuroonco_benchmark_closed_v1.0.json")


def scored(benchmark: ClosedBenchmark, pick: Callable[[ClosedQuestion], str]) -> ClosedScores:
    answers = {question.qid: Answer.of_letter(pick(question)) for question in benchmark.questions}
    return score_closed(benchmark, answers, confidence_intervals=False)


@pytest.mark.parametrize(("letter", "right"), [("A", 714), ("B", 652), ("C", 602), ("D", 616), ("E", 606)])
def test_a_constant_letter(benchmark: ClosedBenchmark, letter: str, right: int) -> None:
    scores = scored(benchmark, lambda question: letter)
    assert scores.counts["right"] == right
    assert scores.metrics["accuracy"].value == right / 3190


def test_always_e(benchmark: ClosedBenchmark) -> None:
    metrics = scored(benchmark, lambda question: "E").metrics
    assert (metrics["trap_accuracy"].value, metrics["trap_accuracy"].n) == (1.0, 606)
    assert (metrics["answerable_accuracy"].value, metrics["answerable_accuracy"].n) == (0.0, 2468)
    assert metrics["rejection_aware_accuracy"].value == 606 / 3074
    assert metrics["h_score"].value == 0.0
    assert metrics["selective_accuracy"].value is None


def test_always_e_and_a_on_two_option_questions(benchmark: ClosedBenchmark) -> None:
    scores = scored(benchmark, lambda question: "E" if question.offers_rejection else "A")
    assert scores.counts["right"] == 662 and scores.counts["unparsed"] == 0


def test_the_oracle_that_never_rejects(benchmark: ClosedBenchmark) -> None:
    scores = scored(benchmark, lambda question: "A" if question.trap else question.answer)
    assert scores.counts["right"] == 2584
    assert round(2584 / 3190, 4) == 0.81
    assert scores.metrics["rejection_aware_accuracy"].value == 2468 / 3074
    assert scores.metrics["h_score"].value == 0.0
    assert scores.metrics["forced_choice_rate"].value == 1.0


def test_a_uniform_guess_expects_672_8_right(benchmark: ClosedBenchmark) -> None:
    def expected(metric: str, letters: str) -> float:
        """Questions right by the mean of the constant letters: what a uniform guess among them expects."""
        found = [scored(benchmark, lambda question, letter=letter: letter).metrics[metric] for letter in letters]  # type: ignore[misc]
        return sum((estimate.value or 0) * estimate.n for estimate in found) / len(letters)

    right = expected("rejection_aware_accuracy", "ABCDE") + expected("accuracy_binary", "AB")
    assert right == pytest.approx(672.8)


def test_sizes_of_the_asked_set(benchmark: ClosedBenchmark) -> None:
    counts = scored(benchmark, lambda question: "A").counts
    sizes = ("asked", "images", "clusters", "rejection_aware", "traps", "answerable", "binary")
    assert tuple(counts[name] for name in sizes) == (3190, 1000, 996, 3074, 606, 2468, 116)


def test_the_path_names_the_modality_that_the_key_names(benchmark: ClosedBenchmark) -> None:
    assert {modality_of(picture) for picture in benchmark.pictures} == {"T1", "T1CE", "T2", "FLAIR"}
    disagreeing = []
    for question in benchmark.questions:
        if question.question_type == "modality":
            true = (question.original_answer or question.options[question.answer]).lower()
            contrast = any(word in true for word in ("contrast", "ce"))
            named = "FLAIR" if "flair" in true else "T1CE" if contrast else "T2" if "t2" in true else "T1"
            if named != modality_of(question.picture):
                disagreeing.append(question.qid)
    assert disagreeing == []
