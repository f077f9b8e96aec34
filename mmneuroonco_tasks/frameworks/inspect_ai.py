"""Which inspect_ai the tests run. Its entry point, in the group ``inspect_ai``, names ``inspect_ai_tasks``.

This module imports nothing of it, so that ``mmneuroonco doctor`` can look.
"""

from __future__ import annotations

import warnings
from importlib.metadata import PackageNotFoundError, version

#: The versions of inspect_ai that the tests run.
TESTED_VERSIONS = ("0.3.285",)


def installed_version() -> str | None:
    """The version of inspect_ai in this environment, or ``None``."""
    try:
        return version("inspect-ai")
    except PackageNotFoundError:
        return None


def warn_if_untested() -> None:
    """Warn where another version is installed than those that were tested."""
    found = installed_version()
    if found not in TESTED_VERSIONS:
        warnings.warn(
            f"mmneuroonco-tasks is tested with inspect_ai {', '.join(TESTED_VERSIONS)}, not {found}: "
            "compare a known number before you trust a new one.",
            stacklevel=3,
        )
