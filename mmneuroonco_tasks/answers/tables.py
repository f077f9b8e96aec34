"""Tables of words and phrases as patterns."""

from __future__ import annotations

import re
from textwrap import dedent

_CLASS = re.compile(r"<([A-Z][A-Z_0-9]*)>")


def any_of(*listed: str) -> str:
    """One of the words of a table. Words are parted by blanks; an underscore is a blank within one.

    >>> any_of("is are would_be", "seems?")
    '(?:is|are|would be|seems?)'
    """
    return f"(?:{'|'.join(words_of(*listed))})"


def words_of(*listed: str) -> list[str]:
    """The words of such a table, each as a pattern.

    >>> words_of("is would_be", "seems?")
    ['is', 'would be', 'seems?']
    """
    return [word.replace("_", " ") for each in listed for word in each.split()]


def set_of(*listed: str) -> frozenset[str]:
    """The words of such a table as a set.

    >>> sorted(set_of("is would_be"))
    ['is', 'would be']
    """
    return frozenset(words_of(*listed))


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
