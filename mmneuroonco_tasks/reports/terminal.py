"""A result as a table in the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .key_metrics import KEY_METRICS

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from .tables import Table as PlainTable

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
            console.print(_parts_table(list(_parts_of(result, section)), title, KEY_METRICS[result["task"]]))
    if result["task"] == "open":
        console.print(items_of(result["counts"]), highlight=False)
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


#: A part's name and its estimates.
_Part = tuple[str, Mapping[str, Mapping[str, Any]]]


def _parts_of(result: Result, section: str) -> Iterator[_Part]:
    """The parts of a section; below each subset, what guessing and not looking come to there."""
    for name, part in result[section].items():
        yield name, part
        if section == "subsets":
            for row, estimates in result.get("subset_trust_rows", {}).get(name, {}).items():
                yield f" {row}", estimates


def _parts_table(parts: Sequence[_Part], title: str, columns: Sequence[str]) -> Table:
    from rich.table import Table

    present = [name for name in columns if any(name in part for _, part in parts)]
    # Blanks instead of underscores, so that narrow terminals break names between words.
    names = (name.replace("_", " ") for name in present)
    table = Table(title, *names, "n", box=None, pad_edge=False, collapse_padding=True)
    table.columns[0].no_wrap = True
    for column in table.columns[1:]:
        column.justify = "right"
    for name, part in parts:
        values = [number(part[column]["value"]) if column in part else "" for column in present]
        counted = next((part[column]["n"] for column in reversed(present) if column in part), "")
        table.add_row(name.replace("_", " "), *values, str(counted))
    return table


def print_plain_table(table: PlainTable, *, console: Console | None = None) -> None:
    """Print a table that was made for other formats too, and the note below it."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from .formats import cell_text

    console = console or Console()
    shown = Table(title=Text(table.title), box=None, pad_edge=False, collapse_padding=True, title_justify="left")
    for name, numeric in zip(table.columns, table.numeric, strict=True):
        shown.add_column(Text(name), justify="right" if numeric else "left", no_wrap=True)
    for row in table.rows:
        # An interval stands below its value, and so does a name's last word: else 80 columns would not do.
        name, *values = (cell_text(cell) for cell in row)
        folded = [value.replace(" [", "\n[", 1) for value in values]
        shown.add_row(Text(_folded(name) if folded != values else name), *map(Text, folded))
    console.print(shown)
    if table.note:
        console.print(Text(table.note))


def _folded(name: str) -> str:
    """A long name of a metric in two lines.

    >>> _folded("rejection_aware_accuracy").splitlines()
    ['rejection_aware_', 'accuracy']
    """
    head, _, tail = name.rpartition("_")
    return f"{head}_\n{tail}" if head and len(name) > 16 else name


def items_of(counts: Mapping[str, int]) -> str:
    """How many attributes the open questions were scored on, and how many asked-for ones were left out, and why.

    >>> items_of({"items": 9, "given": 2, "shape_given": 1, "size_given": 1, "unstated": 1, "size_unstated": 1})
    'Attributes scored: 9; left out: 2 that the question itself names (shape 1, size 1), 1 unstated (size 1).'
    """
    told = {"given": "that the question itself names", "unstated": "unstated"}
    parts = []
    for why, what in told.items():
        each = ", ".join(
            f"{key.removesuffix(f'_{why}')} {n}" for key, n in counts.items() if key.endswith(f"_{why}") and n
        )
        parts.append(f"{counts.get(why, 0)} {what}" + (f" ({each})" if each else ""))
    return f"Attributes scored: {counts.get('items', 0)}; left out: {', '.join(parts)}."


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
