"""Runs the real VLMEvalKit as a user does: in its own environment, in a process of its own, with a home of its own."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event

from enabled import enabled_python
from frameworks import Finished

RUN_PY = Path(__file__).resolve().parents[1] / "run.py"


@dataclass(frozen=True)
class VlmEval:
    """An edition of VLMEvalKit: the package of the environment, or the checkout ``root``."""

    python: Path
    folder: Path
    root: Path | None = None

    @property
    def home(self) -> Path:
        """The user's home of our files."""
        return self.folder / "home"

    @property
    def data(self) -> Path:
        """VLMEvalKit's data folder."""
        return self.folder / "lmu"

    def environment(self, **more: str) -> dict[str, str]:
        """The machine's environment, with our home and data folder and no hub."""
        dropped = ("PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "VLMEVALKIT_ROOT", "PRED_FORMAT", "EVAL_FORMAT")
        kept = {key: value for key, value in os.environ.items() if key not in dropped}
        self.data.mkdir(parents=True, exist_ok=True)
        ours = {"MMNEUROONCO_HOME": str(self.home), "LMUData": str(self.data), "HF_HUB_OFFLINE": "1"}
        return {**kept, **ours, **({"VLMEVALKIT_ROOT": str(self.root)} if self.root else {}), **more}

    def python_run(
        self, *arguments: str, timeout: int = 900, first: Callable[[], None] | None = None, **environment: str
    ) -> Finished:
        """Run ``python ARGUMENTS`` in the environment; its output, both streams. ``first`` runs before Python does."""
        done = subprocess.run(
            [str(self.python), *arguments],
            env=self.environment(**environment),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=timeout,
            cwd=self.folder,
            check=False,
            preexec_fn=first,
        )
        return Finished(done.returncode, done.stdout.decode("utf-8", "replace"))

    def run(self, *flags: str, **environment: str) -> Finished:
        """``python run.py FLAGS``, ours."""
        return self.python_run(str(RUN_PY), *flags, **environment)

    def run_until(self, enough: Event, *flags: str) -> None:
        """``python run.py FLAGS``, killed with all its processes as soon as ``enough`` is set."""
        log = self.folder / "killed.log"
        with (
            log.open("wb") as output,
            subprocess.Popen(
                [str(self.python), str(RUN_PY), *flags],
                env=self.environment(),
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=self.folder,
                start_new_session=True,
            ) as process,
        ):
            while not enough.wait(timeout=1) and process.poll() is None:
                pass
            ended_by_itself = process.poll() is not None
            if not ended_by_itself:
                os.killpg(process.pid, signal.SIGKILL)
        assert not ended_by_itself, log.read_text(encoding="utf-8", errors="replace")[-3000:]

    def enabled(self) -> VlmEval:
        """The same in an environment in which ``mmneuroonco enable`` has been run."""
        return replace(self, python=enabled_python(self.python, self.folder / "enabled"))
