"""What was once found out of a text: models put most answers in the same few words."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Any, TypeVar, cast

Find = TypeVar("Find", bound=Callable[..., Any])
#: A longer text hardly comes again.
_LONGEST = 1_000
_MOST = 4096


def remembered(find: Find) -> Find:
    """The function of a text and other values, which keeps what it returned for thousands of short texts.

    >>> remembered(len)("B")
    1
    """
    kept = lru_cache(maxsize=_MOST)(find)

    @wraps(find)
    def found(text: str, *others: Any) -> Any:
        return kept(text, *others) if len(text) <= _LONGEST else find(text, *others)

    return cast(Find, found)
