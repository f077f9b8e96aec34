"""One response to one question → one answer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from .claims import CONFLICT_BIT, NOT_OFFERED_BIT, Claim, Rank, Reading
from .decision import RULES, Decision, decide
from .failures import is_failure
from .gates import gated
from .markup import without_markup
from .mentions import LETTERS, NOT_OFFERED, TEXT, letter_of, mention
from .normalise import plain
from .options import OptionReader, is_letter, reader_of, rejection_of, texts_of
from .outcome import Answer, Outcome
from .reasoning import last_speaker, without_reasoning
from .rejection import is_one_word_rejection
from .remembering import remembered
from .rewriting import rewritten
from .sentences import read_claims, refuses
from .structured import fields, json_answer, json_value, texts_in

FAILED = Answer(Outcome.FAILED, None, "failure")
ENDLESS = Answer(Outcome.UNPARSED, None, "reasoning-not-ended")


def as_text(value: object) -> str:
    """A response as text: nothing for ``None`` and NaN, which sheets hold where no response came."""
    if isinstance(value, str):
        return value
    try:
        missing = value is None or bool(value != value)
    except (TypeError, ValueError):  # pandas.NA has no truth value
        missing = True
    return "" if missing else str(value)


def read_answer(text: str | None, options: Mapping[str, str]) -> Answer:
    """What a response to one question comes to.

    Args:
        text: the response as the model or the framework gave it, of any length; ``None`` and NaN count as no response.
        options: the offered letters and their texts; E, where offered, is none-of-the-above.

    Returns:
        The outcome, with a letter where one was picked, the rule that decided, and whether the words of a refusal
        stood beside the pick. Never raises; the same text gives the same answer for ever.

    >>> options = {"A": "glioma", "B": "meningioma", "C": "abscess", "D": "lymphoma", "E": "None of the above"}
    >>> read_answer("Not a glioma: the dural tail suggests option B.", options).letter
    'B'
    >>> read_answer("I cannot determine whether A or B is right.", options).outcome.value
    'refused'
    """
    alone = _letter_alone(text, options)
    if alone is not None:
        return alone
    said = spoken(as_text(text))
    if isinstance(said, Answer):
        return said
    reader = reader_of(options)
    head, asked_on = _split_at_next_question(said)
    if asked_on:
        answer = read_spoken(head, reader)
        if answer.letter:
            return answer
    return read_spoken(said, reader)


#: By a response that is a letter and nothing else, the letter.
_ALONE = {form.format(letter): letter for letter in LETTERS for form in ("{}", "{}.", "{})", "({})")}


def _letter_alone(text: object, options: Mapping[str, str]) -> Answer | None:
    """What an offered letter alone comes to, which most responses are: the same as by the long way, without tables."""
    letter = _ALONE.get(text.strip(" \n")) if isinstance(text, str) else None
    if letter is None:
        return None
    texts = texts_of(options)
    if letter not in texts or any(map(is_letter, texts.values())):
        return None
    rejected = rejection_of(texts) == 1 << LETTERS.index(letter)
    return Answer(Outcome.REJECTED if rejected else Outcome.ANSWERED, letter, RULES[Rank.LINE])


_NEXT_QUESTION = gated(r"\n\W{0,4}Question\W{0,3}:", re.I)


def _split_at_next_question(text: str) -> tuple[str, bool]:
    """What stands before a next question that the model asks itself, and whether there is one."""
    found = _NEXT_QUESTION.search(text)
    return (text[: found.start()], True) if found else (text, False)


#: Of a longer text only so many characters of its beginning and end are read.
_HEAD, _TAIL = 20_000, 80_000
_LONGEST_CUT = 5_000
_SENTENCE_END = gated(r"[.!?]\s|\n")


@remembered
def spoken(response: str) -> str | Answer:
    """What the model itself said after its reasoning, in plain characters, or the answer where it said nothing."""
    response = plain(response)
    if is_failure(response):
        return FAILED
    said = without_reasoning(response)
    return ENDLESS if said is None else last_speaker(_abridged(said))


def _abridged(text: str) -> str:
    if len(text) <= _HEAD + _TAIL:
        return text
    head, tail = text[:_HEAD], text[-_TAIL:]
    # Half a sentence could say the opposite of the whole.
    ended = list(_SENTENCE_END.finditer(head, _HEAD - _LONGEST_CUT))
    begun = _SENTENCE_END.search(tail, 0, _LONGEST_CUT)
    return (head[: ended[-1].end()] if ended else head) + "\n" + (tail[begun.end() :] if begun else "")


def read_spoken(text: str, options: OptionReader) -> Answer:
    """The answer of a text that is free of reasoning and other speakers."""
    reading = _fields_and_text(text, options)
    return _answer(decide(reading, options.offered, options.rejection), reading, options.rejection)


def _answer(decision: Decision, reading: Reading, rejection: int) -> Answer:
    if decision.outcome is not None:
        return Answer(decision.outcome, None, decision.rule)
    outcome = Outcome.REJECTED if decision.mask == rejection else Outcome.ANSWERED
    return Answer(outcome, letter_of(decision.mask), decision.rule, hedged=reading.refused)


#: An answer field that says nothing.
_EMPTY = frozenset(("", "n/a", "na", "null", "unknown"))
#: Of a response in very many fields only the last are read.
_MOST_PARTS = 64


def _fields_and_text(text: str, options: OptionReader) -> Reading:
    value = json_value(text)
    answers = json_answer(value) if value is not None else None
    said = answers is None or any(answer.strip(" .-").lower() not in _EMPTY for answer in answers)
    if not said and refuses(texts_in(value)):
        return Reading(refused=True)
    if answers is not None:
        parts = [(True, answer) for answer in answers]
    else:
        parts = [part for part in fields(text) if part[1].strip()]
    whole = Reading()
    for inside, part in parts[-_MOST_PARTS:]:
        whole.append(_field(part, options) if inside else _text(part, options))
    return whole


def _text(text: str, options: OptionReader) -> Reading:
    lines = without_markup(text)
    rejecting = mention(TEXT, options.rejection) if options.rejection else NOT_OFFERED
    if is_one_word_rejection(lines):
        mask = options.rejection or NOT_OFFERED_BIT
        return Reading([Claim(Rank.STRONG, mask, by_text=True, bare=True)], sentences=1)
    reading = read_claims(rewritten(lines, options), rejecting)
    # The words of an option are gone from the rewritten text: "the image is too small to see".
    if reading.claims and not reading.refused and refuses(options.without_refusing_options(lines)):
        return replace(reading, refused=True)
    return reading


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
