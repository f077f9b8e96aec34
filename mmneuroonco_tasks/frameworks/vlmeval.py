"""How VLMEvalKit finds our datasets and our reference reader: its tables are added to, in place.

Two editions are known: ms-vlmeval, which PyPI has, and a checkout of VLMEvalKit's main branch, whose ``run.py`` lies
outside its package. ``main`` finds the runner, registers and hands over; after ``mmneuroonco enable`` the hosts' own
commands register by themselves (``plugin_hook``). Registering twice changes nothing, and it never raises.
"""

from __future__ import annotations

import os
import runpy
import sys
import warnings
from collections.abc import Callable, Sequence
from functools import wraps
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from ..collecting import without_collecting
from . import plugin_hook
from .versions import vlmeval_version, warn_unless_tested

#: Names a checkout of VLMEvalKit, to be used instead of an installed package.
ROOT_VARIABLE = "VLMEVALKIT_ROOT"
#: The versions that the tests run: of the PyPI edition, and what a checkout of the main branch calls itself.
TESTED_VERSIONS = ("ms-vlmeval-0.0.20", "vlmevalkit-0.2rc1")


class RunnerNotFound(RuntimeError):
    """There is no VLMEvalKit to hand over to. The message is one sentence with the remedy."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Register, then run VLMEvalKit's own command line, whichever edition is there.

    Args:
        arguments: VLMEvalKit's flags, by default those of this process.
    """
    arguments = sys.argv[1:] if arguments is None else list(arguments)
    try:
        runner = find_runner()
    except RunnerNotFound as error:
        raise SystemExit(f"mmneuroonco: {error}") from None
    # By hook, not by importing it here: VLMEvalKit's runner hands GPUs to ranks before it imports anything else.
    plugin_hook.install()
    register_what_is_loaded()
    sys.argv = [str(runner), *arguments]
    if (runner.parent / "__init__.py").is_file():
        import_module("vlmeval.run").main()
    else:  # a checkout: its package must be importable, before any other edition
        sys.path.insert(0, str(runner.parent))
        runpy.run_path(str(runner), run_name="__main__")


def register_what_is_loaded() -> None:
    """Register where VLMEvalKit was imported before the import hook was in place."""
    if "vlmeval.dataset" in sys.modules:
        register_datasets()
    if "vlmeval.config" in sys.modules:
        register_models()


def find_runner() -> Path:
    """The ``run.py`` of the VLMEvalKit to use: of ``VLMEVALKIT_ROOT``, else of the installed package.

    Raises:
        RunnerNotFound: neither is there.
    """
    root = os.environ.get(ROOT_VARIABLE)
    if root:
        runner = Path(root).expanduser().absolute() / "run.py"
        if not (runner.is_file() and (runner.parent / "vlmeval").is_dir()):
            raise RunnerNotFound(f"{ROOT_VARIABLE} is {root}, which is no checkout of VLMEvalKit; correct or unset it.")
        return runner
    spec = find_spec("vlmeval")
    package = Path(spec.origin).parent if spec and spec.origin else None
    # The main branch, installed in place, keeps run.py beside its package.
    for runner in (package / "run.py", package.parent / "run.py") if package else ():
        if runner.is_file():
            return runner
    raise RunnerNotFound(
        f"VLMEvalKit is not here: run `pip install mmneuroonco-tasks[vlmeval]`, or set {ROOT_VARIABLE} to a checkout."
    )


def never_raising(register: Callable[[], None]) -> Callable[[], None]:
    """Turn what goes wrong in a registration into a warning: nobody's run may fail because we are installed."""

    @wraps(register)
    def guarded() -> None:
        try:
            register()
        except Exception as error:
            warnings.warn(f"mmneuroonco-tasks could not register with VLMEvalKit: {error!r}", stacklevel=2)

    return guarded


@never_raising
def register_datasets() -> None:
    """Add our dataset classes to ``vlmeval.dataset``. Never raises, warns instead."""
    host = import_module("vlmeval.dataset")
    try:
        # Beside PyTorch, what importing makes would set off a search through millions of objects.
        with without_collecting():
            from .vlmeval_dataset import DATASET_CLASSES
    except ImportError:
        if f"{__package__}.vlmeval_dataset" not in sys.modules:
            raise
        return  # that module is what is being imported, and has imported ``vlmeval.dataset`` itself
    warn_unless_tested(vlmeval_version(), TESTED_VERSIONS, stacklevel=3)
    for added in DATASET_CLASSES:
        add_dataset(host, added)


def add_dataset(host: Any, added: type[Any]) -> None:
    """Add one class to the tables of the module ``vlmeval.dataset``.

    Names that VLMEvalKit has itself stay its own: its classes are searched first; ``mmneuroonco doctor`` tells of it.
    """
    for table in (host.IMAGE_DATASET, host.DATASET_CLASSES):
        if added not in table:
            table.append(added)
    host.SUPPORTED_DATASETS.extend(name for name in added.supported_datasets() if name not in host.SUPPORTED_DATASETS)
    if not hasattr(host, added.__name__):  # a ``--config`` file names the class
        setattr(host, added.__name__, added)
        host.__all__.append(added.__name__)


@never_raising
def register_models() -> None:
    """Add our models to ``vlmeval.config.supported_VLM``. Never raises, warns instead."""
    from .vlmeval_model import MODELS

    known = import_module("vlmeval.config").supported_VLM
    for name, model in MODELS.items():
        known.setdefault(name, model)
