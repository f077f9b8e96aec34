"""Tables as files: Markdown, LaTeX (booktabs), CSV and JSON.

Names in a table come from result files, which anybody may have written: each format escapes what it would take for
more than text.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable
from io import StringIO
from typing import Any

from .tables import Cell, Number, Table
from .texts import visible


def cell_text(cell: Cell) -> str:
    """A cell as one line of text; a value is followed by its interval in brackets.

    >>> cell_text(Number(0.8, 0.75, 0.85)), cell_text(3), cell_text(None)
    ('0.800 [0.750–0.850]', '3', '')
    """
    if isinstance(cell, Number):
        return f"{cell.text} [{cell.interval}]" if cell.interval else cell.text
    return "" if cell is None else visible(str(cell)).replace("\n", " ")


def markdown(table: Table) -> str:
    """A GitHub-flavoured table under its title, the note below.

    >>> print(markdown(Table("t", "A title", ("Model", "n"), (("a|b", 3),))))
    **A title**
    <BLANKLINE>
    | Model | n |
    | :-- | --: |
    | a\\|b | 3 |
    <BLANKLINE>
    """
    rule = ["--:" if numeric else ":--" for numeric in table.numeric]
    lines = [f"| {' | '.join(map(_markdown_text, table.columns))} |", f"| {' | '.join(rule)} |"]
    lines += [f"| {' | '.join(_markdown_text(cell_text(cell)) for cell in row)} |" for row in table.rows]
    note = [_markdown_text(table.note), ""] if table.note else []
    return "\n".join([f"**{_markdown_text(table.title)}**", "", *lines, "", *note])


def _markdown_text(text: str) -> str:
    # No HTML, no cell's end, no link, no emphasis from a name such as "a_b_c".
    return re.sub(r"([\\|*_`~]|\[(?=[^\]]*\]\())", r"\\\1", text.replace("&", "&amp;").replace("<", "&lt;"))


def latex(table: Table) -> str:
    """A ``table`` environment with booktabs rules, intervals in small print below no value but beside it.

    >>> print(latex(Table("t", "A title", ("Model", "n"), (("a_b", 3),))))
    \\begin{table}
      \\centering
      \\caption{A title}
      \\label{tab:t}
      \\begin{tabular}{lr}
        \\toprule
        Model & n \\\\
        \\midrule
        a\\_b & 3 \\\\
        \\bottomrule
      \\end{tabular}
    \\end{table}
    <BLANKLINE>
    """
    rows = [" & ".join(map(_latex_cell, row)) for row in table.rows]
    note = [f"  \\par\\smallskip{{\\footnotesize {_latex_text(table.note)}}}"] if table.note else []
    lines = [
        r"\begin{table}",
        r"  \centering",
        f"  \\caption{{{_latex_text(table.title)}}}",
        f"  \\label{{tab:{table.name.replace('_', '-')}}}",
        f"  \\begin{{tabular}}{{{''.join('r' if numeric else 'l' for numeric in table.numeric)}}}",
        r"    \toprule",
        f"    {' & '.join(map(_latex_text, table.columns))} \\\\",
        r"    \midrule",
        *(f"    {row} \\\\" for row in rows),
        r"    \bottomrule",
        r"  \end{tabular}",
        *note,
        r"\end{table}",
    ]
    return "\n".join(lines) + "\n"


_LATEX = {
    **{character: f"\\{character}" for character in "&%$#_{}"},
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    "–": "--",
    "−": "$-$",
    "≥": r"$\geq$",
    "≤": r"$\leq$",
    "×": r"$\times$",
    "·": r"$\cdot$",
    "½": r"$\frac12$",
    "¼": r"$\frac14$",
    "Δ": r"$\Delta$",
}


def _latex_text(text: str) -> str:
    return "".join(_LATEX.get(character, character) for character in text)


def _latex_cell(cell: Cell) -> str:
    if isinstance(cell, Number):
        interval = f" {{\\scriptsize [{_latex_text(cell.interval)}]}}" if cell.interval else ""
        return _latex_text(cell.text) + interval
    return _latex_text(cell_text(cell))


def csv_text(table: Table) -> str:
    """Full precision, an interval in columns of its own (``… low``, ``… high``), one more for n; nothing for undefined.

    >>> table = Table("t", "A title", ("Model", "accuracy"), (("a", Number(0.8, 0.75, 0.85, 0.02, 9)),))
    >>> print(csv_text(table), end="")
    Model,accuracy,accuracy low,accuracy high,accuracy stderr,accuracy n
    a,0.8,0.75,0.85,0.02,9
    """
    wide = [any(isinstance(row[at], Number) for row in table.rows) for at in range(len(table.columns))]
    stream = StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    parts = ("", " low", " high", " stderr", " n")
    writer.writerow(
        [
            name + part
            for name, is_wide in zip(table.columns, wide, strict=True)
            for part in (parts if is_wide else ("",))
        ]
    )
    for row in table.rows:
        cells: list[Any] = []
        for cell, is_wide in zip(row, wide, strict=True):
            if is_wide:
                cells += _expanded(cell)
            else:
                cells.append(cell if isinstance(cell, int) else _no_formula(cell_text(cell)))
        writer.writerow(cells)
    return stream.getvalue()


def _expanded(cell: Cell) -> list[Any]:
    if isinstance(cell, Number):
        return [cell.value, cell.low, cell.high, cell.stderr, cell.n]
    return [None if cell is None else cell_text(cell), None, None, None, None]


def _no_formula(text: str) -> str:
    """The text, unable to begin a spreadsheet's formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@")) else text


def json_text(table: Table) -> str:
    """The table as one object: name, title, columns, rows (values as objects), note."""
    return json.dumps(plain(table), ensure_ascii=False, indent=1) + "\n"


def plain(table: Table) -> dict[str, Any]:
    """The table as plain Python values."""
    rows = [[_plain_cell(cell) for cell in row] for row in table.rows]
    return {
        "name": table.name,
        "title": table.title,
        "columns": list(table.columns),
        "rows": rows,
        "reference_rows": sorted(table.reference),
        "note": table.note,
    }


def _plain_cell(cell: Cell) -> Any:
    if isinstance(cell, Number):
        return {"value": cell.value, "low": cell.low, "high": cell.high, "stderr": cell.stderr, "n": cell.n}
    return visible(cell) if isinstance(cell, str) else cell


#: By file suffix, how a table is written.
TABLE_FORMATS: dict[str, Callable[[Table], str]] = {
    "md": markdown,
    "tex": latex,
    "csv": csv_text,
    "json": json_text,
}
