"""Numbers in free text: shares of the image and of the lesion, circularity, centroid, and how many lesions.

A share is an interval in per cent: "about 3 %" is 3 to 3, "less than 1 %" is 0 to below 1, "1–2 %" is 1 to 2, "above
the 5 % threshold" is 5 to 100. A share of the *lesion* ("the largest core makes up 88 % of the tumour") is kept apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .terms import word_list
from .tokens import BRACKET, COLON, COMMA, COMPARATOR, EQUALS, MARKS, NUMBER, PERCENT, STOP, WORD, Token

IMAGE_SHARE, LESION_SHARE, CIRCULARITY, LESIONS = "image share", "lesion share", "circularity", "lesions"
#: A number of lesions that is only known to be more than one.
SEVERAL = 2.0
MOST_LESIONS = 999


@dataclass(frozen=True)
class Quantity:
    """A number of the text: what it measures, from where to where it runs, and the token at which it stands.

    ``low == high`` is a point; a bound ("less than 1") does not reach ``high``.
    """

    kind: str
    at: int
    low: float
    high: float
    #: A threshold or bound rather than a measurement.
    bound: bool = False

    @property
    def is_point(self) -> bool:
        return self.low == self.high


NUMERALS = {
    word: float(value)
    for value, word in enumerate(
        ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
    )
} | {"twenty": 20.0, "thirty": 30.0, "forty": 40.0, "fifty": 50.0}
#: Parts of the image, in per cent.
FRACTIONS = {
    "half": 50.0,
    "third": 100 / 3,
    "quarter": 25.0,
    "fifth": 20.0,
    "sixth": 100 / 6,
    "seventh": 100 / 7,
    "eighth": 12.5,
    "ninth": 100 / 9,
    "tenth": 10.0,
    "twelfth": 100 / 12,
    "fifteenth": 100 / 15,
    "twentieth": 5.0,
    "twentyfifth": 4.0,
    "thirtieth": 100 / 30,
    "fortieth": 2.5,
    "fiftieth": 2.0,
    "hundredth": 1.0,
}


def find_quantities(tokens: Sequence[Token]) -> list[Quantity]:
    """Every quantity of the text, in order of the tokens."""
    found = [_share(tokens, at) for at, token in enumerate(tokens) if token.kind == PERCENT]
    found += [_fraction(tokens, at) for at, token in enumerate(tokens) if token.text in FRACTIONS]
    found += [_circularity(tokens, at) for at, token in enumerate(tokens) if token.text == "circularity"]
    found += [_lesions(tokens, at) for at in range(len(tokens))]
    return sorted((quantity for quantity in found if quantity is not None), key=lambda quantity: quantity.at)


def _value(token: Token) -> float | None:
    return token.value if token.kind == NUMBER else NUMERALS.get(token.text)


def _clause_start(tokens: Sequence[Token], at: int, reach: int) -> int:
    """The first token of the clause that holds ``at``, at most ``reach`` tokens back; brackets do not part clauses."""
    start = at
    while start > 0 and at - start < reach and tokens[start - 1].kind not in MARKS - {BRACKET}:
        start -= 1
    return start


def _share(tokens: Sequence[Token], percent: int) -> Quantity | None:
    """The share whose per cent sign is at ``percent``."""
    at = percent - 1
    if at < 0:
        return None
    if tokens[at].text == "a":
        return _part_of_one_percent(tokens, at)
    high = _value(tokens[at])
    if high is None or high > 100:
        return None
    kind = _share_kind(tokens, at, percent)
    if kind is None or _starts_range(tokens, percent):
        return None
    low, first = _range_start(tokens, at)
    if low is not None and low <= high:
        return Quantity(kind, at, low, high, bound=_near_threshold(tokens, at))
    sense = _comparison(tokens, first)
    if sense == 0 and _near_threshold(tokens, at):
        return None
    return _compared(kind, at, high, sense, 100.0)


def _compared(kind: str, at: int, value: float, sense: int, most: float) -> Quantity:
    """The value itself, or all below it (sense −1) or from it up to ``most`` (sense +1)."""
    low, high = (0.0, value) if sense < 0 else (value, most) if sense > 0 else (value, value)
    return Quantity(kind, at, low, high, bound=sense != 0)


def _part_of_one_percent(tokens: Sequence[Token], at: int) -> Quantity:
    """ "Half a per cent", "a third of a per cent", "a fraction of a per cent"; ``at`` is the last "a"."""
    before = [token.text for token in tokens[max(0, at - 2) : at]]
    part = next((FRACTIONS[word] / 100 for word in before if word in FRACTIONS), None)
    if part is None and before[-1:] == ["of"]:
        return Quantity(IMAGE_SHARE, at, 0.0, 1.0, bound=True)
    return Quantity(IMAGE_SHARE, at, part or 1.0, part or 1.0)


def _range_start(tokens: Sequence[Token], at: int) -> tuple[float | None, int]:
    """The lower end of a range that ends at ``at``, if one does, and where the expression begins."""
    back = at - 1
    while back >= 0 and (tokens[back].kind == COMPARATOR or tokens[back].text in {"less", "than", "about", "below"}):
        back -= 1
    if back >= 1 and tokens[back].text in {"to", "and", "through"}:
        before = back - 1 - (tokens[back - 1].kind == PERCENT)
        joined = tokens[back].text != "and" or any(t.text == "between" for t in tokens[max(0, before - 3) : before])
        if before >= 0 and joined:
            return _value(tokens[before]), before
    return None, at


def _starts_range(tokens: Sequence[Token], percent: int) -> bool:
    """Whether "1 %" is the first half of "1 % to less than 5 %", which is read at its end."""
    for ahead in range(percent + 1, min(percent + 6, len(tokens))):
        if tokens[ahead].kind == PERCENT:
            return _range_start(tokens, ahead - 1)[1] == percent - 1
        if tokens[ahead].kind in MARKS:
            return False
    return False


def _comparison(tokens: Sequence[Token], at: int) -> int:
    """−1 below, +1 above, 0 neither: what stands before the number at ``at``."""
    reach = 10 if _near_threshold(tokens, at) else 4
    clause = tokens[_clause_start(tokens, at, reach) : at]
    for back in range(len(clause) - 1, -1, -1):
        text = clause[back].text
        before = clause[back - 1].text if back else ""
        after = clause[back + 1].text if back + 1 < len(clause) else ""
        sense = -1 if before in {"no", "not"} else 1
        if clause[back].kind == PERCENT:
            return 0
        if text in {"<", "<=", "≤", "≲", "most"} or (text, after) == ("up", "to") or (before, text) == ("not", "even"):
            return -1
        if text in {">", ">=", "≥", "≳"} or text == "least":
            return 1
        if text in word_list("below"):
            return -sense
        if text in word_list("above") and before not in word_list("spread over"):
            return sense
    return 0


def _near_threshold(tokens: Sequence[Token], at: int) -> bool:
    ahead = tokens[at : at + 5]
    end = next((i for i, token in enumerate(ahead) if token.kind in MARKS), len(ahead))
    behind = tokens[_clause_start(tokens, at, 4) : at]
    return any(token.text in word_list("threshold") for token in (*ahead[:end], *behind))


def _share_kind(tokens: Sequence[Token], at: int, percent: int) -> str | None:
    ahead = tokens[percent + 1 : percent + 8]
    end = next((i for i, token in enumerate(ahead) if token.kind in MARKS), len(ahead))
    words = [token.text for token in ahead[:end]]
    behind = {token.text for token in tokens[_clause_start(tokens, at, 14) : at]}
    near = {*words[:3], *(token.text for token in tokens[max(0, at - 3) : at])}
    if word_list("not a share of the image") & near:
        return None
    if words[:1] == ["of"]:
        for word in words[1:]:
            if word in word_list("image") - {"area"}:
                return IMAGE_SHARE
            if word in word_list("whole lesion"):
                return LESION_SHARE
    return LESION_SHARE if word_list("largest part") & behind else IMAGE_SHARE


def _fraction(tokens: Sequence[Token], at: int) -> Quantity | None:
    """ "A twelfth of the image"."""
    ahead = [token.text for token in tokens[at + 1 : at + 6]]
    if ahead[:1] != ["of"] or not word_list("image") & set(ahead[1:4]):
        return None
    part = FRACTIONS[tokens[at].text]
    return _compared(IMAGE_SHARE, at, part, _comparison(tokens, at), 100.0)


def _circularity(tokens: Sequence[Token], at: int) -> Quantity | None:
    """The number from 0 to 1 next to the word: after it within its clause, else just before it."""
    for ahead in range(at + 1, min(at + 9, len(tokens))):
        token = tokens[ahead]
        if token.kind == NUMBER and 0 <= token.value <= 1:
            return _compared(CIRCULARITY, ahead, token.value, _comparison(tokens, ahead), 1.0)
        if token.kind in (COMMA, STOP) or token.text in {"elongation", "circularity"}:
            break
    before = tokens[at - 1] if at else None
    if before is not None and before.kind == NUMBER and 0 <= before.value <= 1:
        return Quantity(CIRCULARITY, at - 1, before.value, before.value)
    return None


def _lesions(tokens: Sequence[Token], at: int) -> Quantity | None:
    """ "Two separate foci", "several small nodules", "one lesion", "number of lesions: 3"."""
    value = SEVERAL if tokens[at].text in word_list("several") else _value(tokens[at])
    if value is None or value != int(value) or not 1 <= value <= MOST_LESIONS:
        return None
    if at and tokens[at - 1].kind in (COMPARATOR, EQUALS):
        return None
    alone = tokens[at].text == "multiple" and (at + 1 == len(tokens) or tokens[at + 1].kind in MARKS)
    if alone or _is_the_number_of_lesions(tokens, at) or _counts_lesions(tokens, at, value):
        return Quantity(LESIONS, at, value, value)
    return None


def _is_the_number_of_lesions(tokens: Sequence[Token], at: int) -> bool:
    """ "Number of lesions: 3", "the lesion count is two", "components: 1"."""
    if not at or (tokens[at - 1].kind != COLON and tokens[at - 1].text not in {"is", "was"}):
        return False
    named = {token.text for token in tokens[_clause_start(tokens, at - 1, 5) : at - 1]}
    listed = tokens[at - 1].kind == COLON and named & word_list("several lesions")
    return bool(listed or named & {"number", "count"})


def _counts_lesions(tokens: Sequence[Token], at: int, value: float) -> bool:
    """Whether a noun for as many lesions follows, over a few adjectives."""
    nouns = word_list("one lesion") if value == 1 else word_list("several lesions")
    ends = word_list("ends a count") | word_list("main")
    for ahead in range(at + 1, min(at + 6, len(tokens))):
        token = tokens[ahead]
        if token.text in nouns:
            return True
        if token.text == "of" and tokens[at].text in {"couple", "pair", "handful", "dozens"}:
            continue
        if token.kind not in (WORD, COMMA) or token.text in ends:
            return False
    return False
