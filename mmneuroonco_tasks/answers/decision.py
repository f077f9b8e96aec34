"""Which of a text's claims decides, and what the text then comes to.

The plainest claim wins; among equally plain ones the last after a change of mind; equally plain ones that disagree
decide nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from .claims import CONFLICT_BIT, NOT_OFFERED_BIT, Claim, Rank, Reading
from .mentions import LETTERS, is_one
from .outcome import Outcome

#: What an answer calls the rank of the claim that decided.
RULES = {
    Rank.MENTION: "option-text",
    Rank.TEXT: "option-text",
    Rank.STRONG: "option-text",
    Rank.BEST: "option-text",
    Rank.POSSIBLE: "sentence",
    Rank.SENTENCE: "sentence",
    Rank.CONCLUSION: "conclusion",
    Rank.LINE: "letter-line",
    Rank.MARKED: "marker",
    Rank.FINAL: "final-marker",
    Rank.BOXED: "boxed",
}


@dataclass(frozen=True, slots=True)
class Decision:
    """What a text comes to: a mask of one option, or an outcome without one."""

    mask: int
    outcome: Outcome | None
    rule: str


def decide(reading: Reading, offered: int, rejection: int) -> Decision:
    """Weigh the claims of a text over ``offered`` options, of which ``rejection`` is none-of-the-above."""
    claims = _standing(reading)
    if reading.refused:
        claims = [claim for claim in claims if claim.rank > Rank.TEXT or claim.mask == 0]
    if not claims:
        return _without_claims(reading, offered, rejection)
    top = max(claim.rank for claim in claims)
    best = [claim for claim in claims if claim.rank == top]
    if top is Rank.LINE:
        best = _without_headings(best)
    if best[-1].refusal:
        concluded = _concluded_after(best[-1], claims)
        if concluded is None:
            return Decision(0, Outcome.REFUSED, "refused-answer")
        best = [concluded]
    best = [claim for claim in best if claim.mask]
    if _text_contradicts(best, claims, reading):
        return Decision(0, Outcome.AMBIGUOUS, "letter-against-text")
    return _agreed(best, top, claims, reading)


def _concluded_after(refusal: Claim, claims: list[Claim]) -> Claim | None:
    """The pick that the sentence of an announced refusal ends in: "Answer: unable to match any, so E"."""
    later = claims[claims.index(refusal) + 1 :]
    return next(
        (c for c in later if c.sentence == refusal.sentence and c.rank >= Rank.SENTENCE and is_one(c.mask)), None
    )


def _standing(reading: Reading) -> list[Claim]:
    """The claims that were not replaced by later ones after a change of mind."""
    claims = [claim for claim in reading.claims if claim.turn >= reading.taken_back]
    for turn in range(len(reading.turns) - 1, 0, -1):
        later = [claim for claim in claims if claim.turn >= turn]
        if any(claim.rank >= reading.turns[turn] for claim in later):
            return later
    return claims


def _without_headings(claims: list[Claim]) -> list[Claim]:
    """Lines that begin with A, B, C … in order are the headings of a discussion of all options."""
    rising = 1
    for before, after in pairwise(claims):
        if after.mask <= before.mask:
            break
        rising += 1
    if rising >= 3 and len(claims) > rising:
        return claims[rising:]
    return claims


def _text_contradicts(best: list[Claim], claims: list[Claim], reading: Reading) -> bool:
    """Whether a letter is followed at once by another option's text as the whole of a short response."""
    if reading.sentences > 2 or best[0].rank is not Rank.LINE or best[0].by_text:
        return False
    letters = 0
    for claim in best:
        letters |= claim.mask
    return any(claim.bare and claim.by_text and not claim.mask & letters for claim in claims)


def _agreed(best: list[Claim], top: Rank, claims: list[Claim], reading: Reading) -> Decision:
    rule = RULES[top]
    if any(claim.mask & CONFLICT_BIT for claim in best):
        return Decision(0, Outcome.AMBIGUOUS, "letter-against-text")
    singles = {claim.mask for claim in best if is_one(claim.mask)}
    several = [claim.mask for claim in best if not is_one(claim.mask)]
    if len(singles) == 1 and all(mask & next(iter(singles)) for mask in several):
        (mask,) = singles
        return Decision(0, Outcome.UNPARSED, "not-offered") if mask == NOT_OFFERED_BIT else Decision(mask, None, rule)
    if not singles and several:
        resolved = {claim.mask for claim in claims if is_one(claim.mask) and claim.rank >= Rank.TEXT} & _parts(several)
        later = [claim for claim in claims if claim.rank < top and claim.sentence >= best[-1].sentence]
        if len(resolved) == 1 and any(claim.mask in resolved for claim in later):
            return Decision(next(iter(resolved)), None, rule)
    if top is Rank.MENTION and reading.sentences > 2:
        return Decision(0, Outcome.UNPARSED, "several-mentions")
    if reading.refused and top < Rank.LINE:
        return Decision(0, Outcome.REFUSED, "refusal")
    return Decision(0, Outcome.AMBIGUOUS, f"several-{rule}")


def _parts(masks: list[int]) -> set[int]:
    """The options that all of these masks have, each as a mask."""
    common = masks[0]
    for mask in masks:
        common &= mask
    return {1 << place for place in range(len(LETTERS)) if common >> place & 1}


def _without_claims(reading: Reading, offered: int, rejection: int) -> Decision:
    if reading.refused:
        return Decision(0, Outcome.REFUSED, "refusal")
    if rejection and reading.denied & offered == offered & ~rejection:
        return Decision(rejection, None, "all-denied")
    return Decision(0, Outcome.UNPARSED, "no-pick")
