"""Which inspect_ai the tests run. Its entry point, in the group ``inspect_ai``, names ``inspect_ai_tasks``.

This module imports nothing of it, so that ``mmneuroonco doctor`` can look.
"""

from __future__ import annotations

from .versions import installed

#: The versions of inspect_ai that the tests run.
TESTED_VERSIONS = ("0.3.285",)


def installed_version() -> str | None:
    """The version of inspect_ai in this environment, or ``None``."""
    return installed("inspect-ai")
