"""The reference reader: near the ceiling on phantoms with pictures, at chance without, whatever form the prompt has."""

from __future__ import annotations

from pathlib import Path

import pytest

from mmneuroonco_tasks.answers import Answer, read_answer, read_batch
from mmneuroonco_tasks.benchmark import ClosedBenchmark, OpenBenchmark, load_benchmark
from mmneuroonco_tasks.phantom import write_phantom
from mmneuroonco_tasks.prompts import BATCH, DIRECT, OPEN
from mmneuroonco_tasks.reference_reader import ReferenceReader
from mmneuroonco_tasks.scores import ClosedScores, score_closed
from mmneuroonco_tasks.scores.open import score_open


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    drawn = tmp_path_factory.mktemp("phantoms")
    write_phantom(drawn)
    return drawn


@pytest.fixture(scope="module")
def closed(folder: Path) -> ClosedBenchmark:
    return load_benchmark("closed", annotations=folder, images=folder)


@pytest.fixture(scope="module")
def open_questions(folder: Path) -> OpenBenchmark:
    return load_benchmark("open", annotations=folder, images=folder)


def scored(benchmark: ClosedBenchmark, *, blind: bool) -> ClosedScores:
    reader = ReferenceReader()
    answers: dict[str, Answer | None] = {}
    for question in benchmark.questions:
        picture = None if blind else benchmark.images.open(question.picture)
        answers[question.qid] = read_answer(reader.answer(picture, DIRECT.text(question)), question.options)
    return score_closed(benchmark, answers)


def test_with_pictures_it_is_near_the_ceiling_on_every_type_and_on_traps(closed: ClosedBenchmark) -> None:
    metrics = scored(closed, blind=False).metrics
    for name in ("accuracy", "trap_accuracy", "answerable_accuracy", "h_score"):
        assert (metrics[name].value or 0) > 0.9, name
    for name in ("diagnosis", "modality", "size", "shape", "spread", "location"):
        assert (metrics[f"accuracy_{name}"].value or 0) > 0.85, name


def test_without_pictures_chance_lies_in_its_interval(closed: ClosedBenchmark) -> None:
    metrics = scored(closed, blind=True).metrics
    chance = sum(1 / len(question.options) for question in closed.questions) / len(closed)
    for name, expected in (("accuracy", chance), ("trap_accuracy", 0.2), ("answerable_accuracy", 0.2)):
        low, high = metrics[name].low, metrics[name].high
        assert low is not None and high is not None
        assert low <= expected <= high, name


def test_all_questions_of_an_image_at_once_get_the_same_answers(closed: ClosedBenchmark) -> None:
    reader = ReferenceReader()
    for picture in closed.pictures[:12]:
        questions = [question for question in closed.questions if question.picture == picture]
        image = closed.images.open(picture)
        reply = reader.answer(image, BATCH.text(*questions))
        read = read_batch(reply, [question.options for question in questions])
        assert [answer.letter for answer in read] == [reader.answer(image, DIRECT.text(q)) for q in questions]


def test_open_questions_are_answered_from_the_picture(open_questions: OpenBenchmark) -> None:
    reader = ReferenceReader()
    seen = {
        question.qid: reader.answer(open_questions.images.open(question.picture), OPEN.text(question))
        for question in open_questions.questions
    }
    unseen = {question.qid: reader.answer(None, OPEN.text(question)) for question in open_questions.questions}
    with_pictures, without = (
        score_open(open_questions, responses, confidence_intervals=False, with_rows=False).metrics
        for responses in (seen, unseen)
    )
    assert (with_pictures["attribute_balanced_accuracy"].value or 0) > 0.8
    assert with_pictures["contradiction_rate"].value == 0
    assert (without["attribute_balanced_accuracy"].value or 0) < 0.1
