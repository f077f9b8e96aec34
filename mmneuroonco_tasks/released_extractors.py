"""What the released evaluators would have read, for comparison with published numbers; never the default.

Written anew from a description of their behaviour. They guess where nothing was picked: "I cannot determine" is E to
three of the four, by its last letter. A score that was read this way says so in its signature.

``released-letter``
    Lingshu, Hulu, MedGemma and Qwen3-VL scripts, one question a response.
``released-first``
    Gemini script, one question a response.
``released-batch-last``, ``released-batch-first``
    GPT and Claude scripts, all questions of an image in a response.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

from .answers.outcome import Answer, Outcome
from .benchmark.records import LETTERS

_MARKED = re.compile(r"(?:^|[\s(\[:])([A-E])(?=[.):\s]|$)")
_STAND_ALONE = re.compile(r"\b([A-E])\b")
_EXACT_LINE = re.compile(r"^[ \t]*Q(\d{1,3}):[ \t]*([A-E])[ \t]*$", re.MULTILINE)
_LINE_START = re.compile(r"^[ \t]*(\d{1,3})[:.][ \t]*([A-E])\b", re.MULTILINE)
_ANYWHERE = re.compile(r"(?<!\d)(\d{1,3})[:.][ \t]*([A-E])\b")


def released_letter(text: str) -> str | None:
    """A text that is one letter; else the first marked letter; else the last A–E character of any word.

    >>> released_letter("The answer is (B)."), released_letter("I cannot determine"), released_letter("No.")
    ('B', 'E', None)
    """
    upper = text.strip().upper()
    if upper in LETTERS:
        return upper
    marked = _MARKED.search(upper)
    return marked.group(1) if marked else next((c for c in reversed(upper) if c in LETTERS), None)


def released_first(text: str) -> str | None:
    """The first letter that stands alone.

    >>> released_first("A lesion is seen. Answer: D"), released_first("meningioma")
    ('A', None)
    """
    found = _STAND_ALONE.search(text.upper())
    return found.group(1) if found else None


def released_batch_last(text: str, questions: int) -> list[str | None]:
    r"""Lines that are exactly ``Qn: X``; blanks are filled by position from the last stand-alone letters.

    They are filled only where at least as many letters stand alone as there are questions.

    >>> released_batch_last("Q1: B\nthen D", 2)
    ['B', 'D']
    """
    upper = text.upper()
    letters = _by_number(_EXACT_LINE.findall(upper), questions)
    alone = _STAND_ALONE.findall(upper)
    if None in letters and len(alone) >= questions:
        return [letter or last for letter, last in zip(letters, alone[-questions:], strict=True)]
    return letters


def released_batch_first(text: str, questions: int) -> list[str | None]:
    r"""``n: X`` or ``n. X`` at line starts, then anywhere; if any is blank, the first stand-alone letters for all.

    >>> released_batch_first("1: B\n2. D", 2), released_batch_first("1: B, or rather C", 2)
    (['B', 'D'], ['B', 'C'])
    """
    upper = text.upper()
    at_line_start = _by_number(_LINE_START.findall(upper), questions)
    anywhere = _by_number(_ANYWHERE.findall(upper), questions)
    letters = [first or second for first, second in zip(at_line_start, anywhere, strict=True)]
    if None not in letters:
        return letters
    alone = _STAND_ALONE.findall(upper)[:questions]
    return [*alone, *[None] * (questions - len(alone))]


def _by_number(found: Iterable[tuple[str, str]], questions: int) -> list[str | None]:
    letters: list[str | None] = [None] * questions
    for number, letter in found:
        if 1 <= int(number) <= questions:
            letters[int(number) - 1] = letter
    return letters


#: By name, the extractors of one question a response.
RELEASED_EXTRACTORS: Mapping[str, Callable[[str], str | None]] = {
    "released-letter": released_letter,
    "released-first": released_first,
}
#: By name, the extractors of all questions of an image in one response.
RELEASED_BATCH_EXTRACTORS: Mapping[str, Callable[[str, int], list[str | None]]] = {
    "released-batch-last": released_batch_last,
    "released-batch-first": released_batch_first,
}


def read_released(name: str, text: str, options: Mapping[str, str]) -> Answer:
    """One response as a released extractor reads it; a letter that is not offered is unparsed, as no letter is.

    Raises:
        KeyError: no extractor of single responses has this name.

    >>> read_released("released-letter", "I cannot determine", {"A": "x", "B": "y", "E": "None of the above"}).letter
    'E'
    """
    return _answer(name, RELEASED_EXTRACTORS[name](text), options)


def read_released_batch(name: str, text: str, options: Sequence[Mapping[str, str]]) -> list[Answer]:
    """A response to several questions, given by their options, as a released extractor reads it.

    Raises:
        KeyError: no extractor of batch responses has this name.
    """
    letters = RELEASED_BATCH_EXTRACTORS[name](text, len(options))
    return [_answer(name, letter, offered) for letter, offered in zip(letters, options, strict=True)]


def _answer(name: str, letter: str | None, options: Mapping[str, str]) -> Answer:
    if letter is None or letter not in options:
        return Answer(Outcome.UNPARSED, None, name)
    return Answer.of_letter(letter, name)
