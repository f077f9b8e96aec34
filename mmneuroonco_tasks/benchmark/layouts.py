"""Where people have the files: the hub's layout, a clone of the GitHub repository, a bare folder, a prepared home.

Matching is by meaning, not by one fixed spelling: folder levels above the released path, letter case and the
extension may differ from what the annotations say.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path, PurePosixPath

from .records import BenchmarkError, Picture, Task

IMAGE_SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".tif", ".tiff", ".webp")


def annotation_names(names: Iterable[str], task: Task) -> list[str]:
    """Of the files of a place, those that are the task's annotations; the files nearest to the top only.

    Known are the hub's ``Benchmark/Benchmark_VQA_Closed.json``, the GitHub repository's
    ``benchmark/closed/mm-neuroonco_benchmark_closed_v1.0.json``, a prepared home's ``benchmark/closed.json`` and the
    same files in a bare folder.

    >>> annotation_names(["a/Benchmark/Benchmark_VQA_Closed.json", "training/train_no_cot_closed.jsonl"], "closed")
    ['a/Benchmark/Benchmark_VQA_Closed.json']
    """
    fits = [PurePosixPath(name) for name in names if _names_annotations(PurePosixPath(name.lower()), task)]
    nearest = min((len(path.parts) for path in fits), default=0)
    return sorted(str(path) for path in fits if len(path.parts) == nearest)


def _names_annotations(path: PurePosixPath, task: Task) -> bool:
    # "closed" and "mm-neuroonco_benchmark_closed_v1.0", but neither "train_closed" nor notes about the closed part.
    return path.suffix == ".json" and (path.stem == task or ("benchmark" in path.stem and task in path.stem))


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
        """The name of the picture's file, or ``None``. Opaque names (``0003.png``) fit too."""
        return self.find_path(picture.path) or self._best_exact(picture)

    def find_path(self, path: str) -> str | None:
        """The name of the file that fits a released path, or ``None``; opaque names fit none."""
        return self._best(path, picture_key(path))

    def find_slice(self, picture: Picture) -> str | None:
        """The file of a BraTS slice by patient and sequence alone, in whatever folders the user keeps them.

        >>> index = ImageIndex(["mine/brats2021_00000/T1CE.png"])
        >>> index.find_slice(Picture(1, "glioma/16/BraTS2021_00000/BraTS2021_00000_t1ce.png", 1))
        'mine/brats2021_00000/T1CE.png'
        """
        if picture.patient is None:
            return None
        *_, name = picture_key(picture.path)
        patient = picture.patient.lower()
        forms = ((patient, name), (name,), (patient, name.removeprefix(f"{patient}_")))
        return next((found for form in forms if (found := self._best(picture.path, form))), None)

    def _best(self, path: str, wanted: tuple[str, ...]) -> str | None:
        fits = [name for key, name in self._by_last.get(wanted[-1], []) if key[-len(wanted) :] == wanted]
        return _preferred(fits, path)

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
        inside = Path(parent).relative_to(folder)
        for name in sorted(names):
            yield name if inside == Path() else f"{inside.as_posix()}/{name}"
