"""Tables of words and phrases as patterns."""

from __future__ import annotations

import re
from textwrap import dedent
from typing import Any, cast

_CLASS = re.compile(r"<([A-Z][A-Z_0-9]*)>")


def any_of(*listed: str) -> str:
    """One of the words of a table. Words are parted by blanks; an underscore is a blank within one.

    >>> any_of("is are would_be", "seems?")
    '(?:is|are|would be|seems?)'
    """
    return f"(?:{'|'.join(word.replace('_', ' ') for each in listed for word in each.split())})"


def set_of(*listed: str) -> frozenset[str]:
    """The words of such a table as a set.

    >>> sorted(set_of("is would_be"))
    ['is', 'would be']
    """
    return frozenset(word.replace("_", " ") for each in listed for word in each.split())


def table(text: str, **classes: str) -> str:
    """One of the phrases of a table, a line each, as a pattern.

    ``<NAME>`` stands for a class of words. Indented lines continue the line before; empty lines and lines that begin
    with # are left out.

    >>> table('''
    ...     not <SURE>
    ...     # a longer one
    ...     no
    ...          idea
    ... ''', SURE="(?:sure|certain)")
    '(?:not (?:sure|certain)|noidea)'
    """
    return f"(?:{'|'.join(phrases_of(text, **classes))})"


def phrases_of(text: str, **classes: str) -> list[str]:
    """The phrases of such a table, each as a pattern.

    >>> phrases_of("<SURE>\\nno idea", SURE="(?:sure|certain)")
    ['(?:sure|certain)', 'no idea']
    """
    phrases: list[str] = []
    for line in dedent(text).splitlines():
        if line.startswith(" ") and phrases:
            phrases[-1] += line.strip()
        elif line.strip() and not line.startswith("#"):
            phrases.append(line.strip())
    return [_CLASS.sub(lambda found: classes[found[1]], phrase) for phrase in phrases]


class _LazilyCompiled:
    """A pattern that is compiled when something of it is first asked for, and stands in for it from then on."""

    def __init__(self, pattern: str, flags: int) -> None:
        self._source = (pattern, flags)

    def __getattr__(self, name: str) -> Any:
        compiled = re.compile(*self._source)
        for method in ("search", "match", "fullmatch", "finditer", "findall", "split", "sub", "groupindex"):
            setattr(self, method, getattr(compiled, method))
        return getattr(compiled, name)


def lazily_compiled(pattern: str, flags: int = 0) -> re.Pattern[str]:
    """The pattern, compiled when it is first used: all of them take longer than the rest of a start.

    >>> lazily_compiled("[a-e]", re.I).findall("A, x, b")
    ['A', 'b']
    """
    return cast("re.Pattern[str]", _LazilyCompiled(pattern, int(flags)))
