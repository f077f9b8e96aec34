"""Plain texts without which a pattern has no match, told from the pattern itself."""

from __future__ import annotations

import re
from functools import cache

_TOKEN = re.compile(
    r"(?P<text>(?:[^\\\[\](){}|*+?^$.]|\\[^\w]|\\n)+(?![*+?{])|[^\\\[\](){}|*+?^$.]|\\[^\w]|\\n)|"
    r"(?P<open>\((?!\?)|\(\?(?::|P<\w+>|<?[=!]))|(?P<bar>\|)|(?P<close>\))|(?P<times>[*+?]\??|\{\d*,?\d*\}\??)|"
    r"(?P<signs>\[(?:[^\w\s\\\]^-]|\\[^\w\s])+\])|"
    r"(?P<other>\[\^?\]?(?:[^\]\\]|\\.)*\]|\\(?:u\w{4}|U\w{8}|x\w\w|\d\d?|.)|\(\?[a-z]+\)|[^(])",
    re.S,
)
_SPECIAL = re.compile(r"[\\\[\](){}|*+?^$.]")
_ESCAPED = re.compile(r"\\(.)", re.S)
_Tokens = list[tuple[str, str]]
#: Texts of which every match holds one.
_OneOf = frozenset[str]

#: How telling a character is: a letter or blank hardly; a rare sign is as telling as a word.
_TELLING = dict.fromkeys("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ .", 1) | dict.fromkeys(
    "0123456789,:'-", 2
)
RARE = 6


def needed_by(pattern: str) -> list[frozenset[str]]:
    """Sets of texts: every match holds at least one text of each set. The most telling set comes first.

    >>> [sorted(one_of) for one_of in needed_by("no (?:image|picture)s? (?:here)?")]
    [['image', 'picture'], ['no '], [' ']]

    Raises:
        ValueError: the pattern has groups of a kind that is not known here.
    """
    if not _SPECIAL.search(pattern):
        return [frozenset((pattern,))] if pattern else []
    tokens = [(found.lastgroup or "", found.group()) for found in _TOKEN.finditer(pattern)]
    if "".join([value for _, value in tokens]) != pattern:
        raise ValueError(f"a pattern with a group of a kind that is not known here: {pattern:.80}")
    needed, _ = _needed([*tokens, ("close", ")"), ("end", "")], 0)
    return sorted(needed, key=usefulness, reverse=True)


def _needed(tokens: _Tokens, place: int) -> tuple[list[_OneOf], int]:
    """What the alternatives from ``place`` to the end of their group need, and the place after that."""
    alternatives: list[list[_OneOf]] = []
    needed: list[_OneOf] = []
    literal = ""
    while True:
        kind, value = tokens[place]
        place += 1
        if kind == "text" and tokens[place][0] != "times":
            literal += _unescaped(value)
            continue
        if literal:
            needed.append(frozenset((literal,)))
            literal = ""
        found: list[_OneOf] = []
        if kind == "open":
            found, place = _needed(tokens, place)
            found = [] if value.endswith("!") else found
        elif kind == "text":
            found = [frozenset((_unescaped(value),))]
        elif kind == "signs":
            found = [frozenset(_unescaped(value[1:-1]))]
        elif kind in ("bar", "close"):
            alternatives.append(needed)
            needed = []
            if kind == "close":
                return _of_any(alternatives), place
        if tokens[place][0] == "times":
            found = [] if tokens[place][1].startswith(("*", "?", "{0", "{,")) else found
            place += 1
        needed += found


def _of_any(alternatives: list[list[_OneOf]]) -> list[_OneOf]:
    if len(alternatives) == 1:
        return alternatives[0]
    if not all(alternatives):
        return []
    best = [needed[0] if len(needed) == 1 else max(needed, key=usefulness) for needed in alternatives]
    return [frozenset().union(*best)]


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda found: "\n" if found[1] == "n" else found[1], text) if "\\" in text else text


def usefulness(one_of: _OneOf) -> tuple[int, int]:
    """How rare the commonest of these texts is, from 1 to ``RARE``, and of equally rare ones how few they are."""
    return min(map(_rarity, one_of)), -len(one_of)


@cache
def _rarity(text: str) -> int:
    return RARE if len(text) >= RARE else min(RARE, sum([_TELLING.get(character, RARE) for character in text]))
