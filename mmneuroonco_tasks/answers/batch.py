"""One response to all questions of an image → one answer a question."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from .gates import gated
from .labels import Label, find_labels
from .markup import without_markup
from .mentions import ANY, LETTER, kind_of, mask_of
from .options import OptionReader, reader_of
from .outcome import Answer, Outcome
from .rewriting import rewritten
from .sentences import refuses
from .single import as_text, read_spoken, spoken
from .structured import fields, json_answer, json_value, key_of, texts_in

_UNPARSED = Answer(Outcome.UNPARSED, None, "not-aligned")
_MISSING = Answer(Outcome.UNPARSED, None, "number-missing")
_REFUSED = Answer(Outcome.REFUSED, None, "refusal")


def read_batch(text: str | None, options: Sequence[Mapping[str, str]]) -> list[Answer]:
    """What one response to all questions of an image comes to, a question each.

    Answers are aligned by their numbers, never by position; a later answer to the same question replaces an earlier
    one. Letters without numbers count only where there are exactly as many as questions, one a line.

    Args:
        text: the response; ``None`` and NaN count as no response.
        options: the options of each question, in the order in which they were asked.

    Returns:
        One `Answer` a question, in the same order. Never raises.

    >>> options = [{"A": "glioma", "B": "abscess"}, {"A": "T1", "B": "T2"}]
    >>> [answer.letter for answer in read_batch("Q2: A\\nQ1: B. abscess", options)]
    ['B', 'A']
    """
    readers = [reader_of(each) for each in options]
    said = spoken(as_text(text))
    if isinstance(said, Answer):
        return [said] * len(readers)
    return _from_json(said, readers) or _from_text(_unwrapped(said), readers)


def _unwrapped(text: str) -> str:
    """The text with answer fields opened; where one field holds the numbered answers, only that."""
    parts = list(fields(text))
    inside = [part for is_field, part in parts if is_field]
    for part in reversed(inside):
        if len(find_labels(part, 2)) > 1:
            return part
    return "".join(part for _, part in parts)


def _from_text(text: str, readers: list[OptionReader]) -> list[Answer]:
    lines = _table_turned(without_markup(text))
    if refuses(lines):
        kept = "\n".join(line for line in lines.split("\n") if not _FORMAT.search(line) or not refuses(line))
        if not find_labels(kept, len(readers)):
            return _without_labels(lines, readers)
        lines = kept
    labels = find_labels(lines, len(readers))
    if not any(1 <= label.number <= len(readers) for label in labels):
        return _without_labels(lines, readers)
    answers: list[Answer | None] = [None] * len(readers)
    for number, segments in _segments(lines, labels, len(readers)).items():
        for segment in segments[-_MOST_SEGMENTS:] if 1 <= number <= len(readers) else ():
            read = _read_segment(segment, readers[number - 1])
            answers[number - 1] = _later(answers[number - 1], read)
    if all(answer is None or answer.rule in _NOTHING for answer in answers) and refuses(lines):
        return [_REFUSED] * len(readers)
    return [answer or _MISSING for answer in answers]


#: "The format is Q1: A, but I can't see the scan" answers nothing.
_FORMAT = gated(r"\bformat\b", re.I)
#: What a question comes to that nothing was said of, or whose number stands in the words of a refusal.
_NOTHING = frozenset(("no-pick", "number-missing", "refusal"))

#: Of a question that is answered very often only the last answers are read.
_MOST_SEGMENTS = 8


def _read_segment(segment: str, reader: OptionReader) -> Answer:
    """What stands after a question's number, read as an announced answer."""
    segment = segment.strip(" \n,;|/\"'}{")
    return read_spoken(f"answer: {segment}", reader) if segment else _MISSING


_SURE = frozenset(("marker", "final-marker", "boxed", "letter-line", "conclusion"))


def _later(earlier: Answer | None, later: Answer) -> Answer:
    """The later answer, unless it is only an explanation of the earlier one."""
    if earlier is None or earlier.letter is None or later.rule in _SURE:
        return later
    return earlier


_JOINING = gated(r"\s?(?P<range>-|to|through)?(?:,|&|/|and|und|y|et|和)?\s?(?:the\s)?", re.I)


def _segments(text: str, labels: list[Label], count: int) -> dict[int, list[str]]:
    """Every question's number with what follows it up to the next; "Q1 and Q2: B" gives both the same."""
    ends = [label.start for label in labels[1:]] + [len(text)]
    segments: dict[int, list[str]] = {}
    waiting: list[int] = []
    for index, (label, end) in enumerate(zip(labels, ends, strict=True)):
        body = text[label.end : end]
        # A dash or comma may have been taken for the end of the number.
        between = text[label.end - 1 : end].lstrip("0123456789") if len(body) < 12 else body
        joined = None if label.closed or index + 1 == len(labels) else _JOINING.fullmatch(between)
        if joined:
            last = min(labels[index + 1].number, count + 1) if joined["range"] else label.number + 1
            waiting += range(label.number, max(last, label.number + 1))
            continue
        for number in [*waiting, label.number]:
            segments.setdefault(number, []).append(body)
        waiting = []
    return segments


