"""Which attributes and measurements a question asks for, and which of them its own text already names.

Read from the question alone: "Going by the spread, is it a large one?" asks for the size and not for the spread, which
is only its source; asked how all that is seen fits the diagnosis, all four count; "its lobulated shape" gives the shape
away, "solitary or multifocal" gives nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from mmneuroonco_tasks.benchmark.records import OpenQuestion

from .classes import ATTRIBUTES, MEASUREMENTS
from .measurements import read_measurements
from .reading import read_attributes

_ASKS = {
    "shape": re.compile(r"\b(shape|morpholog\w*|margins?|contours?|outlines?|borders?|edges?|form|round|irregular)\b"),
    "sector": re.compile(
        r"\b(where|location|position|which (part|region|quadrant|sector|side|third|area|cell|corner)"
        r"|what (part|region|quadrant|sector|side|third|area|cell|corner))\b"
    ),
    "size": re.compile(r"\b(size|sized|large|big|extent|extensive|small|how much|percent|percentage|proportion)\b"),
    "spread": re.compile(
        r"\b(spread|solitary|single|multifocal\w*|multiple|several|satellites?|unifocal|scattered|how many"
        r"|number of|more than one|multiplicity|focality)\b"
    ),
}
_MEASURES = {
    "area": re.compile(r"\b(percent|percentage|proportion|fraction|share|how much)\b"),
    "circularity": re.compile(r"\b(circularity)\b"),
    "centroid": re.compile(r"\b(centroid|coordinates)\b"),
}
#: What an answer is to be drawn from is not what it is to tell.
_SOURCE = re.compile(
    r"\b(based (?:solely |only )?on|according to|from|using|considering|given|as indicated by|judging by) [^,?]*"
)
_CONTRAST = re.compile(r"\brather than\b[^,;?—]*")
_ALTERNATIVE = re.compile(r"\bor\b|\bversus\b")
_SOURCE_NOUN = re.compile(
    r"\b(?:spread|size|shape|location|area|extent|spatial|positional)(?:\s?/\s?\w+| and \w+| or \w+)? "
    r"(?:information|data|details|metrics|description|findings?)\b"
)


@dataclass(frozen=True)
class Asked:
    """What a question asks for: attributes to score, attributes that it gives away itself, measurements."""

    attributes: tuple[str, ...]
    given: tuple[str, ...]
    measurements: tuple[str, ...]


def asked_of(question: OpenQuestion) -> Asked:
    """What the question asks for, in the order of the tables."""
    text = question.question.lower()
    if question.question_type == "Reasoning":
        asked = _asking(text) or tuple(ATTRIBUTES)
        measurements: tuple[str, ...] = ()
    else:
        direct = _SOURCE_NOUN.sub(" ", _SOURCE.sub(" ", text))
        asked = _asking(direct) or _asking(text)
        measurements = tuple(name for name in MEASUREMENTS if _MEASURES[name].search(direct))
    named = _named(text)
    told = read_measurements(text)
    return Asked(
        tuple(name for name in asked if name not in named),
        tuple(name for name in asked if name in named),
        tuple(name for name in measurements if told[name] is None),
    )


def _named(text: str) -> set[str]:
    """The attributes whose class the question names; alternatives ("solitary or multifocal") name none."""
    text = _CONTRAST.sub(" ", text)
    whole = read_attributes(text)
    parts = [read_attributes(part) for part in _ALTERNATIVE.split(text)]
    return {
        name
        for name in ATTRIBUTES
        if whole[name].value is not None and len({part[name].value for part in parts} - {None}) == 1
    }


def _asking(text: str) -> tuple[str, ...]:
    return tuple(name for name in ATTRIBUTES if _ASKS[name].search(text))
