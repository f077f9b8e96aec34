"""Folders that runs leave behind: the predictions files in them, the newest of each task and model."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from .table import PredictionsError

#: Deeper than any framework nests its results, and far from what a mistaken "/" would walk.
DEEPEST = 8
#: A folder of runs has fewer files; a disk has more.
MOST_FILES = 100_000

#: lmms-eval puts the date first, lm-evaluation-harness last.
_LMMS_EVAL_SAMPLES = re.compile(
    r"(?:(?P<stamp>\d{8}_\d{6})_)?samples_(?P<task>mmneuroonco_[a-z_]+)(?:_(?P<later>\d{4}-\d\d-\d\dT[\d.-]+))?\.jsonl"
)
_VLMEVAL_SHEET = re.compile(r"(?P<model>.+)_(?P<dataset>MMNeuroOnco(?:_[A-Z]\w*)?)\.(?:xlsx|tsv|csv|json)")
_INSPECT_LOG = re.compile(r"[\dT+-]+_mmneuroonco-[a-z-]+_\w+\.(?:eval|json)")
_RELEASED = re.compile(r"preds_.+\.jsonl")


def predictions_in(folder: Path) -> list[Path]:
    """The predictions files in a folder of lmms-eval, VLMEvalKit, inspect_ai or the released evaluators, sorted.

    lmms-eval keeps every run beside the earlier ones, VLMEvalKit in dated folders: of the same model and task only
    the newest is taken.

    Raises:
        PredictionsError: there is none, or the folder is far too large to be one of results.
    """
    newest: dict[tuple[Path | str, ...], tuple[str, Path]] = {}
    for path in files_in(folder):
        key, stamp = _key_and_stamp(folder, path)
        if key and (key not in newest or newest[key][0] <= stamp):
            newest[key] = (stamp, path)
    if not newest:
        raise PredictionsError(
            f"{folder}: holds no predictions of a known tool (lmms-eval's …_samples_mmneuroonco_….jsonl, VLMEvalKit's "
            "…_MMNeuroOnco.xlsx, inspect_ai's …_mmneuroonco-….eval, the released evaluators' preds_….jsonl); name the "
            "file itself."
        )
    return sorted(path for _, path in newest.values())


def _key_and_stamp(folder: Path, path: Path) -> tuple[tuple[Path | str, ...], str]:
    """What a predictions file is of (empty: it is none), and which of two of the same is newer."""
    if found := _LMMS_EVAL_SAMPLES.fullmatch(path.name):
        return (path.parent, found["task"]), found["stamp"] or found["later"] or ""
    if (found := _VLMEVAL_SHEET.fullmatch(path.name)) and found["dataset"] in _vlmeval_names():
        # outputs/<model>/T<date>_…/<model>_<dataset>.xlsx, and links to the newest one level up.
        return (found["model"], found["dataset"]), path.resolve().parent.name
    return ((path,), "") if _RELEASED.fullmatch(path.name) or _INSPECT_LOG.fullmatch(path.name) else ((), "")


def _vlmeval_names() -> set[str]:
    from ..frameworks.variants import VARIANTS

    return {variant.vlmeval for variant in VARIANTS}


def files_in(folder: Path) -> Iterator[Path]:
    """Every file below the folder, in the order of names; links to folders are not followed.

    Raises:
        PredictionsError: there are more files than any folder of results has.
    """
    count = 0
    for name, folders, files in os.walk(folder):
        depth = len(Path(name).relative_to(folder).parts)
        folders[:] = sorted(each for each in folders if not each.startswith(".")) if depth < DEEPEST else []
        for file in sorted(files):
            count += 1
            if count > MOST_FILES:
                raise PredictionsError(f"{folder}: holds more than {MOST_FILES:,} files; name the folder of the run.")
            yield Path(name) / file
