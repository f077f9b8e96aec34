"""`mmneuroonco report`: one page to look at, and every table as a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from ..benchmark.records import Benchmark
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
    from .runs import Choices, tell_of

    choices = Choices(annotations=annotations)
    loaded = _load(results, choices)
    for run in loaded:
        tell_of(run)
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
    """By mark, the questions and responses of the runs whose predictions were given."""
    from ..predictions import read_predictions
    from ..reports.gallery import GalleryInput
    from .runs import RunError, benchmark_of, prediction_files

    benchmarks: dict[str, Benchmark[Any]] = {}
    responses = {}
    for run, own in zip(runs, loaded, strict=True):
        if predictions or own.predictions:
            known = own.benchmark if pictures is None else None
            benchmarks[run.mark] = known or benchmark_of(own.result, str(own.path), choices.annotations, pictures)
            if own.predictions:
                responses[run.mark] = own.predictions.responses
    for named in predictions:
        for path in prediction_files([named]):
            read = read_predictions(path)
            mark = _mark_of(read, runs, benchmarks)
            if mark is not None:
                responses[mark] = read.under_every_question(benchmarks[mark]).responses
            elif path == named:
                raise RunError(f"{path}: holds the responses of none of these results; name those of one of them.")
            else:
                typer.echo(f"note: {path}: of none of these results, left out", err=True)
    if images and not responses:
        raise RunError("--images shows the pictures of failures, which need --predictions: name the run's responses.")
    return {mark: GalleryInput(benchmarks[mark], own, images) for mark, own in responses.items()}


#: A later version of the reading rules may read a few responses otherwise; another run differs in far more.
_SAME_RUN = 0.9


def _mark_of(read: Predictions, runs: Sequence[Shown], benchmarks: Mapping[str, Benchmark[Any]]) -> str | None:
    """The run that predictions are of: the one whose stored answers the responses read as; ``None``: none of these."""
    agreement = {}
    for run in runs:
        stored = run.result.get("answers") or {}
        answered = {qid: answer for qid, answer in stored.items() if answer.get("outcome") != "missing"}
        if run.mark in benchmarks and answered:
            own = benchmarks[run.mark]
            told = _as_stored(read.under_every_question(own), run, own)
            alike = sum(told.get(qid) == _told(answer) for qid, answer in answered.items())
            agreement[run.mark] = alike / len(answered)
    best = max(agreement, key=lambda mark: agreement[mark], default=None)
    return best if best is not None and agreement[best] >= _SAME_RUN else None


def _as_stored(read: Predictions, run: Shown, benchmark: Benchmark[Any]) -> dict[str, Any]:
    """What predictions would be stored as, had they been of this run: by qid, as much as tells answers apart."""
    if run.signature.task == "open":
        from ..scores.open_counting import read_responses

        responses = {qid: response or "" for qid, response in read.responses.items() if qid in benchmark}
        answers = read_responses(benchmark, responses)
        return {
            qid: (answer.outcome.value, tuple((item.attribute, item.response) for item in answer.items))
            for qid, answer in answers.items()
        }
    from ..benchmark.twins import TWINS
    from .runs import read_as_shown

    shuffled = run.signature.prompt.endswith("+shuffled")
    shown = TWINS["shuffled"](benchmark) if shuffled else benchmark
    return {
        qid: (str(answer.outcome), answer.letter)
        for qid, answer in read_as_shown(shown, benchmark, read, run.signature.extract).items()
        if answer is not None
    }


def _told(stored: Mapping[str, Any]) -> Any:
    """The same of a stored answer."""
    if "attributes" not in stored:
        return stored.get("outcome"), stored.get("letter")
    attributes = stored["attributes"]
    return stored.get("outcome"), tuple((name, item.get("response")) for name, item in attributes.items())


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
