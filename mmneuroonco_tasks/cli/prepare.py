"""`mmneuroonco prepare`: annotations and pictures into the home."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from ..benchmark.prepare import Prepared
    from ..benchmark.records import Picture


def prepare(
    annotations: Annotated[
        list[Path] | None, typer.Option(help="File, folder or zip with the annotations; may be repeated.")
    ] = None,
    images: Annotated[
        list[Path] | None, typer.Option(help="Folder or zip with the pictures, in any layout; may be repeated.")
    ] = None,
    brats: Annotated[
        list[Path] | None, typer.Option(help="Folder or zip with BraTS 2021 slices as PNG; may be repeated.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the outcome as JSON.")] = False,
) -> None:
    """Place annotations and pictures in the home (MMNEUROONCO_HOME), checked, under opaque names."""
    from ..benchmark.home import Home
    from ..benchmark.prepare import prepare as place

    if not annotations:
        raise typer.BadParameter("name the annotations: --annotations PATH", param_hint="--annotations")
    report = place(Home.default(), annotations, images or (), brats=brats or (), progress=progress_bar)
    typer.echo(json.dumps(_plain(report), indent=1) if as_json else describe(report))
    if report.unusable or not report.complete_scopes:
        raise typer.Exit(1)


def progress_bar(pictures: Iterable[Picture], description: str, total: int) -> Iterable[Picture]:
    """The pictures, with a bar on standard error where that is a terminal."""
    from rich.console import Console
    from rich.progress import track

    return track(pictures, description, total, console=Console(stderr=True), transient=True)


def describe(report: Prepared) -> str:
    """What was done, what is missing by source folder, and what can run, in a few lines."""
    lines = [f"{report.home.folder}: {report.placed} pictures placed, {report.unchanged} already there."]
    lines += [f"  {task}: {where}" for task, where in report.annotations.items()]
    if report.unusable:
        from ..benchmark.images import problems_sentence

        lines.append(problems_sentence(report.unusable, "Get these files again and run prepare once more."))
    if report.missing_by_source:
        lacking = ", ".join(f"{source}: {count}" for source, count in report.missing_by_source.items())
        lines.append(f"{sum(report.missing_by_source.values())} pictures are missing ({lacking}).")
    if any(picture.patient for picture in report.missing.values()):
        lines.append("BraTS slices are not redistributed: name your own by --brats; the nobrats scope needs none.")
    lines.append(f"Complete scopes: {', '.join(report.complete_scopes) or 'none'}.")
    return "\n".join(lines)


def _plain(report: Prepared) -> dict[str, Any]:
    return {
        "home": str(report.home.folder),
        "annotations": dict(report.annotations),
        "placed": report.placed,
        "unchanged": report.unchanged,
        "missing": sorted(report.missing),
        "missing_by_source": report.missing_by_source,
        "unusable": {str(image_id): problem for image_id, (_, problem) in sorted(report.unusable.items())},
        "complete_scopes": list(report.complete_scopes),
    }
