"""Evidence for the classes of an attribute, and what it comes to.

Each mention allows some classes and excludes the rest. The strongest assertions are put together; where they leave no
class, the text contradicts itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from .terms import STRENGTHS, Family

#: A mention in general ranks behind every mention of this lesion.
IN_GENERAL = 10
COUNTS, HINTS = STRENGTHS.index("counts"), STRENGTHS.index("hints")

#: Chooses among classes that the evidence leaves open, or none.
Preference = Callable[[frozenset[str]], str | None]


@dataclass(frozen=True)
class Reading:
    """What a text says of one attribute: a class, nothing (``None``), or two exclusive classes (contradictory)."""

    value: str | None = None
    contradictory: bool = False


@dataclass(frozen=True)
class Evidence:
    """A mention as the set of classes that it allows; a denied one as the set that it excludes."""

    classes: frozenset[str]
    family: Family
    #: The lower, the stronger.
    rank: int = COUNTS
    denied: bool = False
    #: Denied in a degree only ("not perfectly round"): excludes nothing that is asserted.
    weakly: bool = False
    #: Denies the classes in whatever words they are asserted: "not multifocal", unlike "not oval", which may be round.
    excludes: bool = False


def resolve(classes: Sequence[str], evidence: Sequence[Evidence], prefer: Preference = lambda _: None) -> Reading:
    """The reading that the evidence comes to.

    Without assertions a class is read only where the denials leave one (or where ``prefer`` knows which): "neither
    small nor large" is medium.
    """
    denials = [item for item in evidence if item.denied]
    asserted = [item for item in evidence if not item.denied]
    if not asserted:
        left = frozenset(classes).difference(*(item.classes for item in denials))
        return Reading(_one_of(left, prefer) if len(left) < len(classes) else None)
    strongest = min(item.rank for item in asserted)
    chosen = [item for item in asserted if item.rank == strongest]
    possible = frozenset(classes).intersection(*(item.classes for item in chosen))
    families = {item.family for item in asserted if item.rank < IN_GENERAL}
    for denial in denials:
        if denial.weakly or denial.rank >= IN_GENERAL:
            continue
        if possible - denial.classes:
            possible -= denial.classes
        elif denial.excludes or denial.family in families:
            return Reading(contradictory=True)
    return Reading(_one_of(possible, prefer)) if possible else Reading(contradictory=True)


def _one_of(possible: frozenset[str], prefer: Preference) -> str | None:
    return next(iter(possible)) if len(possible) == 1 else prefer(possible) if possible else None
