"""The words around a mention, which tell whether it is about the lesion and how strongly it counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from .classes import MEDIUM, SMALL
from .evidence import HINTS, IN_GENERAL, Evidence
from .mentions import Mention, says
from .quantities import IMAGE_SHARE
from .terms import STRENGTHS, Match, word_list
from .tokens import MARKS, Token

#: Circularity as a number tells the shape only where no word does.
BY_NUMBER = len(STRENGTHS)


@dataclass(frozen=True)
class Context:
    """A text's tokens and the terms that start at each of them."""

    tokens: Sequence[Token]
    starting: dict[int, Match]

    def ahead(self, mention: Mention, reach: int) -> list[str]:
        """The words that follow a mention, up to a mark."""
        following = self.tokens[mention.match.end : mention.match.end + reach]
        end = next((i for i, token in enumerate(following) if token.kind in MARKS), len(following))
        return [token.text for token in following[:end]]

    def behind(self, mention: Mention, reach: int) -> list[str]:
        """The words before a mention, back to a mark, the nearest last."""
        at = mention.match.start
        while at > 0 and mention.match.start - at < reach and self.tokens[at - 1].kind not in MARKS:
            at -= 1
        return [token.text for token in self.tokens[at : mention.match.start]]

    def cue_behind(self, mention: Mention, cue: str, reach: int) -> bool:
        """Whether a cue of this kind stands shortly before a mention."""
        start = mention.match.start - len(self.behind(mention, reach))
        return any(says(self.starting.get(at), cue) for at in range(start, mention.match.start))

    def text_of(self, mention: Mention) -> str:
        """The mention's own words."""
        return " ".join(token.text for token in self.tokens[mention.match.start : mention.match.end])


def as_it_stands(mention: Mention) -> Evidence | None:
    """What a mention says by itself; a denied number says nothing."""
    family = mention.family
    by_number = family.strength not in STRENGTHS
    if mention.denied and (by_number or family.words == (IMAGE_SHARE,)):
        return None
    rank = BY_NUMBER if by_number else STRENGTHS.index(family.strength)
    rank += IN_GENERAL * mention.general
    return Evidence(frozenset(family.says), family, rank, mention.denied, mention.weakly)


def as_size(mention: Mention, context: Context) -> Evidence | None:
    """Size words count for the lesion, not for its satellites, its oedema or a definition."""
    evidence = as_it_stands(mention)
    if evidence is None or mention.family.words == (IMAGE_SHARE,):
        return evidence
    ahead = context.ahead(mention, 6)
    if mention.defining or word_list("threshold") & set(ahead[:3]):
        return None
    kind = _kind_of_first_noun(ahead)
    if kind in ("not the lesion", "part of a lesion"):
        return None
    if kind in ("several lesions", "core of a lesion"):
        return replace(evidence, rank=max(evidence.rank, HINTS), weakly=True)
    if kind == "share of something" and SMALL in evidence.classes:
        # "A small fraction of the image" is said of medium lesions as well.
        return replace(evidence, classes=evidence.classes | {MEDIUM}, weakly=True)
    # "Not large" denies a class; "not tiny" or "not massive" only a degree of it.
    return replace(evidence, excludes=bool({"small", "medium", "large"} & set(mention.family.words)))


_NOUNS = (
    "one lesion",
    "several lesions",
    "core of a lesion",
    "part of a lesion",
    "share of something",
    "not the lesion",
)


def _kind_of_first_noun(words: Sequence[str]) -> str:
    """What the first noun among the words is, in the terms of the table's lists; empty if there is none."""
    return next((kind for word in words for kind in _NOUNS if word in word_list(kind)), "")
