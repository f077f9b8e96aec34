"""Register our tasks as soon as a framework's own module has been imported, whoever imports it.

Neither VLMEvalKit nor the sub-commands ``tasks list`` and ``power`` of lmms-eval look for plugins. ``enable`` writes
one line into the environment's site-packages, which Python runs at every start: a finder that imports nothing and
does nothing until somebody imports one of the frameworks. Only then is this module loaded; its own finder lets
Python's machinery load the modules in ``HOOKS`` and calls our registration after each. ``disable`` removes the line.

Standard library only, and no error ever leaves it: an import of a framework must not fail because of us.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from importlib.machinery import ModuleSpec
    from pathlib import Path
    from types import ModuleType
    from typing import Any

#: By module: what to call, as ``module:function``, once it has been executed.
HOOKS = {
    "lmms_eval.tasks": "mmneuroonco_tasks.frameworks.lmms_eval:register_tasks",
    "vlmeval.config": "mmneuroonco_tasks.frameworks.vlmeval:register_models",
    "vlmeval.dataset": "mmneuroonco_tasks.frameworks.vlmeval:register_datasets",
}

PTH_NAME = "mmneuroonco_tasks.pth"
#: What runs at every interpreter start. Where our package is gone but the line is not, frameworks import as ever.
WAITER = """
class Waiter:
    def find_spec(self, name, path=None, target=None):
        if name in ("lmms_eval", "vlmeval"):
            try:
                from mmneuroonco_tasks.frameworks.plugin_hook import install
                install()
            except Exception:
                pass
sys.meta_path.insert(0, Waiter())
"""
PTH_LINE = f"import sys; exec({WAITER!r})\n"


class RegisterAfterImport:
    """A meta-path finder that finds nothing itself: it adds a call after the execution of a few modules."""

    def __init__(self, hooks: Mapping[str, str]) -> None:
        self.hooks = dict(hooks)

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The spec that the other finders give, its loader made to register once the module has been executed."""
        if name not in self.hooks:
            return None
        for finder in sys.meta_path:
            spec = None if finder is self else finder.find_spec(name, path, target)
            if spec is not None:
                # The hook stays: whoever only asks whether the module exists must not use it up.
                call_after_execution(spec.loader, self.hooks[name])
                return spec
        return None


def call_after_execution(loader: Any, function: str) -> None:
    """Make this one loader call ``function`` after it has executed its module."""
    execute = loader.exec_module

    def execute_and_register(module: ModuleType) -> None:
        execute(module)
        call(function)

    loader.exec_module = execute_and_register


def call(function: str) -> None:
    """Call ``module:function``; whatever goes wrong is a warning, never an error in somebody else's import."""
    from importlib import import_module

    try:
        module, _, name = function.partition(":")
        getattr(import_module(module), name)()
    except Exception as error:
        import warnings

        warnings.warn(f"the MM-NeuroOnco tasks could not be registered ({error})", RuntimeWarning, stacklevel=2)


def install(hooks: Mapping[str, str] = HOOKS) -> None:
    """Wait for the modules named in ``hooks``. One finder serves a process, however often this is called."""
    for finder in sys.meta_path:
        if isinstance(finder, RegisterAfterImport):
            finder.hooks.update(hooks)
            return
    sys.meta_path.insert(0, RegisterAfterImport(hooks))


def site_packages() -> Path:
    """The folder of this environment whose ``.pth`` files Python reads at start."""
    import sysconfig
    from pathlib import Path

    return Path(sysconfig.get_path("purelib"))


def enabled(folder: Path | None = None) -> bool:
    """Whether the line is in place, in this environment or in the given site-packages folder."""
    return ((folder or site_packages()) / PTH_NAME).is_file()


def enable(folder: Path | None = None) -> Path:
    """Write the line, so that every Python of this environment registers our tasks by itself; the file written.

    Raises:
        OSError: the folder cannot be written to.
    """
    path = (folder or site_packages()) / PTH_NAME
    beside = path.with_suffix(".tmp")
    beside.write_text(PTH_LINE, encoding="utf-8")
    beside.replace(path)
    return path


def disable(folder: Path | None = None) -> bool:
    """Remove the line; whether there was one.

    Raises:
        OSError: the file cannot be removed.
    """
    path = (folder or site_packages()) / PTH_NAME
    there = path.is_file()
    path.unlink(missing_ok=True)
    return there
