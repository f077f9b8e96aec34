"""A held-out part as a benchmark: asked in its own words, scored by the readers and metrics of the benchmark."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from mmneuroonco_tasks.answers import Answer
from mmneuroonco_tasks.benchmark import CLOSED_TYPES, BenchmarkError, load_benchmark
from mmneuroonco_tasks.instructions import InstructionError, parse_sample
from mmneuroonco_tasks.instructions.own_words import CLOSED_PROTOCOL, OPEN_PROTOCOL
from mmneuroonco_tasks.instructions.phantom import instruction_row, write_phantom_instructions
from mmneuroonco_tasks.instructions.question_types import closed_type, open_type
from mmneuroonco_tasks.instructions.tasks import instruction_benchmark, named_benchmark
from mmneuroonco_tasks.scores import Run, score_closed
from mmneuroonco_tasks.scores.open import score_open
from mmneuroonco_tasks.scoring import score_closed_run

OPTIONS = "A. Glioma\nB. Meningioma\nC. Schwannoma\nD. Metastasis\nE. None of the above"


def write_rows(path: Path, *rows: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def test_every_row_becomes_a_question_that_is_asked_in_its_own_words(tmp_path: Path) -> None:
    made = write_phantom_instructions(tmp_path, pictures=6, draw_pictures=False)
    for variant, protocol in (("closed", CLOSED_PROTOCOL), ("closed_cot", CLOSED_PROTOCOL), ("open", OPEN_PROTOCOL)):
        path = made.file(variant)  # type: ignore[arg-type]
        samples = [parse_sample(json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()]
        benchmark = instruction_benchmark("open" if variant == "open" else "closed", [path])
        assert [protocol.text(question) for question in benchmark.questions] == [sample.text for sample in samples]
        assert len({question.qid for question in benchmark.questions}) == len(samples) == benchmark.scope_size
        assert [question.picture.path for question in benchmark.questions] == [sample.image for sample in samples]


def test_a_closed_row_keeps_key_options_trap_and_type(tmp_path: Path) -> None:
    patient = "glioma/16/BraTS2021_80001/BraTS2021_80001_{}.png"
    path = write_rows(
        tmp_path / "rows.jsonl",
        instruction_row("a/b/1.png", f"What kind of tumour is it?\n\nOptions:\n{OPTIONS}", "B"),
        instruction_row(patient.format("t1"), f"Name the diagnosis.\nOptions:\n{OPTIONS}", "E"),
        instruction_row(patient.format("t2"), "In which sequence was it made?\nOptions:\nA. T1\nB. T2", "B"),
        instruction_row("a/b/1.png", "Was contrast given?\nOptions:\nA. Yes\nB. No", "A"),
        instruction_row("a/b/1.png", "Describe it.", "An open row between closed ones."),
    )
    questions = instruction_benchmark("closed", [path]).questions
    assert [question.qid for question in questions] == ["1_q1", "2_q1", "3_q1", "1_q2"]
    assert [question.picture.cluster for question in questions] == [1, 2, 2, 1], "slices of a patient stay together"
    assert [question.question_type for question in questions] == ["diagnosis", "diagnosis", "modality", "other"]
    assert [question.answer for question in questions] == ["B", "E", "B", "A"]
    assert [question.trap for question in questions] == [False, True, False, False]
    assert questions[0].question == "What kind of tumour is it?"
    assert list(questions[2].options.values()) == ["T1", "T2"]


def test_the_metrics_of_the_benchmark_score_it(tmp_path: Path) -> None:
    made = write_phantom_instructions(tmp_path, pictures=12, draw_pictures=False)
    benchmark = instruction_benchmark("closed", [made.file("closed")])
    answers = {question.qid: Answer.of_letter(question.answer) for question in benchmark.questions}
    scores = score_closed(benchmark, answers, resamples=20)
    assert scores.metrics["accuracy"].value == scores.metrics["h_score"].value == 1.0
    assert scores.metrics["accuracy"].n == 72 and not scores.partial
    assert {name: scores.by_type[name]["accuracy"].n for name in CLOSED_TYPES} == dict.fromkeys(CLOSED_TYPES, 12)
    rejecting = score_closed(benchmark, {qid: Answer.of_letter("E") for qid in answers}, resamples=20)
    assert (rejecting.metrics["trap_accuracy"].value, rejecting.metrics["answerable_accuracy"].value) == (1.0, 0.0)


def test_a_type_that_nobody_knows_counts_overall_and_in_no_type(tmp_path: Path) -> None:
    path = write_rows(
        tmp_path / "rows.jsonl",
        instruction_row("a/b/1.png", "Was contrast given?\nOptions:\nA. Yes\nB. No", "A"),
        instruction_row("a/b/1.png", f"Name the diagnosis.\nOptions:\n{OPTIONS}", "A"),
    )
    benchmark = instruction_benchmark("closed", [path])
    scores = score_closed(benchmark, {"1_q1": Answer.of_letter("A"), "1_q2": Answer.of_letter("B")}, resamples=20)
    assert (scores.metrics["accuracy"].value, scores.metrics["accuracy"].n) == (0.5, 2)
    assert sum(scores.by_type[name]["accuracy"].n for name in CLOSED_TYPES) == 1
    assert scores.metrics["accuracy_macro"].value is None


def test_open_rows_are_scored_against_the_assistants_text(tmp_path: Path) -> None:
    path = write_rows(
        tmp_path / "rows.jsonl",
        instruction_row("a/b/1.png", "How large is it?", "A small solitary lesion.", {"question_type": "analysis"}),
        instruction_row("a/b/1.png", "Where is it?", "In the upper left part."),
    )
    benchmark = instruction_benchmark("open", [path])
    assert [question.question_type for question in benchmark.questions] == ["Detail", "Location"]
    assert [question.eval_keywords for question in benchmark.questions] == [("solitary", "small"), ("upper", "left")]
    responses = {question.qid: question.reference_answer for question in benchmark.questions}
    scores = score_open(benchmark, responses, resamples=20, with_rows=False)
    assert scores.metrics["keyword_recall"].value == scores.metrics["attribute_accuracy"].value == 1.0


def test_rows_whose_e_is_another_answer_are_left_out_and_the_result_is_partial(tmp_path: Path) -> None:
    other = instruction_row("a/b/1.png", "Which?\nOptions:\nA. 1\nB. 2\nC. 3\nD. 4\nE. Five", "E")
    path = write_rows(tmp_path / "rows.jsonl", other, instruction_row("a/b/1.png", f"Which?\nOptions:\n{OPTIONS}", "E"))
    with pytest.warns(UserWarning, match="1 of the 2 closed rows"):
        benchmark = instruction_benchmark("closed", [path])
    assert (len(benchmark), benchmark.partial) == (1, True)
    with pytest.raises(InstructionError, match="nothing is left to ask"):
        instruction_benchmark("closed", [write_rows(tmp_path / "only.jsonl", other)])
    with pytest.raises(InstructionError, match="holds no open sample"):
        instruction_benchmark("open", [path])


def test_other_words_are_other_data(tmp_path: Path) -> None:
    made = write_phantom_instructions(tmp_path, pictures=3, draw_pictures=False)
    hashes = {instruction_benchmark("closed", [made.file(name)]).data_hash for name in ("closed", "closed_cot")}
    assert len(hashes) == 2, "the same questions with and without explanation are not compared by accident"
    copied = write_rows(tmp_path / "copy.jsonl", *map(json.loads, made.file("closed").read_text().splitlines()))
    assert instruction_benchmark("closed", [copied]).data_hash in hashes


def test_the_variables_name_files_and_pictures_which_get_opaque_names(
    tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = write_phantom_instructions(tmp_path / "made", pictures=3)
    with pytest.raises(InstructionError, match="MMNEUROONCO_INSTRUCTIONS and MMNEUROONCO_INSTRUCTION_IMAGES"):
        named_benchmark("closed")
    files = os.pathsep.join(map(str, (made.file("closed"), made.file("open"))))
    monkeypatch.setenv("MMNEUROONCO_INSTRUCTIONS", files)
    monkeypatch.setenv("MMNEUROONCO_INSTRUCTION_IMAGES", str(made.images))
    closed, opened = named_benchmark("closed"), named_benchmark("open")
    assert (len(closed), len(opened)) == (18, 9)
    for picture in closed.pictures:
        link = closed.images.path(picture)
        assert link.relative_to(home / "instruction_images").name == f"{picture.id:04d}.png"
        assert link.read_bytes() == (made.images / picture.path).read_bytes()
    closed.images.check(closed.pictures)
    monkeypatch.setenv("MMNEUROONCO_INSTRUCTION_IMAGES", str(tmp_path / "empty"))
    (tmp_path / "empty").mkdir()
    with pytest.raises(BenchmarkError, match="of the 3 pictures; name the folder that holds them"):
        named_benchmark("closed")


@pytest.mark.parametrize(
    ("stem", "options", "expected"),
    [
        ("Say what tumour this is.", ["x", "y"], "diagnosis"),
        ("Is it healthy?", ["Healthy", "Abnormal"], "diagnosis"),
        ("Which weighting is seen?", ["x", "y"], "modality"),
        ("Give the diameter.", ["1 cm", "4 cm"], "size"),
        ("How does its margin run?", ["Smooth", "Irregular"], "shape"),
        ("How many are there?", ["One", "Several"], "spread"),
        ("Where is it?", ["Left", "Right"], "location"),
        ("What is its extent?", ["Solitary lesion", "Multifocal"], "spread"),
        ("What is its extent?", ["Small/Focal", "Large/Extensive"], "size"),
        ("What fits best?", ["Glioma", "Schwannoma", "None of the above"], "diagnosis"),
        ("What fits best?", ["Yes", "No"], "other"),
        ("", [], "other"),
    ],
)
def test_the_type_is_read_from_stem_and_options(stem: str, options: list[str], expected: str) -> None:
    assert closed_type(stem, options) == expected


def test_the_released_questions_have_the_types_that_their_words_tell(released: Path) -> None:
    closed = load_benchmark("closed", annotations=released / "benchmark").questions
    right = sum(closed_type(each.question, each.options.values()) == each.question_type for each in closed)
    assert right >= 3188
    opened = load_benchmark("open", annotations=released / "benchmark").questions
    assert sum(open_type(each.question, {}) == each.question_type for each in opened) >= 1184


def test_text_only_models_are_not_fitted_on_a_large_held_out_part(
    tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = write_phantom_instructions(tmp_path, pictures=6, draw_pictures=False)
    benchmark = instruction_benchmark("closed", [made.file("closed")])
    rows = set(score_closed_run(benchmark, {}, Run())[1]["trust_rows"])
    assert {"uniform", "text_only_prior", "text_only_logistic"} <= rows
    monkeypatch.setattr("mmneuroonco_tasks.scoring.MOST_FITTED", len(benchmark) - 1)
    assert set(score_closed_run(benchmark, {}, Run())[1]["trust_rows"]) == {"uniform", "always_E", "never_E_oracle"}
