"""The golden tables of answers: `expected options :: response`, a case a line, `## kind` above each group.

`\\n`, `\\t`, `\\r` and `\\\\` are escapes; the option sets stand at the head of answers_single.txt.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from mmneuroonco_tasks.answers import Answer

GOLDEN = Path(__file__).parent / "golden"
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r"}


@dataclass(frozen=True)
class Case:
    """One response, the names of its option sets, and for each question what it may be read as."""

    kind: str
    expected: tuple[tuple[str, ...], ...]
    options: tuple[dict[str, str], ...]
    response: str


def option_sets() -> dict[str, dict[str, str]]:
    """The option sets of the tables, by name."""
    sets = {}
    for line in (GOLDEN / "answers_single.txt").read_text(encoding="utf-8").split("\n"):
        if line.startswith("= "):
            _, name, texts = line.split(None, 2)
            sets[name] = dict(zip("ABCDE", (text.strip() for text in texts.split(" / ")), strict=False))
    return sets


def cases(table: str) -> Iterator[Case]:
    """The cases of one table."""
    sets, kind = option_sets(), ""
    for line in (GOLDEN / table).read_text(encoding="utf-8").split("\n"):
        if line.startswith("## "):
            kind = line[3:]
        elif " :: " in line and not line.startswith("#"):
            head, response = line.split(" :: ", 1)
            expected, names = head.split()
            yield Case(
                kind,
                tuple(tuple(each.split("|")) for each in expected.split(",")),
                tuple(sets[name] for name in names.split(",")),
                re.sub(r"\\(.)", lambda found: _ESCAPES.get(found[1], found[1]), response),
            )


def shown(answer: Answer) -> str:
    """An answer as the tables write it: its letter, or the outcome without one."""
    return answer.letter or str(answer.outcome)
