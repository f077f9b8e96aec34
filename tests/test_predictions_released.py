"""The released evaluators' files: what they kept of a response is read anew, what they threw away is said."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mmneuroonco_tasks.predictions import PredictionsError, read_predictions
from mmneuroonco_tasks.predictions.rows import LETTERS_ONLY


def released(image: int, position: int, pred: str, **more: Any) -> dict[str, Any]:
    """A line as most of the released scripts write it."""
    return {
        "id": image,
        "q_index": position,
        "type": "diagnosis",
        "is_mcq": True,
        "is_trap": False,
        "gt": "B",
        "pred": pred,
        "correct": pred == "B",
        "image_path": f"glioma/s{image}/x.png",
        **more,
    }


def write(tmp_path: Path, *records: dict[str, Any]) -> Path:
    path = tmp_path / "preds_run.jsonl"
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return path


def test_where_the_response_was_kept_it_counts_and_the_scripts_own_letter_does_not(tmp_path: Path) -> None:
    refusal = "I cannot determine this from the image."
    read = read_predictions(write(tmp_path, released(3, 1, "E", raw=refusal), released(3, 2, "B", raw="B")))
    assert read.responses == {"3_q1": refusal, "3_q2": "B"}
    assert not read.letters_only and read.run == {"per": "question"}
    # An image that the script could not open has no line; its questions are missing, not left out.
    assert read.asked is None


def test_where_only_the_letter_was_kept_it_is_all_there_is(tmp_path: Path) -> None:
    read = read_predictions(write(tmp_path, released(3, 1, "E"), released(3, 2, "")))
    assert read.letters_only and read.remarks == (LETTERS_ONLY,)
    assert read.responses == {"3_q1": "E", "3_q2": None}
    assert read.run == {}


def test_a_reply_to_all_questions_of_an_image_is_recognised_by_its_field(tmp_path: Path) -> None:
    reply = "Q1: A\nQ2: E"
    read = read_predictions(write(tmp_path, released(3, 1, "A", raw_batch=reply), released(3, 2, "E", raw_batch=reply)))
    assert read.run == {"per": "image"} and set(read.responses.values()) == {reply}


def test_a_reply_to_all_questions_of_an_image_is_recognised_by_standing_with_each(tmp_path: Path) -> None:
    reply = "Q1: A\nQ2: E"
    records = [released(3, 1, "A", raw=reply), released(3, 2, "E", raw=reply), released(4, 1, "B", raw="B")]
    assert read_predictions(write(tmp_path, *records)).run == {"per": "image"}


def test_a_model_that_always_says_the_same_is_not_taken_for_one_that_was_asked_once_an_image(tmp_path: Path) -> None:
    records = [released(image, position, "E", raw="E") for image in (3, 4) for position in (1, 2)]
    assert read_predictions(write(tmp_path, *records)).run == {"per": "question"}


def test_the_qwen3_script_names_images_by_path_and_questions_by_order(tmp_path: Path) -> None:
    by_path = [
        {"image_path": "a/x.png", "question": "?", "pred": "B", "raw": "B."},
        {"image_path": "a/x.png", "question": "??", "pred": "", "raw": ""},
        {"image_path": "gone.png", "error": "missing_image: gone.png"},
        {"image_path": "b/y.png", "question": "?", "pred": "C", "raw": "C"},
    ]
    read = read_predictions(write(tmp_path, *by_path), image_ids=lambda: {"a/x.png": 7, "b/y.png": 9})
    assert read.responses == {"7_q1": "B.", "7_q2": "", "9_q1": "C"}


def test_an_image_that_the_annotations_lack_is_told_without_its_path(tmp_path: Path) -> None:
    path = write(tmp_path, {"image_path": "glioma/x.png", "pred": "B", "raw": "B"})
    with pytest.raises(PredictionsError, match="line 1: the annotations have no such image") as caught:
        read_predictions(path, image_ids=lambda: {})
    assert "glioma" not in str(caught.value)


@pytest.mark.parametrize(
    ("record", "sentence"),
    [
        (released(0, 1, "B"), "line 1: id is 0, not a whole number from 1"),
        (released(3, 0, "B"), "line 1: q_index is 0"),
        (released(3, 1, "B", raw=["B"]), "line 1: raw is .'B'., not a text"),
        (released(3, 1, "B") | {"pred": 2}, "line 1: pred is 2, not a text"),
        ({"image_path": "x.png", "error": "missing"}, "holds no prediction"),
    ],
)
def test_a_line_that_no_script_wrote_is_refused(tmp_path: Path, record: dict[str, Any], sentence: str) -> None:
    with pytest.raises(PredictionsError, match=sentence):
        read_predictions(write(tmp_path, record))


def test_a_line_of_another_kind_in_between_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PredictionsError, match="line 2: no line of a released evaluator"):
        read_predictions(write(tmp_path, released(3, 1, "B"), {"qid": "3_q2", "response": "B"}))
