"""Writing files so that nothing half-written stays: beside first, then renamed into place."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from .records import BenchmarkError

_CHUNK = 1024 * 1024
_PART = ".part"


@contextmanager
def writing_beside(target: Path) -> Iterator[IO[bytes]]:
    """A binary file that becomes ``target`` when the block ends well and leaves nothing when it does not.

    Each writer has a temporary name of its own, so two writers of one target never mix.

    Raises:
        BenchmarkError: the disk is full, or the file cannot be written for another reason.
    """
    temporary: Path | None = None
    try:
        handle, name = _beside(target)
        temporary = Path(name)
        with os.fdopen(handle, "wb") as stream:
            yield stream
        temporary.chmod(0o644)
        temporary.replace(target)
        temporary = None
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise BenchmarkError(f"{target}: the disk is full; make room and run the command again.") from None
        raise BenchmarkError(
            f"{target}: cannot be written ({error.strerror}); choose another folder, for the home by MMNEUROONCO_HOME."
        ) from None
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)


def _beside(target: Path) -> tuple[int, str]:
    """A new file in the target's folder, which is made where it is not there yet: its descriptor and its name."""
    try:
        return tempfile.mkstemp(prefix=f".{target.name}.", suffix=_PART, dir=target.parent)
    except FileNotFoundError:
        target.parent.mkdir(parents=True, exist_ok=True)
    return tempfile.mkstemp(prefix=f".{target.name}.", suffix=_PART, dir=target.parent)


def remove_parts(folder: Path) -> None:
    """Remove what writers that were killed have left in a folder. Nobody else may be writing there."""
    for part in folder.glob(f".*{_PART}"):
        part.unlink(missing_ok=True)


def write_bytes(target: Path, content: bytes) -> None:
    """Write a whole file at once."""
    with writing_beside(target) as stream:
        stream.write(content)


def write_text(target: Path, content: str) -> None:
    """Write a whole UTF-8 text file at once."""
    write_bytes(target, content.encode("utf-8"))


def write_json(target: Path, content: Any) -> None:
    """Write JSON, readable and stable: two equal contents give equal bytes. NaN is an error."""
    write_text(target, json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False) + "\n")


def read_at_most(path: Path, largest: int) -> bytes | None:
    """A file's bytes, or ``None`` where it has more than ``largest``: then no more than that is read."""
    with path.open("rb") as stream:
        content = stream.read(largest + 1)
    return content if len(content) <= largest else None


def file_digest(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