_CELLS = gated(r"\s?[|,;]\s?|\s{2,}|\t")
_HEADER_CELL = gated(r"(?:q(?:uestion)?\s?)(\d{1,3})\.?", re.I)


def _table_turned(text: str) -> str:
    """A table with a column a question as one line a question."""
    lines = text.split("\n")
    for place, line in enumerate(lines):
        numbers = (
            [_HEADER_CELL.fullmatch(cell.strip()) for cell in _CELLS.split(line.strip(" |"))] if "1" in line else []
        )
        if len(numbers) < 2 or None in numbers:
            continue
        below = next((other for other in lines[place + 1 :] if other.strip()), "")
        cells = [cell.strip() for cell in _CELLS.split(below.strip(" |"))]
        if len(cells) == len(numbers):
            rows = [f"Q{found[1]}: {cell}" for found, cell in zip(numbers, cells, strict=True) if found]
            return "\n".join([*lines[:place], *rows])
    return text


_BARE_LETTER = gated(rf"\W{{0,8}}?({ANY})\W{{0,8}}")


def _without_labels(lines: str, readers: list[OptionReader]) -> list[Answer]:
    if len(readers) == 1:
        return [read_spoken(lines, readers[0])]
    filled = [line for line in lines.split("\n") if any(character.isalnum() for character in line)]
    if len(filled) > len(readers) and filled[0].rstrip().endswith(":"):
        filled = filled[1:]
    if len(filled) == len(readers):
        answers = [_bare(line, reader) for line, reader in zip(filled, readers, strict=True)]
        if None not in answers:
            return [answer for answer in answers if answer]
    return [_REFUSED if refuses(lines) else _UNPARSED] * len(readers)


def _bare(line: str, reader: OptionReader) -> Answer | None:
    """A line that is nothing but a letter, or a letter with its own text."""
    found = _BARE_LETTER.fullmatch(rewritten(line, reader))
    if found is None or (kind_of(found[1]) != LETTER and not mask_of(found[1])):
        return None
    return read_spoken(line, reader)


def _from_json(text: str, readers: list[OptionReader]) -> list[Answer] | None:
    """The answers of a JSON object or list; ``None`` where the response is none."""
    value = json_value(text)
    if value is None:
        return None
    numbered = _numbered(value, len(readers))
    if numbered is None:
        return None
    answers = [_MISSING] * len(readers)
    for number, content in numbered:
        if 1 <= number <= len(readers):
            answers[number - 1] = _of_json(content, readers[number - 1])
    return answers


def _of_json(content: Any, reader: OptionReader) -> Answer:
    if isinstance(content, str):
        return _read_segment(content, reader)
    found = json_answer(content)
    if not any(each.strip() for each in found or ()):
        return _REFUSED if refuses(texts_in(content)) else _MISSING
    read = {_read_segment(each, reader) for each in found or ()}
    return read.pop() if len(read) == 1 else Answer(Outcome.AMBIGUOUS, None, "several-boxed")


_NUMBER_KEYS = frozenset(
    ("question", "questionnumber", "questionid", "id", "number", "q", "no", "index", "num", "questionno", "qid")
)
_NUMBER = gated(r"\D{0,20}?0*(\d{1,3})\D{0,20}")


def _numbered(value: Any, count: int) -> list[tuple[int, Any]] | None:
    """Question numbers and contents of a JSON value; an empty list where it cannot be aligned."""
    if isinstance(value, list):
        return _numbered_list(value, count)
    if not isinstance(value, dict):
        return None
    pairs = [(found, content) for name, content in value.items() if (found := _NUMBER.fullmatch(str(name)))]
    if pairs:
        return [(int(found[1]), content) for found, content in pairs]
    for content in value.values():
        if isinstance(content, dict | list) and (inner := _numbered(content, count)) is not None:
            return inner
    return None


def _numbered_list(items: list[Any], count: int) -> list[tuple[int, Any]] | None:
    if all(isinstance(item, dict) for item in items) and items:
        numbered = []
        for item in items:
            named = {key_of(name): content for name, content in item.items()}
            number = next((_NUMBER.fullmatch(str(named[key])) for key in _NUMBER_KEYS if key in named), None)
            if number:
                rest = {name: content for name, content in item.items() if key_of(name) not in _NUMBER_KEYS}
                numbered.append((int(number[1]), rest))
            else:
                numbered += _numbered(item, count) or []
        if numbered:
            return numbered
    if items and all(isinstance(item, dict) or (isinstance(item, str) and not item.isdigit()) for item in items):
        return list(enumerate(items, start=1)) if len(items) == count else []
    return None
