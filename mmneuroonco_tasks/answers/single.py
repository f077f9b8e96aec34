"""One response to one question → one answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from .claims import CONFLICT_BIT, NOT_OFFERED_BIT, Claim, Rank, Reading, read_claims
from .decision import Decision, decide
from .failures import is_failure
from .markup import without_markup
from .mentions import LETTERS, NOT_OFFERED, TEXT, is_one, letter_of, mention
from .normalise import plain
from .options import REJECTION, OptionReader, reader_of
from .outcome import Answer, Outcome
from .reasoning import last_speaker, without_reasoning
from .rejection import is_one_word_rejection
from .rewriting import rewritten
from .structured import fields, json_answer, json_value

FAILED = Answer(Outcome.FAILED, None, "failure")
ENDLESS = Answer(Outcome.UNPARSED, None, "reasoning-not-ended")


def as_text(value: object) -> str:
    """A response as text: nothing for ``None`` and NaN, which sheets hold where no response came."""
    if value is None or value != value:
        return ""
    return value if isinstance(value, str) else str(value)


def read_answer(text: str | None, options: Mapping[str, str]) -> Answer:
    """What a response to one question comes to.

    Args:
        text: the response as the model or the framework gave it, of any length; ``None`` and NaN count as no response.
        options: the offered letters and their texts; E, where offered, is none-of-the-above.

    Returns:
        The outcome, with a letter where one was picked, the rule that decided, and whether the words of a refusal
        stood beside the pick. Never raises; the same text gives the same answer for ever (``EXTRACT_VERSION``).

    >>> options = {"A": "glioma", "B": "meningioma", "C": "abscess", "D": "lymphoma", "E": "None of the above"}
    >>> read_answer("Not a glioma: the dural tail suggests option B.", options).letter
    'B'
    >>> read_answer("I cannot determine whether A or B is right.", options).outcome.value
    'refused'
    """
    response = plain(as_text(text))
    if is_failure(response):
        return FAILED
    said = spoken(response)
    if said is None:
        return ENDLESS
    return read_spoken(said, reader_of(options))


def spoken(response: str) -> str | None:
    """What the model itself said after its reasoning; ``None`` where the reasoning never ends."""
    said = without_reasoning(response)
    return said if said is None else last_speaker(said)


def read_spoken(text: str, options: OptionReader) -> Answer:
    """The answer of a text that is free of reasoning and other speakers."""
    reading = _fields_and_text(text, options)
    return _answer(decide(reading, options.offered, options.rejection), reading)


def _answer(decision: Decision, reading: Reading) -> Answer:
    if decision.outcome is not None:
        return Answer(decision.outcome, None, decision.rule)
    letter = letter_of(decision.mask)
    outcome = Outcome.REJECTED if letter == REJECTION else Outcome.ANSWERED
    return Answer(outcome, letter, decision.rule, hedged=reading.refused)


def _fields_and_text(text: str, options: OptionReader) -> Reading:
    value = json_value(text)
    answers = json_answer(value) if value is not None else None
    if answers is not None:
        return _joined([_field(answer, options) for answer in answers] or [Reading()])
    readings = [
        _field(part, options) if inside else _text(part, options) for inside, part in fields(text) if part.strip()
    ]
    return _joined(readings)


def _text(text: str, options: OptionReader) -> Reading:
    lines = without_markup(text)
    rejecting = mention(TEXT, options.rejection) if options.rejection else NOT_OFFERED
    if is_one_word_rejection(lines):
        mask = options.rejection or NOT_OFFERED_BIT
        return Reading([Claim(Rank.STRONG, mask, by_text=True, bare=True)], sentences=1)
    return read_claims(rewritten(lines, options), rejecting)


def _field(text: str, options: OptionReader) -> Reading:
    """The reading of an answer field: one claim of the highest rank, or none where the field is empty."""
    reading = _text(text, options)
    decision = decide(reading, options.offered, options.rejection)
    claim = Claim(Rank.BOXED, decision.mask)
    if decision.outcome is Outcome.REFUSED:
        claim = replace(claim, refusal=True)
    elif decision.outcome is Outcome.AMBIGUOUS:
        claim = replace(claim, mask=CONFLICT_BIT)
    elif decision.outcome is not None:
        if decision.rule == "no-pick" and not any(character.isalnum() for character in text):
            return Reading()
        claim = replace(claim, mask=NOT_OFFERED_BIT)
    return Reading([claim], refused=reading.refused, sentences=1)


def _joined(readings: list[Reading]) -> Reading:
    """Readings of consecutive parts as one."""
    whole = Reading()
    for part in readings:
        turns, sentences = len(whole.turns) - 1, whole.sentences
        whole.claims += [
            replace(claim, turn=claim.turn + turns, sentence=claim.sentence + sentences) for claim in part.claims
        ]
        whole.turns += part.turns[1:]
        if part.taken_back:
            whole.taken_back = part.taken_back + turns
        whole.refused |= part.refused
        whole.denied |= part.denied
        whole.sentences += part.sentences
    return whole


__all__ = ["LETTERS", "is_one", "read_answer", "read_spoken", "spoken"]
