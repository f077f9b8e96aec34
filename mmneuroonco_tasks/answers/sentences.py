"""The claims of a rewritten text, sentence by sentence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from . import picking, turning
from .claims import Rank, Reading
from .clauses import Clause, read_clause
from .mentions import ANY
from .refusals import refusal_in
from .tables import lazily_compiled

_MENTION = lazily_compiled(ANY)
_LONGEST = 600
_PIECE = lazily_compiled(r"(?s).{1,600}(?:(?<=\s)|$)|.{1,600}")


def read_claims(text: str, rejecting: str) -> Reading:
    """The claims of a rewritten text. ``rejecting`` is the mention of none-of-the-above by text."""
    text = picking.NONE_ANNOUNCED.sub(lambda found: found["before"] + rejecting, text)
    text = picking.LABEL_LINE.sub(lambda found: found["label"] + ": ", text)
    walk = _Walk(rejecting)
    for line in text.split("\n"):
        for place, (sentence, faintest) in enumerate(_sentences(line)):
            walk.read(sentence, first=place == 0, faintest=faintest)
    return walk.reading


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
    for sentence in turning.SENTENCE.split(line):
        if len(sentence) > _LONGEST:
            for place, piece in enumerate(_PIECE.findall(sentence)):
                yield piece, Rank.MARKED if place else Rank.LINE
        elif sentence.strip():
            yield sentence, Rank.MENTION


@dataclass(slots=True)
class _Walk:
    """The way through a text. What stands in it again and again is read once."""

    rejecting: str
    reading: Reading = field(default_factory=Reading)
    _clauses: dict[tuple[str, bool, bool], Clause] = field(default_factory=dict)
    _refusing: dict[str, bool] = field(default_factory=dict)

    def read(self, sentence: str, *, first: bool, faintest: Rank) -> None:
        """Read the next sentence; ``first`` where it begins a line."""
        reading = self.reading
        reading.sentences += 1
        if sentence not in self._refusing:
            self._refusing[sentence] = refusal_in(sentence) is not None
        reading.refused |= self._refusing[sentence]
        if not _MENTION.search(sentence) and not _announces_refusal(sentence):
            for part, words in _turns(sentence)[1:]:
                self._turn(words, part)
            return
        question = sentence.rstrip(" \"')").endswith("?")
        for idiom, instead in turning.IDIOMS:
            sentence = idiom.sub(instead, sentence)
        for part, words in _turns(" ".join(sentence.split())):
            if words:
                self._turn(words, part)
            for clause in filter(str.strip, filter(None, turning.BREAK.split(part))):
                read = self._clause(clause, first, question)
                reading.denied |= read.denied
                reading.add(claim for claim in read.claims if claim.rank >= faintest)
                first = False

    def _clause(self, words: str, first: bool, question: bool) -> Clause:
        key = (words, first, question)
        if key not in self._clauses:
            self._clauses[key] = read_clause(words, first, question, self.rejecting)
        return self._clauses[key]

    def _turn(self, words: str, part: str) -> None:
        words = words.strip(" ,-.…?!")
        needed = Rank.TEXT
        if turning.WEAK_CORRECTION.fullmatch(words):
            needed = Rank.CONCLUSION
        elif turning.SECOND_LOOK.match(words):
            needed = Rank.SENTENCE
        self.reading.change_mind(needed, taking_back=turning.RETRACTION.search(part) is not None)


_ANSWER = lazily_compiled(r"\b(?:answer|choice|option|selection|pick)\b")


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
