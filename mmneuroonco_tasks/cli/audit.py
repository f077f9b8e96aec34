"""`mmneuroonco audit`: label defects of an annotation file, by rule; for readers of scores and authors of data sets."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer


def audit(
    annotations: Annotated[
        Path | None, typer.Argument(help="Annotation file or folder in the benchmark's schema. Default: the home's.")
    ] = None,
    task: Annotated[str, typer.Option(help="closed or open.")] = "closed",
    text_only: Annotated[
        bool, typer.Option("--text-only/--no-text-only", help="Fit models that see no picture (ten seconds, once).")
    ] = True,
    accept: Annotated[
        list[str] | None, typer.Option(help="A rule or measure whose defects are known and stay; may be repeated.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON, with every question.")] = False,
) -> None:
    """Find label defects by rule. Exit code 0: none; 1: defects that were not accepted."""
    from ..audit import audit_closed, audit_open, print_audit
    from ..benchmark import load_benchmark

    if task == "closed":
        report = audit_closed(load_benchmark("closed", annotations=annotations), text_only=text_only)
    elif task == "open":
        report = audit_open(load_benchmark("open", annotations=annotations))
    else:
        raise typer.BadParameter("closed or open", param_hint="--task")
    try:
        code = report.exit_code(accepted=accept or ())
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--accept") from None
    if as_json:
        typer.echo(json.dumps(report.to_dict(), ensure_ascii=False, indent=1))
    else:
        from rich.console import Console

        print_audit(report, Console())
    raise typer.Exit(code)
