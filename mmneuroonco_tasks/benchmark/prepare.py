"""``prepare``: from wherever the files are to a home that every framework reads.

Every file is written beside its place and renamed, and the manifest comes last. A run that is stopped leaves whole
files, and the next run goes on from them; a run that has nothing to do changes nothing.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path, PurePosixPath

from .files import write_bytes
from .home import FileRecord, Home
from .images import by_source, problem_in
from .layouts import ImageIndex, annotation_names, opaque_name
from .loading import find_annotations
from .places import FilePlace, Place, place_at
from .reading import parse_json_bytes, parse_questions
from .records import BenchmarkError, Picture, Task
from .scopes import SCOPES

#: Wraps an iterable to show progress: (items, description, total) → items.
Progress = Callable[[Iterable[Picture], str, int], Iterable[Picture]]

_TASKS: tuple[Task, ...] = ("closed", "open")


@dataclass
class Prepared:
    """What ``prepare`` did and what is still missing."""

    home: Home
    annotations: dict[Task, str] = field(default_factory=dict)
    placed: int = 0
    unchanged: int = 0
    #: By image id, the pictures that no place has, and those that cannot be used with the reason.
    missing: dict[int, Picture] = field(default_factory=dict)
    unusable: dict[int, tuple[Picture, str]] = field(default_factory=dict)
    #: Which scopes have all their pictures.
    complete_scopes: tuple[str, ...] = ()
    #: One sentence for each folder or zip that holds nothing of what is wanted, with what to do.
    remarks: list[str] = field(default_factory=list)

    @property
    def missing_by_source(self) -> dict[str, int]:
        """How many pictures each source folder lacks, most first."""
        return by_source([*self.missing.values(), *(picture for picture, _ in self.unusable.values())])


@dataclass(frozen=True)
class _Source:
    """A place that was named for pictures, and the file it has for each picture id."""

    place: Place
    found: Mapping[int, str]

    @classmethod
    def of(cls, place: Place, pictures: Iterable[Picture], *, slices: bool) -> _Source:
        index = ImageIndex(place.names())
        find = index.find_slice if slices else index.find
        return cls(place, {picture.id: name for picture in pictures if (name := find(picture)) is not None})


def prepare(
    home: Home,
    annotations: Sequence[Path],
    images: Sequence[Path],
    *,
    brats: Sequence[Path] = (),
    progress: Progress = lambda pictures, _description, _total: pictures,
    tell: Callable[[str], None] = lambda _sentence: None,
) -> Prepared:
    """Place annotations and pictures in the home.

    Args:
        home: where to.
        annotations: files, folders or zips with the annotations of either task or both. A task that none of them
            holds keeps the annotations that the home has.
        images: folders or zips with the pictures, in any layout; the first that has a picture gives it.
        brats: folders or zips with BraTS slices, found by patient and sequence whatever their folders are.
        progress: shows progress over the pictures.
        tell: is told, in one sentence, what the user should know while waiting.

    Raises:
        BenchmarkError: annotations are missing or malformed, a zip is unsafe, or the home cannot be written.
    """
    with home.written_by_one(lambda: tell(f"{home.folder}: another `mmneuroonco prepare` is at work; waiting for it.")):
        return _prepare(home, annotations, images, brats, progress)


def _prepare(
    home: Home, annotations: Sequence[Path], images: Sequence[Path], brats: Sequence[Path], progress: Progress
) -> Prepared:
    # Everything that can be wrong with the files is found before the first one is written.
    found = _read_annotations(home, annotations)
    pictures = _pictures_of(found)
    report = Prepared(home, annotations={task: where for task, (_, where) in found.items()})
    sources = []
    for path, slices in [*((path, False) for path in images), *((path, True) for path in brats)]:
        source = _Source.of(place_at(path), pictures, slices=slices)
        sources.append(source)
        if not source.found:
            report.remarks.append(_nothing_found(path, source.place, slices))
    manifest = home.known_files()
    kept = {image_id: f"images/{path.name}" for image_id, path in home.image_files(manifest).items()}
    try:
        for task, (content, _) in found.items():
            name, digest = f"benchmark/{task}.json", sha256(content).hexdigest()
            if _unchanged(home, name, digest, manifest) is None:
                manifest[name] = _written(home, name, content, digest)
        with closing(_placed_ahead(home, pictures, sources, manifest)) as placings:
            for picture in progress(pictures, "placing pictures", len(pictures)):
                _take(home, picture, next(placings), kept.get(picture.id), report, manifest)
    finally:
        # Whatever was placed whole is kept, also when the run is stopped here.
        home.write_manifest(manifest)
    lacking = {picture.id for picture in (*report.missing.values(), *(p for p, _ in report.unusable.values()))}
    report.complete_scopes = complete_scopes(pictures, lacking)
    return report


def _nothing_found(path: Path, place: Place, slices: bool) -> str:
    """Why a place may hold none of the pictures, and what to name instead."""
    names = [name.lower() for name in place.names()]
    if slices and any(name.endswith((".nii", ".nii.gz")) for name in names):
        return (
            f"{path}: holds NIfTI volumes, which cannot be used because the benchmark does not record which slice of "
            "a volume it shows; name a folder or zip with the 2021 slices as PNG (BraTS2021_XXXXX_t1ce.png)."
        )
    wanted = "BraTS slices (BraTS2021_XXXXX_t1ce.png and its like)" if slices else "benchmark's pictures"
    if names and all(name.endswith((".tar", ".gz", ".tgz", ".7z", ".rar")) for name in names):
        return f"{path}: is packed; unpack it, or pack it as a zip, and name that."
    return f"{path}: holds none of the {wanted}; name the folder or zip that does."


def complete_scopes(pictures: Iterable[Picture], lacking: set[int]) -> tuple[str, ...]:
    """The scopes none of whose pictures is lacking."""
    short = {
        scope
        for picture in pictures
        if picture.id in lacking
        for scope in ("full", *(() if picture.patient else ("nobrats",)))
    }
    return tuple(scope for scope in SCOPES if scope not in short)


def _read_annotations(home: Home, annotations: Sequence[Path]) -> dict[Task, tuple[bytes, str]]:
    """By task, the annotation file's bytes and how messages call it. What is not named stays as the home has it."""
    found: dict[Task, tuple[bytes, str]] = {}
    for path in annotations:
        tasks = tasks_at(path)
        if not tasks:
            raise BenchmarkError(f"{path}: holds no annotation file; name the file itself.")
        for task in tasks:
            _, content, where = find_annotations(path, task)
            if task in found and found[task][0] != content:
                raise BenchmarkError(f"{where} differs from {found[task][1]}; name only one of the two.")
            found[task] = (content, where)
    prepared = home.prepared_annotations()
    for task in _TASKS:
        path = home.annotations(task)
        if task not in found and path in prepared:
            found[task] = (path.read_bytes(), str(path))
    if not found:
        raise BenchmarkError(f"{home.folder}: has no annotations yet; name them by --annotations.")
    return found


