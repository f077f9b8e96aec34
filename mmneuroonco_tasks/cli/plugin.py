"""`mmneuroonco enable` and `disable`: let frameworks that look for no plugins find our tasks by themselves."""

from __future__ import annotations

import typer


class PluginError(ValueError):
    """The environment could not be changed. The message is one sentence."""


def enable() -> None:
    """Make the frameworks' own commands find our tasks: one line in this environment's site-packages."""
    from ..frameworks import plugin_hook

    try:
        path = plugin_hook.enable()
    except OSError as error:
        raise PluginError(
            f"the line cannot be written ({error.strerror}); use an environment that you may write to."
        ) from None
    typer.echo(f"{path}: written. `mmneuroonco disable` removes it.")


def disable() -> None:
    """Undo `mmneuroonco enable`."""
    from ..frameworks import plugin_hook

    try:
        removed = plugin_hook.disable()
    except OSError as error:
        raise PluginError(f"the line cannot be removed ({error.strerror}); check the environment's owner.") from None
    typer.echo("removed." if removed else "nothing to remove: it was not enabled here.")
