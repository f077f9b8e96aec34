"""What a text claims: every place where it picks an option, with how plainly it does.

A text is cut into sentences and clauses. In each clause what is refused, denied, compared away or merely considered is
struck out; what is left is matched against the ways of picking, the plainest first. `decision` weighs the claims.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from enum import IntEnum

from . import phrases
from .mentions import ANY, CONFLICT, LETTER, LETTERS, NOT_OFFERED, TEXT, kind_of, mask_of, mentions_in
from .refusals import RESUMES, refusal_in
from .rejection import rejection_is_untold

#: Beside the options' bits: a letter that was not offered, and a letter that its text contradicts.
NOT_OFFERED_BIT = 1 << len(LETTERS)
CONFLICT_BIT = NOT_OFFERED_BIT << 1


class Rank(IntEnum):
    """How plainly an option is picked; the plainest decides."""

    MENTION = 0  # an option's text stands there
    TEXT = 1  # … and something is said to be it
    STRONG = 2  # … as the most likely, or as the whole of a sentence
    SENTENCE = 3  # a letter in a sentence that picks
    CONCLUSION = 4  # … that concludes
    LINE = 5  # a letter that begins or is a line
    MARKED = 6  # "Answer: B", "I choose B"
    FINAL = 7  # "Final answer: B"
    BOXED = 8  # a box, a tag, a field


@dataclass(frozen=True, slots=True)
class Claim:
    """One pick. ``mask`` has the bits of the options; several where it does not decide between them."""

    rank: Rank
    mask: int
    by_text: bool = False
    bare: bool = False
    refusal: bool = False
    #: Number of the sentence, and how often the text had changed its mind before.
    sentence: int = 0
    turn: int = 0


@dataclass(slots=True)
class Reading:
    """All claims of a text, in order, and what else it says of the options."""

    claims: list[Claim] = field(default_factory=list)
    refused: bool = False
    #: Options that are said not to be right.
    denied: int = 0
    sentences: int = 0
    #: For each turn of mind: how plain a claim after it must be for the turn to count.
    turns: list[Rank] = field(default_factory=lambda: [Rank.MENTION])
    #: Claims of an earlier turn than this were taken back.
    taken_back: int = 0


def mask_of_list(characters: list[str]) -> int:
    """The options of mentions that stand as one answer: what they agree on, else all of them."""
    masks = [
        CONFLICT_BIT if character == CONFLICT else NOT_OFFERED_BIT if character == NOT_OFFERED else mask_of(character)
        for character in characters
    ]
    common, union = masks[0], 0
    for mask in masks:
        common &= mask
        union |= mask
    return common or union


_LONGEST_SENTENCE = 600
_PIECE = re.compile(r"(?s).{1,600}(?:(?<=\s)|$)|.{1,600}")
_MENTION = re.compile(ANY)
_NO_WORDS = re.compile(r"[^\w\ue000-\uf8ff]+")
_DEGENERATE = 4


def read_claims(text: str, rejecting: str) -> Reading:
    """The claims of a rewritten text. ``rejecting`` is the mention of none-of-the-above by text."""
    text = phrases.NONE_ANNOUNCED.sub(lambda found: found["before"] + rejecting, text)
    text = phrases.LABEL_LINE.sub(lambda found: found["label"] + ": ", text)
    reading = Reading()
    memo: dict[tuple[str, bool, bool], _Clause] = {}
    seen: dict[str, bool] = {}
    for line in text.split("\n"):
        first = True
        for sentence in _sentences(line):
            _read_sentence(sentence, first, reading, memo, seen, rejecting)
            first = False
    return reading


def _sentences(line: str) -> list[str]:
    found = []
    for sentence in phrases.SENTENCE.split(line):
        if len(sentence) > _LONGEST_SENTENCE:
            found += _PIECE.findall(sentence)
        elif sentence.strip():
            found.append(sentence)
    return found


def _read_sentence(
    sentence: str,
    first: bool,
    reading: Reading,
    memo: dict[tuple[str, bool, bool], _Clause],
    seen: dict[str, bool],
    rejecting: str,
) -> None:
    reading.sentences += 1
    if sentence not in seen:
        seen[sentence] = refusal_in(sentence) is not None
    reading.refused |= seen[sentence]
    question = sentence.rstrip(" \"')").endswith("?")
    for idiom, instead in phrases.IDIOMS:
        sentence = idiom.sub(instead, sentence)
    start = 0
    for part, turn in _turns(sentence):
        if turn is not None:
            reading.turns.append(_needed_after(turn.strip(" ,-.…?!")))
            if phrases.RETRACTION.search(part):
                reading.taken_back = len(reading.turns) - 1
        for clause in phrases.BREAK.split(part):
            if not clause or not clause.strip():
                continue
            key = (clause, first and start == 0, question)
            if key not in memo:
                memo[key] = _read_clause(clause, key[1], question, rejecting)
            _add(memo[key], reading)
            start += 1


def _needed_after(words: str) -> Rank:
    if phrases.WEAK_CORRECTION.fullmatch(words):
        return Rank.CONCLUSION
    return Rank.SENTENCE if phrases.SECOND_LOOK.match(words) else Rank.TEXT


def _turns(sentence: str) -> list[tuple[str, str | None]]:
    """A sentence in parts, each with the words by which it turns against what was said before."""
    parts: list[tuple[str, str | None]] = []
    position, words = 0, None
    for found in phrases.CORRECTION.finditer(sentence):
        parts.append((sentence[position : found.start()], words))
        position, words = found.start(), found.group()
    parts.append((sentence[position:], words))
    return parts


def _add(clause: _Clause, reading: Reading) -> None:
    reading.refused |= clause.refused
    reading.denied |= clause.denied
    turn = len(reading.turns) - 1
    reading.claims += [replace(claim, sentence=reading.sentences, turn=turn) for claim in clause.claims]


@dataclass(slots=True)
class _Clause:
    """A clause while it is read: ``words`` loses every mention that has been dealt with."""

    words: str
    claims: list[Claim] = field(default_factory=list)
    refused: bool = False
    denied: int = 0

    def strike(self, pattern: re.Pattern[str], *, denying: bool = False) -> None:
        """Take away the mentions of what the pattern finds (of its group ``list``, where it has one)."""

        def struck(found: re.Match[str]) -> str:
            start, end = (0, len(found.group()))
            if "list" in pattern.groupindex:
                start, end = found.start("list") - found.start(), found.end("list") - found.start()
            inside = found.group()[start:end]
            if denying:
                for character in mentions_in(inside):
                    self.denied |= mask_of(character)
            if "kept" in pattern.groupindex and found["kept"]:
                return found["kept"]
            if denying or "gap" in pattern.groupindex:
                return " "
            return found.group()[:start] + _MENTION.sub(" ", inside) + found.group()[end:]

        self.words = pattern.sub(struck, self.words)

    def claim(self, rank: Rank, listed: str, *, bare: bool = False) -> None:
        characters = list(mentions_in(listed))
        by_text = all(kind_of(character) == TEXT for character in characters)
        self.claims.append(Claim(rank, mask_of_list(characters), by_text=by_text, bare=bare))

    def take(self, found: re.Match[str], rank: Rank) -> str:
        """Claim what the match lists and leave nothing of it."""
        self.claim(rank, next(found[name] for name in ("list", "tied") if found[name]))
        return " "


def _read_clause(words: str, starts_line: bool, question: bool, rejecting: str) -> _Clause:
    clause = _Clause(words)
    _strike_refusal(clause, rejecting)
    if not _MENTION.search(clause.words):
        return clause
    clause.words = phrases.BOTH_POSSIBLE.sub(lambda found: clause.take(found, Rank.SENTENCE), clause.words)
    for pattern in phrases.CONSIDERED:
        clause.strike(pattern)
    clause.strike(phrases.COMPARED, denying=True)
    for pattern in phrases.DENIED:
        clause.strike(pattern, denying=True)
    if question:
        clause.denied = 0
    if _MENTION.search(clause.words):
        _claim_marked(clause)
        _claim_bare(clause, starts_line) or _claim_asserted(clause)
    if question:
        clause.claims = [replace(claim, rank=Rank.MENTION) for claim in clause.claims if claim.bare and starts_line]
    return clause


def _strike_refusal(clause: _Clause, rejecting: str) -> None:
    words = clause.words
    if rejection_is_untold(words, rejecting):
        clause.refused, clause.words = True, _MENTION.sub(" ", words)
        return
    refusal = refusal_in(words)
    if refusal is None:
        return
    clause.refused = True
    before, after = words[: refusal.start()], words[refusal.start() :]
    if phrases.ANNOUNCED.search(before):
        rank = Rank.FINAL if phrases.FINALITY.search(before) else Rank.MARKED
        clause.claims.append(Claim(rank, 0, refusal=True))
    resumed = RESUMES.search(after, refusal.end() - refusal.start())
    if resumed and _MENTION.search(after[: resumed.start()]) and _MENTION.match(after, resumed.end()):
        resumed = None
    rest = after[resumed.end() :] if resumed else ""
    if not (_is_bare(before) and before.rstrip()[-1:] in ",;(-|"):
        before = _MENTION.sub(" ", before)
    clause.words = f"{before} {rest}"


def _claim_marked(clause: _Clause) -> None:
    def take(found: re.Match[str], rank: Rank) -> str:
        characters = list(mentions_in(found["list"]))
        told = all(kind_of(character) == TEXT for character in characters)
        if told and (rank is Rank.MARKED and "label" not in found.re.groupindex or _IS_FINDING.search(found.group())):
            rank = Rank.STRONG
        clause.claim(rank, found["list"])
        return " "

    def announced(found: re.Match[str]) -> str:
        return take(found, Rank.FINAL if phrases.FINALITY.search(found["label"]) else Rank.MARKED)

    clause.words = phrases.MARKER.sub(announced, clause.words)
    clause.words = phrases.PICK.sub(lambda found: take(found, Rank.MARKED), clause.words)


_IS_FINDING = re.compile(
    r"^(?:most likely |likely |probable |best )?(?:diagnosis|impression|result|conclusion|prediction)\b"
)


def _is_bare(words: str) -> bool:
    """Whether nothing stands there but mentions and words that add nothing."""
    left = phrases.FILLER.sub(" ", words)
    left = _NO_WORDS.sub("", _JOINS.sub(" ", left))
    return bool(left) and _MENTION.sub("", left) == ""


_JOINS = re.compile(r"(?<![^\W_])(?:or|und|oder|et|ou|y|e|o|nor)(?![^\W_])|和|或|与|と|과")


def _claim_bare(clause: _Clause, starts_line: bool) -> bool:
    if not _is_bare(clause.words):
        return False
    characters = list(mentions_in(clause.words))
    if len(characters) >= _DEGENERATE and len(set(characters)) == 1:
        return True
    if all(kind_of(character) == TEXT for character in characters):
        rank = Rank.STRONG
    elif starts_line:
        rank = Rank.LINE
    else:
        rank = Rank.CONCLUSION if phrases.CONCLUDES.search(clause.words) else Rank.SENTENCE
    clause.claim(rank, clause.words, bare=True)
    return True


def _claim_asserted(clause: _Clause) -> None:
    words = clause.words
    concludes = phrases.CONCLUDES.search(words) is not None
    strong = phrases.STRONG.search(words) is not None

    def taken(found: re.Match[str]) -> str:
        listed = next(found[name] for name in found.re.groupindex if found[name])
        if all(kind_of(character) == TEXT for character in mentions_in(listed)):
            rank = Rank.STRONG if strong else Rank.TEXT
        else:
            rank = Rank.CONCLUSION if concludes else Rank.SENTENCE
        clause.claim(rank, listed)
        return " "

    for pattern in (phrases.ASSERTED_AFTER, phrases.ASSERTED_BEFORE, _TAIL):
        words = pattern.sub(taken, words)
    for character in mentions_in(words):
        if kind_of(character) != LETTER:
            clause.claim(Rank.MENTION, character)


_TAIL = re.compile(rf"^[^\ue000-\ue2ff]*,\s?(?P<list>{phrases.LIST})\W*$")
