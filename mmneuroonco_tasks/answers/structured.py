"""Answers in fields: JSON objects, answer tags and boxes.

What stands in such a field is the answer; the words around it are not. Fields are looked for before markup is
stripped, and each field's content is then read like a text of its own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from .gates import gated

_NAMES = (
    r"(?:final[_ -]?)?(?:answer|ans|conclusion|output|response|solution|result|choice|final|prediction|option|"
    r"selection|verdict|letter)"
)
_OPENING = (
    rf"<\s?{_NAMES}\s?>|<\|begin_of_(?:box|solution|answer)\|>|<\|START_(?:RESPONSE|ANSWER)\|>|\[(?:FINAL_)?ANSWER\]"
)
_CLOSING = (
    rf"<\s?/\s?{_NAMES}\s?>|<\|end_of_(?:box|solution|answer)\|>|<\|END_(?:RESPONSE|ANSWER)\|>|\[/(?:FINAL_)?ANSWER\]"
)
_TAG = gated(rf"(?P<open>{_OPENING})|(?P<close>{_CLOSING})|(?P<box>\\f?box(?:ed)?\s?\{{)", re.I)
_LONGEST_BOX = 400


def fields(text: str) -> Iterator[tuple[bool, str]]:
    """The parts of ``text`` in order, each with whether it stands in an answer field.

    >>> list(fields(r"so <answer>B</answer> it is"))
    [(False, 'so '), (True, 'B'), (False, ' it is')]
    """
    position = 0
    opened: int | None = None
    for tag in _TAG.finditer(text):
        if tag.start() < position:
            continue
        if tag["box"] and opened is None:
            end = _end_of_box(text, tag.end())
            yield False, text[position : tag.start()]
            yield True, text[tag.end() : end]
            position = min(end + 1, len(text))
        elif tag["open"]:
            if opened is None:
                yield False, text[position : tag.start()]
            opened = position = tag.end()
        elif tag["close"] and opened is not None:
            yield True, text[opened : tag.start()]
            opened, position = None, tag.end()
    yield opened is not None, text[position:]


def _end_of_box(text: str, start: int) -> int:
    depth = 1
    for place in range(start, min(len(text), start + _LONGEST_BOX)):
        if text[place] == "{":
            depth += 1
        elif text[place] == "}":
            depth -= 1
            if not depth:
                return place
    line_end = text.find("\n", start, start + _LONGEST_BOX)
    return line_end if line_end >= 0 else min(len(text), start + _LONGEST_BOX)


_FENCED = gated(r"```(?:json|JSON)?\s*\n?([\[{][^`]{0,100000})```")
# Numbers stay text: none is an answer, and a very long one takes very long to convert.
_DECODER = json.JSONDecoder(parse_int=str, parse_float=str)


def json_value(text: str) -> Any:
    """The JSON object or list that a response is, or holds in a code block or after a first line; else ``None``."""
    fenced = _FENCED.search(text)
    body = (fenced[1] if fenced else text).strip()
    start = min((place for place in (body.find("{"), body.find("[")) if place >= 0), default=-1)
    if start < 0 or (start > 0 and not fenced and body[start - 1] not in "\n :"):
        return None
    try:
        value, end = _DECODER.raw_decode(body, start)
    except (ValueError, RecursionError):
        return None
    rest = body[end:].strip(" \n`.,;")
    return None if rest[:1] in ("{", "[") or not isinstance(value, dict | list) else value


#: Names under which an answer is given, the surest first; compared without case and anything but letters.
ANSWER_KEYS = (
    "finalanswer", "answer", "final", "correctanswer", "correctoption", "answerletter", "optionletter",
    "selectedoption", "selectedanswer", "selected", "choice", "finalchoice", "selection", "option", "letter",
    "prediction", "predictedanswer", "predictedoption", "pred", "label", "output", "response", "result", "verdict",
    "conclusion", "diagnosis", "ans", "key", "bestanswer", "bestoption", "答案", "最终答案", "选项",
    "respuesta", "réponse", "antwort",
)  # fmt: skip
_PARTS = ("letter", "option", "key", "answer", "value", "choice", "label", "text", "id")


def key_of(name: object) -> str:
    """A JSON key as it is compared."""
    return "".join(character for character in str(name).lower() if character.isalpha())


def json_answer(value: Any) -> list[str] | None:
    """The answers that a JSON value gives to one question, as texts; ``None`` where it has no answer field.

    >>> json_answer({"reason": "A?", "answer": "B"}), json_answer({"A": False, "B": True}), json_answer({"note": 1})
    (['B'], ['B'], None)
    """
    if isinstance(value, list):
        if all(isinstance(item, str) for item in value):
            return [str(item) for item in value]
        answers = [json_answer(item) for item in value[:50]]
        return answers[0] if len(answers) == 1 else None
    if not isinstance(value, dict):
        return None
    named = {key_of(name): content for name, content in value.items()}
    verdicts = {str(name).strip() for name, content in value.items() if content is True}
    if verdicts and all(isinstance(content, bool) for content in value.values()):
        return sorted(verdicts)
    for key in ANSWER_KEYS:
        if key in named:
            beside = named.get(f"{key}text")
            if isinstance(beside, str) and isinstance(named[key], str):
                return [f"{named[key]}. {beside}"]
            return _texts(named[key])
    if len(value) == 1:
        (content,) = value.values()
        return _texts(content) if isinstance(content, str | dict) else None
    return None


def texts_in(value: Any) -> str:
    """The texts of a JSON object's fields, a line each: where an answer field is empty, they may say why.

    >>> texts_in({"answer": None, "reason": "No image was provided."})
    'No image was provided.'
    """
    return "\n".join(part for part in value.values() if isinstance(part, str)) if isinstance(value, dict) else ""


def _texts(content: Any) -> list[str] | None:
    if isinstance(content, dict):
        parts = {key_of(name): part for name, part in content.items()}
        found = [str(parts[key]) for key in _PARTS if isinstance(parts.get(key), str)]
        return [". ".join(found[:2])] if found else json_answer(content) if content else None
    if isinstance(content, list):
        return [str(item) for item in content[:50] if isinstance(item, str)]
    return [content] if isinstance(content, str) else []
