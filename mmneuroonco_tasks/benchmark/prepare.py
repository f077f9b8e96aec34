"""``prepare``: from wherever the files are to a home that every framework reads.

Every file is written beside its place and renamed, and the manifest comes last. A run that is stopped leaves whole
files, and the next run goes on from them; a run that has nothing to do changes nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import Literal

from .files import write_bytes
from .home import FileRecord, Home
from .images import problem_in
from .layouts import ImageIndex, opaque_name
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

    @property
    def missing_by_source(self) -> dict[str, int]:
        """How many pictures each source folder lacks, most first."""
        lacking = [*self.missing.values(), *(picture for picture, _ in self.unusable.values())]
        return dict(Counter(f"{p.diagnosis_class}/{p.source}" for p in lacking).most_common())


def prepare(
    home: Home,
    annotations: Sequence[Path],
    images: Sequence[Path],
    *,
    brats: Sequence[Path] = (),
    progress: Progress = lambda pictures, _description, _total: pictures,
) -> Prepared:
    """Place annotations and pictures in the home.

    Args:
        home: where to.
        annotations: files, folders or zips with the annotations of either task or both.
        images: folders or zips with the pictures, in any layout; the first that has a picture gives it.
        brats: folders or zips with BraTS slices, found by patient and sequence whatever their folders are.
        progress: shows progress over the pictures.

    Raises:
        BenchmarkError: annotations are missing or malformed, a zip is unsafe, or the home cannot be written.
    """
    report = Prepared(home)
    manifest = dict(home.manifest())
    pictures = _place_annotations(home, annotations, report, manifest)
    places = [(place, ImageIndex(place.names()), False) for place in map(place_at, images)]
    places += [(place, ImageIndex(place.names()), True) for place in map(place_at, brats)]
    kept = {image_id: f"images/{path.name}" for image_id, path in home.image_files(manifest).items()}
    try:
        for picture in progress(pictures, "placing pictures", len(pictures)):
            _place_picture(home, picture, kept.get(picture.id), places, report, manifest)
    finally:
        # Whatever was placed whole is kept, also when the run is stopped here.
        home.write_manifest(manifest)
    lacking = {picture.id for picture in (*report.missing.values(), *(p for p, _ in report.unusable.values()))}
    report.complete_scopes = complete_scopes(pictures, lacking)
    return report


def complete_scopes(pictures: Iterable[Picture], lacking: set[int]) -> tuple[str, ...]:
    """The scopes none of whose pictures is lacking."""
    short = {
        scope
        for picture in pictures
        if picture.id in lacking
        for scope in ("full", *(() if picture.patient else ("nobrats",)))
    }
    return tuple(scope for scope in SCOPES if scope not in short)


def _place_annotations(
    home: Home, annotations: Sequence[Path], report: Prepared, manifest: dict[str, FileRecord]
) -> list[Picture]:
    found: dict[Task, tuple[bytes, str]] = {}
    for path in annotations:
        for task in _tasks_at(path):
            try:
                _, content, where = find_annotations(path, task)
            except BenchmarkError:
                if len(annotations) == 1 and task == "closed":
                    raise
                continue
            if task in found and found[task][0] != content:
                raise BenchmarkError(f"{where} differs from {found[task][1]}; name only one of the two.")
            found[task] = (content, where)
    if not found:
        raise BenchmarkError(f"{annotations[0]}: holds no annotation file; name the file itself.")
    pictures: dict[int, Picture] = {}
    for task, (content, where) in found.items():
        for question in parse_questions(parse_json_bytes(content, where), task, where):
            known = pictures.setdefault(question.picture.id, question.picture)
            if known.path != question.picture.path:
                raise BenchmarkError(
                    f"{where}: image {known.id} has another path in the other file; get both from one origin."
                )
    for task, (content, where) in found.items():
        name = f"benchmark/{task}.json"
        _write_if_new(home, name, content, manifest)
        report.annotations[task] = where
    return list(pictures.values())


def _tasks_at(path: Path) -> tuple[Task, ...]:
    """The tasks whose annotations a place may hold; a single file says by its records which one it is."""
    place = place_at(path)
    if not isinstance(place, FilePlace):
        return _TASKS
    data = parse_json_bytes(place.read(path.name), str(path))
    first = data[0] if isinstance(data, list) and data and isinstance(data[0], dict) else {}
    return ("open",) if "qa_pairs" in first else ("closed",)


def _place_picture(
    home: Home,
    picture: Picture,
    kept: str | None,
    places: Sequence[tuple[Place, ImageIndex, bool]],
    report: Prepared,
    manifest: dict[str, FileRecord],
) -> None:
    for place, index, by_slice in places:
        name = index.find_slice(picture) if by_slice else index.find(picture)
        if name is None:
            continue
        content = place.read(name)
        problem = problem_in(content)
        if problem:
            report.unusable[picture.id] = (picture, f"{problem} [{place.where(name)}]")
            continue
        report.unusable.pop(picture.id, None)
        target = f"images/{opaque_name(picture.id, PurePosixPath(name).suffix)}"
        state = _write_if_new(home, target, content, manifest)
        if kept is not None and kept != target:
            manifest.pop(kept)
            (home.folder / kept).unlink(missing_ok=True)
        report.placed += state == "placed"
        report.unchanged += state == "unchanged"
        return
    if kept is not None and home.problem(kept, manifest[kept]) is None:
        report.unusable.pop(picture.id, None)
        report.unchanged += 1
        return
    if kept is not None:
        manifest.pop(kept)
    if picture.id not in report.unusable:
        report.missing[picture.id] = picture


def _write_if_new(
    home: Home, name: str, content: bytes, manifest: dict[str, FileRecord]
) -> Literal["placed", "unchanged"]:
    path = home.folder / name
    known = manifest.get(name)
    if known is not None and known.unchanged(path) and known.sha256 == sha256(content).hexdigest():
        return "unchanged"
    write_bytes(path, content)
    manifest[name] = FileRecord.of(path)
    return "placed"
