"""Runs a real framework as a user does: its own command, in its own environment, in a process of its own."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from openai_stub import Messages, OpenAIStub

from mmneuroonco_tasks.benchmark.home import Home
from mmneuroonco_tasks.benchmark.prepare import prepare
from mmneuroonco_tasks.phantom import write_phantom


def python_of(variable: str) -> Path:
    """The framework environment's interpreter; the test is skipped, saying so, where none is named."""
    named = os.environ.get(variable)
    if not named:
        pytest.skip(f"{variable} is not set: name the interpreter of an environment with the framework")
    return Path(named)


@dataclass(frozen=True)
class Finished:
    """A process that has ended."""

    returncode: int
    output: str

    def table(self, task: str) -> dict[str, tuple[str, str]]:
        """Value and Stderr by metric, from lmms-eval's printed table."""
        rows = re.findall(rf"^\|{task} *\|[^|]*\|[^|]*\|([^|]+)\|[^|]*\|([^|]+)\|[^|]*\|([^|]+)\|", self.output, re.M)
        return {metric.strip(): (value.strip(), stderr.strip()) for metric, value, stderr in rows}

    @property
    def signature(self) -> str:
        """The signature line that was printed."""
        return re.findall(r"^mmneuroonco\|.*$", self.output, re.M)[-1]


@dataclass(frozen=True)
class LmmsEval:
    """lmms-eval in its environment."""

    python: Path
    home: Path

    def environment(self, **more: str) -> dict[str, str]:
        """The machine's environment, without what points at this checkout, with our home and no hub."""
        kept = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "PYTHONDONTWRITEBYTECODE")}
        caches = {"HF_HOME": str(self.home.parent / "hf"), "HF_HUB_OFFLINE": "1", "COLUMNS": "200"}
        return {**kept, **caches, "MMNEUROONCO_HOME": str(self.home), **more}

    def run(
        self, *command: str, timeout: int = 900, first: Callable[[], None] | None = None, **environment: str
    ) -> Finished:
        """Run a command of the environment, such as ``lmms-eval`` or ``python``; its output, both streams.

        ``first`` runs in the process before the command does.
        """
        done = subprocess.run(
            [str(self.python.parent / command[0]), *command[1:]],
            env=self.environment(**environment),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=timeout,
            cwd=self.home.parent,
            check=False,
            preexec_fn=first,
        )
        return Finished(done.returncode, done.stdout.decode("utf-8", "replace"))

    def score(self, predictions: Path, *arguments: str) -> dict[str, Any]:
        """What ``mmneuroonco score --json`` says of a file, in the same environment."""
        done = subprocess.run(
            [str(self.python.parent / "mmneuroonco"), "score", str(predictions), "--json", *arguments],
            env=self.environment(),
            stdout=subprocess.PIPE,
            cwd=self.home.parent,
            check=True,
        )
        result: dict[str, Any] = json.loads(done.stdout)
        return result

    def killed(self, stub: OpenAIStub, at: int, *command: str, **environment: str) -> None:
        """Run a command that is killed, as by a power cut, when the stub is asked for the ``at``-th time."""
        answer, enough = stub.answer, Event()

        def until_enough(messages: Messages, number: int) -> Any:
            if number >= at:
                enough.set()
            return answer(messages, number)

        stub.answer = until_enough
        with (self.home.parent / "killed.log").open("wb") as log:
            process = subprocess.Popen(
                [str(self.python.parent / command[0]), *command[1:]],
                env=self.environment(**environment),
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self.home.parent,
            )
        while not enough.wait(timeout=1) and process.poll() is None:
            pass
        process.kill()
        code, stub.answer = process.wait(), answer
        assert code == -signal.SIGKILL, (self.home.parent / "killed.log").read_text(errors="replace")[-3000:]


def home_of_phantoms(folder: Path, images: int) -> Path:
    """A home in this folder where phantoms stand in for the released questions."""
    drawn, home = folder / "drawn", folder / "home"
    write_phantom(drawn, images=images)
    prepare(Home(home), [drawn], [drawn])
    return home


def only(folder: Path, pattern: str) -> Path:
    """The one file below the folder that fits."""
    found = sorted(folder.rglob(pattern))
    assert len(found) == 1, f"{pattern} below {folder}: {found}"
    return found[0]


def read_json(path: Path) -> dict[str, Any]:
    """A JSON file."""
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content
