"""How lmms-eval finds our tasks and models, with no flag and no variable.

lmms-eval 0.7.3 has one entry-point group, for models. Ours is called when its model registry is built; it puts the
folder of our YAML files on the list that ``TaskManager.initialize_tasks`` searches, and returns our model manifests.
Nothing here may raise: one plugin that fails there stops all others.
"""

from __future__ import annotations

import sys
import warnings
from pathlib import Path
from types import ModuleType
from typing import Any

from . import plugin_hook
from .versions import installed, warn_unless_tested

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
    return installed("lmms-eval")


def register() -> list[Any]:
    """Add our tasks to lmms-eval; the manifests of our models. Never raises, warns instead."""
    try:
        warn_unless_tested(installed_version(), TESTED_VERSIONS, "lmms-eval")
        register_tasks()
        return _manifests()
    except Exception as error:
        warnings.warn(f"mmneuroonco-tasks could not register with lmms-eval: {error!r}", stacklevel=2)
        return []


def register_tasks() -> None:
    """Make lmms-eval's task manager search our folder: now if it is imported, else once it is."""
    tasks = sys.modules.get(_TASKS_MODULE)
    if tasks is None:
        plugin_hook.install({_TASKS_MODULE: f"{__name__}:register_tasks"})
    elif hasattr(tasks, "TaskManager"):
        add_tasks(tasks)


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


def _manifests() -> list[Any]:
    """Our models, by class path: nothing of them is imported until one is asked for."""
    from lmms_eval.models.registry_v2 import ModelManifest

    classes = {
        "mmneuroonco_reference": f"{__package__}.lmms_eval_models.ReferenceReaderModel",
        "mmneuroonco_openai": f"{__package__}.lmms_eval_openai.OpenAIWithProbabilities",
    }
    return [ModelManifest(name, chat_class_path=path) for name, path in classes.items()]
