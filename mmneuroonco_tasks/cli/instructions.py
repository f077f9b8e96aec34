"""`mmneuroonco instructions …`: check, compare, split and export the instruction data."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .prepare import tell

if TYPE_CHECKING:
    from ..benchmark import Benchmark, Task
    from ..instructions.overlap import Comparison
    from ..instructions.reading import Progress

instructions = typer.Typer(
    name="instructions",
    help="The instruction data (JSON Lines): check it, find what overlaps with the benchmark, split and export it.",
    no_args_is_help=True,
)

#: How many findings are printed before they are only counted.
LISTED = 20

Files = Annotated[list[Path], typer.Argument(help="Instruction files, one sample a line.")]
Images = Annotated[Path | None, typer.Option(help="Folder of the pictures, in any layout.")]
Report = Annotated[Path | None, typer.Option(help="Write every finding here too, one JSON object a line.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the counts as JSON, nothing else.")]


class Kind(str, Enum):
    """How a row can overlap with the benchmark."""

    PATH = "path"
    PATIENT = "patient"
    DIGEST = "digest"
    PERCEPTUAL = "perceptual"
    QUESTION = "question"
    SIMILAR_PATH = "similar_path"


class By(str, Enum):
    """What is kept on one side of a split."""

    PATIENT = "patient"
    IMAGE = "image"


#: How a count of them is said. Only BraTS slices name their patient.
_UNITS = {By.PATIENT: "patients or pictures without a patient", By.IMAGE: "pictures"}


class Form(str, Enum):
    """The tools that files are exported for."""

    LLAMA_FACTORY = "llama-factory"
    TRL = "trl"
    TRL_COMPLETION = "trl-completion"
    MS_SWIFT = "ms-swift"


@instructions.command()
def check(files: Files, images: Images = None, report: Report = None, as_json: AsJson = False) -> None:
    """Check schema, form, answers, pictures and duplicates, row by row. Exit code 0: nothing found; 1: something."""
    from ..instructions.checking import PROBLEM_KINDS, Checker
    from ..instructions.pictures import PictureFolder

    checker = Checker(PictureFolder(images) if images else None)
    with _progress(files, "checking") as progress, _findings(report, as_json) as found:
        for path in files:
            for problem in checker.problems(path, progress):
                values = {"file": str(path), "line": problem.line, "kind": problem.kind, "message": problem.message}
                found.add(values, str(problem))
    counted = checker.counted
    counts = {
        "rows": counted.rows,
        "variants": dict(counted.variants),
        "answers": dict(sorted(counted.answers.items())),
        "pictures": counted.pictures,
        "problems": dict(counted.problems),
    }
    if as_json:
        typer.echo(json.dumps(counts, indent=1))
    else:
        variants = ", ".join(f"{name} {n:,}" for name, n in counted.variants.items()) or "none in the released form"
        typer.echo(f"{counted.rows:,} rows ({variants}) of {counted.pictures:,} pictures")
        _print_counts(counted.problems, PROBLEM_KINDS)
        if images is None:
            tell("note: no picture was looked for; name their folder by --images.")
    raise typer.Exit(1 if counted.problems else 0)


@instructions.command()
def overlap(
    files: Files,
    images: Images = None,
    annotations: Annotated[
        list[Path] | None, typer.Option(help="Benchmark annotations, file or folder; may be repeated. Default: home's.")
    ] = None,
    benchmark_images: Annotated[
        Path | None, typer.Option(help="Folder of the benchmark's pictures. Default: the home's.")
    ] = None,
    clean: Annotated[
        Path | None, typer.Option(help="Folder for the files without the overlapping rows, under their own names.")
    ] = None,
    keep: Annotated[
        list[Kind] | None, typer.Option(help="A kind of overlap that costs no row its place; may be repeated.")
    ] = None,
    perceptual: Annotated[
        bool, typer.Option("--perceptual/--no-perceptual", help="Compare what pictures look like, too.")
    ] = True,
    near_bits: Annotated[
        int, typer.Option(min=0, max=64, help="Looks alike: at most this many of 256 bits differ.")
    ] = 16,
    report: Report = None,
    as_json: AsJson = False,
) -> None:
    """Find the rows that overlap with the benchmark, and write the files without them.

    Exit code 0: no overlap, or the clean files were written; 1: overlaps were found.
    """
    from ..instructions.fingerprints import Fingerprints
    from ..instructions.overlap import DROPPED, OVERLAP_KINDS, Comparison, overlaps
    from ..instructions.pictures import PictureFolder

    dropped = set(DROPPED) - {kind.value for kind in keep or ()}
    folder = PictureFolder(images) if images else None
    benchmarks = _benchmarks(annotations or (), benchmark_images)
    fingerprints = Fingerprints.of(benchmarks, perceptual=perceptual, see=folder is not None)
    comparison = Comparison(fingerprints, folder, near_bits=near_bits, perceptual=perceptual)
    unwanted = 0
    with _progress(files, "comparing") as progress, _findings(report, as_json) as found:
        for path in files:
            target = clean / path.name if clean else None
            for row in overlaps(path, comparison, clean=target, dropped=dropped, progress=progress):
                unwanted += bool(dropped & row.kinds.keys())
                kinds = "; ".join(f"{kind}: {what}" for kind, what in row.kinds.items())
                values = {"file": str(path), "line": row.line, "image": row.image, "kinds": dict(row.kinds)}
                found.add(values, f"{path}, line {row.line}: {kinds}")
    counts: dict[str, Any] = {
        "rows": comparison.rows,
        "overlapping": unwanted,
        "pictures": comparison.overlapping_pictures,
        "kinds": {kind: comparison.counts[kind] for kind in OVERLAP_KINDS},
        "pictures_not_compared": comparison.unseen if folder else None,
        "benchmark_pictures_not_compared": fingerprints.unseen if folder else None,
    }
    if as_json:
        typer.echo(json.dumps(counts, indent=1))
    else:
        typer.echo(f"{comparison.rows:,} rows, {unwanted:,} of them overlap with the benchmark")
        _print_counts(comparison.counts, OVERLAP_KINDS)
        _print_what_was_not_compared(folder is not None, comparison, fingerprints.unseen)
        if clean:
            typer.echo(f"{clean}: holds the {comparison.rows - unwanted:,} other rows")
    raise typer.Exit(1 if unwanted and clean is None else 0)


@instructions.command()
def split(
    files: Files,
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder for the two parts of every file.")],
    share: Annotated[float, typer.Option(help="Share of the pictures or patients that is held out.")] = 0.1,
    seed: Annotated[int, typer.Option(help="Another seed holds out another part.")] = 0,
    by: Annotated[By, typer.Option(help="What stays on one side.")] = By.PATIENT,
) -> None:
    """Hold a part out, the same pictures in every file: NAME.train.jsonl and NAME.held_out.jsonl."""
    from ..instructions.splitting import split_file

    with _progress(files, "splitting") as progress:
        for path in files:
            parts = (output / f"{path.stem}.{part}.jsonl" for part in ("train", "held_out"))
            for side in split_file(path, *parts, share=share, seed=seed, by=by.value, progress=progress):
                typer.echo(f"{side.path}: {side.rows:,} rows of {len(side.units):,} {_UNITS[by]}")


@instructions.command()
def export(
    files: Files,
    to: Annotated[Form, typer.Option(help="The tool that is to read them.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder for the files and their card.")],
    images: Images = None,
    copy_images: Annotated[bool, typer.Option("--copy-images", help="Copy the pictures there too.")] = False,
) -> None:
    """Write the files as a fine-tuning tool reads them, with a dataset card."""
    from ..instructions.export import export as write
    from ..instructions.pictures import PictureFolder

    pictures = PictureFolder(images) if images else None
    with _progress(files, "exporting") as progress:
        exported = write(files, to.value, output, pictures=pictures, copy_images=copy_images, progress=progress)
    for each in exported:
        typer.echo(f"{each.path}: {each.rows:,} rows of {len(each.pictures):,} pictures")
    typer.echo(f"{output / 'README.md'} says how {to.value} reads them and under which licences they are.")


@instructions.command()
def phantom(
    folder: Annotated[Path, typer.Argument(help="Folder for the three files and their pictures.")],
    pictures: Annotated[int, typer.Option(min=1, help="How many; each has 6 closed and 3 open questions.")] = 40,
    seed: Annotated[int, typer.Option(min=0, help="Another seed draws other phantoms.")] = 0,
    draw: Annotated[bool, typer.Option("--draw/--no-draw", help="Draw the pictures too.")] = True,
) -> None:
    """Write phantom instruction files in the released form, to try the other commands on."""
    from ..instructions.phantom import write_phantom_instructions

    made = write_phantom_instructions(folder, pictures=pictures, seed=seed, draw_pictures=draw)
    for variant, rows in made.rows.items():
        typer.echo(f"{made.file(variant)}: {rows:,} rows")
    if draw:
        typer.echo(f"{made.images}: {pictures:,} pictures")


def _benchmarks(annotations: Sequence[Path], images: Path | None) -> list[Benchmark[Any]]:
    from ..benchmark import load_benchmark
    from ..benchmark.home import Home
    from ..benchmark.prepare import tasks_at

    if annotations:
        return [
            load_benchmark(task, annotations=path, images=images) for path in annotations for task in tasks_at(path)
        ]
    home = Home.default()
    # With neither part there, loading the closed one says what to do.
    known: tuple[Task, ...] = ("closed", "open")
    tasks = [task for task in known if home.annotations(task).is_file()] or known[:1]
    return [load_benchmark(task, images=images, home=home) for task in tasks]


def _print_counts(counts: Mapping[str, int], titles: Mapping[str, str]) -> None:
    for kind, title in titles.items():
        if counts.get(kind):
            typer.echo(f"  {counts[kind]:>8,}  {kind}: {title}")


def _print_what_was_not_compared(looked: bool, comparison: Comparison, benchmark_unseen: int) -> None:
    if not looked:
        tell("note: pictures were compared by path only; name their folder by --images.")
    if comparison.unseen:
        tell(
            f"note: {comparison.unseen:,} pictures are missing or cannot be opened; of these only paths were compared."
        )
    if looked and benchmark_unseen:
        tell(f"note: {benchmark_unseen:,} benchmark pictures have no file here; of these only paths were compared.")


class _Findings:
    """Prints the first findings and writes all of them to the report, as they come."""

    def __init__(self, stream: Any, quiet: bool) -> None:
        self._stream, self._quiet = stream, quiet
        self._count = 0

    def add(self, values: Mapping[str, Any], sentence: str) -> None:
        if self._stream is not None:
            self._stream.write(json.dumps(values, ensure_ascii=False).encode() + b"\n")
        self._count += 1
        if not self._quiet and self._count <= LISTED:
            typer.echo(sentence)
        elif not self._quiet and self._count == LISTED + 1:
            tell(f"… only the first {LISTED} are printed; --report FILE has them all.")


@contextmanager
def _findings(report: Path | None, quiet: bool) -> Iterator[_Findings]:
    from ..benchmark.files import writing_beside

    with writing_beside(report) if report else nullcontext() as stream:
        yield _Findings(stream, quiet)


@contextmanager
def _progress(files: Iterable[Path], description: str) -> Iterator[Progress]:
    """A bar over the bytes of all files, on standard error where that is a terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda _read: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
    total = sum(path.stat().st_size for path in files if path.is_file())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(description, total=total)
        yield lambda read: bar.advance(task, read)
