"""What a text says of the lesion, mention by mention: asserted, denied, or only spoken of in general.

The cues of the term table steer one pass over the tokens. A denial reaches forward to the end of its phrase ("no
spiculation or irregular edge", "neither small nor large"), a contrast likewise ("rather than round"), a later "is
absent" back to its beginning. "Not perfectly round" denies weakly: it does not say that the lesion is not roundish.
"Gliomas are often irregular" says something of gliomas; it is read only where nothing is said of this lesion.
The idea of cues with a scope is NegEx's (Chapman et al. 2001).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from .terms import Family, Match, word_list
from .tokens import COLON, COMMA, MARKS, STOP, Token

#: How many words after a comma tell whether it parts the members of a list.
_NEARBY = 3


@dataclass(frozen=True)
class Mention:
    """A family's words in the text and how they stand there."""

    match: Match
    denied: bool = False
    #: Denied only in a degree: "not perfectly round".
    weakly: bool = False
    #: Said of lesions in general, or of what would be.
    general: bool = False
    #: Part of a definition: "the 5 % used to define a large lesion".
    defining: bool = False

    @property
    def family(self) -> Family:
        return self.match.family


@dataclass
class _Scope:
    """An open denial or contrast."""

    contrast: bool
    weak: bool = False
    #: The attribute that was denied last.
    last: Family | None = None
    #: "No oedema": what follows a preposition is not denied any more.
    of_something_else: bool = False
    #: "rather than a small, solitary lesion": from an article to its noun, commas do not end it.
    in_noun_phrase: bool = False


def find_mentions(tokens: Sequence[Token], matches: Sequence[Match]) -> list[Mention]:
    """Every mention of an attribute in the text, in order; ``matches`` are the families and cues that stand in it."""
    mentions = _forward_cues(tokens, matches)
    mentions = _backward_cues(tokens, matches, mentions)
    return _conditional_clauses(tokens, matches, mentions)


def says(match: Match | None, *cues: str) -> bool:
    """Whether a match stands here and is one of these cues."""
    return match is not None and match.is_cue(*cues)


def _forward_cues(tokens: Sequence[Token], matches: Sequence[Match]) -> list[Mention]:
    mentions: list[Mention] = []
    scope: _Scope | None = None
    general = defining = False
    starting = {match.start: match for match in matches}
    prefixes = {match.start for match in matches if says(match, "denies next")}
    openers = word_list("several") | word_list("article")
    nouns = word_list("one lesion") | word_list("several lesions") | word_list("appearance")
    at = 0
    while at < len(tokens):
        token, match = tokens[at], starting.get(at)
        if token.kind in MARKS:
            general = general and token.kind != STOP
            defining = False
            scope = _past_mark(scope, tokens, starting, at, nouns)
        elif says(match, "in this case"):
            general = False
            scope = None if token.text == "and" else scope
        elif token.text == "and" and not (at + 1 < len(tokens) and tokens[at + 1].text == "of"):
            scope = _past_and(scope, starting.get(at + 1))
        elif match is not None and match.family.attribute != "cue":
            mentions.append(
                Mention(
                    match,
                    denied=scope is not None or (match.start - 1 in prefixes),
                    weakly=scope is not None and scope.weak,
                    general=general,
                    defining=defining,
                )
            )
            if scope is not None:
                scope.last = match.family
        elif says(match, "denies"):
            scope = _Scope(contrast=False)
        elif says(match, "contrasts"):
            scope = _Scope(contrast=True)
        elif scope is not None and _ends(match, scope):
            scope = None
        elif says(match, "weakens") and scope is not None:
            scope.weak = True
        elif says(match, "in general"):
            general = True
        elif says(match, "defines"):
            defining = True
        if scope is not None and token.text in word_list("not the lesion"):
            scope.of_something_else = True
        if scope is not None and scope.contrast:
            if token.text in openers:
                scope.in_noun_phrase = True
            elif token.text in nouns:
                scope.in_noun_phrase = False
        at = match.end if match is not None and token.kind not in MARKS else at + 1
    return mentions


def _ends(match: Match | None, scope: _Scope) -> bool:
    return (
        says(match, "ends")
        or (says(match, "ends a contrast") and scope.contrast)
        or (says(match, "ends a denial") and not scope.contrast and (scope.last is not None or scope.of_something_else))
    )


def _past_mark(
    scope: _Scope | None, tokens: Sequence[Token], starting: dict[int, Match], at: int, nouns: frozenset[str]
) -> _Scope | None:
    """The scope behind a mark: a list goes on over a comma, everything else ends."""
    if scope is None or tokens[at].kind != COMMA:
        return None
    ahead = tokens[at + 1 : at + 1 + 2 * _NEARBY]
    if not scope.contrast:
        words = [token.text for token in ahead]
        following = words[: next((i for i, token in enumerate(ahead) if token.kind in MARKS), len(ahead))]
        return scope if "or" in following[: _NEARBY + 1] and following[0] not in {"but", "with"} else None
    following_match = starting.get(at + 1)
    before_noun = any(token.text in nouns for token in ahead[1:_NEARBY])
    if scope.in_noun_phrase or before_noun or says(following_match, "weakens"):
        return scope
    if following_match is None or following_match.family.attribute == "cue":
        return None
    return scope if scope.last is None or scope.last.attribute == following_match.family.attribute else None


def _past_and(scope: _Scope | None, following: Match | None) -> _Scope | None:
    """The scope behind "and": on in "without satellites and scattered foci", over in "not round and irregular"."""
    if scope is None or following is None:
        return None
    if scope.last is None:
        return scope
    same = scope.last.attribute == following.family.attribute and (
        scope.contrast or set(scope.last.says) & set(following.family.says)
    )
    return scope if same else None


def _backward_cues(tokens: Sequence[Token], matches: Sequence[Match], mentions: list[Mention]) -> list[Mention]:
    """ "Satellites and scattered foci are absent", "Spiculation: none"."""
    denied: set[int] = set()
    open_mentions: list[int] = []
    order = {mention.match.start: index for index, mention in enumerate(mentions)}
    starting = {match.start: match for match in matches}
    for at, token in enumerate(tokens):
        match = starting.get(at)
        crosses = token.kind == COLON and says(starting.get(at + 1), "denies before", "denies")
        if (token.kind in MARKS and not crosses) or says(match, "ends a denial", "ends") or token.text == "with":
            open_mentions = []
        elif token.text == "and" and open_mentions:
            following = starting.get(at + 1)
            last = mentions[open_mentions[-1]].family
            if following is None or following.family.attribute != last.attribute:
                open_mentions = []
        elif at in order:
            open_mentions.append(order[at])
        elif says(match, "denies before") or (says(match, "denies") and at and tokens[at - 1].kind == COLON):
            denied.update(open_mentions)
            open_mentions = []
    return [replace(mention, denied=True) if i in denied else mention for i, mention in enumerate(mentions)]


def _conditional_clauses(tokens: Sequence[Token], matches: Sequence[Match], mentions: list[Mention]) -> list[Mention]:
    """What "would" be is not said of this lesion, on either side of the verb: "a solitary one would look different"."""
    starting = {match.start: match for match in matches}
    clause_of: list[int] = []
    conditional: set[int] = set()
    clause = 0
    for at, token in enumerate(tokens):
        clause += token.kind in (COMMA, STOP, COLON)
        clause_of.append(clause)
        if says(starting.get(at), "would"):
            conditional.add(clause)
    return [
        replace(mention, general=True) if clause_of[mention.match.start] in conditional else mention
        for mention in mentions
    ]
