"""`mmneuroonco leaderboard`: many results in one sorted table."""

from __future__ import annotations

import json
from enum import Enum
from pathlib import Path
from typing import Annotated

import typer


class BoardFormat(str, Enum):
    """How the leaderboard is written."""

    MARKDOWN = "md"
    HTML = "html"
    CSV = "csv"
    LATEX = "tex"
    JSON = "json"


def leaderboard(
    results: Annotated[list[Path], typer.Argument(help="Folders with result files, or the files themselves.")],
    format: Annotated[BoardFormat | None, typer.Option(help="Default: as the output's ending says, else md.")] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write it here and not to the terminal.")
    ] = None,
    sort: Annotated[
        str | None, typer.Option(help="The metric to rank by. Default: h_score, open: attribute_balanced_accuracy.")
    ] = None,
) -> None:
    """Fold result files into one table sorted by h_score; runs that cannot be compared get tables of their own."""
    from ..benchmark.files import write_text
    from ..reports.formats import TABLE_FORMATS, plain
    from ..reports.leaderboard import leaderboard as fold
    from ..reports.leaderboard import leaderboard_page
    from ..reports.shown import shown
    from ..scores import read_result
    from .runs import result_files

    files = result_files(results, lambda sentence: typer.echo(sentence, err=True))
    runs = shown([read_result(path) for path in files])
    if sort is not None and not any(sort in run.metrics for run in runs):
        raise typer.BadParameter(f"no result has the metric {sort!r}", param_hint="--sort")
    tables = fold(runs, sort)
    chosen = format or _format_of(output)
    if chosen is BoardFormat.HTML:
        text = leaderboard_page(tables)
    elif chosen is BoardFormat.JSON:
        text = json.dumps([plain(table) for table in tables], ensure_ascii=False, indent=1) + "\n"
    else:
        text = "\n".join(TABLE_FORMATS[chosen.value](table) for table in tables)
    if output is None:
        typer.echo(text, nl=False)
    else:
        write_text(output, text)
        typer.echo(f"{output}: {len(runs)} results in {len(tables)} tables", err=True)


def _format_of(output: Path | None) -> BoardFormat:
    endings = {each.value: each for each in BoardFormat} | {"htm": BoardFormat.HTML}
    return endings.get(output.suffix.lower().lstrip("."), BoardFormat.MARKDOWN) if output else BoardFormat.MARKDOWN
