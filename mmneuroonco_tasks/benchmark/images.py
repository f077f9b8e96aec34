"""Pictures on disk: checked before anything is asked, opened one at a time."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from .files import file_digest
from .records import BenchmarkError, Picture

if TYPE_CHECKING:
    from PIL.Image import Image

#: A slice has a quarter of a million pixels; far more is a decompression bomb, not a picture.
LARGEST_PICTURE_PIXELS = 64_000_000
#: The formats that slices come in. Pillow knows others too, some of which start programs.
FORMATS = ("PNG", "JPEG", "BMP", "GIF", "TIFF", "WEBP")
#: Pillow's names for pictures of more than 8 bits; turned into RGB, all above 255 is white.
DEEP_MODES = ("I", "F", "I;16", "I;16L", "I;16B", "I;16N")
#: How many problems a message lists before it only counts.
LISTED_PROBLEMS = 5


class _Unusable(Exception):
    """Why a picture cannot be used, as the rest of a sentence."""


def picture_problem(path: Path) -> str | None:
    """``problem_in`` a file."""
    try:
        _decoded(_content(path))
    except _Unusable as problem:
        return str(problem)
    return None


def problem_in(content: bytes) -> str | None:
    """What is wrong with an image file's bytes, or ``None``: they are decoded whole, so a cut end is found too."""
    try:
        _decoded(content)
    except _Unusable as problem:
        return str(problem)
    return None


def open_picture(path: Path) -> Image:
    """The picture as RGB, decoded.

    Raises:
        BenchmarkError: the file cannot be decoded.
    """
    try:
        return _decoded(_content(path)).convert("RGB")
    except _Unusable as problem:
        raise BenchmarkError(f"{path}: the image {problem}; run `mmneuroonco prepare` again to place it.") from None


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise _Unusable("is missing") from None
    except OSError as error:
        raise _Unusable(f"cannot be read ({error.strerror})") from None


def _decoded(content: bytes) -> Image:
    """The whole picture.

    Raises:
        _Unusable: it cannot be decoded whole.
    """
    from PIL import Image, UnidentifiedImageError

    if not content:
        raise _Unusable("is empty (zero bytes)")
    try:
        image: Image.Image
        with _refusing_cut_files(), Image.open(BytesIO(content), formats=FORMATS) as image:
            if image.width * image.height > LARGEST_PICTURE_PIXELS:
                raise _Unusable(f"claims {image.width} × {image.height} pixels, which no slice has")
            image.load()
            if image.mode in DEEP_MODES:
                raise _Unusable("has more than 8 bits a channel, which models are shown clipped: save it with 8")
            return image
    except _Unusable:
        raise
    except UnidentifiedImageError:
        raise _Unusable("is no image file") from None
    except Image.DecompressionBombError:
        raise _Unusable("claims more pixels than any slice has") from None
    except Exception as error:  # Pillow's decoders raise whatever a damaged file makes of them
        raise _Unusable(f"is damaged or cut off ({error})") from None


_refusing = threading.Lock()
#: How many are decoding now, and what Pillow was told before the first of them began.
_decoding = 0
_told_before = False


@contextmanager
def _refusing_cut_files() -> Iterator[None]:
    """Pillow refuses a cut file in the block, in whatever threads pictures are decoded.

    lmms-eval tells Pillow, for the whole process, to fill what a cut file lacks with grey.
    """
    from PIL import ImageFile

    global _decoding, _told_before
    with _refusing:
        if _decoding == 0:
            _told_before, ImageFile.LOAD_TRUNCATED_IMAGES = ImageFile.LOAD_TRUNCATED_IMAGES, False
        _decoding += 1
    try:
        yield
    finally:
        with _refusing:
            _decoding -= 1
            if _decoding == 0:
                ImageFile.LOAD_TRUNCATED_IMAGES = _told_before


def by_source(pictures: Iterable[Picture]) -> dict[str, int]:
    """How many of the pictures each source folder has, most first."""
    return dict(Counter(f"{p.diagnosis_class}/{p.source}".rstrip("/") for p in pictures).most_common())


def problems_sentence(problems: Mapping[int, tuple[Picture, str]], remedy: str) -> str:
    """One sentence on unusable pictures: how many, which, from which source folders, and what to do."""
    listed = "; ".join(f"image {i} {problem}" for i, (_, problem) in sorted(problems.items())[:LISTED_PROBLEMS])
    more = f"; and {len(problems) - LISTED_PROBLEMS} more" if len(problems) > LISTED_PROBLEMS else ""
    folders = list(by_source(picture for picture, _ in problems.values()).items())[:LISTED_PROBLEMS]
    by_folder = ", ".join(f"{folder}: {count}" for folder, count in folders)
    return f"{len(problems)} of the pictures cannot be used ({listed}{more}) — by source folder {by_folder}. {remedy}"


class ImageStore:
    """The files of the pictures, by image id, with the last picture kept decoded.

    Consecutive questions share an image, so remembering one picture is enough to decode each once.
    """

    def __init__(
        self,
        files: Mapping[int, Path],
        *,
        is_checked: Callable[[int], bool] = lambda _image_id: False,
        digests: Mapping[int, str] | None = None,
    ) -> None:
        """``is_checked`` tells files known to be sound by image id, ``digests`` the SHA-256 that files must have."""
        self._files = dict(files)
        self._digests = digests or {}
        self._is_checked = is_checked
        self._checked: set[int] = set()
        self._last: tuple[int, Image] | None = None

    def find(self, picture: Picture) -> Path | None:
        """The picture's file, or ``None``."""
        return self._files.get(picture.id)

    def path(self, picture: Picture) -> Path:
        """The picture's file.

        Raises:
            BenchmarkError: there is none.
        """
        found = self.find(picture)
        if found is None:
            raise BenchmarkError(f"image {picture.id} is missing; run `mmneuroonco doctor` to see what is.")
        return found

    def problems(self, pictures: Iterable[Picture]) -> dict[int, tuple[Picture, str]]:
        """By image id, the pictures that cannot be used and why. Files already found sound are not decoded again."""
        found = {}
        for picture in pictures:
            if picture.id in self._checked:
                continue
            problem = None if self._is_checked(picture.id) else self._problem(picture.id)
            if problem:
                found[picture.id] = (picture, problem)
            else:
                self._checked.add(picture.id)
        return found

    def _problem(self, image_id: int) -> str | None:
        path = self._files.get(image_id)
        if path is None:
            return "is missing"
        problem = picture_problem(path)
        if problem is None and file_digest(path) != self._digests.get(image_id, file_digest(path)):
            return "has changed since it was prepared"
        return problem

    def check(self, pictures: Iterable[Picture]) -> None:
        """Make sure that every one of the pictures can be opened.

        Raises:
            BenchmarkError: one sentence with how many cannot, which, why, and the remedy.
        """
        problems = self.problems(pictures)
        if problems:
            remedy = (
                "Run `mmneuroonco prepare` with the folder that has them, or set MMNEUROONCO_ALLOW_MISSING=1 to run "
                "the rest, marked PARTIAL."
            )
            raise BenchmarkError(problems_sentence(problems, remedy))

    def open(self, picture: Picture) -> Image:
        """The picture as RGB. The caller gets a copy and may change it.

        Raises:
            BenchmarkError: the file is missing or cannot be decoded.
        """
        last = self._last  # read once: frameworks ask from several threads
        if last is None or last[0] != picture.id:
            self._last = last = (picture.id, open_picture(self.path(picture)))
        return last[1].copy()
