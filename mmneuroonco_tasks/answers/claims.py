"""What a text claims: every place where it picks an option, with how plainly it does.

`clauses` finds the claims of a clause, `sentences` those of a text, `decision` weighs them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import IntEnum

from .mentions import CONFLICT, LETTERS, NOT_OFFERED, mask_of

#: Beside the options' bits: a letter that was not offered, and a letter that its text contradicts.
NOT_OFFERED_BIT = 1 << len(LETTERS)
CONFLICT_BIT = NOT_OFFERED_BIT << 1


class Rank(IntEnum):
    """How plainly an option is picked; the plainest decides."""

    MENTION = 0  # an option's text stands there
    TEXT = 1  # … and something is said to be it
    STRONG = 2  # … plainly, or as the whole of a sentence
    BEST = 3  # … as the best or the most likely
    POSSIBLE = 4  # a letter in a sentence that holds it possible
    SENTENCE = 5  # … that picks
    CONCLUSION = 6  # … that concludes
    LINE = 7  # a letter that begins or is a line
    MARKED = 8  # "Answer: B", "I choose B"
    FINAL = 9  # "Final answer: B"
    BOXED = 10  # a box, a tag, a field


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

    @property
    def turn(self) -> int:
        """How often the text has changed its mind so far."""
        return len(self.turns) - 1

    def add(self, claims: Iterable[Claim]) -> None:
        """Add claims of the present sentence."""
        self.claims += [
            Claim(claim.rank, claim.mask, claim.by_text, claim.bare, claim.refusal, self.sentences, self.turn)
            for claim in claims
        ]

    def change_mind(self, needed: Rank, *, taking_back: bool) -> None:
        """Note that what follows corrects what was said, where it claims at least as plainly as ``needed``."""
        self.turns.append(needed)
        if taking_back:
            self.taken_back = self.turn

    def append(self, later: Reading) -> None:
        """Add the reading of the text that follows."""
        if self.sentences or self.turn:
            self.claims += [
                replace(claim, turn=claim.turn + self.turn, sentence=claim.sentence + self.sentences)
                for claim in later.claims
            ]
        else:
            self.claims += later.claims
        if later.taken_back:
            self.taken_back = later.taken_back + self.turn
        self.turns += later.turns[1:]
        self.refused |= later.refused
        self.denied |= later.denied
        self.sentences += later.sentences


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
