"""`mmneuroonco run`: a framework's own command, from anywhere, with our tasks registered."""

from __future__ import annotations

import typer

run = typer.Typer(help="Run a framework's own command with our tasks registered.", no_args_is_help=True)
_OTHERS = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}


@run.command("vlmeval", context_settings=_OTHERS)
def vlmeval(context: typer.Context) -> None:
    """VLMEvalKit's run.py, with every flag that it has: mmneuroonco run vlmeval --data MMNeuroOnco --model X."""
    from ..frameworks.vlmeval import main

    main(context.args)


@run.command("lmms-eval", context_settings=_OTHERS)
def lmms_eval(context: typer.Context) -> None:
    """lmms-eval, with every flag that it has, and responses kept as they come: after a kill run the same again."""
    from ..frameworks.lmms_eval_kept import main

    main(context.args)
