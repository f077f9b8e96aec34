"""`mmneuroonco export`: the questions as files for tools that know nothing of this package."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

export = typer.Typer(help="Write the closed questions as files that other tools take.", no_args_is_help=True)


@export.callback()
def _group() -> None:
    """Keep the sub-command's name even while there is only one."""


@export.command("vlmeval-tsv")
def vlmeval_tsv(
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="The file. Default: MMNeuroOnco_TSV.tsv in VLMEvalKit's folder."),
    ] = None,
    scope: Annotated[str, typer.Option(help="full, nobrats, or a text file with one qid a line.")] = "full",
) -> None:
    """A TSV that plain VLMEvalKit takes as a custom set; `mmneuroonco score` reads what it predicts."""
    from ..benchmark import load_benchmark, with_usable_pictures
    from ..frameworks.vlmeval_tsv import data_folder, write_vlmeval_tsv

    benchmark = with_usable_pictures(load_benchmark("closed", scope=scope))
    path = output or data_folder() / "MMNeuroOnco_TSV.tsv"
    write_vlmeval_tsv(benchmark, path)
    typer.echo(f"{path}: {len(benchmark)} questions.")
    if path.parent.resolve() == data_folder().resolve():
        typer.echo(f"Now, in VLMEvalKit: python run.py --data {path.stem} --model <model>")
