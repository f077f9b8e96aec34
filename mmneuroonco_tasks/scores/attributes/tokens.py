"""Free text as words, numbers and marks.

Everything later works on these tokens, so that a rule never meets a spelling: letters are folded (NFKC, case,
British to American), hyphens and slashes between words part them without a mark ("upper-left" is two words), a hyphen
between numbers is "to", ``n't`` is "not", and a decimal comma is a decimal point.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

WORD, NUMBER, PERCENT, COMPARATOR, EQUALS = "word", "number", "percent", "comparator", "equals"
#: Marks, from the weakest to the strongest: a comma or dash, a bracket, a colon, the end of a sentence.
COMMA, BRACKET, COLON, STOP = "comma", "bracket", "colon", "stop"
MARKS = frozenset({COMMA, BRACKET, COLON, STOP})

#: Digits beyond which a number is no measurement of anything here.
LONGEST_NUMBER = 12
_PIECE = 256


class Token(NamedTuple):
    """A piece of the text: its kind, its folded text and, for a number, its value."""

    kind: str
    text: str
    value: float = 0.0


AMERICAN = {
    "centre": "center",
    "centres": "center",
    "centers": "center",
    "centred": "centered",
    "tumour": "tumor",
    "tumours": "tumors",
    "oedema": "edema",
    "sizeable": "sizable",
    "neighbouring": "neighboring",
    "grey": "gray",
    "haemorrhage": "hemorrhage",
    "epicentre": "epicenter",
}
ABBREVIATIONS = re.compile(r"\b(approx|ca|vs|e\.g|i\.e|cf|fig|incl|resp|max|min|est|dr|no(?= ?\d))\.")
PIECES = re.compile(
    r"""
    (?P<number> (?<!\w) \d+ (?:[.,]\d+)? | (?<![\w.]) [.]\d+ )
  | (?P<word> [^\W\d_]+ )
  | (?P<percent> % )
  | (?P<comparator> <= | >= | [<>≤≥~≈≲≳] )
  | (?P<equals> = )
  | (?P<stop> [.;!?\n] | \s[-*]\s )
  | (?P<colon> : )
  | (?P<bracket> [()\[\]{}] )
  | (?P<comma> , | [–—] | \s-{1,2}\s | -- )
  | (?P<hyphen> - )
    """,
    re.VERBOSE,
)
NUMBER_RANGE = re.compile(r"(?<=[\d%])\s?[-–—‑−]\s?(?=[<≤]?\s?\d)")
BULLET = re.compile(r"(?m)^[ \t]*[-*•·]+[ \t]+")
EMPHASIS = str.maketrans("_", " ", '*`#"“”«»')
QUOTES = str.maketrans("’‘ʼ`‑‐−", "''''---")


def folded(text: str) -> str:
    """The text in the one spelling that the term table is written in."""
    text = _compatible(text.replace("½", " 0.5 ")).translate(QUOTES).lower()
    text = BULLET.sub("", text).translate(EMPHASIS)
    text = NUMBER_RANGE.sub(" to ", text)
    text = re.sub(r"\bcan(?:no|')t\b", "can not", text)
    text = re.sub(r"n't\b", " not", text)
    text = re.sub(r"\bper cent\b", "percent", text)
    text = re.sub(r"(?<=\w)'s\b", "", text)
    return ABBREVIATIONS.sub(r"\1", text)


def _compatible(text: str) -> str:
    """NFKC in pieces: over a long run of combining marks it is quadratic."""
    if text.isascii():
        return text
    pieces = (text[start : start + _PIECE] for start in range(0, len(text), _PIECE))
    return "".join(unicodedata.normalize("NFKC", piece) for piece in pieces)


@lru_cache(maxsize=64)
def tokens_of(text: str) -> tuple[Token, ...]:
    """The tokens of a text, in order, in one linear pass.

    >>> [token.text for token in tokens_of("Upper-left centre, isn't round: 1–2,5 %")]
    ['upper', 'left', 'center', ',', 'is', 'not', 'round', ':', '1', 'to', '2,5', '%']
    """
    pieces = PIECES.finditer(folded(text))
    return tuple(
        _token(piece.lastgroup or "", piece.group().strip()) for piece in pieces if piece.lastgroup != "hyphen"
    )


def _token(kind: str, text: str) -> Token:
    if kind == NUMBER:
        if len(text) > LONGEST_NUMBER:
            return Token(WORD, text[:LONGEST_NUMBER])
        return Token(NUMBER, text, float(text.replace(",", ".")))
    if kind == WORD:
        text = AMERICAN.get(text, text)
        return Token(PERCENT, "%") if text in {"percent", "pct"} else Token(WORD, text)
    return Token(kind, text)
