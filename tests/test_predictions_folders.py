"""A results folder is enough: the newest predictions of every model and task in it are found."""

from __future__ import annotations

from pathlib import Path

import pytest

from mmneuroonco_tasks.predictions import PredictionsError, predictions_in


def touch(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    return path


def test_of_lmms_evals_runs_the_newest_of_each_task_and_model_is_taken(tmp_path: Path) -> None:
    touch(tmp_path / "qwen/20260101_000000_samples_mmneuroonco_closed.jsonl")
    newest = touch(tmp_path / "qwen/20260301_000000_samples_mmneuroonco_closed.jsonl")
    other_task = touch(tmp_path / "qwen/20260201_000000_samples_mmneuroonco_closed_blind.jsonl")
    other_model = touch(tmp_path / "llava/20260101_000000_samples_mmneuroonco_closed.jsonl")
    for name in ("20260301_000000_results.json", "20260301_000000_samples_mmmu.jsonl", "x_result.json"):
        touch(tmp_path / "qwen" / name)
    assert predictions_in(tmp_path) == sorted([newest, other_task, other_model])


def test_of_vlmevalkits_dated_folders_the_newest_is_taken_and_its_own_tables_are_not(tmp_path: Path) -> None:
    touch(tmp_path / "outputs/llava/T20260101_Gaa/llava_MMNeuroOnco.xlsx")
    newest = touch(tmp_path / "outputs/llava/T20260301_Gaa/llava_MMNeuroOnco.xlsx")
    for name in ("llava_MMNeuroOnco_answers.xlsx", "llava_MMNeuroOnco_acc.csv", "llava_MMBench.xlsx", "x_result.json"):
        touch(newest.parent / name)
    # VLMEvalKit links the newest files one folder up.
    (newest.parent.parent / newest.name).symlink_to(newest)
    assert [path.resolve() for path in predictions_in(tmp_path)] == [newest.resolve()]


def test_the_released_evaluators_files_are_found_by_their_names(tmp_path: Path) -> None:
    one = touch(tmp_path / "outputs/preds_lingshu.jsonl")
    touch(tmp_path / "outputs/summary_lingshu.json")
    assert predictions_in(tmp_path) == [one]


def test_a_folder_without_predictions_says_what_was_looked_for(tmp_path: Path) -> None:
    touch(tmp_path / "notes.txt")
    with pytest.raises(PredictionsError, match="holds no predictions of a known tool"):
        predictions_in(tmp_path)


def test_hidden_folders_and_endless_depths_are_not_walked(tmp_path: Path) -> None:
    touch(tmp_path / ".cache/preds_a.jsonl")
    touch(tmp_path.joinpath(*"abcdefghijkl") / "preds_b.jsonl")
    with pytest.raises(PredictionsError, match="holds no predictions"):
        predictions_in(tmp_path)
