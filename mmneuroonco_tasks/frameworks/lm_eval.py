"""Which lm-evaluation-harness the tests run, and where its task files are: ``lm_eval --include_path FOLDER``.

This module imports nothing of it, so that ``mmneuroonco doctor`` and ``paths`` can look.
"""

from __future__ import annotations

from pathlib import Path

from .versions import installed

#: The versions of lm-evaluation-harness that the tests run.
TESTED_VERSIONS = ("0.4.13",)


def installed_version() -> str | None:
    """The version of lm-evaluation-harness in this environment, or ``None``."""
    return installed("lm-eval")


def task_yamls() -> Path:
    """The folder of its task files, one for every row of ``variants``."""
    return Path(__file__).resolve().parent / "lm_eval_yamls"
