"""The probabilities of options in a predictions file: ``{"A": 0.1, "E": 0.7}``, and what is none."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..benchmark.records import LETTERS
from .table import PredictionsError

COLUMN = "probabilities"
#: What rounding to a few digits may add to a sum.
_ROUNDING = 0.01


def read_probabilities(path: Path, place: str, told: Any) -> dict[str, float] | None:
    """The probability of each letter that is told; ``None`` for an empty cell.

    Args:
        path: the file, for messages.
        place: the record, for messages.
        told: an object by letter, or the same as JSON text (CSV) or as tuples (Parquet's maps). Letters without a value
            are left out: they count as 0. The sum may be less than 1, as that of a first token's letters is.

    Raises:
        PredictionsError: something is no probability, or they add up to nothing or to more than 1.
    """
    if isinstance(told, str):
        told = _parsed(path, place, told) if told.strip() else None
    if told is None:
        return None
    if isinstance(told, list) and all(isinstance(pair, tuple) for pair in told):
        told = dict(told)
    if not isinstance(told, Mapping):
        raise PredictionsError(f"{path}, {place}: {COLUMN} is {told!r:.40}, not an object such as {{'A': 0.9}}.")
    found = {}
    for letter, value in told.items():
        if letter not in LETTERS:
            raise PredictionsError(f"{path}, {place}: {COLUMN} names {letter!r:.40}; letters are A to E.")
        if value is None:
            continue
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= 1:
            raise PredictionsError(f"{path}, {place}: the probability of {letter} is {value!r:.40}, not from 0 to 1.")
        found[letter] = float(value)
    total = math.fsum(found.values())
    if not 0 < total <= 1 + _ROUNDING:
        raise PredictionsError(f"{path}, {place}: {COLUMN} add up to {total:.4g}; they must to more than 0, at most 1.")
    return found


def _parsed(path: Path, place: str, text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise PredictionsError(
            f'{path}, {place}: {COLUMN} is {text!r:.40}, not JSON such as {{"A": 0.9}}; export it again.'
        ) from None


def most_probable(probabilities: Mapping[str, float] | None) -> str | None:
    """The letter with the highest probability, of several the first.

    >>> most_probable({"E": 0.4, "B": 0.4}), most_probable(None)
    ('B', None)
    """
    return max(sorted(probabilities), key=probabilities.__getitem__) if probabilities else None
