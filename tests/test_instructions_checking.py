"""`instructions check`: every planted defect is told by its line, and nothing else is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from mmneuroonco_tasks.benchmark import BenchmarkError
from mmneuroonco_tasks.instructions.checking import PROBLEM_KINDS, Checker, check_files
from mmneuroonco_tasks.instructions.phantom import instruction_row, write_phantom_instructions
from mmneuroonco_tasks.instructions.pictures import PictureFolder

CLOSED = "What form has it?\nOptions:\nA. Round\nB. Oval"


def write_rows(path: Path, *rows: dict[str, Any] | str) -> Path:
    lines = [row if isinstance(row, str) else json.dumps(row) for row in rows]
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def test_phantom_files_in_the_released_form_have_no_problem(tmp_path: Path) -> None:
    made = write_phantom_instructions(tmp_path, pictures=3, seed=1)
    counted, problems = check_files(made.files, PictureFolder(made.images))
    assert problems == []
    assert (counted.rows, counted.pictures) == (45, 3)
    assert dict(counted.variants) == {"open": 9, "closed": 18, "closed_cot": 18}
    assert sum(counted.answers.values()) == 36


def test_each_defect_is_told_by_file_and_line(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    Image.effect_noise((64, 64), 40).save(tmp_path / "a" / "sound.png")
    (tmp_path / "a" / "cut.png").write_bytes((tmp_path / "a" / "sound.png").read_bytes()[:1000])
    path = write_rows(
        tmp_path / "rows.jsonl",
        instruction_row("a/sound.png", CLOSED, "A"),
        "{",
        {"images": ["a/sound.png"]},
        instruction_row("../sound.png", CLOSED, "A"),
        instruction_row("a/sound.png", "What form?\nOptions:\nA. Round", "A"),
        instruction_row("a/sound.png", CLOSED, "C"),
        instruction_row("a/gone.png", CLOSED, "A"),
        instruction_row("a/cut.png", CLOSED, "A"),
        instruction_row("a/sound.png", CLOSED, "A"),
        instruction_row("a/sound.png", CLOSED, "Final: B\nExplanation: It is longer than wide."),
        instruction_row("a/sound.png", "Describe it.", "It is round."),
    )
    counted, problems = check_files([path], PictureFolder(tmp_path))
    told = {problem.line: (problem.kind, str(problem)) for problem in problems}
    assert {line: kind for line, (kind, _) in told.items()} == {
        2: "json",
        3: "schema",
        4: "path",
        5: "form",
        6: "answer",
        7: "image",
        8: "image",
        9: "duplicate",
        10: "contradiction",
    }
    assert set(counted.problems) == set(PROBLEM_KINDS), "every kind of problem stands in this file"
    assert told[7][1] == f"{path}, line 7: the image a/gone.png is missing"
    assert "damaged or cut off" in told[8][1]
    assert told[9][1] == f"{path}, line 9: the same sample stands in {path}, line 1"
    assert told[10][1] == f"{path}, line 10: {path}, line 1 answers the same question with A"


def test_repetitions_are_known_across_files_and_the_variants_of_a_question_are_none(tmp_path: Path) -> None:
    first = write_rows(tmp_path / "letters.jsonl", *(instruction_row(f"a/{n}.png", CLOSED, "A") for n in (1, 2)))
    second = write_rows(
        tmp_path / "explained.jsonl",
        instruction_row("a/1.png", CLOSED, "Final: A\nExplanation: It is round."),
        instruction_row("a/2.png", CLOSED, "Final: B\nExplanation: It is not round."),
        instruction_row("a/3.png", CLOSED, "Final: B\nExplanation: It is not round."),
    )
    checker = Checker()
    assert list(checker.problems(first)) == []
    assert [(p.line, p.kind) for p in checker.problems(second)] == [(2, "contradiction")]
    assert [(p.line, p.kind) for p in checker.problems(first)] == [(1, "duplicate"), (2, "duplicate")]


def test_without_a_folder_no_picture_is_looked_for(tmp_path: Path) -> None:
    path = write_rows(tmp_path / "rows.jsonl", instruction_row("a/gone.png", CLOSED, "A"))
    assert check_files([path])[1] == []


def test_pictures_are_found_below_added_folders_and_with_another_extension(tmp_path: Path) -> None:
    below = tmp_path / "Dataset" / "Dataset" / "glioma" / "08_t1"
    below.mkdir(parents=True)
    Image.new("L", (8, 8), 90).save(below / "image (3).JPG", "JPEG")
    folder = PictureFolder(tmp_path)
    assert folder.find("glioma/08_t1/image (3).png") == "Dataset/Dataset/glioma/08_t1/image (3).JPG"
    assert folder.find("meningioma/08_t1/image (3).png") is None
    with pytest.raises(BenchmarkError, match="no such folder"):
        PictureFolder(tmp_path / "nowhere")


def test_a_picture_is_opened_once_however_many_rows_name_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = write_phantom_instructions(tmp_path, pictures=2)
    opened: list[Path] = []
    monkeypatch.setattr("mmneuroonco_tasks.instructions.checking.picture_problem", lambda path: opened.append(path))
    check_files(made.files, PictureFolder(made.images))
    assert len(opened) == 2
