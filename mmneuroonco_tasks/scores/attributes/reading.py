"""One extractor for references, responses, questions and option texts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from types import MappingProxyType

from .classes import ATTRIBUTES, DOMINANT_FROM, SATELLITES, SCATTERED, SOLITARY, shape_classes, size_classes
from .context import Context, as_it_stands, as_size
from .evidence import Evidence, Reading, resolve
from .mentions import find_mentions
from .quantities import CIRCULARITY, IMAGE_SHARE, LESION_SHARE, LESIONS, Quantity, find_quantities
from .sector import read_sector
from .spread import read_spread
from .terms import Family, Match, find_terms
from .tokens import tokens_of


@lru_cache(maxsize=4096)
def read_attributes(text: str) -> Mapping[str, Reading]:
    """Read shape, sector, size and spread from free text, in linear time and without ever failing.

    >>> reading = read_attributes("A small, round lesion in the upper left, without satellites.")
    >>> [reading[attribute].value for attribute in ("shape", "sector", "size", "spread")]
    ['Round/Oval', 'Upper-Left Region', 'Small/Focal', 'Solitary Lesion']
    >>> read_attributes("Large, about 0.4 % of the image")["size"]
    Reading(value=None, contradictory=True)
    """
    tokens = tokens_of(text)
    matches = _with_numbers(find_terms(tokens), find_quantities(tokens))
    mentions = find_mentions(tokens, matches)
    context = Context(tokens, {match.start: match for match in matches})
    shape = (as_it_stands(mention) for mention in mentions if mention.family.attribute == "shape")
    size = (as_size(mention, context) for mention in mentions if mention.family.attribute == "size")
    readings = {
        "shape": resolve(ATTRIBUTES["shape"], _some(shape)),
        "sector": read_sector(mentions, context),
        "size": resolve(ATTRIBUTES["size"], _some(size)),
        "spread": read_spread(mentions, context),
    }
    return MappingProxyType(readings)


def _some(evidence: Iterable[Evidence | None]) -> list[Evidence]:
    return [item for item in evidence if item is not None]


def _with_numbers(terms: list[Match], quantities: Iterable[Quantity]) -> list[Match]:
    """Numbers as mentions, so that the same cues deny them; a number inside a term belongs to the term."""
    inside = {at for match in terms for at in range(match.start, match.end)}
    numbers = [
        Match(quantity.at, quantity.at + 1, family)
        for quantity in quantities
        if quantity.at not in inside and (family := _family(quantity)) is not None
    ]
    return sorted([*terms, *numbers], key=lambda match: match.start)


def _family(quantity: Quantity) -> Family | None:
    """What a number says: its classes, under the name of what it measures."""
    low, high, name = quantity.low, quantity.high, (quantity.kind,)
    if quantity.kind == IMAGE_SHARE:
        return Family("size", size_classes(low, high), "counts", name)
    if quantity.kind == CIRCULARITY:
        return Family("shape", shape_classes(low, high), "number", name)
    if quantity.kind == LESION_SHARE and quantity.is_point:
        return Family("spread", (SOLITARY, SATELLITES) if low >= DOMINANT_FROM else (SCATTERED,), "counts", name)
    if quantity.kind == LESIONS:
        return Family("spread", (SOLITARY,) if low == 1 else (SATELLITES, SCATTERED), "counts", name)
    return None
