"""A table as data, before anybody has decided whether it becomes HTML, Markdown, LaTeX, CSV, JSON or a terminal's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias


@dataclass(frozen=True)
class Number:
    """A value in a table, with its 95 % interval and the number of questions it rests on, as far as they are known."""

    value: float | None
    low: float | None = None
    high: float | None = None
    stderr: float | None = None
    n: int | None = None
    #: Whether a plus sign stands before positive values: it is a difference.
    signed: bool = False

    @classmethod
    def of(cls, estimate: Mapping[str, Any] | None) -> Number | None:
        """An estimate of a result file; ``None`` stays ``None``: the result has no such number."""
        if estimate is None:
            return None
        return cls(estimate["value"], estimate["low"], estimate["high"], estimate["stderr"], estimate["n"])

    @property
    def text(self) -> str:
        """The value with three decimals, N/A where it is undefined.

        >>> Number(0.81).text, Number(None).text, Number(0.05, signed=True).text, Number(-0.05).text
        ('0.810', 'N/A', '+0.050', '−0.050')
        """
        return decimals(self.value, signed=self.signed)

    @property
    def interval(self) -> str:
        """The interval, empty where there is none.

        >>> Number(0.8, 0.75, 0.85).interval, Number(0.8).interval
        ('0.750–0.850', '')
        """
        if self.low is None or self.high is None:
            return ""
        joint = " to " if self.signed or self.low < 0 else "–"
        return joint.join(decimals(end, signed=self.signed) for end in (self.low, self.high))


def decimals(value: float | None, *, signed: bool = False) -> str:
    """A value with three decimals and a true minus sign; zero has no sign, an undefined value is N/A.

    >>> decimals(-0.0004), decimals(0.0004, signed=True), decimals(-0.25, signed=True)
    ('0.000', '0.000', '−0.250')
    """
    if value is None:
        return "N/A"
    text = f"{abs(value):.3f}"
    if float(text) == 0:
        return text
    return ("−" if value < 0 else "+" if signed else "") + text


#: ``None`` is an empty cell: the result does not have it. (An undefined number is a Number without a value.)
Cell: TypeAlias = str | int | Number | None


@dataclass(frozen=True)
class Table:
    """Rows under columns. ``name`` is what its file is called, ``note`` what stands below it.

    ``reference`` are the numbers of rows that are no runs but stand beside them (trust rows).
    """

    name: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""
    reference: frozenset[int] = frozenset()

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row) != len(self.columns):
                raise ValueError(f"{self.name}: a row has {len(row)} cells under {len(self.columns)} columns.")

    @property
    def numeric(self) -> tuple[bool, ...]:
        """By column, whether it holds numbers, which are set to the right."""
        return tuple(
            any(isinstance(row[at], (int, Number)) for row in self.rows)
            and not any(isinstance(row[at], str) for row in self.rows)
            for at in range(len(self.columns))
        )
