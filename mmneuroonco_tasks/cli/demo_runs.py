"""How the demo has its models run: each framework's own command, in this environment or in another one.

The frameworks pin packages that clash, so that few environments hold both. Each is therefore called by an
interpreter; our package has to be installed beside it there, too.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from shlex import join


class Framework(str, Enum):
    """Which frameworks the demo runs."""

    LMMS_EVAL = "lmms-eval"
    VLMEVAL = "vlmeval"
    BOTH = "both"


class DemoError(ValueError):
    """Why the demo cannot run, in one sentence."""


@dataclass(frozen=True)
class DemoRun:
    """One run of one model: how the table calls it, and what it is in each framework."""

    name: str
    does: str
    #: Task and dataset.
    lmms_eval: str
    vlmeval: str
    #: Whose folder it is in: runs of one model go through a framework together.
    model: str


REFERENCE, ALWAYS_E = "reference", "always-E"
CLOSED = DemoRun("reference", "reads the pixels", "mmneuroonco_phantom_closed", "MMNeuroOnco_Phantom", REFERENCE)
BLIND = DemoRun(
    "blind",
    "shown no picture",
    "mmneuroonco_phantom_closed_blind",
    "MMNeuroOnco_Phantom_Blind",
    REFERENCE,
)
REJECTING = DemoRun("always-E", "rejects all", "mmneuroonco_phantom_closed", "MMNeuroOnco_Phantom", ALWAYS_E)
OPEN = DemoRun("reference", "reads the pixels", "mmneuroonco_phantom_open", "MMNeuroOnco_Phantom_Open", REFERENCE)
RUNS = (CLOSED, BLIND, REJECTING, OPEN)

#: By framework and model, how its command names the model.
_MODELS = {
    (Framework.LMMS_EVAL, REFERENCE): ("--model", "mmneuroonco_reference"),
    (Framework.LMMS_EVAL, ALWAYS_E): ("--model", "dummy", "--model_args", "response=E"),
    (Framework.VLMEVAL, REFERENCE): ("--model", "mmneuroonco_reference"),
    (Framework.VLMEVAL, ALWAYS_E): ("--model", "mmneuroonco_always_e"),
}
#: By framework, Python that prints what of it is there: a version, or a path.
_PROBES = {
    Framework.LMMS_EVAL: (
        "from mmneuroonco_tasks.frameworks.lmms_eval import installed_version; print(installed_version() or '')"
    ),
    Framework.VLMEVAL: (
        "from mmneuroonco_tasks.frameworks.vlmeval import RunnerNotFound, find_runner\n"
        "try: print(find_runner())\n"
        "except RunnerNotFound: pass"
    ),
}
#: A judge that the user has named is not asked: the demo is offline and costs nothing. Without bytecode kept,
#: lmms-eval takes half a minute to start.
_LEFT_OUT = ("MMNEUROONCO_JUDGE_MODEL", "PYTHONDONTWRITEBYTECODE")


def frameworks_here() -> list[Framework]:
    """The frameworks that this environment has."""
    return [framework for framework in _PROBES if _found(framework, Path(sys.executable))]


def check(framework: Framework, python: Path) -> None:
    """Make sure that the environment of this interpreter has the framework, in a version that the demo knows.

    Raises:
        DemoError: it has not.
    """
    from ..frameworks.lmms_eval import TESTED_VERSIONS

    found = _found(framework, python)
    if not found:
        where = "here" if python == Path(sys.executable) else f"in the environment of {python}"
        raise DemoError(
            f"{framework.value} is not installed {where}; run `pip install 'mmneuroonco-tasks[{framework.value}]'`, or "
            f"name the interpreter of an environment that has it by --{framework.value}-python."
        )
    if framework is Framework.LMMS_EVAL and found not in TESTED_VERSIONS:
        raise DemoError(f"lmms-eval {found} is not one that the demo knows; install {', '.join(TESTED_VERSIONS)}.")


def _found(framework: Framework, python: Path) -> str:
    try:
        done = subprocess.run(
            [str(python), "-c", _PROBES[framework]], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False
        )
    except OSError as error:
        raise DemoError(f"{python}: cannot be run ({error.strerror}); name an environment's interpreter.") from None
    return done.stdout.decode("utf-8", "replace").strip()


def run_all(framework: Framework, python: Path, output: Path, say: Callable[[str], None]) -> dict[DemoRun, Path]:
    """Have all runs made by a framework, a process a model; by run, the result file that it left.

    Raises:
        DemoError: there is no result; the sentence names the log.
    """
    results = {}
    for model in (REFERENCE, ALWAYS_E):
        runs = [run for run in RUNS if run.model == model]
        folder = output / "runs" / framework.value / model
        shown, command = command_of(framework, runs, folder)
        say(f"$ {shown}")
        started = time.time()
        log = folder / "log.txt"
        _run([str(python), *command], log, _environment(output))
        for run in runs:
            results[run] = _result_of(framework, run, folder, started, log)
    return results


def command_of(framework: Framework, runs: Sequence[DemoRun], folder: Path) -> tuple[str, list[str]]:
    """The command of runs that have the same model: as a user types it, and for an interpreter."""
    model = _MODELS[framework, runs[0].model]
    if framework is Framework.LMMS_EVAL:
        tasks = ",".join(run.lmms_eval for run in runs)
        flags = ["--tasks", tasks, *model, "--output_path", str(folder), "--log_samples"]
        program, module = "lmms-eval", ["-m", "lmms_eval"]
    else:
        flags = ["--data", *(run.vlmeval for run in runs), *model, "--work-dir", str(folder)]
        program, module = "mmneuroonco run vlmeval", ["-m", "mmneuroonco_tasks", "run", "vlmeval"]
    return f"{program} {join(flags)}", [*module, *flags]


def _environment(output: Path) -> dict[str, str]:
    """This process's, with a home and data folder of the demo's own, and no hub."""
    home = output.resolve() / "home"
    (home / "vlmeval").mkdir(parents=True, exist_ok=True)
    kept = {name: value for name, value in os.environ.items() if name not in _LEFT_OUT}
    return {**kept, "MMNEUROONCO_HOME": str(home), "LMUData": str(home / "vlmeval"), "HF_HUB_OFFLINE": "1"}


def _run(command: Sequence[str], log: Path, environment: Mapping[str, str]) -> None:
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as stream:
        # The exit code says nothing: lmms-eval's is 0 even where it failed. The result file is what counts.
        subprocess.run(command, env=dict(environment), stdout=stream, stderr=subprocess.STDOUT, check=False)


def _result_of(framework: Framework, run: DemoRun, folder: Path, started: float, log: Path) -> Path:
    """The newest result file of a run, written since ``started``; VLMEvalKit keeps it in two places."""
    task = run.lmms_eval if framework is Framework.LMMS_EVAL else run.vlmeval
    written = [path for path in folder.rglob(f"*_{task}_result.json") if path.stat().st_mtime >= started]
    if not written:
        raise DemoError(f"{framework.value} wrote no result of {task}; {log} says why.")
    return max(written, key=lambda path: (path.stat().st_mtime_ns, -len(path.parts)))
