"""Logs of inspect_ai in JSON are read without it; what is no log of ours is one sentence."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mmneuroonco_tasks.predictions import PredictionsError, predictions_in, read_predictions, recognise


def sample(qid: str, text: str, *, epoch: int = 1, error: bool = False) -> dict[str, Any]:
    failed = {"error": {"message": "made to fail"}} if error else {}
    return {"id": qid, "epoch": epoch, "output": {"completion": text}, "scores": {}, **failed}


def log(*samples: dict[str, Any], **changed: Any) -> dict[str, Any]:
    told = {
        "task": "mmneuroonco_tasks/mmneuroonco_closed",
        "dataset": {"sample_ids": ["1_q1", "1_q2", "2_q1"]},
        "packages": {"inspect_ai": "0.3.285"},
        "metadata": {"mmneuroonco_prompt": "direct-1a2b3c4d", "mmneuroonco_per": "question"},
        "model": "openai/x",
        **changed,
    }
    config = {"max_tokens": 16, "temperature": 0.0}
    return {"version": 2, "status": "success", "eval": told, "plan": {"config": config}, "samples": list(samples)}


def written(folder: Path, content: dict[str, Any]) -> Path:
    path = folder / "2026-11-21T03-17-15-00-00_mmneuroonco-closed_bpTM5mAbg64JwgsvSSM7Xi.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def test_a_log_tells_what_was_asked_what_failed_and_how(tmp_path: Path) -> None:
    path = written(tmp_path, log(sample("1_q1", "B"), sample("2_q1", "half a", error=True)))
    assert recognise(path) == "inspect" and predictions_in(tmp_path) == [path]
    read = read_predictions(path)
    assert read.responses == {"1_q1": "B", "2_q1": None}, "an error is a failed request, not its half answer"
    assert read.asked == ("1_q1", "1_q2", "2_q1"), "1_q2 has no sample: missing"
    assert read.task_name == "mmneuroonco_closed" and read.remarks == ()
    assert read.run == {
        "prompt": "direct-1a2b3c4d",
        "per": "question",
        "gen": "greedy-16",
        "via": "inspect-ai-0.3.285",
        "model": "openai/x",
    }


def test_of_several_epochs_the_first_is_scored_and_that_is_said(tmp_path: Path) -> None:
    read = read_predictions(written(tmp_path, log(sample("1_q1", "B"), sample("1_q1", "C", epoch=2))))
    assert read.responses == {"1_q1": "B"}
    assert read.remarks[0].startswith("the log has 2 epochs, of which the first is scored")


def test_a_reply_to_a_whole_image_belongs_to_each_of_its_questions(tmp_path: Path) -> None:
    told = {"mmneuroonco_prompt": "batch-1a2b3c4d", "mmneuroonco_per": "image"}
    reply = sample("1_q1", "Q1: A\nQ2: E")
    reply["scores"] = {"mmneuroonco_closed": {"metadata": {"answers": {"1_q1": {}, "1_q2": {}}}}}
    whole = log(reply, metadata=told, dataset={"sample_ids": ["1_q1"]})
    read = read_predictions(written(tmp_path, whole))
    assert read.responses == {"1_q1": "Q1: A\nQ2: E", "1_q2": "Q1: A\nQ2: E"} and read.asked == ("1_q1", "1_q2")
    cut = log(reply, metadata=told, dataset={"sample_ids": ["1_q1", "2_q1"]})
    assert read_predictions(written(tmp_path, cut)).asked is None, "the questions of 2_q1's image are not told"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (log(metadata={}), "is of the task mmneuroonco_closed, which is none of ours"),
        (log(), "holds no samples (its status is success)"),
        (log({"id": "1_q1"}), "lacks what inspect_ai's logs of our tasks hold (KeyError('epoch')"),
        ({"version": 2, "status": "started"}, "lacks what inspect_ai's logs of our tasks hold (KeyError('eval')"),
    ],
)
def test_what_is_no_log_of_ours_is_one_sentence(tmp_path: Path, content: dict[str, Any], said: str) -> None:
    path = written(tmp_path, content)
    with pytest.raises(PredictionsError) as raised:
        read_predictions(path)
    assert str(raised.value).startswith(f"{path}: {said}") and "\n" not in str(raised.value)


def test_broken_json_and_an_eval_file_without_inspect_ai_are_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    for text in ('{"version": 2, "status": "success"', '{"version": 2, "status": ' + "[" * 100_000):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(PredictionsError, match="is no JSON"):
            read_predictions(path)
    path = tmp_path / "x.eval"
    path.write_bytes(b"PK")
    with pytest.raises(PredictionsError, match=r"needs inspect_ai|inspect_ai cannot read it"):
        read_predictions(path)
