"""Runs as they are named on a command line: predictions, results, or a folder of either."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from ..answers import Answer
    from ..benchmark import Task
    from ..benchmark.home import Home
    from ..benchmark.records import Benchmark, ClosedBenchmark
    from ..frameworks.variants import Variant
    from ..predictions import Predictions
    from ..scores import Run


_AS_RELEASED = (
    "read as a released script would have, which takes refusals and errors for letters: to be set beside published "
    "numbers only"
)


class RunError(ValueError):
    """A run that cannot be used as it was named. The message is one sentence."""


@dataclass(frozen=True)
class Choices:
    """What the user says of predictions beyond what the files say themselves; ``None``: as the file says."""

    task: Task | None = None
    scope: str | None = None
    annotations: Path | None = None
    asked: Path | None = None
    model: str | None = None
    format: str | None = None
    #: A released extractor to read by instead of our rules.
    extract: str | None = None


@dataclass(frozen=True)
class LoadedRun:
    """A run: its result, and as far as they were named or needed its questions and predictions."""

    path: Path
    result: Mapping[str, Any]
    predictions: Predictions | None = None
    benchmark: Benchmark[Any] | None = None
    #: What the reader of the result should know, a sentence each.
    remarks: tuple[str, ...] = ()


def load_run(path: Path, choices: Choices, *, with_trust_rows: bool = True) -> LoadedRun:
    """A result file as it is, or predictions, scored.

    Raises:
        ResultError, PredictionsError, BenchmarkError, RunError: one sentence with file, place and remedy.
    """
    from ..predictions import is_result_file
    from ..scores import read_result

    if is_result_file(path):
        return LoadedRun(path, read_result(path))
    return score_file(path, choices, with_trust_rows=with_trust_rows)


def prediction_files(paths: Iterable[Path]) -> list[Path]:
    """The predictions files named, a folder standing for those in it.

    Raises:
        PredictionsError: a folder holds none.
    """
    from ..predictions import predictions_in

    return [found for path in paths for found in (predictions_in(path) if path.is_dir() else [path])]


def result_files(paths: Iterable[Path], warn: Callable[[str], None]) -> list[Path]:
    """The result files named, a folder standing for those in it; of these, unreadable ones are told to ``warn``.

    Raises:
        RunError: a folder holds no result file.
    """
    found: list[Path] = []
    for path in paths:
        own = list(_results_in(path, warn)) if path.is_dir() else [path]
        if not own:
            raise RunError(f"{path}: holds no result file; `mmneuroonco score … --output FILE` writes one.")
        found += own
    return found


def _results_in(folder: Path, warn: Callable[[str], None]) -> Iterator[Path]:
    from ..predictions import is_result_file
    from ..predictions.folders import files_in
    from ..scores import ResultError, read_result

    for path in files_in(folder):
        if path.suffix == ".json" and is_result_file(path):
            try:
                read_result(path)
            except ResultError as error:
                warn(f"left out: {error}")
            else:
                yield path


def score_file(path: Path, choices: Choices, *, with_trust_rows: bool = True) -> LoadedRun:
    """Score a predictions file.

    Raises:
        PredictionsError, BenchmarkError, RunError: one sentence with file, place and remedy.
    """
    from ..predictions import read_predictions

    read = read_predictions(path, choices.format, image_ids=lambda: _image_ids(choices))
    variant = _variant(path, read, choices)
    task: Task = choices.task or (variant.task if variant else "closed")
    whole = _whole(task, variant, choices)
    read = read.under_every_question(whole)
    shown, scored = _twin_of(variant, whole) if variant else (whole, whole)
    asked = _asked(scored, read, choices)
    remarks = (*read.remarks, *_left_out(path, read, asked, choices))
    run = _run(read, choices)
    if task == "open":
        if choices.extract:
            raise RunError(f"{path}: of open questions, which {choices.extract} does not read; leave --extract out.")
        result, judged = _score_open(asked, read, run, with_trust_rows)
        remarks += judged
    else:
        remarks += (_AS_RELEASED,) if choices.extract else ()
        result = _score_closed(shown, scored, asked, read, run, with_trust_rows)
    return LoadedRun(path, result, read, asked, remarks)


def score_predictions(benchmark: ClosedBenchmark, read: Predictions, model: str | None = None) -> dict[str, Any]:
    """The result of predictions for exactly these closed questions."""
    return _score_closed(benchmark, benchmark, benchmark, read, _run(read, Choices(model=model)), True)


def _score_closed(
    shown: ClosedBenchmark,
    scored: ClosedBenchmark,
    asked: ClosedBenchmark,
    read: Predictions,
    run: Run,
    with_trust_rows: bool,
) -> dict[str, Any]:
    """``shown`` and ``scored`` are the whole scope, as the model saw it and as it counts; ``asked`` is a part of it."""
    from ..scores.pairs import unshuffled_probabilities
    from ..scoring import score_closed_run

    # Read against the whole scope, since a reply to all questions of an image numbers those that it was asked.
    answers = read_as_shown(shown, scored, read, run.extract)
    own = {qid: answer for qid, answer in answers.items() if qid in asked}
    told = read.probabilities if shown is scored else unshuffled_probabilities(scored, read.probabilities)
    return score_closed_run(asked, own, run, annotations=scored, probabilities=told, with_trust_rows=with_trust_rows)[1]


def read_as_shown(
    shown: ClosedBenchmark, scored: ClosedBenchmark, read: Predictions, extract: str
) -> Mapping[str, Answer | None]:
    """How the responses read to the questions as they were shown, in the letters in which they are scored.

    ``extract`` is that of the signature: our rules, or a released extractor.
    """
    from ..predictions.answers import read_answers
    from ..scores.pairs import unshuffled

    answers = read_answers(shown, read, extract)
    return answers if shown is scored else unshuffled(scored, answers)


def tell_of(run: LoadedRun) -> None:
    """Say on standard error what a predictions file was taken for, and what its reader should know."""
    if run.predictions is not None:
        typer.echo(f"{run.path}: {run.predictions.format}, {len(run.predictions.responses)} responses", err=True)
    for remark in run.remarks:
        typer.echo(f"note: {remark}", err=True)


def _score_open(
    asked: Any, read: Predictions, run: Run, with_trust_rows: bool
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The result, and what to say of the judge."""
    from ..benchmark.home import Home
    from ..judge import JUDGE_OFF, judge_from_environment
    from ..scoring import score_open_run

    # A question that is in the file without a response was asked and failed; one that is not in it is missing.
    responses = {qid: response or "" for qid, response in read.responses.items() if qid in asked}
    judge = judge_from_environment(Home.default().folder / "judge" / "verdicts.jsonl")
    _, result = score_open_run(asked, responses, run, judge=judge, with_rows=with_trust_rows)
    trouble = judge.trouble if judge else JUDGE_OFF
    return result, (trouble,) if trouble else ()


