"""Patterns behind gates: before a text is searched, plain words tell whether it can hold a match at all.

Most patterns cannot match most texts: a refusal needs "cannot" or "unable" or another of a few hundred words, a table
needs "|". What a pattern needs is told from the pattern (`needed`), what a text holds from its words (`vocabulary`).
So a pattern is searched, and even compiled, only where a match is possible. Nothing is found or missed by it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Protocol, cast

from .needed import RARE, needed_by, usefulness
from .vocabulary import folded, known_in, learn

Gate = Callable[[str], bool]
#: More sets of needed words than so many tell little more.
_MOST = 3


def gate_of(pattern: str, flags: int = 0) -> Gate | None:
    """What tells whether a text may hold a match; ``None`` where that is not worth asking.

    >>> gate = gate_of("no (?:image|picture)s?", re.I)
    >>> gate("NO IMAGES"), gate("This is B"), gate_of("[a-e]")
    (True, False, None)
    """
    needed = _needed(pattern, flags)
    if not needed:
        return None
    if len(needed[0]) == 1 and usefulness(needed[0])[0] == RARE:
        (only,) = needed[0]
        return (lambda text: only in folded(text)) if flags & re.I else lambda text: only in text
    words = _learned(needed)
    if not words:
        return None
    if flags & re.I:
        return lambda text: _are_in(words, known_in(folded(text)))
    if len(words) == 1:
        (one_of,) = words
        return lambda text: not one_of.isdisjoint(known_in(text))
    return lambda text: _are_in(words, known_in(text))


def _needed(pattern: str, flags: int) -> list[frozenset[str]]:
    needed = [one_of for one_of in needed_by(pattern) if usefulness(one_of)[0] > 1]
    if flags & re.I:
        # Letters that are not ASCII may have more than two cases.
        needed = [
            frozenset(map(folded, one_of))
            for one_of in needed
            if all(each.isascii() or each.upper() == each.lower() for text in one_of for each in text)
        ]
    return needed[:_MOST]


def _learned(needed: list[frozenset[str]]) -> list[frozenset[str]]:
    """The same in words that `known_in` tells of a text: of each needed text the longest part without blanks."""
    words: list[frozenset[str]] = []
    for one_of in needed:
        if len(one_of) == 1:  # all parts of the only one are needed
            words += [frozenset((part,)) for text in one_of for part in sorted(text.split(), key=len, reverse=True)]
        elif all(map(str.strip, one_of)):
            words.append(frozenset(max(reversed(text.split()), key=len) for text in one_of))
    learn(word for one_of in words for word in one_of)
    return words


def _are_in(words: list[frozenset[str]], known: frozenset[str]) -> bool:
    return not any(map(known.isdisjoint, words))


#: What a search comes to where there is no match.
_NOTHING: dict[str, Callable[[str], Any]] = {
    "search": lambda text: None,
    "match": lambda text: None,
    "fullmatch": lambda text: None,
    "finditer": lambda text: iter(()),
    "findall": lambda text: [],
    "split": lambda text: [text],
}


class _Gated:
    """A pattern that stands in for the compiled one, and is compiled for the first text that may hold a match."""

    compiled: re.Pattern[str]

    def __init__(self, pattern: str, flags: int) -> None:
        self.pattern, self.flags = pattern, flags

    def __getattr__(self, name: str) -> Any:
        if name == "compiled":
            self.compiled = re.compile(self.pattern, self.flags)
            return self.compiled
        if name == "sub" or name in _NOTHING:
            self._prepare()
            return self.__dict__[name]
        return getattr(self.compiled, name)

    def _prepare(self) -> None:
        may_match = gate_of(self.pattern, self.flags)
        for name in ("sub", *_NOTHING):
            setattr(self, name, getattr(self.compiled, name) if may_match is None else self._behind(may_match, name))

    def _behind(self, may_match: Gate, name: str) -> Callable[..., Any]:
        if name == "sub":
            return lambda instead, text: self.compiled.sub(instead, text) if may_match(text) else text
        nothing = _NOTHING[name]
        return lambda text, *span: getattr(self.compiled, name)(text, *span) if may_match(text) else nothing(text)


def gated(pattern: str, flags: int = 0) -> re.Pattern[str]:
    """The pattern, behind its gate.

    >>> gated("[a-e]", re.I).findall("A, x, b")
    ['A', 'b']
    """
    return cast("re.Pattern[str]", _Gated(pattern, int(flags)))


class Patterns:
    """Many patterns, of which a text may match few."""

    def __init__(self, patterns: Iterable[str], flags: int = 0) -> None:
        self.patterns = tuple(gated(pattern, flags) for pattern in patterns)
        self._flags, self._folds = int(flags), bool(flags & re.I)
        self._is_prepared = False

    def possible_in(self, text: str) -> list[int]:
        """The numbers of those that may match, in order.

        >>> Patterns(["not (?:sure|certain)", "no idea", "[a-e]"]).possible_in("I am not certain")
        [0, 2]
        """
        if not self._is_prepared:
            self._prepare()
        known = known_in(folded(text) if self._folds else text)
        if self._words.isdisjoint(known):
            return self._always
        numbers = {number for word in self._words & known for number in self._by_word[word]}
        return sorted([*self._always, *(number for number in numbers if _are_in(self._needed[number], known))])

    def _prepare(self) -> None:
        needed = [_needed(str(each.pattern), self._flags) for each in self.patterns]
        _learned([one_of for each in needed for one_of in each])  # all at once
        self._needed = list(map(_learned, needed))
        self._always = [number for number, words in enumerate(self._needed) if not words]
        #: By word of the most telling set that a pattern needs, the numbers of the patterns.
        self._by_word: dict[str, list[int]] = {}
        for number, words in enumerate(self._needed):
            for word in words[0] if words else ():
                self._by_word.setdefault(word, []).append(number)
        self._words = frozenset(self._by_word)
        self._is_prepared = True


class FirstOf(Patterns):
    """One search for many patterns: it finds what ``re`` finds with all of them as alternatives.

    No pattern may match nothing at all.

    >>> FirstOf(["not (?:sure|certain)", "no idea", "sorry"]).search("i am not sure, sorry").group()
    'not sure'
    """

    def search(self, text: str) -> re.Match[str] | None:
        """The leftmost match; at one place that of the first pattern."""
        return next(self.finditer(text), None)

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """Every match, from left to right."""
        return in_turn([cast(_Gated, self.patterns[number]).compiled for number in self.possible_in(text)], text)

    def sub(self, replaced: Callable[[re.Match[str]], str], text: str) -> str:
        """``text`` with every match replaced."""
        pieces, position = [], 0
        for found in self.finditer(text):
            pieces += [text[position : found.start()], replaced(found)]
            position = found.end()
        return "".join([*pieces, text[position:]]) if position else text


class Searched(Protocol):
    """What finds a first match from a place on, as a compiled pattern does."""

    def search(self, _text: str, _start: int = 0, /) -> re.Match[str] | None:
        """The leftmost match that begins at a place or behind it."""


def in_turn(patterns: Sequence[Searched], text: str) -> Iterator[re.Match[str]]:
    """What one pattern of these alternatives finds, from left to right; at one place that of the first alternative."""
    if len(patterns) == 1:
        (only,) = patterns
        alone = only.search(text)
        while alone:
            yield alone
            alone = only.search(text, alone.end())
        return
    coming = [(found.start(), order, found) for order, each in enumerate(patterns) if (found := each.search(text))]
    while coming:
        _, _, first = min(coming, key=lambda each: each[:2])
        yield first
        end = first.end()
        later = [
            (order, found if start >= end else patterns[order].search(text, end)) for start, order, found in coming
        ]
        coming = [(found.start(), order, found) for order, found in later if found]
