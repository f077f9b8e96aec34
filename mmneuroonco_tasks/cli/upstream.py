"""`mmneuroonco upstream`: a pull request's files, written into a checkout of the framework."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from ..upstream.project import Project
    from ..upstream.validation import Validated

upstream = typer.Typer(help="Write a pull request's files into a checkout of a framework.", no_args_is_help=True)

_Checkout = Annotated[Path, typer.Argument(help="The top folder of a clean git checkout.")]
_Results = Annotated[
    list[Path] | None,
    typer.Option("--results", help="Folder or predictions of runs in the checkout, for the description's table."),
]
_Description = Annotated[
    Path | None,
    typer.Option("--description", help="Where the description goes. Default: beside the checkout, not in it."),
]


@upstream.command("lmms-eval")
def lmms_eval(checkout: _Checkout, results: _Results = None, description: _Description = None) -> None:
    """The tasks mmneuroonco_closed and mmneuroonco_closed_nobrats for lmms-eval, without this package at run time."""
    from ..upstream.lmms_eval import PROJECT

    _write(PROJECT, checkout, results or [], description)


@upstream.command("vlmevalkit")
def vlmevalkit(checkout: _Checkout, results: _Results = None, description: _Description = None) -> None:
    """The datasets MMNeuroOnco and MMNeuroOnco_NoBraTS for VLMEvalKit, without this package at run time."""
    from ..upstream.vlmevalkit import PROJECT

    _write(PROJECT, checkout, results or [], description)


def _write(project: Project, folder: Path, results: list[Path], description: Path | None) -> None:
    from ..benchmark.files import write_text
    from ..upstream.description import describe
    from ..upstream.project import write_pull_request
    from ..upstream.validation import offline_tests

    written = write_pull_request(project, folder)
    for changed in written.changed:
        typer.echo(f"wrote {changed}")
    unchanged = len(written.files) - len(written.changed)
    typer.echo(f"{written.checkout}: {len(written.changed)} files written, {unchanged} were so already.")
    for remark in written.remarks:
        typer.echo(f"note: {remark}")
    path = description or written.checkout.with_name(f"{written.checkout.name}-pull-request.md")
    write_text(path, describe(project, _validated(results), offline_tests(results)))
    typer.echo(f"{path}: the description; runs in the checkout fill its table (--results FOLDER).")


def _validated(results: list[Path]) -> list[Validated]:
    """The runs, their responses read and scored by this package."""
    from ..upstream.validation import validated
    from .runs import Choices, prediction_files, score_file

    return [
        validated(path, score_file(path, Choices(), with_trust_rows=False).result)
        for path in (prediction_files(results) if results else [])
    ]
