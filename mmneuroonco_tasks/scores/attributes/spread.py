"""How many lesions a text tells of, and whether one of them dominates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from .classes import ATTRIBUTES, SATELLITES, SCATTERED, SOLITARY
from .context import Context, as_it_stands
from .evidence import Evidence, Reading, resolve
from .mentions import Mention
from .quantities import LESION_SHARE, LESIONS
from .terms import word_list

_SEVERAL = frozenset({SATELLITES, SCATTERED})
_NOT_SCATTERED = frozenset({SOLITARY, SATELLITES})


def read_spread(mentions: Sequence[Mention], context: Context) -> Reading:
    """Solitary, a dominant core with satellites, or scattered."""
    own = [(mention, as_it_stands(mention)) for mention in mentions if mention.family.attribute == "spread"]
    stated = [(mention, item) for mention, item in own if item is not None]
    asserted = {item.classes for _, item in stated if not item.denied}
    shared = any(_is_share(mention) for mention, _ in stated)
    evidence = [
        _weighed(mention, item, asserted, context)
        for mention, item in stated
        # Satellites that are named need no share; a share tells better than a word whether the largest dominates.
        if not (_is_share(mention) and (mention.denied or {SATELLITES} in asserted))
        and not (shared and item.classes == _NOT_SCATTERED and not _is_share(mention) and not item.denied)
    ]
    return resolve(ATTRIBUTES["spread"], evidence, _likeliest)


def _likeliest(possible: frozenset[str]) -> str:
    """Without more detail "multifocal" is the scattered class, and "a dominant core" the one with satellites."""
    if possible == _NOT_SCATTERED:
        return SATELLITES
    return SOLITARY if SOLITARY in possible else SCATTERED


def _is_share(mention: Mention) -> bool:
    return mention.family.words == (LESION_SHARE,)


def _weighed(mention: Mention, item: Evidence, asserted: set[frozenset[str]], context: Context) -> Evidence:
    with_satellites = frozenset({SATELLITES}) in asserted
    if item.denied:
        # "Rather than multifocal", said of a core with satellites, denies that they are scattered.
        classes = frozenset({SCATTERED}) if with_satellites and item.classes == _SEVERAL else item.classes
        # "Two foci, no additional ones" does not deny the two.
        return replace(item, classes=classes, excludes="additional" not in item.family.words)
    counted = item.family.words == (LESIONS,) or "single" in item.family.words
    with_more = with_satellites or _SEVERAL in asserted
    if item.classes == {SOLITARY} and (
        (with_satellites and counted) or (with_more and _is_the_main_lesion(mention, context))
    ):
        return replace(item, classes=_NOT_SCATTERED)
    return item


def _is_the_main_lesion(mention: Mention, context: Context) -> bool:
    """ "Primarily solitary", "a single dominant mass": there may be more beside it."""
    beside = {*context.ahead(mention, 2), *context.behind(mention, 1)}
    return context.cue_behind(mention, "mainly", 3) or bool(word_list("main") & beside)
