"""Which lm-evaluation-harness the tests run, and where its task files are: ``lm_eval --include_path FOLDER``.

This module imports nothing of it, so that ``mmneuroonco doctor`` and ``paths`` can look.
"""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

#: The versions of lm-evaluation-harness that the tests run.
TESTED_VERSIONS = ("0.4.13",)


def installed_version() -> str | None:
    """The version of lm-evaluation-harness in this environment, or ``None``."""
    try:
        return version("lm-eval")
    except PackageNotFoundError:
        return None


def task_yamls() -> Path:
    """The folder of its task files, one for every row of ``variants``."""
    return Path(__file__).resolve().parent / "lm_eval_yamls"
