"""The term table (`terms.tsv`) as a matcher: which family of words stands where in a text.

The table is data for review by a radiologist; this module only reads it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from .tokens import Token, tokens_of

#: Strengths, the stronger first.
STRENGTHS = ("decides", "counts", "hints")


@dataclass(frozen=True)
class Family:
    """One row of the table: words that say the same, for example round, circular and spherical."""

    attribute: str
    says: tuple[str, ...]
    strength: str
    words: tuple[str, ...]


class Match(NamedTuple):
    """A family's words at ``tokens[start:end]``."""

    start: int
    end: int
    family: Family

    def is_cue(self, *cues: str) -> bool:
        """Whether this is one of these cues, for example ``denies``."""
        return self.family.attribute == "cue" and self.family.says[0] in cues


@cache
def read_table() -> tuple[Family, ...]:
    """The rows of `terms.tsv`.

    >>> {family.attribute for family in read_table()} >= {"shape", "size", "spread", "row", "column", "cue"}
    True
    """
    text = files(__package__).joinpath("terms.tsv").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]
    return tuple(
        Family(attribute, tuple(says.split(" | ")), strength, tuple(words.split("; ")))
        for attribute, says, strength, words in rows[1:]
    )


@cache
def word_list(name: str) -> frozenset[str]:
    """The words of one of the table's lists.

    >>> "foci" in word_list("several lesions")
    True
    """
    return frozenset(next(f.words for f in read_table() if f.attribute == "words" and f.says == (name,)))


@cache
def _phrases() -> dict[str, list[tuple[tuple[str, ...], Family]]]:
    """The table's phrases by their first word, the longest first."""
    phrases: dict[str, list[tuple[tuple[str, ...], Family]]] = {}
    for family in read_table():
        if family.attribute != "words":
            for words in family.words:
                phrase = tuple(token.text for token in tokens_of(words))
                phrases.setdefault(phrase[0], []).append((phrase, family))
    for alike in phrases.values():
        alike.sort(key=lambda entry: -len(entry[0]))
    return phrases


def find_terms(tokens: Sequence[Token]) -> list[Match]:
    """The families that stand in the text: leftmost first, then longest, without overlaps.

    >>> [match.family.says for match in find_terms(tokens_of("an ill-defined, round lesion"))]
    [('Irregular/Spiculated',), ('Round/Oval',)]
    """
    found = []
    at = 0
    while at < len(tokens):
        match = _match_at(tokens, at)
        if match is not None:
            found.append(match)
        at = match.end if match is not None else at + 1
    return found


def _match_at(tokens: Sequence[Token], at: int) -> Match | None:
    for phrase, family in _phrases().get(tokens[at].text, ()):
        end = at + len(phrase)
        if tuple(token.text for token in tokens[at:end]) == phrase:
            return Match(at, end, family)
    return None
