"""One character for one mention of options: the alphabet in which a response is reasoned about.

A response is first rewritten so that every mention of an option ("B", "(b)", "meningioma", "the second option") is a
single private-use character, a *mention*. It says how the option was named (by letter, by text, by both) and which
options it may be, as a bit mask: two options with one text share a mention. After that the rules about negation,
comparison and choice are plain patterns over ordinary words and mentions.
"""

from __future__ import annotations

from collections.abc import Iterator

#: Letters that can name an option. The benchmark offers A to E.
LETTERS = "ABCDEFGH"
_BASE = 0xE000
_SIZE = 1 << len(LETTERS)

#: How an option was named. A letter with the empty mask was not offered; "both" with it is letter against text.
LETTER, TEXT, BOTH = range(3)


def mention(kind: int, mask: int) -> str:
    """The character for a mention.

    >>> kind_of(mention(TEXT, 0b10)), mask_of(mention(TEXT, 0b10))
    (1, 2)
    """
    return chr(_BASE + kind * _SIZE + mask)


def kind_of(character: str) -> int:
    """How the option was named: ``LETTER``, ``TEXT`` or ``BOTH``."""
    return (ord(character) - _BASE) // _SIZE


def mask_of(character: str) -> int:
    """The options that a mention may be, one bit each, A the lowest."""
    return (ord(character) - _BASE) % _SIZE


def is_one(mask: int) -> bool:
    """Whether a mask names exactly one option."""
    return mask != 0 and mask & (mask - 1) == 0


def letter_of(mask: int) -> str:
    """The letter of a mask of exactly one option."""
    return LETTERS[mask.bit_length() - 1]


def _class(*kinds: int) -> str:
    return "[" + "".join(f"{mention(kind, 0)}-{mention(kind, _SIZE - 1)}" for kind in kinds) + "]"


#: Character classes for patterns: a mention by letter, by text, and any.
BY_LETTER = _class(LETTER)
BY_TEXT = _class(TEXT)
ANY = _class(LETTER, TEXT, BOTH)

NOT_OFFERED = mention(LETTER, 0)
CONFLICT = mention(BOTH, 0)


def mentions_in(text: str) -> Iterator[str]:
    """The mentions in a rewritten text, in order."""
    last = _BASE + (BOTH + 1) * _SIZE
    return (character for character in text if _BASE <= ord(character) < last)
