"""What an audit says: findings about single questions, measures of the whole file, and the report of both."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeAlias

from mmneuroonco_tasks.benchmark.records import Question, Task

AUDIT_SCHEMA = "mmneuroonco-audit/1"

#: A *defect* makes a key wrong, undecidable or readable without the picture; a *notice* deserves a second look.
Severity: TypeAlias = Literal["defect", "notice"]


@dataclass(frozen=True, slots=True)
class Rule(Generic[Question]):
    """A named check of questions: ``find`` yields the qid and, in a few words, the evidence."""

    name: str
    severity: Severity
    description: str
    find: Callable[[Sequence[Question]], Iterable[tuple[str, str]]]


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule's finding about one question."""

    rule: str
    qid: str
    evidence: str


@dataclass(frozen=True, slots=True)
class Measure:
    """A number about the file as a whole, beside what it would be in a file without the defect.

    ``expected`` is that number; ``flagged`` says that the two are too far apart for chance.
    """

    name: str
    severity: Severity
    description: str
    value: float
    expected: float
    n: int
    flagged: bool


@dataclass(frozen=True)
class AuditReport:
    """The result of an audit: every finding and measure, in the order of the rules."""

    task: Task
    data_hash: str
    questions: int
    #: Rule name → severity and description, of every rule that was applied.
    rules: Mapping[str, tuple[Severity, str]]
    findings: tuple[Finding, ...]
    measures: tuple[Measure, ...]

    def qids(self, rule: str) -> tuple[str, ...]:
        """The questions that a rule found, in file order.

        Raises:
            KeyError: no such rule was applied.
        """
        _ = self.rules[rule]
        return tuple(finding.qid for finding in self.findings if finding.rule == rule)

    def exit_code(self, *, accepted: Collection[str] = ()) -> int:
        """0 where there is no defect, else 1: for the continuous integration of a data set's authors.

        Notices never fail. ``accepted`` names rules and measures whose defects are known and stay.

        Raises:
            ValueError: ``accepted`` names something that was not checked.
        """
        known = {*self.rules, *(measure.name for measure in self.measures)}
        unknown = sorted(set(accepted) - known)
        if unknown:
            raise ValueError(f"no rule or measure is called {unknown[0]}; the names are {', '.join(sorted(known))}.")
        found = (finding.rule for finding in self.findings if self.rules[finding.rule][0] == "defect")
        flagged = (measure.name for measure in self.measures if measure.flagged and measure.severity == "defect")
        return int(any(name not in accepted for name in (*found, *flagged)))

    def to_dict(self) -> dict[str, Any]:
        """The report as plain values for JSON."""
        return {
            "schema": AUDIT_SCHEMA,
            "task": self.task,
            "data": self.data_hash,
            "questions": self.questions,
            "rules": {
                name: {
                    "severity": severity,
                    "description": description,
                    "findings": {f.qid: f.evidence for f in self.findings if f.rule == name},
                }
                for name, (severity, description) in self.rules.items()
            },
            "measures": {
                measure.name: {
                    "severity": measure.severity,
                    "description": measure.description,
                    "value": measure.value,
                    "expected": measure.expected,
                    "n": measure.n,
                    "flagged": measure.flagged,
                }
                for measure in self.measures
            },
        }


def per_question(
    check: Callable[[Question], str | None],
) -> Callable[[Sequence[Question]], Iterator[tuple[str, str]]]:
    """A rule's ``find`` from a check of a single question that gives the evidence, or ``None``."""

    def find(questions: Sequence[Question]) -> Iterator[tuple[str, str]]:
        for question in questions:
            evidence = check(question)
            if evidence is not None:
                yield question.qid, evidence

    return find


def apply_rules(rules: Sequence[Rule[Question]], questions: Sequence[Question]) -> tuple[Finding, ...]:
    """Every finding of the rules, rule by rule."""
    return tuple(Finding(rule.name, qid, evidence) for rule in rules for qid, evidence in rule.find(questions))
