"""`mmneuroonco score`: from a predictions file to the number, whatever tool asked the questions."""

from __future__ import annotations

import json
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from ..benchmark import ClosedBenchmark
    from ..predictions import Predictions


class TaskName(str, Enum):
    """The parts of the benchmark."""

    CLOSED = "closed"


def score(
    predictions: Annotated[Path, typer.Argument(help="Plain JSONL with qid and response, or lmms-eval samples.")],
    task: Annotated[TaskName, typer.Option(help="Which part of the benchmark was asked.")] = TaskName.CLOSED,
    scope: Annotated[
        str | None, typer.Option(help="full, nobrats, or a text file with one qid a line. Default: as the file says.")
    ] = None,
    annotations: Annotated[Path | None, typer.Option(help="Annotation file or folder. Default: the home's.")] = None,
    asked: Annotated[
        Path | None, typer.Option(help="Text file with the qids that were asked, if fewer than the scope.")
    ] = None,
    model: Annotated[str | None, typer.Option(help="The model's name for the signature.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the full result as JSON.")] = False,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Also write the full result here.")] = None,
) -> None:
    """Score a predictions file: every metric with its 95 % interval, and the signature."""
    from ..predictions import read_predictions
    from ..scores import write_result

    read = read_predictions(predictions)
    benchmark = _asked_benchmark(read, scope, annotations, asked)
    result = score_predictions(benchmark, read, model)
    if output is not None:
        write_result(output, result)
    if as_json:
        typer.echo(json.dumps(result, ensure_ascii=False, indent=1))
        return
    from ..reports.terminal import print_result
    from ..scores.registry import TABLE_METRICS

    typer.echo(f"{predictions}: {read.format}, {len(read.responses)} responses", err=True)
    for remark in read.remarks:
        typer.echo(f"note: {remark}", err=True)
    print_result(result, TABLE_METRICS)


def score_predictions(benchmark: ClosedBenchmark, read: Predictions, model: str | None = None) -> dict[str, Any]:
    """Read every response and score the run."""
    from ..answers import read_answer
    from ..scores import Run
    from ..scoring import score_closed_run

    # A question that is in the file without a response was asked and failed; one that is not in it is missing.
    answers = {
        qid: read_answer(response, benchmark[qid].options if qid in benchmark else {})
        for qid, response in read.responses.items()
    }
    return score_closed_run(benchmark, answers, Run(**{**read.run, **({"model": model} if model else {})}))[1]


def _asked_benchmark(
    read: Predictions, scope: str | None, annotations: Path | None, asked: Path | None
) -> ClosedBenchmark:
    from ..benchmark import load_benchmark
    from ..benchmark.scopes import read_qids
    from ..frameworks.variants import variant_named

    home = None
    if read.task_name is not None:
        variant = variant_named(read.task_name)
        scope = scope or variant.scope
        home = variant.home() if annotations is None else None
    benchmark = load_benchmark("closed", annotations=annotations, scope=scope or "full", home=home)
    if asked is not None:
        return benchmark.restricted_to(read_qids(asked))
    return benchmark if read.asked is None else benchmark.restricted_to(read.asked)
