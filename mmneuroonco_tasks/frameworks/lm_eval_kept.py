"""lm-evaluation-harness's ``--use_cache`` for questions with pictures.

It means to keep each response as it comes, but under another key than it looks for later: that of the model's own
request, which lacks the picture or has it in another form. So a run that was killed is asked again from the beginning:
only what is kept at the very end is found. Here a model behind that cache is handed the requests of our tasks in parts,
each of which has such an end.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from .parts import in_parts
from .variants import VARIANTS

_OURS = frozenset(variant.lmms_eval for variant in VARIANTS)


def keep_as_they_come(cached_model: Any) -> None:
    """Change lm-evaluation-harness's class of cached models (``CachingLM``) so, once."""
    find = cached_model.__getattr__
    if hasattr(find, "__wrapped__"):
        return

    @wraps(find)
    def found(cached: Any, name: str) -> Any:
        function = find(cached, name)
        # Ranks have to go in step.
        several = int(os.environ.get("WORLD_SIZE", "1") or "1") > 1
        return function if name != "generate_until" or several else _in_parts(function, cached.lm)

    cached_model.__getattr__ = found


def _in_parts(ask: Callable[[Sequence[Any]], list[Any]], model: Any) -> Callable[[Sequence[Any]], list[Any]]:
    def asked(requests: Sequence[Any]) -> list[Any]:
        names = {request.task_name for request in requests}
        if not names <= _OURS:
            return ask(requests)
        parts = in_parts(requests, _at_least(model), ", ".join(sorted(names)))
        return [response for part in parts for response in ask(part)]

    return asked


def _at_least(model: Any) -> int:
    """How many requests the model works on at once."""
    sizes = (getattr(model, name, 1) for name in ("_concurrent", "batch_size"))
    return max([1, *(int(size) for size in sizes if str(size).isdecimal())])
