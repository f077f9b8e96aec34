"""Requests in parts, so that what was answered is safe before the rest is asked: a kill costs a part."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from typing import TypeVar

#: What a kill may cost.
SECONDS_A_PART = 10.0
Request = TypeVar("Request")


def in_parts(asked: Sequence[Request], at_least: int, said: str) -> Iterator[Sequence[Request]]:
    """Parts that take about ``SECONDS_A_PART`` each, as far as the last one tells; progress after each."""
    begun = time.monotonic()
    size, position = at_least, 0
    while position < len(asked):
        started = time.monotonic()
        yield asked[position : position + size]
        position = min(position + size, len(asked))
        now = time.monotonic()
        left = (now - begun) / position * (len(asked) - position)
        tell(f"{said}: {position} of {len(asked)} answered and kept, about {_duration(left)} left")
        fitting = size * SECONDS_A_PART / max(now - started, 0.01)
        size = max(at_least, min(int(fitting), 4 * size))


def _duration(seconds: float) -> str:
    """
    >>> _duration(42.2), _duration(3725)
    ('42 s', '1 h 2 min')
    """
    minutes, hours = round(seconds) // 60, round(seconds) // 3600
    if not minutes:
        return f"{round(seconds)} s"
    return f"{hours} h {minutes % 60} min" if hours else f"{minutes} min"


def tell(sentence: str) -> None:
    """Say something on standard error, at once."""
    print(f"mmneuroonco: {sentence}", file=sys.stderr, flush=True)
