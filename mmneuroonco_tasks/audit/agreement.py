"""How far an audit agrees with lists of defects that somebody else made: recall and precision of each list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mmneuroonco_tasks.benchmark.records import ClosedBenchmark

from .findings import AuditReport
from .lists import removed_neuronal_tumor


@dataclass(frozen=True, slots=True)
class Agreement:
    """Shares of the known questions that were found and of the found ones that are known; ``known`` is how many."""

    recall: float
    precision: float
    known: int


def agreement(report: AuditReport, benchmark: ClosedBenchmark, known: Mapping[str, Any]) -> dict[str, Agreement]:
    """By name, how far each list of ``known`` that a rule looks for was found.

    A list holds qids (``3_q1``, also ``3_q1:C`` of an option) or image ids, in any nesting. Lists without a rule of
    the same name are left out. An empty side counts as full agreement of that side.
    """
    compared = {}
    for name, listed in known.items():
        found = _found(report, benchmark, name)
        if found is None:
            continue
        expected = set(_entries(listed))
        if all(entry.isdecimal() for entry in expected):
            found = {qid.split("_q")[0] for qid in found}
        both = len(found & expected)
        compared[name] = Agreement(
            both / len(expected) if expected else 1.0, both / len(found) if found else 1.0, len(expected)
        )
    return compared


def _found(report: AuditReport, benchmark: ClosedBenchmark, name: str) -> set[str] | None:
    if name == "neuronal_tumor_traps_with_subtype_offered":  # part of a rule that is about every diagnosis
        qids = report.qids("subtype_of_removed_answer_offered")
        return {qid for qid in qids if removed_neuronal_tumor(benchmark, qid)}
    return set(report.qids(name)) if name in report.rules else None


def _entries(listed: Any) -> Iterator[str]:
    if isinstance(listed, Mapping):
        listed = listed.values()
    elif not isinstance(listed, list):
        yield str(listed).split(":", 1)[0]
        return
    for item in listed:
        yield from _entries(item)
