"""The questions and pictures of MM-NeuroOnco: from the gated dataset on the Hugging Face Hub, or from a local folder.

- ``MMNEUROONCO_HOME`` names a folder that has the files already, in any layout: the dataset as it was downloaded (zips
  need not be unpacked), a clone of the benchmark's repository beside the unpacked pictures, or a prepared home of the
  package mmneuroonco-tasks. Without it the files come from the hub, through its own client and cache.
- ``MMNEUROONCO_BRATS`` names a folder with BraTS 2021 slices (``BraTS2021_XXXXX/BraTS2021_XXXXX_t1.png`` and so on).
  113 of the 1,000 pictures are such slices, which the dataset need not redistribute; without them, ask the scope
  ``nobrats``, which is complete and comparable in itself.

Everything is checked before a model is asked anything: all fields of the annotations, and that every picture is there
and can be decoded. What is wrong is a ``BenchmarkError`` of one sentence.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

from ...benchmark.hashing import closed_hash
from ...benchmark.hub import DATASET as _DATASET
from ...benchmark.images import FORMATS, problem_in, problems_sentence
from ...benchmark.layouts import ImageIndex, annotation_names, files_below
from ...benchmark.reading import parse_closed_questions, parse_json_bytes
from ...benchmark.records import BenchmarkError, ClosedQuestion, Picture

DATASET = _DATASET
HOME_VARIABLE = "MMNEUROONCO_HOME"
BRATS_VARIABLE = "MMNEUROONCO_BRATS"
#: Of the dataset, the benchmark's own files: its training data are many times larger.
BENCHMARK_FILES = ("*[Bb]enchmark*.json", "*[Bb]enchmark*.zip")
#: Checksums of the released questions by scope: of their parsed records, so that line ends do not matter.
RELEASED = {"full": "1cbf92d1", "nobrats": "33496e69"}


class Benchmark:
    """The closed questions of a scope, in the order of the annotations, and their pictures."""

    def __init__(self, scope: str, questions: tuple[ClosedQuestion, ...], annotations: Path, files: PictureFiles):
        self.scope = scope
        self.questions = questions
        #: The file that they were read from.
        self.annotations = annotations
        self._files = files
        self._pictures = {question.picture.id: question.picture for question in questions}

    def check(self) -> None:
        """Make sure that every picture is there and can be decoded; warn of questions that are not the released ones.

        Raises:
            BenchmarkError: one sentence with how many pictures cannot be used, which, why, and the remedy.
        """
        problems = {}
        for image_id, picture in self._pictures.items():
            content = self._files.read(picture)
            problem = "is missing" if content is None else problem_in(content)
            if problem:
                problems[image_id] = (picture, problem)
        if problems:
            remedy = f"Name a folder that has them by {HOME_VARIABLE}"
            if any(picture.patient for picture, _ in problems.values()):
                remedy += f", your own BraTS 2021 slices by {BRATS_VARIABLE}, or ask the questions without BraTS"
            raise BenchmarkError(problems_sentence(problems, f"{remedy}."))
        found = closed_hash(self.questions)
        if found != RELEASED[self.scope]:
            logging.getLogger(__name__).warning(
                "MM-NeuroOnco: %s holds other questions than the released ones (checksum %s, not %s).",
                *(self.annotations, found, RELEASED[self.scope]),
            )

    def picture_bytes(self, image_id: int) -> tuple[bytes, str]:
        """The picture's file as it is, and its extension, which need not be the annotated one.

        Raises:
            BenchmarkError: there is no such picture.
        """
        picture = self._pictures.get(image_id)
        content = self._files.read(picture) if picture else None
        if picture is None or content is None:
            raise BenchmarkError(f"image {image_id} is missing; name a folder that has it by {HOME_VARIABLE}.")
        return content, self._files.suffix(picture)


class PictureFiles:
    """Finds and reads the pictures' files: loose or in zips below a folder, BraTS slices in a second folder too."""

    def __init__(self, folder: Path, names: tuple[str, ...], brats: Path | None) -> None:
        self._folder = folder
        self._zips = tuple(name for name in names if name.lower().endswith(".zip"))
        # A picture in a zip is named as if the zip were a folder.
        packed = (
            f"{name}/{member}" for name in self._zips for member in _opened(folder / name, os.getpid()).namelist()
        )
        self._index = ImageIndex([*names, *packed])
        self._brats = brats
        self._slices = ImageIndex(files_below(brats)) if brats else None

    def read(self, picture: Picture) -> bytes | None:
        """The picture's file as it is, or ``None`` where there is none.

        Raises:
            BenchmarkError: it cannot be read.
        """
        place = self._place(picture)
        if place is None:
            return None
        path, member = place
        try:
            # An open zip must not be shared with another process: they would move each other's place in the file.
            return _opened(path, os.getpid()).read(member) if member else path.read_bytes()
        except (BadZipFile, OSError, RuntimeError, NotImplementedError) as error:
            raise BenchmarkError(f"{path}: cannot be read ({error}); get it again.") from None

    def suffix(self, picture: Picture) -> str:
        """The extension of the picture's file, or nothing where there is none."""
        place = self._place(picture)
        return Path(place[1] or place[0].name).suffix if place else ""

    def _place(self, picture: Picture) -> tuple[Path, str] | None:
        """The file, with the member's name where it is a zip."""
        name = self._index.find(picture)
        if name is None:
            found = self._slices.find_slice(picture) if self._slices else None
            return (self._brats / found, "") if found and self._brats else None
        for archive in self._zips:
            if name.startswith(f"{archive}/"):
                return self._folder / archive, name.removeprefix(f"{archive}/")
        return self._folder / name, ""


