"""One search for hundreds of phrases, of which a text holds few.

A pattern of alternatives tries all of them at every place of a text. ``FirstOf`` finds the very same match, but looks
first which alternatives can be there at all: each needs one of some literal texts, which Python's own parser of
patterns tells. Only these are compiled and searched for.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from importlib import import_module
from typing import Any

from .tables import lazily_compiled


class FirstOf:
    """The first match of a pattern of alternatives, as ``re.search`` would find it; without flags.

    >>> FirstOf("(?:not (?:sure|certain)|no idea)|sorry").search("i am not sure, sorry").group()
    'not sure'
    """

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._alternatives: list[re.Pattern[str]] = []
        #: Alternatives that may be anywhere, and by literal text those that need it or another.
        self._always: set[int] = set()
        self._by_literal: dict[str, set[int]] = {}
        self._ascii: list[str] = []

    def search(self, text: str) -> re.Match[str] | None:
        """The leftmost match; at one place that of the first alternative."""
        if not self._alternatives:
            self._prepare()
        possible = set(self._always)
        for literal in [each for each in (self._ascii if text.isascii() else self._by_literal) if each in text]:
            possible |= self._by_literal[literal]
        first: re.Match[str] | None = None
        for number in sorted(possible):
            found = self._alternatives[number].search(text)
            if found and (first is None or found.start() < first.start()):
                first = found
        return first

    def _prepare(self) -> None:
        alternatives = alternatives_of(self._pattern)
        for number, alternative in enumerate(alternatives):
            needed = needed_by(alternative)
            if not needed:
                self._always.add(number)
            for literal in needed:
                self._by_literal.setdefault(literal, set()).add(number)
        self._ascii = [literal for literal in self._by_literal if literal.isascii()]
        self._alternatives = [lazily_compiled(each) for each in alternatives]


def alternatives_of(pattern: str) -> list[str]:
    """The alternatives of a pattern, groups of them around it opened.

    >>> alternatives_of("(?:a|b(?:c|d))|[|]|e")
    ['a', 'b(?:c|d)', '[|]', 'e']
    """
    parts, begun, depth, place, closed = [], 0, 0, 0, 0
    inside_class = False
    while place < len(pattern):
        character = pattern[place]
        if character == "\\":
            place += 1
        elif inside_class:
            # A bracket right after the opening one would be literal; our tables have none.
            inside_class = character != "]"
        elif character == "[":
            inside_class = True
        elif character == "(":
            depth += 1
        elif character == ")":
            depth -= 1
            closed = closed or (0 if depth else place)
        elif character == "|" and not depth:
            parts.append(pattern[begun:place])
            begun = place + 1
        place += 1
    parts.append(pattern[begun:])
    if len(parts) == 1 and pattern.startswith("(?:") and closed == len(pattern) - 1:
        return alternatives_of(pattern[3:-1])
    return [pattern] if len(parts) == 1 else [each for part in parts for each in alternatives_of(part)]


def needed_by(pattern: str) -> frozenset[str]:
    """Texts of which every match holds at least one; none where that cannot be told.

    >>> sorted(needed_by("no (?:image|picture)s?"))
    ['image', 'picture']
    """
    return _needed(import_module("re._parser" if sys.version_info >= (3, 11) else "sre_parse").parse(pattern))


def _needed(sequence: Iterable[tuple[Any, Any]]) -> frozenset[str]:
    best: frozenset[str] = frozenset()
    literal = ""
    for kind, value in sequence:
        name, found = str(kind), frozenset[str]()
        if name == "LITERAL":
            literal += chr(value)
            continue
        if name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT") and value[0] > 0:
            found = _needed(value[2])
        elif name == "SUBPATTERN":
            found = _needed(value[3])
        elif name == "BRANCH":
            branches = [_needed(branch) for branch in value[1]]
            found = frozenset().union(*branches) if all(branches) else frozenset()
        best = max(best, frozenset([literal] if literal else ()), found, key=_usefulness)
        literal = ""
    return max(best, frozenset([literal] if literal else ()), key=_usefulness)


def _usefulness(literals: frozenset[str]) -> tuple[int, int]:
    """Long texts are rare, and few are looked for quickly."""
    return min(map(len, literals), default=0), -len(literals)
