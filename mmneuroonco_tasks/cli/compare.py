"""`mmneuroonco compare`: is one run better than another, or is it luck?"""

from __future__ import annotations

import json
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from ..reports.comparing import Comparison
    from ..reports.shown import Shown
    from .runs import LoadedRun


class TableFormat(str, Enum):
    """How tables are printed."""

    TERMINAL = "terminal"
    MARKDOWN = "md"
    LATEX = "tex"
    CSV = "csv"
    JSON = "json"


def compare(
    runs: Annotated[
        list[Path], typer.Argument(help="Two or more result files, or predictions. All against the first.")
    ],
    across: Annotated[
        list[str] | None, typer.Option(help="A key of the signature that may differ on purpose, such as prompt.")
    ] = None,
    annotations: Annotated[Path | None, typer.Option(help="Annotation file or folder. Default: the home's.")] = None,
    format: Annotated[TableFormat, typer.Option(help="How to print the tables.")] = TableFormat.TERMINAL,
    as_json: Annotated[bool, typer.Option("--json", help="Print everything as JSON, the question ids too.")] = False,
) -> None:
    """Compare runs question by question: differences with intervals, randomisation tests, what was won and lost."""
    from ..reports.comparable import CROSSABLE, check_comparable
    from ..reports.comparing import comparison_table
    from ..reports.shown import shown
    from .runs import Choices, load_run, tell_of

    keys = [key.strip() for named in across or () for key in named.split(",")]
    for key in keys:
        if key not in CROSSABLE:
            raise typer.BadParameter(f"{key!r} is none of {', '.join(CROSSABLE)}", param_hint="--across")
    if len(runs) < 2:
        raise typer.BadParameter("name at least two runs", param_hint="RUNS")
    loaded = [load_run(path, Choices(annotations=annotations), with_trust_rows=False) for path in runs]
    for own in loaded:
        tell_of(own)
    first, *others = shown([run.result for run in loaded])
    for other in others:
        check_comparable(first, other, keys)
    found = [
        (other, _compared(loaded[0], second, annotations)) for other, second in zip(others, loaded[1:], strict=True)
    ]
    if as_json:
        typer.echo(json.dumps([_plain(first, *each) for each in found], ensure_ascii=False, indent=1))
        return
    for table in (comparison_table(first, *each) for each in found):
        print_table(table, format)
    if format is TableFormat.TERMINAL:
        for run in (first, *others):
            typer.echo(f"{run.mark} {run.result['signature_line']}")


def _compared(first: LoadedRun, second: LoadedRun, annotations: Path | None) -> Comparison:
    from ..reports.comparable import answers_of, asked_in_both, open_answers_of
    from ..reports.comparing import compare_closed, compare_open
    from .runs import benchmark_of

    benchmarks = [run.benchmark or benchmark_of(run.result, str(run.path), annotations) for run in (first, second)]
    benchmark = asked_in_both(*benchmarks)
    if first.result["task"] == "open":
        return compare_open(
            benchmark, *(open_answers_of(benchmark, run.result, str(run.path)) for run in (first, second))
        )
    answers = [answers_of(run.result, str(run.path)) for run in (first, second)]
    return compare_closed(
        benchmark, *({qid: answer for qid, answer in own.items() if qid in benchmark} for own in answers)
    )


def _plain(first: Shown, other: Shown, comparison: Comparison) -> dict[str, Any]:
    lines = {"first": first.result["signature_line"], "second": other.result["signature_line"]}
    return {**lines, **comparison.plain()}


def print_table(table: Any, format: TableFormat) -> None:
    """Print a table on standard output."""
    from ..reports.formats import TABLE_FORMATS
    from ..reports.terminal import print_plain_table

    if format is TableFormat.TERMINAL:
        print_plain_table(table)
    else:
        typer.echo(TABLE_FORMATS[format.value](table))
