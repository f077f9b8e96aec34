"""What a response comes to: one of six outcomes, with a letter where one was picked."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

#: Version of the reading rules. A change of any rule is a new version in the score's signature.
EXTRACT_VERSION = "1"


class Outcome(str, Enum):
    """How a response was read. Only ``answered`` and ``rejected`` carry a letter; the rest never earn credit."""

    ANSWERED = "answered"
    REJECTED = "rejected"
    REFUSED = "refused"
    AMBIGUOUS = "ambiguous"
    UNPARSED = "unparsed"
    FAILED = "failed"

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True, slots=True)
class Answer:
    """One response, read.

    ``letter`` is the picked letter or ``None``; ``rule`` names the rule that decided; ``hedged`` marks a pick made
    with the words of a refusal.
    """

    outcome: Outcome
    letter: str | None
    rule: str
    hedged: bool = False

    def __post_init__(self) -> None:
        if (self.letter is not None) != (self.outcome in (Outcome.ANSWERED, Outcome.REJECTED)):
            raise ValueError(f"an answer read as {self.outcome} cannot have the letter {self.letter!r}")

    @classmethod
    def of_letter(cls, letter: str, rule: str = "letter-only") -> Answer:
        """An answer known only by its letter, as released prediction files give it.

        >>> Answer.of_letter("E").outcome.value
        'rejected'
        """
        return cls(Outcome.REJECTED if letter == "E" else Outcome.ANSWERED, letter, rule)
