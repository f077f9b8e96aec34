"""Readers of predictions: every tool's files become one table of responses by qid."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .folders import predictions_in
from .inspect_logs import is_inspect_log, read_inspect_log
from .jsonl import is_lmms_eval_sample, read_lines, read_lmms_eval_samples
from .released import ImageIds, is_released_record, read_released
from .rows import names_question, read_rows
from .table import Predictions, PredictionsError
from .tables import delimited_header, read_delimited, read_parquet
from .vlmeval_sheets import read_vlmeval_sheet

__all__ = [
    "FORMATS",
    "Predictions",
    "PredictionsError",
    "is_result_file",
    "predictions_in",
    "read_predictions",
    "recognise",
]


def read_plain_jsonl(path: Path) -> Predictions:
    """Lines such as ``{"qid": "3_q1", "response": "C"}``.

    Raises:
        PredictionsError: the file cannot be read, or a line names no question or holds no response.
    """
    return read_rows(path, ((f"line {number}", record) for number, record in read_lines(path)), "plain JSONL")


@dataclass(frozen=True)
class Format:
    """A form in which tools keep predictions."""

    description: str
    read: Callable[[Path], Predictions]


#: The forms by the name that ``--format`` takes.
FORMATS: dict[str, Format] = {
    "lmms-eval": Format("samples that lmms-eval or lm-eval logged, …samples_<task>….jsonl", read_lmms_eval_samples),
    "vlmevalkit": Format("VLMEvalKit's prediction sheet: xlsx, tsv, csv or json", read_vlmeval_sheet),
    "inspect": Format("inspect_ai's logs of our tasks, .eval or .json", read_inspect_log),
    "released": Format("JSONL of the released evaluation scripts: id, q_index, pred, raw", read_released),
    "jsonl": Format("JSON Lines with qid and response", read_plain_jsonl),
    "csv": Format("CSV or TSV with the columns qid and response", read_delimited),
    "parquet": Format("Parquet with the columns qid and response", read_parquet),
}


def read_predictions(path: Path, format: str | None = None, *, image_ids: ImageIds | None = None) -> Predictions:
    """The responses of a predictions file.

    Args:
        path: the file.
        format: a name in ``FORMATS``; ``None`` recognises the file by its name and its first record.
        image_ids: image ids by released path, for files that name images by path.

    Raises:
        PredictionsError: the file cannot be read, is empty, or is of no known format.
    """
    name = format or recognise(path)
    if name == "released":
        return read_released(path, image_ids)
    if name not in FORMATS:
        raise PredictionsError(f"no format is called {name}; use one of {', '.join(FORMATS)}.")
    return FORMATS[name].read(path)


def recognise(path: Path) -> str:
    """The name in ``FORMATS`` of a file's format.

    Raises:
        PredictionsError: the file cannot be read, is empty, or is of no known format.
    """
    suffix = path.suffix.lower()
    if not path.is_file():
        raise PredictionsError(f"{path}: there is no such file; check the path.")
    if suffix == ".json" and is_result_file(path):
        raise PredictionsError(f"{path}: is a result, scored already; `mmneuroonco report` and `compare` take it.")
    if suffix == ".eval" or (suffix == ".json" and is_inspect_log(path)):
        return "inspect"
    if suffix in (".xlsx", ".json"):
        return "vlmevalkit"
    if suffix == ".parquet":
        return "parquet"
    if suffix in (".csv", ".tsv"):
        header = delimited_header(path)
        return "vlmevalkit" if {"index", "qid", "prediction"} <= set(header) else "csv"
    return _recognise_lines(path)


def is_result_file(path: Path) -> bool:
    """Whether a file begins as our result files do; nothing else of it is checked."""
    try:
        with path.open("rb") as stream:
            return re.match(rb'\s*\{\s*"schema"\s*:\s*"mmneuroonco-result/', stream.read(200)) is not None
    except OSError:
        return False


def _recognise_lines(path: Path) -> str:
    first: tuple[int, dict[str, Any]] | None = next(iter(read_lines(path)), None)
    if first is None:
        raise PredictionsError(f"{path}: holds no prediction; name the file that the run wrote.")
    _, record = first
    if is_lmms_eval_sample(record):
        return "lmms-eval"
    if is_released_record(record):
        return "released"
    if names_question(record):
        return "jsonl"
    raise PredictionsError(
        f"{path}: of no known format (its first record has {_listed(record)}); each line needs qid and response, "
        "or name the form by --format."
    )


def _listed(record: dict[str, Any]) -> str:
    names = ", ".join(" ".join(name.split())[:30] for name in list(record)[:6])
    return names or "no fields"
