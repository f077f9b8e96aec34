"""MM-NeuroOnco inside the evaluation frameworks people already run, with rejection-aware scores.

Names are loaded when they are first used, so that importing the package costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from .answers import Answer, Outcome, read_answer, read_batch
    from .benchmark import load_benchmark
    from .scores import score_closed

_HOMES = {
    "Answer": "answers",
    "Outcome": "answers",
    "read_answer": "answers",
    "read_batch": "answers",
    "load_benchmark": "benchmark",
    "score_closed": "scores",
}

__all__ = [
    "Answer",
    "Outcome",
    "__version__",
    "load_benchmark",
    "read_answer",
    "read_batch",
    "score_closed",
]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
