"""The command `mmneuroonco` for tests: in this process, or in one of its own that may be killed."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from ctypes import CDLL
from dataclasses import dataclass
from pathlib import Path

import pytest

from mmneuroonco_tasks.cli import main

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Finished:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def sentence(self) -> str:
        """The last line on standard error: what was wrong."""
        return self.err.strip().splitlines()[-1] if self.err.strip() else ""


def run_here(capsys: pytest.CaptureFixture[str], *arguments: object) -> Finished:
    """Run the command in this process."""
    capsys.readouterr()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(sys, "argv", ["mmneuroonco", *map(str, arguments)])
        try:
            main()
            code = 0
        except SystemExit as stop:
            code = int(stop.code or 0)
    captured = capsys.readouterr()
    return Finished(code, captured.out, captured.err)


def as_anybody() -> None:
    """For a process that is about to start: root too must obey the permissions of files (Linux)."""
    if os.geteuid() == 0:
        prctl, drop = CDLL(None).prctl, 24
        for capability in (1, 2):  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
            if prctl(drop, capability, 0, 0, 0):
                raise OSError("permissions hold for root only where capabilities can be given up")


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """Nothing in the folder can be written, by processes that start ``as_anybody``."""
    inside = [folder, *folder.rglob("*")]
    modes = {path: path.stat().st_mode for path in inside}
    for path in inside:
        path.chmod(0o555 if path.is_dir() else 0o444)
    try:
        yield
    finally:
        for path, mode in modes.items():
            path.chmod(mode)


def started(
    *arguments: object,
    environment: Mapping[str, str] | None = None,
    before: str = "",
    first: Callable[[], None] | None = None,
) -> subprocess.Popen[str]:
    """Start the command in a process of its own; ``before`` is Python that runs there first.

    ``first`` runs in the process before Python does.
    """
    paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    return subprocess.Popen(
        [sys.executable, "-c", f"{before}\nfrom mmneuroonco_tasks.cli import main\nmain()", *map(str, arguments)],
        env={**(os.environ if environment is None else environment), "PYTHONPATH": os.pathsep.join(paths)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=first,
    )


def run_apart(
    *arguments: object,
    environment: Mapping[str, str] | None = None,
    before: str = "",
    first: Callable[[], None] | None = None,
) -> Finished:
    """Run the command in a process of its own."""
    process = started(*arguments, environment=environment, before=before, first=first)
    out, err = process.communicate(timeout=120)
    return Finished(process.returncode, out, err)
