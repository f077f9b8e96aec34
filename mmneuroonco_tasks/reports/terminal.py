"""A result as a table in the terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

Result = Mapping[str, Any]


def number(value: float | None) -> str:
    """A value as tables show it, with as many digits as lmms-eval's.

    >>> number(0.81), number(None)
    ('0.8100', 'N/A')
    """
    return "N/A" if value is None else f"{value:.4f}"


def interval(estimate: Mapping[str, Any]) -> str:
    """The 95 % interval of an estimate.

    >>> interval({"low": 0.7, "high": 0.9})
    '0.7000 – 0.9000'
    """
    return "" if estimate["low"] is None else f"{estimate['low']:.4f} – {estimate['high']:.4f}"


def print_result(result: Result, names: Sequence[str], *, console: Console | None = None) -> None:
    """Print the metrics called ``names``, the subsets, the trust rows and the signature of a result."""
    from rich.console import Console

    console = console or Console()
    console.print(_metrics_table({name: result["metrics"][name] for name in names}))
    for section, title in (("subsets", "Subset"), ("trust_rows", "Without the picture")):
        if result.get(section):
            console.print(_parts_table(result[section], title))
    for sentence in warnings_of(result):
        console.print(sentence, style="bold")
    # Plain and unbroken, so that it can be copied from any terminal.
    console.print(result["signature_line"], soft_wrap=True, markup=False, highlight=False)


def print_estimates(estimates: Mapping[str, Mapping[str, Any]], *, console: Console | None = None) -> None:
    """Print some metrics with their intervals."""
    from rich.console import Console

    (console or Console()).print(_metrics_table(estimates))


def _metrics_table(estimates: Mapping[str, Mapping[str, Any]]) -> Table:
    from rich.table import Table

    table = Table("Metric", "Value", "95 % interval", "Stderr", "n", box=None, pad_edge=False)
    for column in table.columns[1:]:
        column.justify = "right"
    for name, estimate in estimates.items():
        table.add_row(
            name, number(estimate["value"]), interval(estimate), number(estimate["stderr"]), str(estimate["n"])
        )
    return table


_PART_COLUMNS = ("accuracy", "rejection_aware_accuracy", "answerable_accuracy", "trap_accuracy", "h_score")


def _parts_table(parts: Mapping[str, Mapping[str, Mapping[str, Any]]], title: str) -> Table:
    from rich.table import Table

    columns = [name for name in _PART_COLUMNS if any(name in part for part in parts.values())]
    table = Table(title, *columns, "n", box=None, pad_edge=False)
    for column in table.columns[1:]:
        column.justify = "right"
    for name, part in parts.items():
        values = [number(part[column]["value"]) if column in part else "" for column in columns]
        table.add_row(name, *values, str(part["accuracy"]["n"]) if "accuracy" in part else "")
    return table


def warnings_of(result: Result) -> list[str]:
    """What a reader must know before quoting the number: a sentence each."""
    counts = result["counts"]
    sentences = []
    if counts["asked"] < counts["scope"]:
        sentences.append(
            f"PARTIAL: {counts['asked']} of {counts['scope']} questions were asked; not comparable with a full run."
        )
    for key, what in (("missing", "have no response"), ("failed", "failed or came back empty")):
        if counts.get(key):
            sentences.append(f"{counts[key]} of {counts['asked']} questions {what}: counted wrong, run them again.")
    return sentences
