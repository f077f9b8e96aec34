"""Readers of predictions: every tool's files become one table of responses by qid."""

from __future__ import annotations

from pathlib import Path

from .jsonl import is_lmms_eval_sample, read_lines, read_lmms_eval_samples, read_plain
from .table import Predictions, PredictionsError
from .vlmeval_sheets import SHEET_SUFFIXES, read_vlmeval_sheet

__all__ = ["Predictions", "PredictionsError", "read_predictions"]


def read_predictions(path: Path) -> Predictions:
    """The responses of a predictions file, its format recognised.

    Raises:
        PredictionsError: the file cannot be read, is empty, or is of no known format.
    """
    if path.suffix.lower() in SHEET_SUFFIXES:
        return read_vlmeval_sheet(path)
    first = next(iter(read_lines(path)), None)
    if first is None:
        raise PredictionsError(f"{path}: holds no prediction; name the file that the run wrote.")
    _, record = first
    if is_lmms_eval_sample(record):
        return read_lmms_eval_samples(path)
    return read_plain(path)
