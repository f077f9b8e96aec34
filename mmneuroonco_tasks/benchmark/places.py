"""Places that files come from: a folder or a zip, read the same way and never trusted.

Nothing is unpacked: an entry is read by name, so no entry can land outside its folder. A zip that tries (an absolute
name, ``..``) is refused whole all the same, because somebody made it so.
"""

from __future__ import annotations

import threading
import zipfile
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import Protocol

from .layouts import files_below
from .records import BenchmarkError

#: No slice and no annotation file comes near this; an entry that claims more is a bomb.
LARGEST_ENTRY_BYTES = 256 * 1024 * 1024
_ENCRYPTED = 0x1


class Place(Protocol):
    """Somewhere that holds files under relative POSIX names."""

    def names(self) -> Sequence[str]:
        """All files, sorted."""

    def read(self, name: str) -> bytes:
        """One file's bytes.

        Raises:
            BenchmarkError: it cannot be read.
        """

    def where(self, name: str) -> str:
        """The file as messages name it."""


class FolderPlace:
    """A folder on disk."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def names(self) -> Sequence[str]:
        return tuple(files_below(self.folder))

    def read(self, name: str) -> bytes:
        path = self.folder / name
        try:
            if path.stat().st_size > LARGEST_ENTRY_BYTES:
                raise BenchmarkError(f"{path}: larger than 256 MB, which nothing of this benchmark is; remove it.")
            return path.read_bytes()
        except OSError as error:
            raise BenchmarkError(f"{path}: cannot be read ({error.strerror}); check its permissions.") from None

    def where(self, name: str) -> str:
        return str(self.folder / name)


class ZipPlace:
    """A zip file, read in place."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._reading = threading.Lock()
        try:
            self._zip = zipfile.ZipFile(path)
            entries = self._zip.infolist()
            if not all(entry.filename for entry in entries):  # Python 3.11 and before fail on it, later ones do not
                raise zipfile.BadZipFile("an entry has no name")
            self._entries = {entry.filename: entry for entry in entries if not entry.is_dir()}
        except (OSError, zipfile.BadZipFile, NotImplementedError, ValueError) as error:
            raise BenchmarkError(f"{path}: no readable zip ({error}); get it again.") from None
        for name in self._entries:
            if leaves_its_folder(name):
                raise BenchmarkError(
                    f"{path}, entry {name!r:.120}: leaves the folder it is unpacked to; get the zip again."
                )

    def names(self) -> Sequence[str]:
        return sorted(self._entries)

    def read(self, name: str) -> bytes:
        entry = self._entries[name]
        if entry.file_size > LARGEST_ENTRY_BYTES:
            raise BenchmarkError(f"{self.where(name)}: claims more than 256 MB; do not use this zip, get it again.")
        if entry.flag_bits & _ENCRYPTED:
            raise BenchmarkError(f"{self.where(name)}: is encrypted; unpack the zip yourself and name the folder.")
        try:
            # Several threads read; zipfile counts its readers without a lock.
            with self._reading, self._zip.open(entry) as stream:
                # One byte more than allowed: the size in the directory may lie.
                content = stream.read(LARGEST_ENTRY_BYTES + 1)
        except (
            OSError,
            zipfile.BadZipFile,
            zipfile.LargeZipFile,
            RuntimeError,
            NotImplementedError,
            EOFError,
        ) as error:
            raise BenchmarkError(f"{self.where(name)}: cannot be unpacked ({error}); get the zip again.") from None
        except Exception as error:  # zlib.error and its like have no common base
            raise BenchmarkError(f"{self.where(name)}: is damaged ({error}); get the zip again.") from None
        if len(content) > LARGEST_ENTRY_BYTES:
            raise BenchmarkError(f"{self.where(name)}: unpacks to more than 256 MB; do not use this zip.")
        return content

    def where(self, name: str) -> str:
        # A name may hold line ends, which would break the sentence that names it.
        return f"{self.path}, entry {name if name.isprintable() else ascii(name)}"


def leaves_its_folder(name: str) -> bool:
    """Whether a relative name is absolute after all, or climbs out of the folder it is put under.

    >>> leaves_its_folder("glioma/../../x.png"), leaves_its_folder("glioma/x.png")
    (True, False)
    """
    path = PurePosixPath(name.replace("\\", "/"))
    return path.is_absolute() or ".." in path.parts or ":" in "".join(path.parts[:1]) or "\0" in name


class FilePlace:
    """A single file, under its own name."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def names(self) -> Sequence[str]:
        return (self.path.name,)

    def read(self, name: str) -> bytes:
        return FolderPlace(self.path.parent).read(name)

    def where(self, name: str) -> str:
        return str(self.path)


def place_at(path: Path) -> Place:
    """The folder, zip or single file that the user names.

    Raises:
        BenchmarkError: there is nothing there, or it is no readable zip.
    """
    if path.is_dir():
        return FolderPlace(path)
    if not path.is_file():
        raise BenchmarkError(f"{path}: no such file or folder; check the path.")
    return ZipPlace(path) if path.suffix.lower() == ".zip" else FilePlace(path)
