"""`mmneuroonco paths`: where things are, one plain line each, for use in other commands."""

from __future__ import annotations

from enum import Enum
from typing import Annotated

import typer


class Place(str, Enum):
    """What can be asked for."""

    TASKS = "tasks"
    LM_EVAL = "lm-eval"
    HOME = "home"


def paths(
    place: Annotated[
        Place | None,
        typer.Argument(help="tasks: the lmms-eval YAML files. lm-eval: lm-evaluation-harness's. home: the data."),
    ] = None,
) -> None:
    """Print where things are, for example --include-path "$(mmneuroonco paths tasks)"."""
    from ..benchmark.home import Home
    from ..frameworks import lm_eval, lmms_eval

    known = {
        Place.TASKS: lmms_eval.task_yamls(),
        Place.LM_EVAL: lm_eval.task_yamls(),
        Place.HOME: Home.default().folder,
    }
    if place is not None:
        typer.echo(known[place])
        return
    for name, path in known.items():
        typer.echo(f"{name.value}\t{path}")
