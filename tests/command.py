"""The command `mmneuroonco` for tests: in this process, or in one of its own that may be killed."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
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


def started(
    *arguments: object, environment: Mapping[str, str] | None = None, before: str = ""
) -> subprocess.Popen[str]:
    """Start the command in a process of its own; ``before`` is Python that runs there first."""
    paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    return subprocess.Popen(
        [sys.executable, "-c", f"{before}\nfrom mmneuroonco_tasks.cli import main\nmain()", *map(str, arguments)],
        env={**(os.environ if environment is None else environment), "PYTHONPATH": os.pathsep.join(paths)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run_apart(*arguments: object, environment: Mapping[str, str] | None = None, before: str = "") -> Finished:
    """Run the command in a process of its own."""
    process = started(*arguments, environment=environment, before=before)
    out, err = process.communicate(timeout=120)
    return Finished(process.returncode, out, err)