def _run(read: Predictions, choices: Choices) -> Run:
    """What the file says of the run, and what the user adds."""
    from ..scores import Run

    added = {"model": choices.model, "extract": choices.extract}
    return Run(**{**read.run, **{key: value for key, value in added.items() if value}})


def _variant(path: Path, read: Predictions, choices: Choices) -> Variant | None:
    """The registered task that the file says it is of, unless the user says otherwise."""
    if read.task_name is None:
        return None
    from ..frameworks.variants import variant_named

    try:
        return variant_named(read.task_name)
    except KeyError:
        if choices.task or choices.scope or choices.annotations:
            return None
        raise RunError(
            f"{path}: of the task {read.task_name:.60}, which is not known here; name --task and --scope, or update "
            "the package."
        ) from None


def _whole(task: Task, variant: Variant | None, choices: Choices) -> Any:
    """The scope that was asked, before any limit."""
    from ..benchmark import load_benchmark

    if variant and variant.instructions and choices.annotations is None:
        return variant.load()
    scope = choices.scope or (variant.scope if variant else "full")
    home = variant.home() if variant and choices.annotations is None else None
    return load_benchmark(task, annotations=choices.annotations, scope=scope, home=home)


def _twin_of(variant: Variant, whole: Any) -> tuple[Any, Any]:
    from ..frameworks.asking import twin_of

    return twin_of(variant, whole)


