"""Where in the image a text says the lesion lies: rows, columns and middles put together into cells of the grid.

Sides are the image's own. "On the left" leaves the row open, "near the top" the column; an open axis is the middle
one. A middle beside a side names the middle of the other axis ("centre left", "at the bottom, centrally"); alone it
is the central cell.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import accumulate

from .classes import ATTRIBUTES, COLUMNS, ROWS, SECTORS, sector_name
from .context import Context
from .evidence import COUNTS, HINTS, IN_GENERAL, Evidence, Reading, resolve
from .mentions import Mention
from .terms import word_list
from .tokens import MARKS, STOP

#: So many words may stand between a middle and its side: "the centre of the left half".
_APART = 3


def read_sector(mentions: Sequence[Mention], context: Context) -> Reading:
    """The cell of the 3×3 grid."""
    places = [m for m in mentions if m.family.attribute in ("row", "column", "center") and _is_a_place(m, context)]
    sentence_of = list(accumulate(token.kind == STOP for token in context.tokens))
    in_sentence: dict[tuple[int, bool], set[str]] = defaultdict(set)
    for mention in places:
        in_sentence[sentence_of[mention.match.start], mention.denied] |= _sides([mention])
    evidence = []
    for index, mention in enumerate(places):
        rows, columns = set(ROWS), set(COLUMNS)
        if mention.family.attribute == "row":
            rows = set(mention.family.says)
        elif mention.family.attribute == "column":
            columns = set(mention.family.says)
        else:
            beside = [m for m in places[max(0, index - 1) : index + 2] if _adjoins(m, mention, context)]
            whole_sentence = in_sentence[sentence_of[mention.match.start], mention.denied]
            sides = _sides(beside) or (whole_sentence if len(whole_sentence) == 1 else set())
            if len(sides) == 2:
                continue
            rows = rows if "row" in sides else {"Middle"}
            columns = columns if "column" in sides else {"Middle"}
        cells = frozenset(sector_name(row, column) for row in rows for column in columns)
        rank = _rank(mention, context, alone=len(cells) == 1)
        evidence.append(Evidence(cells, mention.family, rank, mention.denied, mention.weakly))
    return resolve(ATTRIBUTES["sector"], evidence, _most_central)


def _most_central(possible: frozenset[str]) -> str:
    """An axis that is not told is the middle one."""
    return max(ATTRIBUTES["sector"], key=lambda name: (name in possible, SECTORS[name].count("Middle")))


def _sides(mentions: Iterable[Mention]) -> set[str]:
    """The axes (row, column) on which these mentions leave the middle."""
    return {m.family.attribute for m in mentions if m.family.says not in (("Middle",), ("Center",))}


def _adjoins(a: Mention, b: Mention, context: Context) -> bool:
    first, second = sorted((a.match, b.match), key=lambda match: match.start)
    if second.start - first.end > _APART or a.denied != b.denied:
        return False
    return not any(token.kind in MARKS for token in context.tokens[first.end : second.start])


def _rank(mention: Mention, context: Context, alone: bool) -> int:
    """ "Slightly to the left", "near the centre" and "the central brain" are read only where nothing better is said."""
    hints = context.cue_behind(mention, "slightly", 3)
    if mention.family.attribute == "center":
        hints = hints or context.cue_behind(mention, "near", 3)
        hints = hints or (alone and bool(word_list("brain or lesion") & set(context.ahead(mention, 4))))
    return (HINTS if hints else COUNTS) + IN_GENERAL * mention.general


def _is_a_place(mention: Mention, context: Context) -> bool:
    """Not the patient's own side ("left frontal lobe"), and "right" not as in "right in the middle"."""
    ahead = context.ahead(mention, 3)
    if mention.family.attribute != "center" and word_list("anatomy") & set(ahead):
        return False
    if context.text_of(mention) == "right" and word_list("after the adverb right") & set(ahead[:1]):
        return bool(word_list("before a side") & set(context.behind(mention, 1)))
    return True