@lru_cache(maxsize=8)
def _opened(path: Path, _process: int) -> ZipFile:
    try:
        return ZipFile(path)
    except (BadZipFile, OSError) as error:
        raise BenchmarkError(f"{path}: cannot be read ({error}); get it again.") from None


def annotations_file() -> Path:
    """The file of closed questions; downloaded first where no local folder is named.

    Raises:
        BenchmarkError: it is not there, malformed or not accessible: one sentence with the remedy.
    """
    return _read(*_folders())[0]


def load_benchmark(scope: str) -> Benchmark:
    """The closed questions of the scope ``full`` or ``nobrats``, every picture checked; once a process.

    Raises:
        BenchmarkError: something is missing, damaged or not accessible: one sentence with the remedy.
    """
    return _checked(scope, *_folders())


def open_picture(benchmark: Benchmark, image_id: int) -> Any:
    """The picture as RGB; consecutive questions about it decode it once. The caller may change what it gets.

    Raises:
        BenchmarkError: there is no such picture.
    """
    return _decoded(benchmark, image_id).copy()


@lru_cache(maxsize=1)
def _decoded(benchmark: Benchmark, image_id: int) -> Any:
    from PIL import Image

    with Image.open(BytesIO(benchmark.picture_bytes(image_id)[0]), formats=FORMATS) as image:
        return image.convert("RGB")


def _folders() -> tuple[str, str]:
    return os.environ.get(HOME_VARIABLE, ""), os.environ.get(BRATS_VARIABLE, "")


@lru_cache(maxsize=4)
def _checked(scope: str, home: str, brats: str) -> Benchmark:
    path, questions, files = _read(home, brats)
    asked = questions if scope == "full" else tuple(each for each in questions if each.picture.patient is None)
    benchmark = Benchmark(scope, asked, path, files)
    benchmark.check()
    return benchmark


@lru_cache(maxsize=2)
def _read(home: str, brats: str) -> tuple[Path, tuple[ClosedQuestion, ...], PictureFiles]:
    folder = Path(home).expanduser() if home else _download()
    names = tuple(files_below(folder))
    found = annotation_names(names, "closed")
    contents = {(folder / name).read_bytes() for name in found}
    if len(contents) != 1:
        many = "several different files" if contents else "no file"
        raise BenchmarkError(f"{folder}: has {many} of closed questions; name the right folder by {HOME_VARIABLE}.")
    path = folder / found[0]
    questions = parse_closed_questions(parse_json_bytes(contents.pop(), str(path)), str(path))
    return path, questions, PictureFiles(folder, names, Path(brats).expanduser() if brats else None)


def _download() -> Path:
    """The benchmark's files of the dataset, through the hub's client: it logs in, resumes, and keeps what it has."""
    from huggingface_hub import snapshot_download

    try:
        return Path(snapshot_download(DATASET, repo_type="dataset", allow_patterns=list(BENCHMARK_FILES)))
    except Exception as error:  # of the client, of what carries its requests, or of the disk
        raise BenchmarkError(_explanation(error)) from None


def _explanation(error: Exception) -> str:
    """What a failure of the hub's client means for the user, and what to do."""
    page = f"https://huggingface.co/datasets/{DATASET}"
    local = f"or name a folder that has the files by {HOME_VARIABLE}"
    statuses = [getattr(getattr(cause, "response", None), "status_code", None) for cause in _causes(error)]
    if 401 in statuses:
        return f"{DATASET} is gated: ask for access at {page}, then run `hf auth login` or set HF_TOKEN, {local}."
    if 403 in statuses:
        return f"your access to {DATASET} is not granted yet (it is by hand): look at {page} and try again, {local}."
    if os.environ.get("HF_HUB_OFFLINE", "").upper() in ("1", "ON", "YES", "TRUE"):
        return f"{DATASET} was not downloaded before and HF_HUB_OFFLINE forbids it now: unset that, {local}."
    reason = " ".join(str(error).split())[:200]
    return f"{DATASET} could not be downloaded ({type(error).__name__}: {reason}): look at {page}, {local}."


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """An error and those behind it: the client wraps what the hub has answered."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__
