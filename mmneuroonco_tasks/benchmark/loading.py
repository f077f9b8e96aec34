"""``load_benchmark``: from files to the asked questions."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal, overload

from .hashing import data_hash
from .home import Home
from .images import ImageStore
from .layouts import ImageIndex, annotation_names, files_below
from .places import place_at
from .reading import parse_json_bytes, parse_questions
from .records import (
    Benchmark,
    BenchmarkError,
    ClosedBenchmark,
    OpenBenchmark,
    Question,
    Task,
)
from .scopes import questions_in

ALLOW_MISSING_VARIABLE = "MMNEUROONCO_ALLOW_MISSING"


@overload
def load_benchmark(
    task: Literal["closed"],
    *,
    annotations: Path | str | None = None,
    images: Path | str | None = None,
    scope: str = "full",
    home: Home | None = None,
) -> ClosedBenchmark: ...
@overload
def load_benchmark(
    task: Literal["open"],
    *,
    annotations: Path | str | None = None,
    images: Path | str | None = None,
    scope: str = "full",
    home: Home | None = None,
) -> OpenBenchmark: ...
def load_benchmark(
    task: Task,
    *,
    annotations: Path | str | None = None,
    images: Path | str | None = None,
    scope: str = "full",
    home: Home | None = None,
) -> ClosedBenchmark | OpenBenchmark:
    """The questions of a scope, and where their pictures are.

    Args:
        task: ``closed`` or ``open``.
        annotations: an annotation file, or a folder in the layout of the hub, of the GitHub repository, or bare.
            ``None`` is the home (``mmneuroonco prepare`` fills it). A file of instruction samples (``.jsonl``), such
            as a held-out part, is a benchmark of its own, whatever the scope.
        images: a folder of pictures in any layout. ``None`` is the home's pictures.
        scope: ``full``, ``nobrats``, or the path of a text file with one qid a line.
        home: the home to use instead of the user's own.

    Raises:
        BenchmarkError: files are missing or malformed, or the scope is unknown: one sentence with the remedy.

    Example (on a phantom benchmark):
        >>> from tempfile import TemporaryDirectory
        >>> from mmneuroonco_tasks.phantom import write_phantom
        >>> with TemporaryDirectory() as folder:
        ...     _ = write_phantom(Path(folder), images=4, seed=0)
        ...     benchmark = load_benchmark("closed", annotations=folder, images=folder)
        >>> benchmark.scope, benchmark.questions[0].qid
        ('full', '1_q1')
    """
    if annotations is not None and Path(annotations).suffix == ".jsonl":
        from ..instructions.tasks import instruction_benchmark

        return instruction_benchmark(task, [Path(annotations)], None if images is None else Path(images))
    home = home or Home.default()
    path = home.annotations(task) if annotations is None else Path(annotations)
    if annotations is None and not path.is_file():
        raise BenchmarkError(
            f"{path}: the {task} annotations are not there yet; run `mmneuroonco prepare` first, which gets them from "
            "the hub or takes your own (--annotations PATH, --images PATH)."
        )
    _, content, where = find_annotations(path, task)
    questions: Sequence[Any] = parse_questions(parse_json_bytes(content, where), task, where)
    name, chosen = questions_in(scope, questions)
    benchmark: Benchmark[Any] = Benchmark(
        task=task, scope=name, questions=chosen, scope_size=len(chosen), data_hash=data_hash(chosen)
    )
    if images is not None:
        folder = Path(images)
        index = ImageIndex(files_below(folder))
        found = {picture.id: index.find(picture) for picture in benchmark.pictures}
        store = ImageStore({image_id: folder / file for image_id, file in found.items() if file is not None})
        return replace(benchmark, images=store)
    manifest = home.manifest()
    return replace(
        benchmark,
        images=home.image_store(manifest),
        images_hash=home.images_hash(benchmark.pictures, manifest),
    )


def with_usable_pictures(benchmark: Benchmark[Question]) -> Benchmark[Question]:
    """Check every picture before the first request; the benchmark to run.

    With ``MMNEUROONCO_ALLOW_MISSING=1`` questions whose picture cannot be used are not asked, and what remains is
    marked PARTIAL by its size.

    Raises:
        BenchmarkError: a picture cannot be used (and that was not allowed), or none can.
    """
    if os.environ.get(ALLOW_MISSING_VARIABLE) != "1":
        benchmark.images.check(benchmark.pictures)
        return benchmark
    unusable = benchmark.images.problems(benchmark.pictures)
    usable = [question.qid for question in benchmark.questions if question.picture.id not in unusable]
    if not usable:
        raise BenchmarkError("no picture at all can be used; run `mmneuroonco prepare --images PATH`.")
    return benchmark.restricted_to(usable)


def find_annotations(path: Path, task: Task) -> tuple[str, bytes, str]:
    """The annotation file of the task in a file, folder or zip: its name there, its bytes, and how messages name it.

    Raises:
        BenchmarkError: there is none, or two different ones.
    """
    place = place_at(path)
    names = list(place.names()) if path.is_file() and path.suffix.lower() != ".zip" else None
    names = names or annotation_names(place.names(), task)
    if not names:
        raise BenchmarkError(f"{path}: holds no {task} annotation file; name the file itself.")
    contents = {place.read(name) for name in names}
    if len(contents) > 1:
        raise BenchmarkError(f"{path}: holds several {task} files ({', '.join(names)}); name the one to use.")
    return names[0], contents.pop(), place.where(names[0])
