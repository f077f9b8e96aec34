"""`mmneuroonco demo`: phantoms through a real framework, and one table that shows why traps and h_score matter."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Annotated, Any

import typer


class Framework(str, Enum):
    """Which frameworks the demo runs."""

    LMMS_EVAL = "lmms-eval"
    VLMEVAL = "vlmeval"
    BOTH = "both"


@dataclass(frozen=True)
class DemoRun:
    """One model of the demo: its name, what it does, and how lmms-eval is told."""

    name: str
    does: str
    task: str
    model: str
    model_arguments: str = ""


RUNS = (
    DemoRun("reference", "reads the pixels, no weights", "mmneuroonco_phantom_closed", "mmneuroonco_reference"),
    DemoRun("blind", "the same, shown no picture", "mmneuroonco_phantom_closed_blind", "mmneuroonco_reference"),
    DemoRun("always-E", "rejects every question", "mmneuroonco_phantom_closed", "dummy", "response=E"),
)


def demo(
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder for everything the demo writes.")] = Path(
        "demo"
    ),
) -> None:
    """Draw phantoms, run lmms-eval on them with three models, and compare these in one table."""
    from importlib.util import find_spec

    from ..frameworks.lmms_eval import TESTED_VERSIONS, installed_version

    if find_spec("lmms_eval") is None:
        raise _DemoError("lmms-eval is not installed here; run `pip install 'mmneuroonco-tasks[lmms-eval]'` first.")
    found = installed_version()
    if found not in TESTED_VERSIONS:
        raise _DemoError(f"lmms-eval {found} is not one that the demo knows; install {', '.join(TESTED_VERSIONS)}.")
    output = output.resolve()
    results = [(run, run_lmms_eval(run, output)) for run in RUNS]
    print_table(results)
    best = results[0][1]
    typer.echo(
        f"\nEverything is in {output}: runs/<model>/ holds lmms-eval's results and samples and our *_result.json.\n"
        "Next:\n"
        f"  mmneuroonco report {best.parent}/*_result.json -o report.html     # one page to look at\n"
        "  mmneuroonco prepare                                # the real questions, from the hub\n"
        "  lmms-eval --tasks mmneuroonco_closed --model qwen2_5_vl --model_args pretrained=Qwen/Qwen2.5-VL-3B-Instruct"
    )


class _DemoError(ValueError):
    """Why the demo cannot run, in one sentence."""


def run_lmms_eval(run: DemoRun, output: Path) -> Path:
    """One run by lmms-eval's own command; the result file it left."""
    folder = output / "runs" / run.name
    known = set(folder.glob("*_result.json"))
    command = [
        *(sys.executable, "-m", "lmms_eval", "--tasks", run.task, "--model", run.model),
        *(["--model_args", run.model_arguments] if run.model_arguments else []),
        *("--output_path", str(folder), "--log_samples"),
    ]
    _say("lmms-eval", command[3:])
    environment = {**os.environ, "MMNEUROONCO_HOME": str(output / "home"), "HF_HUB_OFFLINE": "1"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # lmms-eval starts in half a minute with it, in seconds without
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / "lmms-eval.log"
    with log.open("wb") as stream:
        subprocess.run(command, env=environment, stdout=stream, stderr=subprocess.STDOUT, check=False)
    # lmms-eval puts the model's name between, where its arguments give one.
    new = sorted(set(folder.rglob("*_result.json")) - known)
    if not new:
        # lmms-eval's exit code is 0 even where it failed, so the file is what counts.
        raise _DemoError(f"lmms-eval wrote no result; {log} says why.")
    return new[-1]


def _say(program: str, arguments: Sequence[str]) -> None:
    import shlex

    typer.echo(f"$ {program} {shlex.join(arguments)}", err=True)


def print_table(results: Sequence[tuple[DemoRun, Path]]) -> None:
    """The models side by side, with 95 % intervals."""
    from rich.console import Console
    from rich.table import Table

    from ..scores import read_result

    columns = ("accuracy", "answerable_accuracy", "trap_accuracy", "h_score")
    table = Table("Model", "What it does", *columns, title="Phantom questions, value and 95 % interval")
    signatures = []
    for run, path in results:
        result = read_result(path)
        table.add_row(run.name, run.does, *(_cell(result["metrics"][name]) for name in columns))
        signatures.append(result["signature_line"])
    console = Console()
    console.print(table)
    console.print(
        "always-E gets every trap right, and its accuracy equals the share of traps: accuracy alone cannot tell it "
        "from a guesser.\nh_score is high only where both answerable questions and traps are right; a model that is "
        "not shown the picture stays at chance (0.2) on all."
    )
    for line in signatures:
        console.print(line, soft_wrap=True, markup=False, highlight=False)


def _cell(estimate: dict[str, Any]) -> str:
    if estimate["value"] is None:
        return "N/A"
    return f"{estimate['value']:.3f} [{estimate['low']:.3f}, {estimate['high']:.3f}]"
