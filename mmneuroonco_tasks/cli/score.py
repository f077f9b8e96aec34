"""`mmneuroonco score`: from predictions to the number, whatever tool asked the questions."""

from __future__ import annotations

import gc
import json
import os
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from .runs import LoadedRun


class TaskName(str, Enum):
    """The parts of the benchmark."""

    CLOSED = "closed"
    OPEN = "open"


class FormatName(str, Enum):
    """The names in ``predictions.FORMATS``, listed here since the command line is built before anything is read."""

    LMMS_EVAL = "lmms-eval"
    VLMEVALKIT = "vlmevalkit"
    INSPECT = "inspect"
    RELEASED = "released"
    JSONL = "jsonl"
    CSV = "csv"
    PARQUET = "parquet"


class ExtractName(str, Enum):
    """The names of ``released_extractors``."""

    LETTER = "released-letter"
    FIRST = "released-first"
    BATCH_LAST = "released-batch-last"
    BATCH_FIRST = "released-batch-first"


Annotations = Annotated[Path | None, typer.Option(help="Annotation file or folder. Default: the home's.")]


def score(
    predictions: Annotated[
        list[Path],
        typer.Argument(
            help="Files or results folders of lmms-eval, VLMEvalKit, inspect_ai or the released evaluators, or plain "
            "JSONL, CSV or Parquet with qid and response."
        ),
    ],
    task: Annotated[
        TaskName | None,
        typer.Option(help="Which part of the benchmark was asked. Default: as the file says, or closed."),
    ] = None,
    scope: Annotated[
        str | None, typer.Option(help="full, nobrats, or a text file with one qid a line. Default: as the file says.")
    ] = None,
    annotations: Annotations = None,
    asked: Annotated[
        Path | None, typer.Option(help="Text file with the qids that were asked, if fewer than the scope.")
    ] = None,
    format: Annotated[FormatName | None, typer.Option(help="The files' format. Default: recognised.")] = None,
    extract: Annotated[
        ExtractName | None,
        typer.Option(help="Read as a released script would have, mistakes included. Default: by our rules."),
    ] = None,
    model: Annotated[str | None, typer.Option(help="The model's name for the signature.")] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the full result as JSON; of several files, a list.")
    ] = False,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Also write the full result here; of several, into this folder."),
    ] = None,
) -> None:
    """Score predictions: every metric with its 95 % interval, and the signature."""
    # The one product of matrices is so small that threads wait for each other longer than they multiply.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from ..scores import write_result
    from .runs import Choices, prediction_files, score_file, tell_of

    # Thousands of records are made and nearly all are kept: looking for garbage as often as usual takes a tenth longer.
    gc.set_threshold(100_000)
    named = {"task": task, "format": format, "extract": extract}
    chosen: dict[str, Any] = {name: choice.value for name, choice in named.items() if choice}
    choices = Choices(scope=scope, annotations=annotations, asked=asked, model=model, **chosen)
    files = prediction_files(predictions)
    results: list[Any] = []
    for path in files:
        run = score_file(path, choices)
        tell_of(run)
        results.append(run.result)
        if output is not None:
            several = len(files) > 1 or output.is_dir()
            write_result(output / f"{_unique_stem(path, files)}_result.json" if several else output, run.result)
        if not as_json:
            _print(run)
    if as_json:
        typer.echo(json.dumps(results if len(files) > 1 else results[0], ensure_ascii=False, indent=1))


def _unique_stem(path: Path, files: list[Path]) -> str:
    """The file's name without its ending; with its folder's before it where another file has the same."""
    same = [other for other in files if other.stem == path.stem]
    return path.stem if len(same) == 1 else f"{path.parent.name}_{path.stem}"


def _print(run: LoadedRun) -> None:
    from ..reports.terminal import print_result
    from ..scores.confidence import CONFIDENCE_METRICS_BY_NAME
    from ..scores.open_registry import OPEN_TABLE_METRICS
    from ..scores.registry import TABLE_METRICS

    table = OPEN_TABLE_METRICS if run.result["task"] == "open" else TABLE_METRICS
    print_result(run.result, (*table, *(name for name in CONFIDENCE_METRICS_BY_NAME if name in run.result["metrics"])))
