"""``audit_closed`` and ``audit_open``: from a benchmark to the report, and the report as a table."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from mmneuroonco_tasks.benchmark.records import ClosedBenchmark, OpenBenchmark

from .closed_measures import closed_measures
from .closed_rules import CLOSED_RULES
from .findings import AuditReport, apply_rules
from .open_rules import OPEN_RULES, open_measures

if TYPE_CHECKING:
    from rich.console import Console

#: How many qids a table shows of each rule.
SHOWN_QIDS = 4


def audit_closed(benchmark: ClosedBenchmark, *, text_only: bool = True, cache: Path | None = None) -> AuditReport:
    """Audit multiple-choice questions.

    Args:
        benchmark: the questions, of any file in the schema.
        text_only: whether to fit the text-only models, which takes about ten seconds on the released file once.
        cache: where the text-only models' picks are kept; default: in the home.

    >>> from mmneuroonco_tasks.benchmark.records import Benchmark, ClosedQuestion, Picture
    >>> options = {"A": "T2", "B": "t2", "C": "FLAIR", "D": "DWI", "E": "None of the above"}
    >>> trap = ClosedQuestion("1_q1", Picture(1, "a/b/c.png", 1), "modality", "Which?", options, "E", True, "T1")
    >>> report = audit_closed(Benchmark("closed", "full", (trap,), 1, "00000000"), text_only=False)
    >>> report.qids("duplicate_options"), report.exit_code()
    (('1_q1',), 1)
    """
    return AuditReport(
        task="closed",
        data_hash=benchmark.data_hash,
        questions=len(benchmark),
        rules={rule.name: (rule.severity, rule.description) for rule in CLOSED_RULES},
        findings=apply_rules(CLOSED_RULES, benchmark.questions),
        measures=tuple(closed_measures(benchmark, text_only=text_only, cache=cache)),
    )


def audit_open(benchmark: OpenBenchmark) -> AuditReport:
    """Audit open questions and their keywords."""
    return AuditReport(
        task="open",
        data_hash=benchmark.data_hash,
        questions=len(benchmark),
        rules={rule.name: (rule.severity, rule.description) for rule in OPEN_RULES},
        findings=apply_rules(OPEN_RULES, benchmark.questions),
        measures=tuple(open_measures(benchmark)),
    )


def print_audit(report: AuditReport, console: Console) -> None:
    """Print the report as two tables: rules with their findings, then measures."""
    from rich.markup import escape
    from rich.table import Table

    rules = Table(title=f"Audit of {report.questions:,} {report.task} questions (data {report.data_hash})")
    for heading, justify in (("rule", "left"), ("", "left"), ("found", "right"), ("questions", "left")):
        rules.add_column(heading, justify="right" if justify == "right" else "left")
    for name, (severity, _) in report.rules.items():
        qids = report.qids(name)
        listed = ", ".join(qids[:SHOWN_QIDS]) + (", …" if len(qids) > SHOWN_QIDS else "")
        rules.add_row(name, severity if qids else "", f"{len(qids):,}", escape(listed))
    console.print(rules)
    if not report.measures:
        return
    measures = Table(title="The file as a whole")
    measures.add_column("measure")
    measures.add_column("")
    for heading in ("value", "expected", "n"):
        measures.add_column(heading, justify="right")
    for measure in report.measures:
        measures.add_row(
            measure.name,
            measure.severity if measure.flagged else "",
            f"{measure.value:.3f}",
            f"{measure.expected:.3f}",
            f"{measure.n:,}",
        )
    console.print(measures)
