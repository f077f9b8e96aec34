"""A gallery of failures: what was asked, what came back, how it was read and by which rule."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from typing import Any

from ..benchmark.records import REJECTION_LETTER, Benchmark, BenchmarkError, ClosedQuestion, OpenQuestion, Picture
from ..prompts import PROTOCOLS, option_lines
from .result_tables import FATES
from .shown import Shown
from .texts import clipped, visible

#: Failures that are shown of a run, unless told otherwise.
FAILURES_SHOWN = 12
THUMBNAIL_PIXELS = 192
#: What becomes of an open question.
OPEN_FATES = ("right", "wrong class", "contradictory", "not told", "refused", "empty", "failed", "missing")


@dataclass(frozen=True)
class GalleryInput:
    """What a gallery needs beyond the result: the questions, and the responses by qid."""

    benchmark: Benchmark[Any]
    responses: Mapping[str, str | None]
    #: Whether to show each picture, made small.
    images: bool = False


@dataclass(frozen=True)
class Failure:
    """One question that was not answered rightly. All texts are fit to be shown."""

    qid: str
    question_type: str
    fate: str
    #: What is right, and what was picked or said.
    key: str
    picked: str
    outcome: str
    rule: str
    hedged: bool
    #: What the model was sent, or where the wording is not known the question and its options.
    prompt: str
    prompt_is_literal: bool
    response: str
    #: Characters of the response that are left out.
    left_out: int
    #: The reference answer of an open question, or "".
    reference: str = ""
    #: The picture as a data URI, or "".
    image: str = ""


def failures(run: Shown, given: GalleryInput, limit: int = FAILURES_SHOWN) -> list[Failure]:
    """Some of the run's failures: every kind of failure in turn, within a kind in an order drawn by a hash of the qid.

    So the choice is the same for every run and favours nothing; a kind with few failures is not crowded out.
    """
    answers = run.result.get("answers") or {}
    kinds = FATES if run.signature.task == "closed" else OPEN_FATES
    by_fate: dict[str, list[Any]] = {fate: [] for fate in kinds if fate != "right"}
    for question in given.benchmark.questions:
        if question.qid in answers:
            fate = _fate(question, answers[question.qid])
            if fate != "right":
                by_fate[fate].append(question)
    for questions in by_fate.values():
        questions.sort(key=lambda question: sha256(question.qid.encode()).digest())
    chosen: list[tuple[str, Any]] = []
    depth = 0
    while len(chosen) < limit and any(len(questions) > depth for questions in by_fate.values()):
        chosen += [(fate, questions[depth]) for fate, questions in by_fate.items() if len(questions) > depth]
        depth += 1
    return [_failure(run, given, fate, question) for fate, question in chosen[:limit]]


def _fate(question: ClosedQuestion | OpenQuestion, answer: Mapping[str, Any]) -> str:
    if isinstance(question, OpenQuestion):
        return open_fate_of(answer)
    return fate_of(question, answer.get("outcome"), answer.get("letter"))


def fate_of(question: ClosedQuestion, outcome: str | None, letter: str | None) -> str:
    """The name in ``FATES`` of what became of a closed question."""
    if letter is None or letter not in question.options:
        return outcome if outcome in FATES else "unparsed"
    if letter == question.answer:
        return "right"
    if question.trap:
        return "forced choice"
    return "over-rejection" if letter == REJECTION_LETTER else "wrong option"


def open_fate_of(answer: Mapping[str, Any]) -> str:
    """The name in ``OPEN_FATES`` of what became of an open question; without an attribute to tell, nothing is wrong.

    >>> item = {"reference": "Medium", "response": None, "contradictory": False, "right": False}
    >>> open_fate_of({"outcome": "answered", "attributes": {"size": item}})
    'not told'
    """
    if answer.get("outcome") in OPEN_FATES:
        return str(answer["outcome"])
    wrong = [item for item in (answer.get("attributes") or {}).values() if not item.get("right")]
    if not wrong:
        return "right"
    if any(item.get("contradictory") for item in wrong):
        return "contradictory"
    return "wrong class" if any(item.get("response") for item in wrong) else "not told"


def _failure(run: Shown, given: GalleryInput, fate: str, question: ClosedQuestion | OpenQuestion) -> Failure:
    answer = run.result["answers"][question.qid]
    response, left_out = clipped(given.responses.get(question.qid) or "")
    prompt, literal = prompt_of(run, question)
    if isinstance(question, OpenQuestion):
        key, picked = (_attributes(answer, side) for side in ("reference", "response"))
    else:
        key, picked = _with_text(question, question.answer), _with_text(question, answer.get("letter"))
    return Failure(
        qid=question.qid,
        question_type=question.question_type,
        fate=fate,
        key=key,
        picked=picked,
        outcome=visible(str(answer.get("outcome"))),
        rule=visible(str(answer.get("rule") or "")),
        hedged=bool(answer.get("hedged")),
        prompt=visible(clipped(prompt)[0]),
        prompt_is_literal=literal,
        response=visible(response),
        left_out=left_out,
        reference=visible(question.reference_answer) if isinstance(question, OpenQuestion) else "",
        image=thumbnail(given.benchmark, question.picture) if given.images else "",
    )


def _with_text(question: ClosedQuestion, letter: str | None) -> str:
    return f"{letter}. {visible(question.options[letter])}" if letter and letter in question.options else "none"


def _attributes(answer: Mapping[str, Any], side: str) -> str:
    """What one side says of each attribute that was asked for."""
    told = []
    for name, item in (answer.get("attributes") or {}).items():
        both = side == "response" and item.get("contradictory")
        told.append(f"{name}: {'two classes at once' if both else item.get(side) or '–'}")
    return visible("; ".join(told)) or "no attribute"


def prompt_of(run: Shown, question: ClosedQuestion | OpenQuestion) -> tuple[str, bool]:
    """What the model was sent, and whether that is known to the letter.

    It is where the signature names one of our protocols that asks one question at a time and shows it as it stands.
    """
    protocol = next((each for each in PROTOCOLS.values() if each.key == run.signature.prompt), None)
    if protocol is None or protocol.per != "question":
        options = f"\n\n{option_lines(question.options)}" if isinstance(question, ClosedQuestion) else ""
        return question.question + options, False
    text = protocol.text(question)
    return (f"[system] {protocol.system}\n\n{text}" if protocol.system else text), True


def thumbnail(benchmark: Benchmark[Any], picture: Picture) -> str:
    """The picture, made small, as a data URI; empty where it cannot be opened."""
    try:
        image = benchmark.images.open(picture)
    except BenchmarkError:
        return ""
    image.thumbnail((THUMBNAIL_PIXELS, THUMBNAIL_PIXELS))
    stream = BytesIO()
    image.save(stream, "JPEG", quality=80)
    return f"data:image/jpeg;base64,{b64encode(stream.getvalue()).decode('ascii')}"


def galleries(
    runs: Sequence[Shown], inputs: Mapping[str, GalleryInput], limit: int = FAILURES_SHOWN
) -> list[tuple[Shown, list[Failure]]]:
    """The failures of every run whose responses are given, ``inputs`` being by the runs' marks."""
    return [(run, failures(run, inputs[run.mark], limit)) for run in runs if run.mark in inputs]
