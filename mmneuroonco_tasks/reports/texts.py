"""Texts that others wrote, made fit to be shown: nothing invisible, nothing endless."""

from __future__ import annotations

import unicodedata

#: Longer responses are cut in the page; the file has them whole.
LONGEST_SHOWN = 2000


def visible(text: str) -> str:
    """The text with control, formatting and other invisible characters as symbols; line ends and tabs stay.

    A response may hold characters that turn the reading direction round, join what is apart, or that no page can
    hold. Each is shown by its code.

    >>> visible("a\\x00b\\x1b[31m\\u202ec\\ud800")
    'a⟨U+0000⟩b⟨U+001B⟩[31m⟨U+202E⟩c⟨U+D800⟩'
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(_visible_character, text.replace("\r\n", "\n")))


def _visible_character(character: str) -> str:
    if character in "\n\t" or character.isprintable():
        return character
    if unicodedata.category(character) == "Zs":
        return " "
    return f"⟨U+{ord(character):04X}⟩"


def clipped(text: str, longest: int = LONGEST_SHOWN) -> tuple[str, int]:
    """The beginning and the end of a long text, and how many characters are left out between them.

    What a model answers often stands last, so the end is kept too.

    >>> clipped("abcdefghij", 6)
    ('abcd…ij', 4)
    """
    if len(text) <= longest:
        return text, 0
    tail = longest // 3
    head = longest - tail
    return f"{text[:head]}…{text[-tail:]}", len(text) - longest
