"""A checkout of another project: looked at with git, and written only where nothing of the user's can be lost."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from ..benchmark.files import write_text
from .formatting import UpstreamError


@dataclass(frozen=True)
class Edit:
    """A change of a file that the project has. ``apply`` takes and returns the file's text."""

    apply: Callable[[str], str]
    #: Whether the pull request works without it, as without a line in the documentation.
    optional: bool = False


class PlaceNotFound(LookupError):
    """An edit has not found where it belongs. The message says what belongs where."""


@dataclass(frozen=True)
class Checkout:
    """A clean checkout's top folder."""

    folder: Path

    @classmethod
    def at(cls, folder: Path, project: str, url: str, marker: str) -> Checkout:
        """The checkout in this folder.

        Args:
            folder: as the user names it.
            project: the project's name in messages.
            url: where to clone it.
            marker: a file that only this project has, relative to the top.

        Raises:
            UpstreamError: it is no checkout of the project, or not its top folder.
        """
        remedy = f"clone {url} and name the clone's top folder"
        if not folder.is_dir():
            raise UpstreamError(f"{folder}: there is no such folder; {remedy}.")
        checkout = cls(folder.resolve())
        top = checkout._git("rev-parse", "--show-toplevel", may_fail=True)
        if top is None or Path(top.strip()).resolve() != checkout.folder:
            raise UpstreamError(f"{folder}: is not the top folder of a git checkout; {remedy}.")
        if not (checkout.folder / marker).is_file():
            raise UpstreamError(f"{folder}: is no checkout of {project} (it has no {marker}); {remedy}.")
        return checkout

    def committed(self, path: str) -> str | None:
        """The text of a file as it was committed last, or ``None`` where it was not."""
        return self._git("show", f"HEAD:{path}", may_fail=True)

    def working(self, path: str) -> str | None:
        """The text of a file as it lies there, or ``None`` where there is none."""
        file = self.folder / path
        return file.read_text(encoding="utf-8") if file.is_file() else None

    def date(self) -> str:
        """The day of the last commit, which the same checkout has tomorrow too."""
        return (self._git("log", "-1", "--format=%cs", may_fail=True) or "").strip()

    def tracked(self, folder: str) -> list[str]:
        """The files below a folder that git knows."""
        return [path for path in (self._git("ls-files", "-z", "--", folder) or "").split("\0") if path]

    def changed(self) -> list[str]:
        """The files that differ from the last commit, new ones too."""
        status = self._git("status", "--porcelain=v1", "-z", "--untracked-files=all", "--no-renames") or ""
        return [entry[3:] for entry in status.split("\0") if entry]

    def write(self, contents: Mapping[str, str]) -> list[str]:
        """Write these files; the ones that were not so already, in order.

        Raises:
            UpstreamError: the tree has changes of its own, a file would land outside, or git ignores it.
        """
        foreign = [path for path in self.changed() if self.working(path) != contents.get(path)]
        if foreign:
            more = f" and {len(foreign) - 1} more" if len(foreign) > 1 else ""
            raise UpstreamError(
                f"{self.folder}: has changes that are not committed ({foreign[0]}{more}); commit or stash them, and "
                "run this again."
            )
        for path in contents:
            if self.folder not in (self.folder / path).resolve().parents:
                raise UpstreamError(f"{self.folder / path}: leads out of the checkout by a link; remove the link.")
            if self._git("check-ignore", "--quiet", path, may_fail=True) is not None:
                raise UpstreamError(f"{self.folder / path}: is ignored by git, so it would not be in the pull request.")
        differing = [path for path, text in contents.items() if self.working(path) != text]
        for path in differing:
            write_text(self.folder / path, contents[path])
        return differing

    def edited(self, edits: Mapping[str, Edit]) -> tuple[dict[str, str], list[str]]:
        """The project's own files with the edits made, and a remark on each edit that has to be made by hand.

        Raises:
            UpstreamError: an edit without which nothing works cannot be made.
        """
        contents, remarks = {}, []
        for path, edit in edits.items():
            text = self.committed(path)
            try:
                if text is None:
                    raise PlaceNotFound("the checkout has no such file")
                contents[path] = edit.apply(text)
            except PlaceNotFound as error:
                if not edit.optional:
                    raise UpstreamError(f"{path}: {error}; the project has changed, so edit it by hand.") from None
                remarks.append(f"{path} is not edited: {error}.")
        return contents, remarks

    def _git(self, *arguments: str, may_fail: bool = False) -> str | None:
        # A checkout's own settings can name a program to run at every status.
        command = ["git", "-c", "core.fsmonitor=false", "-C", str(self.folder), *arguments]
        try:
            done = subprocess.run(command, capture_output=True, check=False)
        except OSError:
            raise UpstreamError("git is not installed; install it and run this again.") from None
        if done.returncode == 0:
            return done.stdout.decode("utf-8")
        if may_fail:
            return None
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise UpstreamError(f"{self.folder}: git {arguments[0]} fails ({said[-1] if said else 'it says nothing'}).")
