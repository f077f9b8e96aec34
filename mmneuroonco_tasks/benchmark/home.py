"""The home: where prepared annotations and pictures lie, with a manifest of every file's digest.

``MMNEUROONCO_HOME`` (default: the platform's user data folder) holds ``benchmark/closed.json``,
``benchmark/open.json``, ``images/<four-digit image id>.<extension>`` and ``manifest.json``.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from .files import file_digest, remove_parts, write_json
from .images import ImageStore, picture_problem
from .records import BenchmarkError, Picture, Task

HOME_VARIABLE = "MMNEUROONCO_HOME"
MANIFEST_SCHEMA = "mmneuroonco-manifest/1"
_PICTURE_NAME = re.compile(r"images/([0-9]+)(?:\.\w*)?")


@dataclass(frozen=True, slots=True)
class FileRecord:
    """What a file was when it was placed: size in bytes, change time in nanoseconds, SHA-256."""

    size: int
    mtime_ns: int
    sha256: str

    @classmethod
    def of(cls, path: Path, sha256: str | None = None) -> FileRecord:
        """The record of a file as it is now; its digest is taken unless it is given."""
        status = path.stat()
        return cls(status.st_size, status.st_mtime_ns, sha256 or file_digest(path))

    def unchanged(self, path: Path) -> bool:
        """Whether the file still has the size and time it had: then its digest need not be taken again."""
        try:
            status = path.stat()
        except OSError:
            return False
        return (status.st_size, status.st_mtime_ns) == (self.size, self.mtime_ns)


@dataclass(frozen=True)
class Home:
    """A prepared folder."""

    folder: Path

    @classmethod
    def default(cls) -> Home:
        """The home of this user: ``MMNEUROONCO_HOME``, else the platform's user data folder."""
        named = os.environ.get(HOME_VARIABLE)
        if named:
            return cls(Path(named).expanduser())
        from platformdirs import user_data_path

        return cls(user_data_path("mmneuroonco"))

    def annotations(self, task: Task) -> Path:
        """Where the annotation file of the task lies once prepared."""
        return self.folder / "benchmark" / f"{task}.json"

    @property
    def images(self) -> Path:
        """The folder of the pictures under their opaque names."""
        return self.folder / "images"

    @property
    def manifest_path(self) -> Path:
        """The manifest file."""
        return self.folder / "manifest.json"

    def manifest(self) -> dict[str, FileRecord]:
        """By relative path, what each prepared file was; empty where nothing was prepared.

        Raises:
            BenchmarkError: the manifest is damaged.
        """
        try:
            content = json.loads(self.manifest_path.read_text(encoding="utf-8"))
            if content["schema"] != MANIFEST_SCHEMA:
                raise ValueError(f"schema {content['schema']!r:.60}")
            return {name: FileRecord(**record) for name, record in content["files"].items()}
        except (FileNotFoundError, NotADirectoryError):
            return {}
        except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise BenchmarkError(
                f"{self.manifest_path}: not a manifest of this version ({' '.join(str(error).split())}); "
                "run `mmneuroonco prepare` again."
            ) from None

    def prepared_annotations(self) -> list[Path]:
        """The annotation files that lie here as they were placed: none where they are missing or have changed."""
        return [
            self.folder / name
            for name, record in self.known_files().items()
            if name.startswith("benchmark/") and self.problem(name, record) is None
        ]

    @contextmanager
    def written_by_one(self, waiting: Callable[[], None]) -> Iterator[None]:
        """Keeps other processes from preparing this home in the block; ``waiting`` is called once if one already does.

        What a writer that was killed has left half-written is removed first.

        Raises:
            BenchmarkError: the folder cannot be written.
        """
        from filelock import FileLock, Timeout

        with ExitStack() as held:
            lock = FileLock(self.folder / ".lock")
            try:
                self.folder.mkdir(parents=True, exist_ok=True)
                try:
                    held.enter_context(lock.acquire(timeout=0))
                except Timeout:
                    waiting()
                    held.enter_context(lock.acquire())
                for folder in (self.folder, self.folder / "benchmark", self.images):
                    remove_parts(folder)
            except NotImplementedError:
                pass  # A file system without locks: every file is whole all the same, the last manifest wins.
            except OSError as error:
                raise BenchmarkError(
                    f"{self.folder}: cannot be written ({error.strerror}); choose another home by MMNEUROONCO_HOME."
                ) from None
            yield

    def known_files(self) -> dict[str, FileRecord]:
        """The manifest, or nothing where it is damaged: files that it does not list are placed anew."""
        try:
            return self.manifest()
        except BenchmarkError:
            return {}

    def write_manifest(self, files: Mapping[str, FileRecord]) -> None:
        """Replace the manifest, at once."""
        records = {
            name: {"size": record.size, "mtime_ns": record.mtime_ns, "sha256": record.sha256}
            for name, record in sorted(files.items())
        }
        write_json(self.manifest_path, {"schema": MANIFEST_SCHEMA, "files": records})

    def image_files(self, manifest: Mapping[str, FileRecord]) -> dict[int, Path]:
        """By image id, the pictures that the manifest lists."""
        return {image_id: self.folder / name for image_id, name in _picture_names(manifest).items()}

    def image_store(self, manifest: Mapping[str, FileRecord] | None = None) -> ImageStore:
        """The pictures of the home. Those unchanged since they were placed count as checked: they were decoded then."""
        manifest = self.manifest() if manifest is None else manifest
        names = _picture_names(manifest)
        files = {image_id: self.folder / name for image_id, name in names.items()}
        records = {image_id: manifest[name] for image_id, name in names.items()}
        return ImageStore(
            files,
            is_checked=lambda image_id: image_id in files and records[image_id].unchanged(files[image_id]),
            digests={image_id: record.sha256 for image_id, record in records.items()},
        )

    def images_hash(self, pictures: Iterable[Picture], manifest: Mapping[str, FileRecord] | None = None) -> str:
        """First 8 hexadecimal digits over the digests of these pictures, or "unknown" where one is not listed."""
        manifest = self.manifest() if manifest is None else manifest
        names = _picture_names(manifest)
        digest = sha256()
        for picture in sorted(pictures, key=lambda each: each.id):
            if picture.id not in names:
                return "unknown"
            digest.update(f"{picture.id}:{manifest[names[picture.id]].sha256}\n".encode())
        return digest.hexdigest()[:8]

    def problem(self, name: str, record: FileRecord) -> str | None:
        """What is wrong with a listed file, decoded and digested anew, or ``None``."""
        path = self.folder / name
        if not path.is_file():
            return "is missing"
        if file_digest(path) != record.sha256:
            return "has changed since it was prepared"
        return picture_problem(path) if name.startswith("images/") else None


def _picture_names(manifest: Iterable[str]) -> dict[int, str]:
    """By image id, the names of pictures among those that a manifest lists."""
    named = ((name, _PICTURE_NAME.fullmatch(name)) for name in manifest)
    return {int(found[1]): name for name, found in named if found}
