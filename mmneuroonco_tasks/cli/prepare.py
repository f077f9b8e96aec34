"""`mmneuroonco prepare`: annotations and pictures into the home, from the hub or from the user's own files."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from ..benchmark.home import Home
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
    """Place annotations and pictures in the home (MMNEUROONCO_HOME), checked, under opaque names.

    Without options they come from the gated dataset on the Hugging Face Hub. --annotations and --images take your own
    files instead; --images or --brats alone add to what was prepared before. It can be stopped and run again.
    """
    from ..benchmark.home import Home

    report = bring_in(Home.default(), annotations or (), images or (), brats or ())
    typer.echo(json.dumps(_plain(report), indent=1) if as_json else describe(report))
    if report.unusable or not report.complete_scopes:
        raise typer.Exit(1)


def bring_in(home: Home, annotations: Sequence[Path], images: Sequence[Path], brats: Sequence[Path]) -> Prepared:
    """Place what is named; get from the hub what is neither named nor there."""
    from ..benchmark import hub
    from ..benchmark.prepare import prepare as place

    kept = home.prepared_annotations()
    nothing_named = not (annotations or images or brats)
    if nothing_named and len(kept) == 2:
        report = place(home, (), (), progress=progress_bar, tell=tell)
        if "full" in report.complete_scopes:
            return report
    wants_annotations = not annotations and (not kept or (nothing_named and len(kept) < 2))
    wants_images = nothing_named or (not annotations and not images and not kept)
    if wants_annotations or wants_images:
        dataset = hub.list_dataset(tell)
        if wants_annotations:
            annotations = hub.download(dataset, dataset.annotations(), tell)
        if wants_images:
            images = hub.download(dataset, dataset.image_zips(), tell)
    return place(home, annotations, images, brats=brats, progress=progress_bar, tell=tell)


def tell(sentence: str) -> None:
    """Say something on standard error while work goes on."""
    typer.echo(sentence, err=True)


def progress_bar(pictures: Iterable[Picture], description: str, total: int) -> Iterable[Picture]:
    """The pictures, with a bar on standard error where that is a terminal."""
    if not sys.stderr.isatty():
        return pictures
    from rich.console import Console
    from rich.progress import track

    return track(pictures, description, total, console=Console(stderr=True), transient=True)


def describe(report: Prepared) -> str:
    """What was done, what is missing by source folder, and what can run, in a few lines."""
    from ..benchmark.images import by_source, problems_sentence

    lines = [f"{report.home.folder}: {report.placed} pictures placed, {report.unchanged} already there."]
    lines += [f"  {task}: {where}" for task, where in report.annotations.items()]
    lines += report.remarks
    if report.unusable:
        lines.append(problems_sentence(report.unusable, "Get these files again and run prepare once more."))
    if report.missing:
        lacking = ", ".join(f"{source}: {count}" for source, count in by_source(report.missing.values()).items())
        lines.append(f"{len(report.missing)} pictures are missing ({lacking}).")
    if any(picture.patient for picture in report.missing.values()):
        lines.append(
            "BraTS slices are not redistributed: name your own by `mmneuroonco prepare --brats PATH`; the scope nobrats"
            " needs none."
        )
    lines.append(_what_can_run(report))
    return "\n".join(lines)


def _what_can_run(report: Prepared) -> str:
    if "full" in report.complete_scopes:
        return "Complete: every scope can run."
    if report.complete_scopes:
        return f"Complete for the scope {', '.join(report.complete_scopes)}, which can run; full lacks pictures."
    return "No scope is complete; name more pictures by --images."


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
        "remarks": report.remarks,
    }
