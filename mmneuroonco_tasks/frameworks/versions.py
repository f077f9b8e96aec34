"""Which version of a framework is here, and what to say of one that the tests do not run."""

from __future__ import annotations

import warnings
from collections.abc import Collection
from importlib import import_module
from importlib.metadata import PackageNotFoundError, distribution, version
from pathlib import Path


def installed(distribution: str) -> str | None:
    """The version of a distribution in this environment, or ``None``."""
    try:
        return version(distribution)
    except PackageNotFoundError:
        return None


def warn_unless_tested(found: str | None, tested: Collection[str], framework: str = "", stacklevel: int = 2) -> None:
    """Warn of a version that is none of the tested ones; ``framework`` stands before them where they do not name it.

    >>> with warnings.catch_warnings(record=True) as said:
    ...     warn_unless_tested("9.9", ("0.7.3",), "lmms-eval")
    >>> str(said[0].message)
    'mmneuroonco-tasks is tested with lmms-eval 0.7.3, not 9.9: compare a known number before you trust a new one.'
    """
    if found not in tested:
        known = f"{framework} {', '.join(tested)}".strip()
        warnings.warn(
            f"mmneuroonco-tasks is tested with {known}, not {found}: "
            "compare a known number before you trust a new one.",
            stacklevel=stacklevel + 1,
        )


def vlmeval_version() -> str:
    """The loaded edition of VLMEvalKit and its version, as signatures name them: for example ``ms-vlmeval-0.0.20``."""
    host = import_module("vlmeval")
    try:
        package = distribution("ms-vlmeval")
        if Path(str(package.locate_file("vlmeval/__init__.py"))).samefile(host.__file__ or ""):
            return f"ms-vlmeval-{package.version}"
    except (PackageNotFoundError, OSError):
        pass
    return f"vlmevalkit-{getattr(host, '__version__', 'unknown')}"
