"""The labelled responses, read to the numbers that are asked for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mmneuroonco_tasks.answers import Answer, read_answer, read_batch

UNREADABLE = ("refused", "failed", "ambiguous")


@pytest.fixture(scope="module")
def labelled(released: Path) -> list[tuple[str, dict[str, Any], Answer, list[str]]]:
    """Mode, expectation, answer and the other outcomes that are right, a question each."""
    path = released / "responses" / "closed_dev.jsonl"
    if not path.is_file():
        pytest.skip(f"{path} is not there: put the labelled responses into the released folder to run this test")
    read = []
    for line in path.read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        if case["mode"] == "batch":
            answers = read_batch(case["response"], case["options"])
            expected = case["expected"]
        else:
            answers, expected = [read_answer(case["response"], case["options"])], [case["expected"]]
        assert len(answers) == len(expected)
        read += [(case["mode"], want, got, case["status_also_ok"]) for want, got in zip(expected, answers, strict=True)]
    return read


@pytest.mark.parametrize(("modes", "share"), [(("single", "cot"), 0.97), (("batch",), 0.99)])
def test_letters_are_read_rightly(
    labelled: list[tuple[str, dict[str, Any], Answer, list[str]]], modes: tuple[str, ...], share: float
) -> None:
    due = [(want["letter"], got.letter) for mode, want, got, _ in labelled if mode in modes and want["letter"]]
    assert len(due) > 50
    assert sum(want == got for want, got in due) >= share * len(due)


def test_nothing_without_a_pick_is_read_as_a_letter(
    labelled: list[tuple[str, dict[str, Any], Answer, list[str]]],
) -> None:
    unreadable = [got for _, want, got, _ in labelled if want["status"] in UNREADABLE]
    assert len(unreadable) > 50
    assert [got for got in unreadable if got.letter] == []


def test_outcomes_are_named_rightly(labelled: list[tuple[str, dict[str, Any], Answer, list[str]]]) -> None:
    right = [str(got.outcome) in (want["status"], *also) for _, want, got, also in labelled]
    assert sum(right) >= 0.97 * len(right)
