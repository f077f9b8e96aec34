"""Where people have the files: the hub's layout, a clone of the GitHub repository, a bare folder, our own home.

Matching is by meaning, not by one fixed spelling: folder levels above the released path, letter case and the
extension may differ from what the annotations say.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path, PurePosixPath

from .records import BenchmarkError, Picture, Task

#: Folders (any case) in which an annotation file may lie, relative to what the user names.
_ANNOTATION_FOLDERS = ("", "benchmark", "benchmark/{task}", "{task}")
IMAGE_SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".tif", ".tiff", ".webp")


def find_annotations(place: Path, task: Task) -> Path | None:
    """The annotation file of ``task`` in a file or folder that the user names, or ``None``.

    ``place`` may be the file itself, a folder of the hub's snapshot (``Benchmark/Benchmark_VQA_Closed.json``), a clone
    of the GitHub repository (``benchmark/closed/…``), a bare folder that holds the files, or our own home.

    Raises:
        BenchmarkError: the place does not exist, or holds two different files for the task.
    """
    if place.is_file():
        return place
    if not place.is_dir():
        raise BenchmarkError(f"{place}: no such file or folder; name the annotation file or the folder that holds it.")
    for pattern in _ANNOTATION_FOLDERS:
        folder = _descend(place, pattern.format(task=task))
        found = sorted(path for path in folder.glob("*.json") if _names(path.stem.lower(), task)) if folder else []
        if len({path.read_bytes() for path in found}) > 1:
            names = ", ".join(path.name for path in found)
            raise BenchmarkError(f"{folder}: holds several {task} files ({names}); name the one to use.")
        if found:
            return found[0]
    return None


def _names(stem: str, task: Task) -> bool:
    # "closed", "Benchmark_VQA_Closed", "mm-neuroonco_benchmark_closed_v1.0", but not "train_open" or an audit of ours.
    return stem == task or ("benchmark" in stem and task in stem)


def _descend(folder: Path, relative: str) -> Path | None:
    for part in PurePosixPath(relative).parts:
        matches = sorted(child for child in folder.iterdir() if child.name.lower() == part and child.is_dir())
        if not matches:
            return None
        folder = matches[0]
    return folder


def opaque_name(image_id: int, suffix: str) -> str:
    """The name a picture has on the way to a model: it says nothing about the diagnosis.

    >>> opaque_name(3, ".PNG")
    '0003.png'
    """
    return f"{image_id:04d}{suffix.lower()}"


def picture_key(path: str) -> tuple[str, ...]:
    """The parts of a path as they are compared: lower case, last one without its extension.

    >>> picture_key("Glioma/08_T1/Image (3).JPG")
    ('glioma', '08_t1', 'image (3)')
    """
    parts = [part.lower() for part in PurePosixPath(path.replace("\\", "/")).parts if part not in (".", "/")]
    parts[-1] = PurePosixPath(parts[-1]).stem
    return tuple(parts)


class ImageIndex:
    """Finds the files of released paths among the files a user has.

    A file fits when the parts of the released path are the last parts of its own path, case and extension aside. Where
    several fit, the one with the annotated spelling wins, then the shortest path.

    >>> index = ImageIndex(["images/Benchmark_Images/glioma/08_t1/a (1).PNG"])
    >>> index.find(Picture(1, "glioma/08_t1/a (1).jpg", 1))
    'images/Benchmark_Images/glioma/08_t1/a (1).PNG'
    """

    def __init__(self, names: Iterable[str]) -> None:
        self._by_last: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        for name in sorted(names):
            if PurePosixPath(name).suffix.lower() in IMAGE_SUFFIXES:
                key = picture_key(name)
                self._by_last.setdefault(key[-1], []).append((key, name))

    def find(self, picture: Picture) -> str | None:
        """The name of the picture's file, or ``None``. Our own opaque names (``0003.png``) fit too."""
        return self._best(picture, picture_key(picture.path)) or self._best_exact(picture)

    def find_slice(self, picture: Picture) -> str | None:
        """The file of a BraTS slice by patient and sequence alone, in whatever folders the user keeps them."""
        if picture.patient is None:
            return None
        wanted = picture_key(picture.path)
        return self._best(picture, wanted[-2:]) or self._best(picture, wanted[-1:])

    def _best(self, picture: Picture, wanted: tuple[str, ...]) -> str | None:
        fits = [name for key, name in self._by_last.get(wanted[-1], []) if key[-len(wanted) :] == wanted]
        return _preferred(fits, picture.path)

    def _best_exact(self, picture: Picture) -> str | None:
        wanted = opaque_name(picture.id, "")
        fits = [name for key, name in self._by_last.get(wanted, []) if key[:-1] in ((), ("images",))]
        return _preferred(fits, picture.path)


def _preferred(names: Sequence[str], annotated: str) -> str | None:
    return min(names, key=lambda name: (not name.endswith(annotated), len(name), name), default=None)


def files_below(folder: Path) -> Iterator[str]:
    """The relative POSIX paths of all files below a folder; links to folders are not followed.

    Raises:
        BenchmarkError: the folder does not exist.
    """
    if not folder.is_dir():
        raise BenchmarkError(f"{folder}: no such folder; name the folder or zip that holds the images.")
    for parent, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            yield (Path(parent) / name).relative_to(folder).as_posix()
