"""The claims of one clause.

What is refused, denied, compared away or merely considered is struck out first; what is left is matched against the
ways of picking (`picking`), the plainest first.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from . import denying, picking
from .claims import CONFLICT_BIT, Claim, Rank, mask_of_list
from .gates import Patterns, gated
from .mentions import ANY, LETTER, TEXT, is_one, kind_of, mask_of, mentions_in
from .refusals import RESUMES, refusal_in
from .rejection import rejection_is_untold
from .words import FILLER, FILLER_LETTERS, LIST

_MENTION = gated(ANY)
_NO_WORDS = gated(r"[^\w\ue000-\uf8ff]+")
#: "I'm not sure, B": the pick follows the refusal at once.
_NEAR = 12
_LAST = gated(rf"{ANY}\s?(?:[.!]|$)")
#: So many mentions of one option in a row are a model in a loop.
_DEGENERATE = 4


@dataclass(slots=True)
class Clause:
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

    def strike_all(self, patterns: Patterns, *, denying: bool = False) -> None:
        """Take away the mentions of what each of the patterns finds, one after the other."""
        # What is taken away leaves a blank, so that no pattern becomes possible by it.
        for number in patterns.possible_in(self.words):
            self.strike(patterns.patterns[number], denying=denying)

    def claim(self, rank: Rank, listed: str, *, bare: bool = False, both: bool = False) -> None:
        """Claim the options that are mentioned in ``listed``, as one answer; ``both`` says that they are two."""
        characters = list(mentions_in(listed))
        by_text = all(kind_of(character) == TEXT for character in characters)
        mask = mask_of_list(characters)
        if both and not is_one(mask):
            mask |= CONFLICT_BIT
        self.claims.append(Claim(rank, mask, by_text=by_text, bare=bare))

    def take(self, found: re.Match[str], rank: Rank) -> str:
        """Claim what the match lists and leave nothing of it."""
        self.claim(rank, next(found[name] for name in ("list", "tied", "versus") if found[name]))
        return " "


def read_clause(words: str, starts_line: bool, question: bool, rejecting: str) -> Clause:
    """Read one clause of a rewritten text, which may begin a line and may be part of a question."""
    clause = Clause(words)
    _strike_refusal(clause, rejecting)
    if not _MENTION.search(clause.words):
        return clause
    clause.words = denying.BOTH_POSSIBLE.sub(lambda found: clause.take(found, Rank.SENTENCE), clause.words)
    clause.strike_all(denying.CONSIDERED)
    clause.strike(denying.COMPARED, denying=True)
    clause.strike_all(denying.DENIED, denying=True)
    if question:
        clause.denied = 0
    if _MENTION.search(clause.words):
        _claim_marked(clause)
        if not _claim_bare(clause, starts_line):
            _claim_asserted(clause)
    if question:
        doubtful = starts_line and not picking.ASKING.match(words)
        clause.claims = [replace(claim, rank=Rank.MENTION) for claim in clause.claims if claim.bare and doubtful]
    return clause


def _strike_refusal(clause: Clause, rejecting: str) -> None:
    words = clause.words
    if rejection_is_untold(words, rejecting):
        clause.refused, clause.words = True, _MENTION.sub(" ", words)
        return
    refusal = refusal_in(words)
    if refusal is None:
        return
    clause.refused = True
    before, after = words[: refusal.start()], words[refusal.start() :]
    if picking.ANNOUNCED.search(before):
        rank = Rank.FINAL if picking.FINALITY.search(before) else Rank.MARKED
        clause.claims.append(Claim(rank, 0, refusal=True))
    resumed = RESUMES.search(after, refusal.end() - refusal.start())
    if resumed:
        again = _MENTION.match(after, resumed.end()) and _MENTION.search(after[: resumed.start()])
        far = resumed.start() > refusal.end() - refusal.start() + _NEAR
        if again or (far and _LAST.match(after, resumed.end())):
            resumed = None
    rest = after[resumed.end() :] if resumed else ""
    if "(" in before:  # "B (the image quality is limited)"
        before = before[: before.rindex("(") + 1]
    if not (_is_bare(_ANNOUNCEMENT.sub("", before)) and before.rstrip()[-1:] in ",;(-|"):
        before = _MENTION.sub(" ", before)
    clause.words = f"{before} {rest}"


def _claim_marked(clause: Clause) -> None:
    def take(found: re.Match[str], rank: Rank) -> str:
        characters = list(mentions_in(found["list"]))
        told = all(kind_of(character) == TEXT for character in characters)
        if told and ((rank is Rank.MARKED and "label" not in found.re.groupindex) or _IS_FINDING.search(found.group())):
            rank = Rank.STRONG
        clause.claim(rank, found["list"], both=_BOTH.search(found.group()) is not None)
        return " "

    def announced(found: re.Match[str]) -> str:
        return take(found, Rank.FINAL if picking.FINALITY.search(found["label"]) else Rank.MARKED)

    clause.words = picking.MARKER.sub(announced, clause.words)
    clause.words = picking.PICK.sub(lambda found: take(found, Rank.MARKED), clause.words)
    clause.words = picking.PREDICATED.sub(lambda found: take(found, Rank.MARKED), clause.words)


#: As a numbered answer of a batch is put.
_ANNOUNCEMENT = gated(r"^\W*answer:\s")
_BOTH = gated(r"\bboth\b")
_IS_FINDING = gated(
    r"^(?:most likely |likely |probable |best )?(?:diagnosis|impression|result|conclusion|prediction)\b"
)


def _is_no_filler(run: str) -> bool:
    return run not in FILLER_LETTERS and run.isascii() and run.isalpha()


def _is_bare(words: str) -> bool:
    """Whether nothing stands there but mentions and words that add nothing."""
    # One word that cannot be a filler tells it before the long list of them is searched for.
    if not _MENTION.search(words) or any(map(_is_no_filler, _RUN.findall(words))):
        return False
    left = FILLER.sub(" ", words)
    left = _NO_WORDS.sub("", _JOINS.sub(" ", left))
    return bool(left) and _MENTION.sub("", left) == ""


_RUN = gated(r"[^\W_]+")
_JOINS = gated(r"(?<![^\W_])(?:or|und|oder|et|ou|y|e|o|nor|plus)(?![^\W_])|和|或|与|と|과")


def _is_only_possible(words: str) -> bool:
    return picking.POSSIBLE.search(words) is not None and not picking.CONCLUDES.search(words)


def _plainness(words: str) -> Rank:
    return Rank.BEST if picking.SUPERLATIVE.search(words) else Rank.STRONG


def _claim_bare(clause: Clause, starts_line: bool) -> bool:
    if not _is_bare(clause.words):
        return False
    characters = list(mentions_in(clause.words))
    if len(characters) >= _DEGENERATE and len(set(characters)) == 1:
        return True
    possible = _is_only_possible(clause.words)
    if all(kind_of(character) == TEXT for character in characters):
        rank = Rank.TEXT if possible else _plainness(clause.words)
    elif possible:
        rank = Rank.POSSIBLE
    elif starts_line:
        rank = Rank.LINE
    else:
        rank = Rank.CONCLUSION if picking.CONCLUDES.search(clause.words) else Rank.SENTENCE
    clause.claim(rank, clause.words, bare=True)
    return True


def _claim_asserted(clause: Clause) -> None:
    words = clause.words
    concludes = picking.CONCLUDES.search(words) is not None
    possible = _is_only_possible(words)
    strong = picking.STRONG.search(words) is not None

    def taken(found: re.Match[str]) -> str:
        listed = next(found[name] for name in found.re.groupindex if found[name])
        if all(kind_of(character) == TEXT for character in mentions_in(listed)):
            rank = _plainness(words) if strong else Rank.TEXT
        else:
            rank = Rank.CONCLUSION if concludes else Rank.POSSIBLE if possible else Rank.SENTENCE
        clause.claim(rank, listed)
        return " "

    for pattern in (picking.ASSERTED_AFTER, picking.ASSERTED_BEFORE, _TAIL):
        words = pattern.sub(taken, words)
    for character in mentions_in(words):
        if kind_of(character) != LETTER:
            clause.claim(Rank.MENTION, character)


_TAIL = gated(rf"^[^\ue000-\ue2ff]*,\s?(?P<list>{LIST})\W*$")
