"""`mmneuroonco report`: one page to look at, and every table as a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from ..benchmark.records import ClosedBenchmark
    from ..predictions import Predictions
    from ..reports.gallery import GalleryInput
    from ..reports.shown import Shown
    from .runs import Choices, LoadedRun


def report(
    results: Annotated[
        list[Path], typer.Argument(help="Result files, folders with result files, or predictions (scored first).")
    ],
    output: Annotated[Path, typer.Option("--output", "-o", help="The page.")] = Path("report.html"),
    predictions: Annotated[
        list[Path] | None,
        typer.Option(help="File or folder with a run's responses, for the gallery of failures; may be repeated."),
    ] = None,
    images: Annotated[
        bool, typer.Option("--images", help="Show the pictures in the gallery. Mind their licences before sharing.")
    ] = False,
    failures: Annotated[int, typer.Option(min=0, max=500, help="Failures of a run in the gallery.")] = 12,
    tables: Annotated[
        Path | None, typer.Option(help="Also write every table into this folder: md, tex, csv and json.")
    ] = None,
    annotations: Annotated[Path | None, typer.Option(help="Annotation file or folder. Default: the home's.")] = None,
    pictures: Annotated[
        Path | None, typer.Option(help="Folder of pictures for --images with --annotations. Default: the home's.")
    ] = None,
) -> None:
    """Make one self-contained page of one or several results."""
    from ..benchmark.files import write_text
    from ..reports.page import report_page
    from ..reports.shown import shown
    from .runs import Choices

    choices = Choices(annotations=annotations)
    loaded = _load(results, choices)
    runs = shown([run.result for run in loaded])
    given = _gallery_inputs(loaded, runs, predictions or [], choices, images, pictures)
    write_text(output, report_page(runs, given, failures=failures))
    typer.echo(f"{output}: {len(runs)} results" + (f", {len(given)} with failures" if given else ""), err=True)
    if any(inputs.images for inputs in given.values()):
        typer.echo("note: the page shows the benchmark's pictures; some sources forbid passing them on", err=True)
    if tables is not None:
        typer.echo(f"{tables}: {_write_tables(runs, tables)} tables", err=True)


def _load(paths: Sequence[Path], choices: Choices) -> list[LoadedRun]:
    """Results as they are; predictions scored; of a folder its results, or where it has none its predictions."""
    from .runs import RunError, load_run, prediction_files, result_files

    files: list[Path] = []
    for path in paths:
        try:
            files += result_files([path], lambda sentence: typer.echo(sentence, err=True))
        except RunError:
            files += prediction_files([path])
    return [load_run(path, choices) for path in files]


def _gallery_inputs(
    loaded: Sequence[LoadedRun],
    runs: Sequence[Shown],
    predictions: Sequence[Path],
    choices: Choices,
    images: bool,
    pictures: Path | None,
) -> dict[str, GalleryInput]:
    """By mark, the questions and responses of the closed runs whose predictions were given."""
    from ..predictions import read_predictions
    from ..reports.gallery import GalleryInput
    from .runs import RunError, benchmark_of, prediction_files

    benchmarks = {}
    responses = {}
    for run, own in zip(runs, loaded, strict=True):
        if run.signature.task == "closed" and (predictions or own.predictions):
            known = own.benchmark if pictures is None else None
            benchmarks[run.mark] = known or benchmark_of(own.result, str(own.path), choices.annotations, pictures)
            if own.predictions:
                responses[run.mark] = own.predictions.responses
    for path in prediction_files(predictions):
        read = read_predictions(path)
        responses[_mark_of(path, read, runs, benchmarks)] = read.responses
    if images and not responses:
        raise RunError("--images shows the pictures of failures, which need --predictions: name the run's responses.")
    return {mark: GalleryInput(benchmarks[mark], own, images) for mark, own in responses.items()}


def _mark_of(path: Path, read: Predictions, runs: Sequence[Shown], benchmarks: Mapping[str, ClosedBenchmark]) -> str:
    """The run that a predictions file is of: the one whose stored answers its responses read as.

    Raises:
        RunError: they are none's, not even nearly.
    """
    from ..predictions.answers import read_answers
    from .runs import RunError

    agreement = {}
    for run in runs:
        stored = run.result.get("answers") or {}
        if run.mark not in benchmarks or not stored:
            continue
        answers = read_answers(benchmarks[run.mark], read)
        alike = sum(
            qid in answers and (str(answers[qid].outcome), answers[qid].letter) == (own["outcome"], own["letter"])
            for qid, own in stored.items()
            if own.get("outcome") != "missing"
        )
        asked = sum(own.get("outcome") != "missing" for own in stored.values())
        agreement[run.mark] = alike / max(1, asked)
    best = max(agreement, key=lambda mark: agreement[mark], default="")
    # A later version of the reading rules may read a few responses otherwise; another run differs in far more.
    if not best or agreement[best] < 0.9:
        raise RunError(f"{path}: holds the responses of none of these results; name the predictions of one of them.")
    return best


def _write_tables(runs: Sequence[Shown], folder: Path) -> int:
    """Every table of the results as files of each ending; how many tables there are."""
    from ..benchmark.files import write_text
    from ..reports.formats import TABLE_FORMATS
    from ..reports.result_tables import result_tables

    count = 0
    for task in ("closed", "open"):
        own = [run for run in runs if run.signature.task == task]
        for table in result_tables(own) if own else ():
            count += 1
            for ending, written in TABLE_FORMATS.items():
                write_text(folder / f"{task}_{table.name}.{ending}", written(table))
    return count
