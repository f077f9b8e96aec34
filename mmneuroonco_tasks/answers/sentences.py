"""The claims of a rewritten text, sentence by sentence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from . import picking, turning
from .claims import Rank, Reading
from .clauses import Clause, read_clause
from .gates import gated
from .mentions import ANY
from .refusals import refusal_in
from .remembering import remembered

_MENTION = gated(ANY)
_LONGEST = 600
_PIECE = gated(r"(?s).{1,600}(?:(?<=\s)|$)|.{1,600}")


@dataclass(frozen=True, slots=True)
class _Turn:
    """A turn of mind: how plain a claim after it must be for it to count, and whether it takes back what was said."""

    needed: Rank
    taking_back: bool


@dataclass(frozen=True, slots=True)
class _Sentence:
    """What a sentence says, in order."""

    refused: bool
    steps: tuple[Clause | _Turn, ...]


@remembered
def read_claims(text: str, rejecting: str) -> Reading:
    """The claims of a rewritten text, not to be changed. ``rejecting`` is the mention of none-of-the-above by text."""
    text = picking.NONE_ANNOUNCED.sub(lambda found: found["before"] + rejecting, text)
    text = picking.LABEL_LINE.sub(lambda found: found["label"] + ": ", text)
    reading = Reading()
    for line in text.split("\n"):
        for place, (words, faintest) in enumerate(_sentences(line)):
            sentence = _read(words, place == 0, rejecting)
            reading.sentences += 1
            reading.refused |= sentence.refused
            for step in sentence.steps:
                if isinstance(step, _Turn):
                    reading.change_mind(step.needed, taking_back=step.taking_back)
                else:
                    reading.denied |= step.denied
                    reading.add(claim for claim in step.claims if claim.rank >= faintest)
    return reading


@remembered
def refuses(text: str) -> bool:
    """Whether a plain text has the words of a refusal.

    >>> refuses("No image was provided."), refuses("No lesion was seen.")
    (True, False)
    """
    return any(refusal_in(sentence.lower()) for line in text.split("\n") for sentence, _ in _sentences(line))


def _sentences(line: str) -> Iterator[tuple[str, Rank]]:
    """The sentences of a line, each with the faintest claim that counts in it.

    An endless sentence comes in pieces, in which it is not known what was denied before: only plain claims count.
    """
    for sentence in _parted(line):
        if len(sentence) > _LONGEST:
            for place, piece in enumerate(_PIECE.findall(sentence)):
                yield piece, Rank.MARKED if place else Rank.LINE
        elif sentence.strip():
            yield sentence, Rank.MENTION


def _parted(line: str) -> list[str]:
    parts, position = [], 0
    for end in turning.SENTENCE_END.finditer(line):
        parts.append(line[position : end.start("between")])
        position = end.end()
    return [*parts, line[position:]]


@lru_cache(maxsize=4096)  # a model has few ways to put an answer
def _read(sentence: str, starts_line: bool, rejecting: str) -> _Sentence:
    steps: list[Clause | _Turn] = []
    refused = refusal_in(sentence) is not None
    if not _MENTION.search(sentence) and not _announces_refusal(sentence):
        return _Sentence(refused, tuple(_turn(words, part) for part, words in _turns(sentence)[1:]))
    question = sentence.rstrip(" \"')").endswith("?")
    for part, words in _turns(" ".join(turning.without_idioms(sentence).split())):
        if words:
            steps.append(_turn(words, part))
        for clause in filter(str.strip, filter(None, turning.BREAK.split(part))):
            steps.append(read_clause(clause, starts_line, question, rejecting))
            starts_line = False
    return _Sentence(refused, tuple(steps))


def _turn(words: str, part: str) -> _Turn:
    words = words.strip(" ,-.…?!")
    needed = Rank.TEXT
    if turning.WEAK_CORRECTION.fullmatch(words):
        needed = Rank.CONCLUSION
    elif turning.SECOND_LOOK.match(words):
        needed = Rank.SENTENCE
    return _Turn(needed, turning.RETRACTION.search(part) is not None)


_ANSWER = gated(r"\b(?:answer|choice|option|selection|pick)\b")


def _announces_refusal(sentence: str) -> bool:
    """Whether a refusal stands where the answer was announced: it is the last word, whatever was weighed before."""
    refusal = refusal_in(sentence)
    announced = picking.ANNOUNCED.search(sentence[: refusal.start()]) if refusal else None
    return announced is not None and _ANSWER.search(announced.group()) is not None


def _turns(sentence: str) -> list[tuple[str, str]]:
    """A sentence in parts, each with the words by which it turns against what was said before."""
    parts: list[tuple[str, str]] = []
    position, words = 0, ""
    for found in turning.CORRECTION.finditer(sentence):
        parts.append((sentence[position : found.start()], words))
        position, words = found.start(), found.group()
    parts.append((sentence[position:], words))
    return parts
