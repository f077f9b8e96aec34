"""The pictures of instruction samples on disk, in whatever layout they were unpacked to."""

from __future__ import annotations

from pathlib import Path

from ..benchmark.layouts import ImageIndex, files_below
from ..benchmark.places import leaves_its_folder


class PictureFolder:
    """Finds the files of the paths that samples name.

    The path itself below the folder comes first. Only where it is not there, the folder is listed once, and a file
    fits whose path ends in the sample's, extension and letter case aside: the hub's archives add folder levels.

    Raises:
        BenchmarkError: the folder does not exist.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._index: ImageIndex | None = None
        # Raised now and not at the first sample.
        next(iter(files_below(folder)), None)

    def find(self, image: str) -> str | None:
        """The file's path relative to the folder, or ``None``."""
        if not leaves_its_folder(image) and (self.folder / image).is_file():
            return image
        if self._index is None:
            self._index = ImageIndex(files_below(self.folder))
        return self._index.find_path(image)

    def path(self, image: str) -> Path | None:
        """The file, or ``None``."""
        found = self.find(image)
        return None if found is None else self.folder / found
