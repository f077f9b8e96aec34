"""`mmneuroonco doctor`: what is there, what is missing and how to get it, what can run."""

from __future__ import annotations

import json
import platform
from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from ..diagnosis import Diagnosis, FrameworkState

_YES, _NO, _NOTHING = "[green]✓[/]", "[red]✗[/]", "[dim]–[/]"


def doctor(
    verify: Annotated[bool, typer.Option("--verify", help="Digest and decode every picture anew.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")] = False,
) -> None:
    """Say what is there, what is missing and how to get it, and what can run. Exit code 1 if no scope can."""
    from ..benchmark.home import Home
    from ..diagnosis import diagnose
    from .prepare import progress_bar

    found = diagnose(Home.default(), verify=verify, progress=progress_bar)
    if as_json:
        typer.echo(json.dumps(_plain(found), indent=1))
    else:
        show(found)
    if not found.can_run:
        raise typer.Exit(1)


def show(found: Diagnosis) -> None:
    """Print the findings for a person."""
    from rich.console import Console

    # Never wrapped: what stands here is meant to be copied.
    console = Console(highlight=False, soft_wrap=True)
    for line in (*_data(found), *_runs(found), *_frameworks(found), *_to_do(found)):
        console.print(line)


def _data(found: Diagnosis) -> Iterable[str]:
    from rich.markup import escape

    from mmneuroonco_tasks import __version__

    yield f"[bold]mmneuroonco-tasks {__version__}[/], Python {platform.python_version()}"
    yield f"\n[bold]Data[/] in {escape(str(found.home))}"
    for state in found.tasks:
        held = f"{state.questions:,} questions, data {state.data_hash}" if state.questions else ""
        said = ", ".join(filter(None, (held, state.problem)))
        yield f"  {_NO if state.problem else _YES} {f'{state.task} annotations':<19} {escape(said)}"
    sound = found.pictures - len(found.problems)
    how = "all read" if found.verified else "by size and time; --verify reads them all"
    mark = _YES if found.pictures and not found.problems else _NO if found.pictures else _NOTHING
    said = f"{sound:,} of {found.pictures:,} ({how})" if found.pictures else "unknown without annotations"
    yield f"  {mark} {'pictures':<19} {said}"
    for source, count in found.missing_by_source.items():
        yield f"      {count:>5} missing     {escape(source)}"
    unusable = len(found.problems) - sum(found.missing_by_source.values())
    if unusable:
        yield f"      {unusable:>5} unusable"


def _runs(found: Diagnosis) -> Iterable[str]:
    if not found.scopes:
        return
    only_vlmeval = [state.name for state in found.frameworks if state.version] == ["VLMEvalKit"]
    yield "\n[bold]What can run[/]"
    for state in found.scopes:
        how = (
            f"mmneuroonco run vlmeval --data {state.vlmeval}"
            if only_vlmeval
            else f"lmms-eval --tasks {state.lmms_eval}"
        )
        said = f"lacks {state.lacking:,} of its pictures" if state.lacking else how if state.lmms_eval else ""
        name = f"{state.task} {state.scope}"
        yield f"  {_YES if state.can_run else _NO} {name:<19} {state.questions:>5,} questions  {said}".rstrip()


def _frameworks(found: Diagnosis) -> Iterable[str]:
    yield "\n[bold]Frameworks[/]"
    for state in found.frameworks:
        mark = _NOTHING if state.version is None else _YES if state.tested and not state.shadows else _NO
        yield f"  {mark} {state.name:<19} {_framework(state)}"
    said = {
        "on": "on: every Python of this environment registers our tasks by itself",
        "off": "off: `mmneuroonco enable` lets VLMEvalKit's own command and `lmms-eval tasks list` find our tasks",
        "outdated": "outdated",
    }[found.hook]
    yield f"  {_YES if found.hook == 'on' else _NOTHING} {'import hook':<19} {said}"


def _framework(state: FrameworkState) -> str:
    if state.version is None:
        extra = {"VLMEvalKit": "vlmeval", "inspect_ai": "inspect"}.get(state.name, state.name)
        return f"not here: `pip install 'mmneuroonco-tasks\\[{extra}]'`, in an environment of its own"
    said = [state.version, "tested" if state.tested else "not tested"]
    if state.registered:
        said.append("finds our tasks")
    elif state.name == "VLMEvalKit":
        said.append("run it by `mmneuroonco run vlmeval`")
    elif state.name == "lm-eval":
        said.append('finds our tasks by `--include_path "$(mmneuroonco paths lm-eval)"`')
    else:
        said.append("does not find our tasks")
    if state.shadows:
        said.append(f"[red]has {len(state.shadows)} of our names itself[/]")
    return ", ".join(said)


def _to_do(found: Diagnosis) -> Iterable[str]:
    from rich.markup import escape

    if not found.gaps:
        yield "\nNothing is missing."
        return
    yield "\n[bold]To do[/]"
    for number, gap in enumerate(found.gaps, start=1):
        yield f"  {number}. {escape(gap.what)}\n     → {escape(gap.remedy)}"


def _plain(found: Diagnosis) -> dict[str, Any]:
    return {
        "home": str(found.home),
        "annotations": {
            state.task: {"questions": state.questions, "data_hash": state.data_hash, "problem": state.problem}
            for state in found.tasks
        },
        "pictures": {
            "expected": found.pictures,
            "usable": found.pictures - len(found.problems),
            "missing_by_source": found.missing_by_source,
            "problems": {str(image_id): problem for image_id, (_, problem) in sorted(found.problems.items())},
            "verified": found.verified,
        },
        "scopes": [
            {
                "task": state.task,
                "scope": state.scope,
                "questions": state.questions,
                "lacking": state.lacking,
                "can_run": state.can_run,
                "lmms_eval": state.lmms_eval,
                "vlmeval": state.vlmeval,
            }
            for state in found.scopes
        ],
        "frameworks": {
            state.name: {
                "version": state.version,
                "tested": state.tested,
                "registered": state.registered,
                "shadows": {name: str(path) for name, path in state.shadows.items()},
            }
            for state in found.frameworks
        },
        "hook": found.hook,
        "gaps": [{"what": gap.what, "remedy": gap.remedy} for gap in found.gaps],
        "can_run": found.can_run,
    }
