"""Each open question as it is scored: what it asks for, what its reference says, and what a response comes to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from mmneuroonco_tasks.answers.failures import is_failure
from mmneuroonco_tasks.answers.reasoning import without_reasoning
from mmneuroonco_tasks.answers.refusals import refusal_in
from mmneuroonco_tasks.benchmark.records import OpenQuestion

from .attributes import ATTRIBUTES, asked_of, measured_right, read_attributes, read_measurements
from .keywords import KeywordScores, keyword_scores

#: A refusal is told by its beginning; what follows in a long one is advice.
_HEAD = 2000


class OpenOutcome(str, Enum):
    """What a response to an open question is, before its content is read."""

    ANSWERED = "answered"
    REFUSED = "refused"
    EMPTY = "empty"
    FAILED = "failed"
    MISSING = "missing"

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True)
class Item:
    """An attribute to score: what the reference and the response say of it."""

    attribute: str
    reference: str
    response: str | None
    contradictory: bool

    @property
    def right(self) -> bool:
        return self.response == self.reference and not self.contradictory


@dataclass(frozen=True)
class MeasuredItem:
    """A measurement to score, in the units of ``attributes.measurements``."""

    name: str
    reference: tuple[float, ...]
    response: tuple[float, ...] | None

    @property
    def right(self) -> bool:
        return self.response is not None and measured_right(self.name, self.response, self.reference)


@dataclass(frozen=True)
class OpenAnswer:
    """How the response to one question was read.

    ``text`` is what was read: the response without its reasoning, empty unless it is an answer or a refusal.
    """

    outcome: OpenOutcome
    text: str
    items: tuple[Item, ...]
    measured: tuple[MeasuredItem, ...]
    #: ``None`` for a question without keywords.
    keywords: KeywordScores | None


@dataclass(frozen=True)
class OpenTask:
    """What there is to score in a question, before any response."""

    #: The class of each attribute to score, by its reference.
    attributes: Mapping[str, str]
    measurements: Mapping[str, tuple[float, ...]]
    #: Attributes that are asked for but named by the question, or not stated by the reference.
    given: tuple[str, ...]
    unstated: tuple[str, ...]


@lru_cache(maxsize=4096)
def open_task(question: OpenQuestion) -> OpenTask:
    """What a question asks for, as far as its reference tells.

    >>> from mmneuroonco_tasks.benchmark.records import Picture
    >>> stem = "How do the lobulated shape and the location of the lesion support the diagnosis?"
    >>> question = OpenQuestion("1_q5", Picture(1, "a/b/c.png", 1), "Reasoning", stem, "It is central.", ())
    >>> task = open_task(question)
    >>> dict(task.attributes), task.given
    ({'sector': 'Center of the Image'}, ('shape',))
    """
    asked = asked_of(question)
    said = read_attributes(question.reference_answer)
    measured = read_measurements(question.reference_answer)
    stated = {name: each for name in asked.attributes if (each := said[name].value) is not None}
    return OpenTask(
        stated,
        {name: value for name in asked.measurements if (value := measured[name]) is not None},
        asked.given,
        tuple(name for name in asked.attributes if name not in stated),
    )


def read_open(question: OpenQuestion, response: str | None) -> OpenAnswer:
    """Read a response to a question; ``None`` is a response that is missing.

    >>> from mmneuroonco_tasks.benchmark.records import Picture
    >>> question = OpenQuestion("1_q3", Picture(1, "a/b/c.png", 1), "Detail", "How large is it?", "It is small.", ())
    >>> read_open(question, "A tiny spot, 0.3 % of the image.").items[0].right
    True
    >>> read_open(question, "I'm sorry, I cannot interpret medical images.").outcome.value
    'refused'
    """
    task = open_task(question)
    outcome, text = _outcome(response)
    said = read_attributes(text)
    if outcome == OpenOutcome.ANSWERED and _says_nothing(text) and refusal_in(text[:_HEAD].lower()):
        outcome = OpenOutcome.REFUSED
    told = read_measurements(text) if task.measurements else {}
    return OpenAnswer(
        outcome,
        text,
        tuple(Item(name, each, said[name].value, said[name].contradictory) for name, each in task.attributes.items()),
        tuple(MeasuredItem(name, value, told[name]) for name, value in task.measurements.items()),
        keyword_scores(question.eval_keywords, text),
    )


def _says_nothing(text: str) -> bool:
    """Whether a text names no class and no measurement."""
    if any(reading.value is not None or reading.contradictory for reading in read_attributes(text).values()):
        return False
    return not any(read_measurements(text).values())


def _outcome(response: str | None) -> tuple[OpenOutcome, str]:
    if response is None:
        return OpenOutcome.MISSING, ""
    if not response.strip():
        return OpenOutcome.EMPTY, ""
    if is_failure(response):
        return OpenOutcome.FAILED, ""
    text = (without_reasoning(response) or "").strip()
    return (OpenOutcome.ANSWERED, text) if text else (OpenOutcome.EMPTY, "")


def majority_classes(tasks: Mapping[str, OpenTask]) -> dict[str, str]:
    """By attribute the class that most references state; of equally frequent ones the first in the tables' order."""
    counts = {name: dict.fromkeys(classes, 0) for name, classes in ATTRIBUTES.items()}
    for task in tasks.values():
        for name, value in task.attributes.items():
            counts[name][value] += 1
    return {name: max(classes, key=lambda value: classes[value]) for name, classes in counts.items()}