def _asked(whole: Any, read: Predictions, choices: Choices) -> Any:
    from ..benchmark.scopes import read_qids

    if choices.asked is not None:
        return whole.restricted_to(read_qids(choices.asked))
    if read.asked is None or choices.scope is not None:
        return whole
    return whole.restricted_to(read.asked)


def _left_out(path: Path, read: Predictions, asked: Any, choices: Choices) -> tuple[str, ...]:
    """What to say of responses to questions that the user's choice of scope or list leaves out.

    Raises:
        RunError: there are some, and nobody chose to leave them out; or the choice leaves nothing.
    """
    stray = [qid for qid in read.responses if qid not in asked]
    if not stray:
        return ()
    more = f" (nor are {len(stray) - 1} more)" if len(stray) > 1 else ""
    if choices.scope is None and choices.asked is None:
        raise RunError(
            f"{path}: answers {stray[0]}, which is no question of {asked.task}/{asked.scope}{more}; check --task, "
            "--scope and --annotations."
        )
    if len(stray) == len(read.responses):
        raise RunError(f"{path}: answers no question that was chosen; check --task, --scope and --asked.")
    some = "1 response is" if len(stray) == 1 else f"{len(stray)} responses are"
    return (f"{some} to questions that were not chosen, and left out",)


def _image_ids(choices: Choices) -> Mapping[str, int]:
    from ..benchmark import load_benchmark

    benchmark = load_benchmark("closed", annotations=choices.annotations)
    return {picture.path: picture.id for picture in benchmark.pictures}


def benchmark_of(
    result: Mapping[str, Any], name: str, annotations: Path | None = None, images: Path | None = None
) -> Any:
    """The questions that a result is about, found in the given annotations or in the home by their hash.

    Raises:
        RunError: they are not there, or the result does not tell which were asked.
    """
    from ..benchmark.home import Home

    signature = result["signature"]
    qids = list(result.get("answers") or {})
    if not qids:
        raise RunError(f"{name}: was stored without its answers, which tell what was asked; score it again.")
    homes = [None] if annotations else [Home.default(), Home(Home.default().folder / "phantom")]
    for home in homes:
        if home is not None and not home.annotations(signature["task"]).is_file():
            continue
        for whole in _scopes(signature, qids, annotations, images, home):
            if whole.data_hash == signature["data"]:
                return whole.restricted_to(qids)
    where = str(annotations) if annotations else "the home"
    raise RunError(f"{name}: its questions (data:{signature['data']}) are not in {where}; name them by --annotations.")


def _scopes(
    signature: Mapping[str, Any],
    qids: Sequence[str],
    annotations: Path | None,
    images: Path | None,
    home: Home | None,
) -> Iterator[Any]:
    """What the result's scope may be in these annotations: a named one, its twin, or the list of what was asked."""
    from ..benchmark import BenchmarkError, load_benchmark
    from ..benchmark.hashing import data_hash
    from ..benchmark.scopes import SCOPES
    from ..benchmark.twins import TWINS

    scope, _, twin = str(signature["scope"]).partition("+")
    named = scope in SCOPES
    try:
        whole: Any = load_benchmark(
            signature["task"], annotations=annotations, images=images, scope=scope if named else "full", home=home
        )
        if not named:
            own = whole.restricted_to(qids)
            whole = replace(own, scope=scope, scope_size=len(own), data_hash=data_hash(own.questions))
        yield TWINS[twin](whole) if twin in TWINS else whole
    except BenchmarkError:
        return  # these annotations are of something else
