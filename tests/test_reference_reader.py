"""The reference reader: near the ceiling on phantoms with pictures, at chance without, whatever form the prompt has."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from mmneuroonco_tasks.answers import Answer, read_answer, read_batch
from mmneuroonco_tasks.benchmark import ClosedBenchmark, ClosedQuestion, Picture, load_benchmark
from mmneuroonco_tasks.benchmark.home import Home
from mmneuroonco_tasks.prompts import BATCH, COT, DIRECT, FORMS, OPEN
from mmneuroonco_tasks.reference_reader import ReferenceReader
from mmneuroonco_tasks.scores import score_closed
from mmneuroonco_tasks.scores.open import score_open
from mmneuroonco_tasks.scores.pairs import vision_gain

Answers = Mapping[str, Answer | None]


@pytest.fixture(scope="module")
def closed(default_phantoms: Home) -> ClosedBenchmark:
    return load_benchmark("closed", home=default_phantoms)


@pytest.fixture(scope="module")
def seen(closed: ClosedBenchmark, reader_responses: dict[str, dict[str, str]]) -> Answers:
    """Its answers with pictures."""
    return {qid: read_answer(text, closed[qid].options) for qid, text in reader_responses["closed"].items()}


@pytest.fixture(scope="module")
def blind(closed: ClosedBenchmark, reader_responses: dict[str, dict[str, str]]) -> Answers:
    """Its answers without."""
    return {qid: read_answer(text, closed[qid].options) for qid, text in reader_responses["blind"].items()}


def test_with_pictures_it_is_near_the_ceiling_on_every_type_and_on_traps(
    closed: ClosedBenchmark, seen: Answers
) -> None:
    metrics = score_closed(closed, seen).metrics
    for name in ("accuracy", "trap_accuracy", "answerable_accuracy", "h_score"):
        assert (metrics[name].value or 0) >= 0.95, name
    for name in ("diagnosis", "modality", "size", "shape", "spread", "location"):
        assert (metrics[f"accuracy_{name}"].value or 0) > 0.9, name


def test_without_pictures_chance_lies_in_its_interval(closed: ClosedBenchmark, blind: Answers) -> None:
    metrics = score_closed(closed, blind).metrics
    chance = sum(1 / len(question.options) for question in closed.questions) / len(closed)
    for name, expected in (("accuracy", chance), ("trap_accuracy", 0.2), ("answerable_accuracy", 0.2)):
        low, high = metrics[name].low, metrics[name].high
        assert low is not None and high is not None
        assert low <= expected <= high, name


def test_the_picture_is_worth_most_of_its_accuracy_and_nothing_to_a_reader_that_is_blind(
    closed: ClosedBenchmark, seen: Answers, blind: Answers
) -> None:
    looking = vision_gain(closed, seen, blind)
    assert looking.value is not None and looking.value > 0.7
    assert looking.low is not None and looking.low > 0.6
    always_e = {question.qid: Answer.of_letter("E") for question in closed.questions if question.offers_rejection}
    for control in (blind, always_e):
        assert vision_gain(closed, control, control).value == 0


def test_it_uses_nothing_of_how_phantoms_are_made() -> None:
    """Neither does any of its modules load the generator, nor do their texts name one of its modules to load."""
    code = (
        "import sys, mmneuroonco_tasks.reference_reader.seeing, mmneuroonco_tasks.reference_reader.reading\n"
        "from mmneuroonco_tasks.reference_reader import ReferenceReader\n"
        "ReferenceReader().answer(None, 'Which?\\n\\nOptions:\\nA. x\\nB. y')\n"
        "print([name for name in sys.modules if name.startswith('mmneuroonco_tasks.phantom')])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
    import mmneuroonco_tasks.reference_reader as package

    for module in Path(str(package.__file__)).parent.glob("*.py"):
        imports = [line for line in module.read_text(encoding="utf-8").splitlines() if "import " in line]
        assert not any("phantom" in line for line in imports), module


#: Wordings that no phantom has, and what a picture of the first case below shows of them.
OWN_WORDS = {
    "Is it sick?": ("Healthy", "Abnormal"),
    "Which weighting?": ("T1 weighting after enhanced_T1 contrast", "T2-w", "a flair image", "diffusion (DWI) map"),
    "Where?": ("left, at the bottom", "TOP LEFT", "right side", "center"),
    "How big?": ("a LARGE one", "small-ish", "of medium extent", "very large indeed"),
}


def test_options_are_understood_in_words_that_no_phantom_uses() -> None:
    from mmneuroonco_tasks.reference_reader.reading import meanings_of

    assert {stem: meanings_of(options) for stem, options in OWN_WORDS.items()} == {
        "Is it sick?": ("health", ["healthy", "abnormal"]),
        "Which weighting?": ("modality", ["T1CE", "T2", "FLAIR", "DWI"]),
        "Where?": ("location", ["2,0", "0,0", "1,2", "1,1"]),
        "How big?": ("size", ["large", "small", "medium", "very large"]),
    }


def test_none_of_the_above_is_found_wherever_it_stands(closed: ClosedBenchmark, seen: Answers) -> None:
    trap = next(question for question in closed.questions if question.trap)
    texts = [trap.options[letter] for letter in "EABCD"]
    moved = ClosedQuestion(
        trap.qid, trap.picture, trap.question_type, trap.question, dict(zip("ABCDE", texts, strict=True)), "A"
    )
    answer = seen[trap.qid]
    assert answer is not None and answer.letter == "E"
    assert ReferenceReader().answer(closed.images.open(trap.picture), DIRECT.text(moved)) == "A"


def test_every_form_of_the_prompt_gets_the_same_answers(closed: ClosedBenchmark, seen: Answers) -> None:
    reader = ReferenceReader()
    single = [form for form in (COT, *FORMS.values()) if form.per == "question"]
    assert len(single) > 4
    for question in closed.questions[:24]:
        image = closed.images.open(question.picture)
        for form in single:
            assert read_answer(reader.answer(image, form.text(question)), question.options).letter == _letter(
                seen, question
            ), form.name


def test_a_request_for_reasoning_is_answered_in_its_form() -> None:
    question = ClosedQuestion(
        "1_q1", Picture(1, "a/b/c.png", 1), "diagnosis", "Which?", {"A": "Healthy", "B": "Abnormal"}, "A"
    )
    first, second = ReferenceReader().answer(None, COT.text(question)).splitlines()
    assert first in ("Final: A", "Final: B")
    assert second.startswith("Explanation: ")


def test_all_questions_of_an_image_at_once_get_the_same_answers(closed: ClosedBenchmark, seen: Answers) -> None:
    reader = ReferenceReader()
    for picture in closed.pictures[:12]:
        questions = [question for question in closed.questions if question.picture == picture]
        reply = reader.answer(closed.images.open(picture), BATCH.text(*questions))
        read = read_batch(reply, [question.options for question in questions])
        assert [answer.letter for answer in read] == [_letter(seen, question) for question in questions]


def _letter(answers: Answers, question: ClosedQuestion) -> str | None:
    answer = answers[question.qid]
    return answer.letter if answer else None


def test_open_questions_are_answered_from_the_picture_and_drawn_by_lot_without(
    default_phantoms: Home, reader_responses: dict[str, dict[str, str]]
) -> None:
    asked = load_benchmark("open", home=default_phantoms)
    reader = ReferenceReader()
    unseen = {question.qid: reader.answer(None, OPEN.text(question)) for question in asked.questions}
    looked = score_open(asked, reader_responses["open"], confidence_intervals=False, with_rows=False).metrics
    without = score_open(asked, unseen, with_rows=False).metrics
    assert (looked["attribute_balanced_accuracy"].value or 0) > 0.95
    assert looked["contradiction_rate"].value == 0
    # Three classes of shape, size and spread, nine of sector.
    for attribute, chance in (("shape", 1 / 3), ("sector", 1 / 9), ("size", 1 / 3), ("spread", 1 / 3)):
        found = without[f"{attribute}_balanced_accuracy"]
        assert found.low is not None and found.high is not None
        assert found.low <= chance <= found.high, attribute
