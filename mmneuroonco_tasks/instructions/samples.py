"""What one line of an instruction file says, checked against the released form.

A line is ``{"images": ["relative/path.png"], "messages": [user, assistant], "meta": {…}?}``. The user's text starts
with the picture's mark, ``<image>``; a closed question lists its options one a line, ``A. …``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import PurePosixPath
from typing import Any, Literal, TypeAlias

from ..answers.options import is_rejection
from ..benchmark.places import leaves_its_folder
from ..benchmark.records import LETTERS, REJECTION_LETTER, BenchmarkError

Variant: TypeAlias = Literal["open", "closed", "closed_cot"]
#: The released variants, in the order in which tables show them.
VARIANTS: tuple[Variant, ...] = ("open", "closed", "closed_cot")
#: The place of the picture in the user's text.
IMAGE_MARK = "<image>"

_LINE_END = re.compile(r"\r\n|\r|\n")
_OPTION = re.compile(r"([A-Z])[.)][ \t]+(\S.*)")
_HEADER = re.compile(r"options\s*:", re.IGNORECASE)
_LETTER = re.compile(r"\s*([A-Z])\s*")
_FINAL = re.compile(r"\s*Final:[ \t]*([A-Z])[ \t]*(?:\r?\n|$)(.*)", re.DOTALL)
_EXPLANATION = re.compile(r"\s*Explanation:\s*\S", re.DOTALL)


class InstructionError(BenchmarkError):
    """An instruction file that cannot be used. The message is one sentence: file, line, remedy."""


class SampleProblem(Exception):
    """What is wrong with one sample: ``kind`` is one of ``checking.PROBLEM_KINDS``; the message names the field."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


@dataclass(frozen=True, slots=True)
class ClosedForm:
    """A closed question, read back from the user's text: its stem and its options by letter, in order."""

    stem: str
    options: Mapping[str, str]

    @property
    def offers_rejection(self) -> bool:
        """Whether E is offered and says "None of the above", as in the benchmark."""
        return is_rejection(self.options.get(REJECTION_LETTER, ""))


@dataclass(frozen=True, slots=True)
class Sample:
    """One sample.

    ``text`` is what the user says, without the picture's mark; ``response`` what the assistant answers. A closed one
    has its ``form`` and its ``answer``, one of the offered letters.
    """

    image: str
    text: str
    response: str
    variant: Variant
    form: ClosedForm | None = None
    answer: str | None = None
    meta: Mapping[str, Any] = field(default_factory=dict)

    @property
    def question(self) -> str:
        """The question itself, without options and without the instruction how to answer."""
        return self.form.stem if self.form else self.text


def parse_sample(record: Any) -> Sample:
    """The sample that a parsed line holds.

    Raises:
        SampleProblem: it is not in the released form: which field, and what is wrong with it.

    >>> user = {"role": "user", "content": "<image>\\nWhich is it?\\n\\nOptions:\\nA. Healthy\\nB. Abnormal"}
    >>> sample = parse_sample({"images": ["a/b.png"], "messages": [user, {"role": "assistant", "content": "B"}]})
    >>> sample.variant, sample.question, sample.answer
    ('closed', 'Which is it?', 'B')
    """
    if not isinstance(record, dict):
        raise SampleProblem("schema", "expected an object with images and messages")
    image = _image(record.get("images"))
    user, response = _messages(record.get("messages"))
    meta = record.get("meta", {})
    if not isinstance(meta, dict):
        raise SampleProblem("schema", "meta is no object")
    text = _without_mark(user)
    lines = _lines(text)
    if not _is_closed(lines, response):
        return Sample(image, text, response, "open", meta=meta)
    form = _form(lines)
    variant, answer = _closed_answer(response)
    if answer not in form.options:
        raise SampleProblem("answer", f"the answer {answer} is not one of the offered letters {''.join(form.options)}")
    return Sample(image, text, response, variant, form, answer, meta)


