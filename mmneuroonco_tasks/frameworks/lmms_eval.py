"""How lmms-eval finds our tasks and models, with no flag and no variable.

lmms-eval 0.7.3 has one entry-point group, for models. Ours is called when its model registry is built; it puts the
folder of our YAML files on the list that ``TaskManager.initialize_tasks`` searches, and returns our model manifests.
Nothing here may raise: one plugin that fails there stops all others.
"""

from __future__ import annotations

import importlib.util
import sys
import warnings
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import ModuleType
from typing import Any

#: The versions of lmms-eval that the tests run.
TESTED_VERSIONS = ("0.7.3",)
_TASKS_MODULE = "lmms_eval.tasks"
_MARK = "_mmneuroonco_tasks_registered"


def task_yamls() -> Path:
    """The folder of the lmms-eval tasks: in the wheel inside the package, in a checkout beside it."""
    package = Path(__file__).resolve().parent.parent
    packed = package / "task_yamls"
    return packed if packed.is_dir() else package.parent / "task_yamls"


def installed_version() -> str | None:
    """The version of lmms-eval in this environment, or ``None``."""
    try:
        return version("lmms-eval")
    except PackageNotFoundError:
        return None


def register() -> list[Any]:
    """Add our tasks to lmms-eval; the manifests of our models. Never raises, warns instead."""
    try:
        found = installed_version()
        if found not in TESTED_VERSIONS:
            warnings.warn(
                f"mmneuroonco-tasks is tested with lmms-eval {', '.join(TESTED_VERSIONS)}, not {found}: "
                "compare a known number before you trust a new one.",
                stacklevel=2,
            )
        tasks = sys.modules.get(_TASKS_MODULE)
        if tasks is not None and hasattr(tasks, "TaskManager"):
            add_tasks(tasks)
        else:
            sys.meta_path.insert(0, _AfterImport())
        return _manifests()
    except Exception as error:
        warnings.warn(f"mmneuroonco-tasks could not register with lmms-eval: {error!r}", stacklevel=2)
        return []


def add_tasks(tasks: ModuleType) -> None:
    """Make ``TaskManager`` of the module ``lmms_eval.tasks`` search our folder too. Doing it twice changes nothing.

    lmms-eval's own tasks are searched first and win where names are equal; ``mmneuroonco doctor`` tells of that.
    """
    manager = tasks.TaskManager
    if getattr(manager, _MARK, False):
        return
    original = manager.initialize_tasks

    def initialize_tasks(self: Any, include_path: str | list[str] | None = None, *args: Any, **kwargs: Any) -> Any:
        named = [include_path] if isinstance(include_path, str) else list(include_path or [])
        ours = str(task_yamls())
        if ours not in named:
            named.append(ours)
        return original(self, named, *args, **kwargs)

    manager.initialize_tasks = initialize_tasks
    setattr(manager, _MARK, True)


class _AfterImport(MetaPathFinder, Loader):
    """Waits for ``lmms_eval.tasks`` to be imported, once, and then adds our tasks."""

    def __init__(self) -> None:
        self._spec: ModuleSpec | None = None

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname != _TASKS_MODULE:
            return None
        sys.meta_path.remove(self)
        self._spec = importlib.util.find_spec(fullname)
        if self._spec is None or self._spec.loader is None:
            return None
        return importlib.util.spec_from_file_location(
            fullname, self._spec.origin, loader=self, submodule_search_locations=self._spec.submodule_search_locations
        )

    def exec_module(self, module: ModuleType) -> None:
        assert self._spec is not None and self._spec.loader is not None
        self._spec.loader.exec_module(module)
        try:
            add_tasks(module)
        except Exception as error:
            warnings.warn(f"mmneuroonco-tasks could not add its tasks to lmms-eval: {error!r}", stacklevel=2)


def _manifests() -> list[Any]:
    return []