def tasks_at(path: Path) -> tuple[Task, ...]:
    """The tasks whose annotations a place holds; a single file says by its records which one it is."""
    place = place_at(path)
    if not isinstance(place, FilePlace):
        return tuple(task for task in _TASKS if annotation_names(place.names(), task))
    data = parse_json_bytes(place.read(path.name), str(path))
    first = data[0] if isinstance(data, list) and data and isinstance(data[0], dict) else {}
    return ("open",) if "qa_pairs" in first else ("closed",)


def _pictures_of(found: Mapping[Task, tuple[bytes, str]]) -> list[Picture]:
    pictures: dict[int, Picture] = {}
    for task, (content, where) in found.items():
        for question in parse_questions(parse_json_bytes(content, where), task, where):
            known = pictures.setdefault(question.picture.id, question.picture)
            if known.path != question.picture.path:
                raise BenchmarkError(
                    f"{where}: image {known.id} has another path in the other file; get both from one origin."
                )
    return list(pictures.values())


@dataclass(frozen=True)
class _Placing:
    """What came of one picture: the file in the home, and whether it is new; else why no place's file can be used."""

    target: str = ""
    record: FileRecord | None = None
    new: bool = False
    problem: str = ""


def _placed_ahead(
    home: Home, pictures: Sequence[Picture], sources: Sequence[_Source], manifest: Mapping[str, FileRecord]
) -> Generator[_Placing, None, None]:
    """Every picture placed, in order: a few at a time, since decoding, digests and files need no Python."""
    workers = os.cpu_count() or 1
    waiting: deque[Future[_Placing]] = deque()
    pool = ThreadPoolExecutor(workers)
    try:
        for picture in pictures:
            waiting.append(pool.submit(_placed, home, picture, sources, manifest))
            if len(waiting) > 2 * workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        # What a thread has begun it ends: a whole file, which the next run finds, or none.
        pool.shutdown(cancel_futures=True)


def _placed(home: Home, picture: Picture, sources: Sequence[_Source], manifest: Mapping[str, FileRecord]) -> _Placing:
    """The picture's file from the first place that has a sound one, decoded once and written unless it is there."""
    problem = ""
    for source in sources:
        name = source.found.get(picture.id)
        if name is None:
            continue
        content = source.place.read(name)
        digest = sha256(content).hexdigest()
        target = f"images/{opaque_name(picture.id, PurePosixPath(name).suffix)}"
        # What was placed with these bytes was decoded then.
        if (known := _unchanged(home, target, digest, manifest)) is not None:
            return _Placing(target, known)
        found = problem_in(content)
        if found is None:
            return _Placing(target, _written(home, target, content, digest), new=True)
        problem = f"{found} [{source.place.where(name)}]"
    return _Placing(problem=problem)


def _take(
    home: Home,
    picture: Picture,
    placing: _Placing,
    kept: str | None,
    report: Prepared,
    manifest: dict[str, FileRecord],
) -> None:
    """Enter what came of a picture into the manifest and the report; ``kept`` is the file that the home had of it."""
    if placing.record is not None:
        manifest[placing.target] = placing.record
        if kept is not None and kept != placing.target:
            manifest.pop(kept)
            (home.folder / kept).unlink(missing_ok=True)
        report.placed += placing.new
        report.unchanged += not placing.new
        return
    if kept is not None and home.problem(kept, manifest[kept]) is None:
        report.unchanged += 1
        return
    if kept is not None:
        manifest.pop(kept)
    if placing.problem:
        report.unusable[picture.id] = (picture, placing.problem)
    else:
        report.missing[picture.id] = picture


def _unchanged(home: Home, name: str, digest: str, manifest: Mapping[str, FileRecord]) -> FileRecord | None:
    """The record of a file of this digest that lies in the home as it was placed."""
    known = manifest.get(name)
    return known if known is not None and known.sha256 == digest and known.unchanged(home.folder / name) else None


def _written(home: Home, name: str, content: bytes, digest: str) -> FileRecord:
    path = home.folder / name
    write_bytes(path, content)
    return FileRecord.of(path, digest)
