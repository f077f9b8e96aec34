"""`mmneuroonco audit`: a table or JSON, and an exit code for the authors of a data set."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from command import Finished, run_here
from made_up import closed_annotations, open_annotations, write_json

Audit = Callable[..., Finished]


@pytest.fixture
def audit(home: Path, capsys: pytest.CaptureFixture[str]) -> Audit:
    return lambda *arguments: run_here(capsys, "audit", *arguments)


def question(texts: list[str], answer: str) -> dict[str, Any]:
    options = dict(zip("ABCDE", [*texts, "None of the above"], strict=True))
    return {"question_type": "modality", "question": "Which sequence is it?", "options": options, "answer": answer}


def annotations(folder: Path, *questions: dict[str, Any]) -> Path:
    return write_json(folder / "closed.json", [{"id": 1, "image_path": "a/b/1.png", "vqa_pairs": list(questions)}])


SOUND = question(["T1", "T2", "FLAIR", "DWI"], "B")
DUPLICATE = question(["T2", "t2", "FLAIR", "DWI"], "C")


def test_sound_questions_pass(tmp_path: Path, audit: Audit) -> None:
    done = audit(annotations(tmp_path, SOUND), "--no-text-only")
    assert done.code == 0, done.out
    assert "duplicate_options" in done.out


def test_a_defect_is_named_and_fails_until_it_is_accepted(tmp_path: Path, audit: Audit) -> None:
    path = annotations(tmp_path, SOUND, DUPLICATE)
    done = audit(path, "--no-text-only", "--json")
    report = json.loads(done.out)
    assert done.code == 1
    assert report["rules"]["duplicate_options"]["findings"] == {"1_q2": "'T2' and 't2'"}
    assert (report["schema"], report["task"], report["questions"]) == ("mmneuroonco-audit/1", "closed", 2)
    assert audit(path, "--no-text-only", "--accept", "duplicate_options").code == 0


def test_an_accepted_name_that_does_not_exist_is_a_wrong_call(tmp_path: Path, audit: Audit) -> None:
    done = audit(annotations(tmp_path, SOUND), "--no-text-only", "--accept", "duplicates")
    assert done.code == 2
    assert "no rule or measure is called duplicates" in " ".join(done.err.replace("│", " ").split())
    assert "Traceback" not in done.err


def test_open_questions_are_audited_by_name(tmp_path: Path, audit: Audit) -> None:
    path = write_json(tmp_path / "open.json", open_annotations())
    done = audit(path, "--task", "open", "--json")
    assert json.loads(done.out)["task"] == "open" and done.code in (0, 1)
    assert audit(path, "--task", "both").code == 2


def test_a_file_that_holds_no_such_questions_is_one_sentence(tmp_path: Path, audit: Audit) -> None:
    done = audit(tmp_path / "nothing.json")
    assert done.code == 1 and done.sentence.startswith("mmneuroonco: ") and "Traceback" not in done.err


def test_text_only_models_are_told_unless_switched_off(tmp_path: Path, audit: Audit) -> None:
    path = write_json(tmp_path / "closed.json", closed_annotations())
    measures = [json.loads(audit(path, "--json", *more).out)["measures"] for more in ([], ["--no-text-only"])]
    assert "text_only_logistic" in measures[0] and "text_only_logistic" not in measures[1]
