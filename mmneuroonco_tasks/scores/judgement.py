"""A judge's verdict on one response, as scores count it."""

from __future__ import annotations

from dataclasses import dataclass

MOST_POINTS = 4


@dataclass(frozen=True)
class Judgement:
    """Correctness from 0 (wrong or nothing) to 4 (all that was asked, as the reference has it), and three flags.

    >>> Judgement(correctness=5)
    Traceback (most recent call last):
    ...
    ValueError: correctness is a whole number from 0 to 4, not 5.
    """

    correctness: int
    contradicts_reference: bool = False
    #: Whether it asserts findings that the reference does not support.
    unsupported_findings: bool = False
    refused: bool = False

    def __post_init__(self) -> None:
        if isinstance(self.correctness, bool) or self.correctness not in range(MOST_POINTS + 1):
            raise ValueError(f"correctness is a whole number from 0 to {MOST_POINTS}, not {self.correctness!r}.")
