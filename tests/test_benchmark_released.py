"""The facts of the released files, counted anew through our reading of them."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from mmneuroonco_tasks.benchmark import ClosedBenchmark, OpenBenchmark, load_benchmark


@pytest.fixture(scope="module")
def closed(released: Path) -> ClosedBenchmark:
    """The released closed part."""
    return load_benchmark("closed", annotations=released)


@pytest.fixture(scope="module")
def open_(released: Path) -> OpenBenchmark:
    """The released open part."""
    return load_benchmark("open", annotations=released)


def test_the_closed_part_has_its_questions_traps_and_types(closed: ClosedBenchmark) -> None:
    types = ("diagnosis", "modality", "size", "shape", "spread", "location")
    questions = Counter(question.question_type for question in closed.questions)
    traps = Counter(question.question_type for question in closed.questions if question.trap)
    assert [questions[kind] for kind in types] == [1000, 962, 307, 307, 307, 307] and questions.total() == 3190
    assert [traps[kind] for kind in types] == [186, 181, 55, 55, 67, 62] and traps.total() == 606


def test_the_three_settings_have_their_denominators(closed: ClosedBenchmark) -> None:
    offered = [question for question in closed.questions if question.offers_rejection]
    without = [question for question in closed.questions if not question.offers_rejection]
    answerable = [question for question in offered if not question.trap]
    assert (len(offered), len(without), len(answerable)) == (3074, 116, 2468)
    assert {question.question_type for question in without} == {"diagnosis"}
    assert {tuple(question.options) for question in closed.questions} == {("A", "B"), ("A", "B", "C", "D", "E")}


def test_every_trap_keeps_its_true_option_and_nothing_else_does(closed: ClosedBenchmark) -> None:
    assert all((question.original_answer is not None) == question.trap for question in closed.questions)


def test_answer_letters_and_questions_an_image_are_as_counted(closed: ClosedBenchmark) -> None:
    letters = Counter(question.answer for question in closed.questions)
    assert letters == {"A": 714, "B": 652, "C": 602, "D": 616, "E": 606}
    an_image = Counter(Counter(question.picture.id for question in closed.questions).values())
    assert an_image == {1: 38, 2: 655, 6: 307}


def test_the_closed_part_has_996_clusters(closed: ClosedBenchmark) -> None:
    slices = [picture for picture in closed.pictures if picture.patient]
    assert (len(closed.pictures), len(slices), len({picture.patient for picture in slices})) == (1000, 113, 109)
    assert len({picture.cluster for picture in closed.pictures}) == 996


def test_extensions_are_as_counted(closed: ClosedBenchmark) -> None:
    extensions = Counter(Path(picture.path).suffix for picture in closed.pictures)
    assert extensions == {".jpeg": 470, ".jpg": 281, ".png": 242, ".JPG": 7}


def test_without_brats_the_closed_part_has_887_images(closed: ClosedBenchmark, released: Path) -> None:
    nobrats = load_benchmark("closed", annotations=released, scope="nobrats")
    assert len(nobrats.pictures) == 887 and not any(picture.patient for picture in nobrats.pictures)
    assert (
        len(nobrats) == 2512 == len(closed) - sum(question.picture.patient is not None for question in closed.questions)
    )


def test_the_open_part_has_its_questions_and_239_clusters(open_: OpenBenchmark, closed: ClosedBenchmark) -> None:
    types = Counter(question.question_type for question in open_.questions)
    assert types == {"Detail": 729, "Location": 243, "Reasoning": 243} and len(open_) == 1215
    assert len(open_.pictures) == 243 and len({picture.cluster for picture in open_.pictures}) == 239
    assert set(open_.pictures) <= set(closed.pictures)


def test_the_keywords_are_as_counted(open_: OpenBenchmark) -> None:
    keywords = Counter(keyword for question in open_.questions for keyword in question.eval_keywords)
    assert keywords == {
        "solitary": 408, "glioma": 361, "irregular": 294, "medium": 276, "lobulated": 255, "round": 227, "tumor": 227,
        "spiculated": 174, "large": 162, "small": 151, "center": 132, "multifocal": 125, "meningioma": 114,
        "pituitary": 96, "oval": 60, "upper": 27, "right": 25, "left": 19, "lower": 15,
    }  # fmt: skip
    assert sum(not q.eval_keywords for q in open_.questions if q.question_type == "Location") == 83


def test_the_data_hashes_of_the_released_scopes_stand(released: Path) -> None:
    hashes = {
        (task, scope): load_benchmark(task, annotations=released, scope=scope).data_hash
        for task in ("closed", "open")
        for scope in ("full", "nobrats")
    }
    assert hashes == {
        ("closed", "full"): "1cbf92d1",
        ("closed", "nobrats"): "33496e69",
        ("open", "full"): "3c4436df",
        ("open", "nobrats"): "4e385b9d",
    }
