"""The phantom benchmark as files: annotations in the released schema and pictures in the released folder shape.

All pictures are greyscale PNG with *stored* (uncompressed) pixel data, written here rather than by Pillow: how well a
PNG or JPEG is compressed depends on the version of zlib or libjpeg, and two machines are to get the same bytes. Hence
no .jpg among the extensions.
"""

from __future__ import annotations

import json
import struct
import tempfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..benchmark.mask_rules import Measurements
from ..benchmark.records import BenchmarkError
from .cases import deal_cases
from .closed import closed_records
from .drawing import Grey, draw
from .open import open_records

#: Changes with every change of a picture or a word: phantoms of an older version are drawn anew.
PHANTOM_VERSION = 2
#: Kept beside the annotations: tells our own folder from somebody else's, and what it was drawn from.
MARKER = "phantom.json"


@dataclass(frozen=True, slots=True)
class PhantomPaths:
    """Where a phantom benchmark lies."""

    folder: Path

    @property
    def closed(self) -> Path:
        """The closed annotations."""
        return self.folder / "closed.json"

    @property
    def open(self) -> Path:
        """The open annotations."""
        return self.folder / "open.json"

    @property
    def images(self) -> Path:
        """The folder that the annotated image paths start from."""
        return self.folder / "images"


def write_phantom(folder: Path | str, *, images: int = 120, seed: int = 0) -> PhantomPaths:
    """Draw a phantom benchmark into ``folder``; the same arguments give the same bytes on every machine.

    The folder appears complete or not at all. Where it already holds these phantoms nothing is done; other phantoms
    are replaced.

    Args:
        folder: where ``closed.json``, ``open.json`` and ``images/`` go; new, empty, or of an earlier call.
        images: how many pictures, at least 1.
        seed: any whole number.

    Raises:
        BenchmarkError: the folder holds other files, or ``images`` is no positive number.

    >>> with tempfile.TemporaryDirectory() as folder:
    ...     paths = write_phantom(folder, images=2, seed=7)
    ...     len(json.loads(paths.closed.read_text(encoding="utf-8")))
    2
    """
    if images < 1:
        raise BenchmarkError(f"a phantom benchmark of {images} images cannot be drawn; ask for at least 1.")
    paths = PhantomPaths(Path(folder).resolve())
    marker = {"phantom": PHANTOM_VERSION, "images": images, "seed": seed}
    if _marker_in(paths.folder) == marker:
        return paths
    paths.folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{paths.folder.name}-", dir=paths.folder.parent) as workshop:
        new = PhantomPaths(Path(workshop) / "new")
        _write(new, images, seed)
        _write_json(new.folder / MARKER, marker)
        _put_in_place(new.folder, paths.folder, Path(workshop) / "old", marker)
    return paths


def _write(paths: PhantomPaths, images: int, seed: int) -> None:
    cases = deal_cases(images, seed)
    found: dict[int, Measurements] = {}
    for case in cases:
        drawing = draw(case)
        if drawing.measurements:
            found[case.id] = drawing.measurements
        path = paths.images / case.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(png_bytes(drawing.picture))
    _write_json(paths.closed, closed_records(cases, seed))
    _write_json(paths.open, open_records(cases, found))


def _marker_in(folder: Path) -> Any:
    """What the folder was drawn from; ``None`` where there is no folder or nothing in it.

    Raises:
        BenchmarkError: the folder holds something, but no phantoms.
    """
    try:
        return json.loads((folder / MARKER).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise BenchmarkError(f"{folder}: holds something else than phantoms; name an empty folder.") from None
        return None


def _put_in_place(new: Path, folder: Path, aside: Path, marker: Any) -> None:
    """Rename the new folder to its place; what is there goes aside and is deleted with the workshop.

    Another process may draw the same at the same time: whoever comes second leaves the first one's in place.
    """
    if _marker_in(folder) == marker:
        return
    if folder.exists():
        folder.replace(aside)
    try:
        new.replace(folder)
    except OSError:
        if _marker_in(folder) != marker:
            raise


def _write_json(path: Path, content: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes((json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode())


def png_bytes(picture: Grey) -> bytes:
    """A greyscale picture, shape (height, width), as a PNG file whose bytes depend on the pixels only.

    >>> import io, numpy as np
    >>> from PIL import Image
    >>> pixels = np.arange(6, dtype=np.uint8).reshape(2, 3)
    >>> bool((np.asarray(Image.open(io.BytesIO(png_bytes(pixels)))) == pixels).all())
    True
    """
    height, width = picture.shape
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    # Each row starts with the number of its filter: 0, none.
    rows = b"".join(b"\0" + row.tobytes() for row in picture)
    chunks = ((b"IHDR", header), (b"IDAT", _stored(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )


def _stored(data: bytes) -> bytes:
    """A zlib stream of stored blocks (RFC 1950, RFC 1951 §3.2.4)."""
    longest = 0xFFFF
    blocks = [data[start : start + longest] for start in range(0, len(data), longest)]
    stream = [b"\x78\x01"]
    for number, block in enumerate(blocks, start=1):
        last = number == len(blocks)
        stream.append(struct.pack("<BHH", last, len(block), len(block) ^ longest) + block)
    return b"".join(stream) + struct.pack(">I", zlib.adler32(data))
