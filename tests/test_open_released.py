"""What must come out on the released open questions, and how their references agree with the closed key."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from mmneuroonco_tasks.benchmark import ClosedBenchmark, OpenBenchmark, load_benchmark
from mmneuroonco_tasks.scores.attributes import ATTRIBUTES, read_attributes, read_measurements
from mmneuroonco_tasks.scores.attributes.classes import size_classes
from mmneuroonco_tasks.scores.open import OpenScores, score_open
from mmneuroonco_tasks.scores.open_reading import open_task

#: The attribute that a closed question type is about.
ATTRIBUTE_OF = {"shape": "shape", "location": "sector", "size": "size", "spread": "spread"}


@pytest.fixture(scope="module")
def benchmark(released: Path) -> OpenBenchmark:
    return load_benchmark("open", annotations=released / "benchmark" / "mm-neuroonco_benchmark_open_v1.0.json")


@pytest.fixture(scope="module")
def closed(released: Path) -> ClosedBenchmark:
    return load_benchmark("closed", annotations=released / "benchmark" / "mm-neuroonco_benchmark_closed_v1.0.json")


@pytest.fixture(scope="module")
def reference_scores(benchmark: OpenBenchmark) -> OpenScores:
    return score_open(benchmark, {q.qid: q.reference_answer for q in benchmark.questions}, confidence_intervals=False)


@pytest.fixture(scope="module")
def image_attributes(benchmark: OpenBenchmark) -> dict[int, dict[str, str]]:
    """By image, each attribute as the first of its five references says it."""
    found: dict[int, dict[str, str]] = {}
    for question in benchmark.questions:
        own = found.setdefault(question.picture.id, {})
        for name, value in open_task(question).attributes.items():
            own.setdefault(name, value)
    for question in benchmark.questions:
        for name, reading in read_attributes(question.reference_answer).items():
            if reading.value is not None:
                found[question.picture.id].setdefault(name, reading.value)
    return found


def test_the_reference_against_itself_is_right_on_every_asked_attribute(reference_scores: OpenScores) -> None:
    metrics = reference_scores.metrics
    for name in ("attribute_balanced_accuracy", "attribute_accuracy", *(f"{a}_accuracy" for a in ATTRIBUTES)):
        assert metrics[name].value == 1.0, name
    assert metrics["contradiction_rate"].value == 0.0
    assert (metrics["area_accuracy"].value, metrics["area_coverage"].value) == (1.0, 1.0)
    assert metrics["bleu"].value == pytest.approx(100.0)
    assert metrics["rouge_l"].value == 1.0


def test_the_reference_has_full_keyword_recall_by_the_released_rule(reference_scores: OpenScores) -> None:
    recall = reference_scores.metrics["keyword_recall"]
    assert (recall.value, recall.n) == (1.0, 1132)
    assert reference_scores.counts["without_keywords"] == 83
    assert reference_scores.counts["clusters"] == 239


def test_given_and_unstated_attributes_are_counted(reference_scores: OpenScores) -> None:
    counts = reference_scores.counts
    assert {name: counts[f"{name}_given"] for name in ATTRIBUTES} == {
        "shape": 19,
        "sector": 10,
        "size": 10,
        "spread": 11,
    }
    assert {name: counts[f"{name}_unstated"] for name in ATTRIBUTES} == {
        "shape": 0,
        "sector": 7,
        "size": 5,
        "spread": 0,
    }
    assert counts["items"] == 1785


def test_details_and_locations_ask_for_one_attribute_that_is_stated_or_given(benchmark: OpenBenchmark) -> None:
    asked = Counter()  # type: ignore[var-annotated]
    for question in benchmark.questions:
        if question.question_type != "Reasoning":
            task = open_task(question)
            assert len(task.attributes) + len(task.given) == 1, question.qid
            asked[(*task.attributes, *task.given)] += 1
    assert asked == {("shape",): 243, ("sector",): 243, ("size",): 243, ("spread",): 243}


def test_attributes_are_read_from_an_images_references_without_a_miss(
    image_attributes: dict[int, dict[str, str]],
) -> None:
    assert len(image_attributes) == 243
    assert all(set(found) == set(ATTRIBUTES) for found in image_attributes.values())


def test_no_reference_contradicts_itself(benchmark: OpenBenchmark) -> None:
    readings = [
        (q.qid, name, r) for q in benchmark.questions for name, r in read_attributes(q.reference_answer).items()
    ]
    assert [(qid, name) for qid, name, reading in readings if reading.contradictory] == []


def test_measurements_are_read_from_an_images_references(
    benchmark: OpenBenchmark, image_attributes: dict[int, dict[str, str]]
) -> None:
    found: dict[str, set[int]] = {"area": set(), "circularity": set(), "centroid": set()}
    for question in benchmark.questions:
        for name, value in read_measurements(question.reference_answer).items():
            if value is not None:
                found[name].add(question.picture.id)
                if name == "area":
                    assert size_classes(*value * 2) == (image_attributes[question.picture.id]["size"],), question.qid
    assert {name: len(images) for name, images in found.items()} == {"area": 243, "circularity": 239, "centroid": 239}


def test_references_agree_with_the_closed_key_of_the_same_image(
    closed: ClosedBenchmark, image_attributes: dict[int, dict[str, str]]
) -> None:
    compared, differing = 0, []
    for question in closed.questions:
        attribute = ATTRIBUTE_OF.get(question.question_type)
        if attribute is None or question.picture.id not in image_attributes:
            continue
        key = question.original_answer or question.options[question.answer]
        compared += 1
        if read_attributes(key)[attribute].value != image_attributes[question.picture.id][attribute]:
            differing.append(question.qid)
    # One key names a hemisphere, which is the patient's side and no cell of the image.
    assert (compared, len(differing)) == (972, 1)


def test_reciting_the_keywords_is_at_or_below_the_majority_row(reference_scores: OpenScores) -> None:
    rows = reference_scores.trust_rows
    majority, reciting = (rows[name]["attribute_balanced_accuracy"].value for name in ("majority", "recite_keywords"))
    assert majority is not None and reciting is not None and reciting <= majority
    assert majority == pytest.approx((1 / 3 + 1 / 5 + 1 / 3 + 1 / 3) / 4)
    assert rows["recite_keywords"]["keyword_recall"].value == 1.0
    assert rows["echo"]["keyword_recall"].value == pytest.approx(0.41, abs=0.01)
    assert rows["reference"]["attribute_balanced_accuracy"].value == 1.0
