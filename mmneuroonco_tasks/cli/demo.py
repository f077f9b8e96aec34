"""`mmneuroonco demo`: phantoms through a real framework, and one table that shows why traps and h_score matter."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from shlex import quote
from shutil import which
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .demo_runs import BLIND, CLOSED, OPEN, REJECTING, DemoError, DemoRun, Framework

if TYPE_CHECKING:
    from rich.table import Table

    #: By framework, the result of each run.
    Results = Mapping[Framework, Mapping[DemoRun, dict[str, Any]]]

CLOSED_COLUMNS = ("accuracy", "answerable_accuracy", "trap_accuracy", "h_score")
OPEN_COLUMNS = ("attribute_balanced_accuracy", "attribute_accuracy", "keyword_recall")
#: Rows beside the open run, by their name in the result.
OPEN_ROWS = {"majority": "always the most frequent class", "recite_keywords": "recites the 19 keywords"}


def demo(
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder for everything the demo writes.")] = Path(
        "demo"
    ),
    framework: Annotated[
        Framework | None, typer.Option(help="Which frameworks to run. Default: the one that is installed here.")
    ] = None,
    lmms_eval_python: Annotated[
        Path | None,
        typer.Option(
            envvar="MMNEUROONCO_LMMS_EVAL_PYTHON", help="Interpreter of the environment with lmms-eval. Default: this."
        ),
    ] = None,
    vlmeval_python: Annotated[
        Path | None,
        typer.Option(
            envvar="MMNEUROONCO_VLMEVAL_PYTHON", help="Interpreter of the environment with VLMEvalKit. Default: this."
        ),
    ] = None,
) -> None:
    """Draw phantoms, have a framework ask three models about them, and compare these in one table.

    The frameworks' packages clash: with --framework both, name the interpreter of the other one's environment.
    """
    from ..scores import read_result
    from .demo_runs import check, run_all

    here = Path(sys.executable)
    pythons = {Framework.LMMS_EVAL: lmms_eval_python or here, Framework.VLMEVAL: vlmeval_python or here}
    chosen = _chosen(framework)
    for each in chosen:
        check(each, pythons[each])
    results: dict[Framework, dict[DemoRun, dict[str, Any]]] = {}
    for each in chosen:
        files = run_all(each, pythons[each], output, lambda line: typer.echo(line, err=True))
        results[each] = {run: read_result(path) for run, path in files.items()}
    gain = _vision_gain(results[chosen[0]], output / "home" / "phantom")
    _show(results, gain)
    if differing := differences(results):
        raise DemoError(
            f"the frameworks differ in {differing}; please report this with the files in {output / 'runs'}."
        )
    typer.echo(_next(output, chosen[0], pythons[chosen[0]]))


def _chosen(framework: Framework | None) -> list[Framework]:
    """The frameworks to run, of which none is "both"."""
    from .demo_runs import frameworks_here

    if framework is Framework.BOTH:
        return [Framework.LMMS_EVAL, Framework.VLMEVAL]
    return [framework] if framework else frameworks_here()[:1] or [Framework.LMMS_EVAL]


def _vision_gain(results: Mapping[DemoRun, dict[str, Any]], annotations: Path) -> dict[str, Any]:
    """What the picture was worth to the reference reader, as ``mmneuroonco dual`` says it."""
    from .dual import paired
    from .runs import LoadedRun

    run, blind = (LoadedRun(Path(own.name), results[own]) for own in (CLOSED, BLIND))
    return paired(run, blind, annotations / "benchmark")["vision_gain"].to_dict()


def differences(results: Results) -> str:
    """The first metric of the first run in which the frameworks differ, or "": they are equal to the last digit."""
    first, *others = results.values()
    for other in others:
        for run, result in first.items():
            ours, theirs = result["metrics"], other[run]["metrics"]
            for name in (*ours, *theirs):
                if ours.get(name) != theirs.get(name):
                    return f"{name} of {run.lmms_eval} ({run.name})"
    return ""


def _show(results: Results, gain: Mapping[str, Any]) -> None:
    from rich.console import Console

    console = Console(highlight=False)
    console.print(closed_table(results))
    console.print(
        "always-E gets every trap right and nothing else, and its accuracy is that of a\n"
        "guesser: accuracy alone cannot tell the two apart. h_score is high only where\n"
        "answerable questions and traps are right. Shown no picture, the reader is at\n"
        f"chance (0.2): to look gains it {gain['value']:.3f} in accuracy (vision_gain).\n"
    )
    console.print(open_table(results))
    console.print("The judge, which is optional, is off in the demo.\n")
    for found in results.values():
        for run in (CLOSED, OPEN):
            console.print(found[run]["signature_line"], soft_wrap=True, markup=False)
    if len(results) > 1 and not differences(results):
        count = sum(len(result["metrics"]) for result in next(iter(results.values())).values())
        names = " and ".join(framework.value for framework in results)
        console.print(f"\n{names} agree to the last digit in all {count} numbers of these runs.")


def closed_table(results: Results) -> Table:
    """The closed runs side by side, with 95 % intervals."""
    table = _table("Closed phantom questions: value and 95 % interval", CLOSED_COLUMNS)
    for run in (CLOSED, BLIND, REJECTING):
        _add_run(table, run, results, CLOSED_COLUMNS)
    return table


def open_table(results: Results) -> Table:
    """The open run beside what comes without looking."""
    table = _table("Open phantom questions: value and 95 % interval", OPEN_COLUMNS)
    _add_run(table, OPEN, results, OPEN_COLUMNS)
    rows = next(iter(results.values()))[OPEN]["trust_rows"]
    for name, does in OPEN_ROWS.items():
        table.add_row(does, *(_cell(rows[name][column]) for column in OPEN_COLUMNS))
    return table


def _table(title: str, metrics: Sequence[str]) -> Table:
    """An empty table that fits 80 columns: long names and intervals have a line of their own."""
    from rich.table import Table

    table = Table("Model", title=title, show_lines=True)
    for name in metrics:
        table.add_column(name.replace("_", "_\n"), no_wrap=True)
    return table


def _add_run(table: Table, run: DemoRun, results: Results, metrics: Sequence[str]) -> None:
    for framework, found in results.items():
        label = f"{run.name}: {run.does}" if len(results) == 1 else f"{run.name}\n{framework.value}"
        table.add_row(label, *(_cell(found[run]["metrics"][name]) for name in metrics))


def _cell(estimate: Mapping[str, Any]) -> str:
    if estimate["value"] is None:
        return "N/A"
    value = f"{estimate['value']:.3f}"
    return value if estimate["low"] is None else f"{value}\n{estimate['low']:.3f}–{estimate['high']:.3f}"


def _next(output: Path, framework: Framework, python: Path) -> str:
    """Where everything is, and what to type next: commands that work as they stand, in the folder one is in."""
    ours = _command("mmneuroonco", Path(sys.executable))
    real = {
        Framework.LMMS_EVAL: f"{_command('lmms-eval', python)} --tasks mmneuroonco_closed --model qwen2_5_vl "
        "--model_args pretrained=Qwen/Qwen2.5-VL-3B-Instruct",
        Framework.VLMEVAL: f"{_command('mmneuroonco', python)} run vlmeval --data MMNeuroOnco --model llava_v1.5_7b",
    }
    return (
        f"\nEverything is in {quote(str(output))}: what the runs wrote in runs, the pictures in home/phantom/images.\n"
        "Next:\n"
        f"  {ours} report {quote(str(output / 'runs'))} -o report.html    # one page to look at\n"
        f"  {ours} prepare    # the real questions and pictures, from the hub\n"
        f"  {real[framework]}"
    )


def _command(name: str, python: Path) -> str:
    """How a command of an environment is called from here: by its name where the user's shell finds it."""
    own = python.absolute().with_name(name)
    if own.is_relative_to(Path.cwd()):  # such as in .venvs, which `make` puts on the path and a user's shell does not
        return quote(str(own.relative_to(Path.cwd())))
    found = which(name)
    return name if found and Path(found) == own else quote(str(own))
