"""Measurements in free text: area, circularity and centroid, and when a measured value is right."""

from __future__ import annotations

import math
import re

from .quantities import CIRCULARITY, IMAGE_SHARE, Quantity, find_quantities
from .tokens import folded, tokens_of

#: A point, or x and y.
Measured = tuple[float, ...]

AREA_POINTS, AREA_SHARE = 0.1, 0.2
CIRCULARITY_POINTS = 0.05
CENTROID_PIXELS = 10.0
#: Room for the rounding of decimal fractions: 0.81 − 0.76 is within 0.05.
_ROUNDING = 1e-9

_COORDINATE = r"\s{0,3}[=:≈~]?\s{0,3}(\d{1,5}(?:\.\d{1,4})?)"
_CENTROID = re.compile(
    rf"\bx{_COORDINATE}[\s,;a-z()]{{1,12}}\by{_COORDINATE}"
    r"|\(\s{0,3}(\d{1,5}(?:\.\d{1,4})?)\s{0,3}(?:px|pixels)?\s{0,3}[,;]\s{0,3}(\d{1,5}(?:\.\d{1,4})?)"
)


def read_measurements(text: str) -> dict[str, Measured | None]:
    """The first value that the text gives for each measurement.

    A range counts as its middle; a bound or a threshold ("above 5 %") is no measurement.

    >>> read_measurements("It covers 2–3 % of the slice (circularity 0.6), centroid near (x = 91, y = 93).")
    {'area': (2.5,), 'circularity': (0.6,), 'centroid': (91.0, 93.0)}
    """
    quantities = find_quantities(tokens_of(text))
    return {
        "area": _first(quantities, IMAGE_SHARE),
        "circularity": _first(quantities, CIRCULARITY),
        "centroid": _centroid(text),
    }


def measured_right(name: str, value: Measured, reference: Measured) -> bool:
    """Whether a value is within the tolerance: area max(0.1 point, 20 %), circularity ±0.05, centroid 10 pixels.

    >>> measured_right("area", (2.4,), (2.0,)), measured_right("circularity", (0.76,), (0.81,))
    (True, True)
    >>> measured_right("centroid", (97.0, 93.0), (91.0, 84.0))
    False
    """
    distance = math.dist(value, reference)
    tolerance = {
        "area": max(AREA_POINTS, AREA_SHARE * reference[0]),
        "circularity": CIRCULARITY_POINTS,
        "centroid": CENTROID_PIXELS,
    }[name]
    return distance <= tolerance + _ROUNDING


def _first(quantities: list[Quantity], kind: str) -> Measured | None:
    measured = [quantity for quantity in quantities if quantity.kind == kind and not quantity.bound]
    points = [quantity.low for quantity in measured if quantity.is_point]
    middles = [(quantity.low + quantity.high) / 2 for quantity in measured]
    return next(((value,) for value in (*points, *middles)), None)


def _centroid(text: str) -> Measured | None:
    match = _CENTROID.search(folded(text))
    if match is None:
        return None
    x, y = (match[1], match[2]) if match[1] else (match[3], match[4])
    return float(x), float(y)
