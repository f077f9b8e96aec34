"""Older result files: each version's step to the next one, so that a stored result stays readable for ever.

A new version of ``result.schema.json`` adds one function here, from the version before it. A field that is only added,
and that readers can do without, needs no new version.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

#: By the name of an older schema, what makes its results those of the next version. Version 1 is the first.
UPGRADES: dict[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = {}


def upgraded(data: Any) -> Any:
    """A parsed result in the form of today, step by step; what is no older result is returned as it is.

    Steps are trusted with well-formed results only: where one fails, the data is returned as it was, and the check
    against the schema says what is wrong with it.
    """
    seen = set()
    result = data
    while isinstance(result, Mapping) and isinstance(version := result.get("schema"), str):
        if version not in UPGRADES or version in seen:
            return result
        seen.add(version)
        try:
            result = UPGRADES[version](result)
        except (KeyError, TypeError, ValueError, AttributeError, IndexError):
            return data
    return result