def parse_options(text: str) -> ClosedForm:
    """Stem and options of a closed question, parsed back from the user's text.

    The options are the last run of lines ``A. …``, ``B. …``; a line ``Options:`` before them belongs to neither.

    Raises:
        SampleProblem: fewer than two options, or a letter out of order.

    >>> parse_options("Which is it?\\nOptions:\\nA. Healthy\\nB. Abnormal\\n\\nAnswer with the option letter only.")
    ClosedForm(stem='Which is it?', options={'A': 'Healthy', 'B': 'Abnormal'})
    """
    return _form(_lines(text))


def _form(lines: list[str]) -> ClosedForm:
    matches = [_OPTION.fullmatch(line) for line in lines]
    starts = [number for number, match in enumerate(matches) if match and match[1] == LETTERS[0]]
    options: dict[str, str] = {}
    end = starts[-1] if starts else 0
    for match in matches[end:] if starts else ():
        if match is None or match[1] in options:
            break
        options[match[1]] = match[2]
        end += 1
    if len(options) < 2:
        raise SampleProblem("form", "a closed question without at least two option lines such as 'A. …'")
    if tuple(options) != LETTERS[: len(options)]:
        raise SampleProblem("form", f"the options are lettered {''.join(options)}; A to E in order are known")
    if any(match and match[1] not in options for match in matches[end:]):
        raise SampleProblem("form", "an option line stands apart from the others")
    stem = lines[: starts[-1]]
    while stem and (not stem[-1] or _HEADER.fullmatch(stem[-1])):
        stem.pop()
    if not stem:
        raise SampleProblem("form", "there are options but no question before them")
    return ClosedForm("\n".join(stem).strip(), options)


def _lines(text: str) -> list[str]:
    return [line.strip() for line in _LINE_END.split(text)]


def _image(images: Any) -> str:
    path = _text(images[0]) if isinstance(images, list) and len(images) == 1 else None
    if path is None:
        raise SampleProblem("schema", "images is no list of exactly one path")
    if not _is_inside(path):
        raise SampleProblem("path", f"the image path {path!r:.120} is absolute or leaves the image folder")
    return path


@lru_cache(maxsize=1024)  # consecutive samples share a picture
def _is_inside(path: str) -> bool:
    return bool(PurePosixPath(path).name) and not leaves_its_folder(path)


def _messages(messages: Any) -> tuple[str, str]:
    if not isinstance(messages, list) or len(messages) != 2 or not all(isinstance(each, dict) for each in messages):
        raise SampleProblem("schema", "messages is no list of one user message and one assistant message")
    texts = []
    for message, role in zip(messages, ("user", "assistant"), strict=True):
        if message.get("role") != role:
            raise SampleProblem("schema", f"a message has the role {message.get('role')!r:.40} where {role} belongs")
        content = _text(message.get("content"))
        if content is None:
            raise SampleProblem("schema", f"the content of the {role} message is no text or is empty")
        texts.append(content)
    return texts[0], texts[1]


def _text(value: Any) -> str | None:
    """The value if it is a text that is not blank and that a file can hold (half a surrogate pair cannot be)."""
    try:
        return value if isinstance(value, str) and value.strip() and value.encode() else None
    except UnicodeEncodeError:
        return None


def _without_mark(user: str) -> str:
    if not user.startswith(IMAGE_MARK) or user.count(IMAGE_MARK) != 1:
        raise SampleProblem("form", f"the user's text does not start with the one mark {IMAGE_MARK} of its one picture")
    text = user[len(IMAGE_MARK) :].lstrip("\r\n")
    if not text.strip():
        raise SampleProblem("form", "the user's text holds nothing but the picture")
    return text


def _is_closed(lines: list[str], response: str) -> bool:
    return any(map(_HEADER.fullmatch, lines)) or bool(_LETTER.fullmatch(response) or _FINAL.fullmatch(response))


def _closed_answer(response: str) -> tuple[Variant, str]:
    letter = _LETTER.fullmatch(response)
    if letter:
        return "closed", letter[1]
    final = _FINAL.fullmatch(response)
    if final and _EXPLANATION.match(final[2]):
        return "closed_cot", final[1]
    raise SampleProblem("form", "the answer is neither a letter alone nor 'Final: X' and 'Explanation: …' on two lines")
