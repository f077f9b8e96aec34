"""Many results in one sorted table, those that cannot be compared kept apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .. import __version__
from .key_metrics import KEY_METRICS
from .result_tables import trust_rows
from .shown import Shown, comparable_groups, without_hash
from .tables import Cell, Number, Table


def leaderboard(runs: Sequence[Shown], rank_by: str | None = None) -> list[Table]:
    """A table for each group of runs that may be compared with one another, the largest groups first.

    Args:
        runs: results with their marks; of equal results only the first is kept.
        rank_by: the metric to sort by, the highest first; by default h_score, for open questions
            attribute_balanced_accuracy. Runs on which it is undefined stand last.
    """
    different: list[Shown] = []
    for run in runs:
        if not any(run.result == known.result for known in different):
            different.append(run)
    groups = comparable_groups(different)
    groups.sort(key=lambda group: (group[0].signature.task, -len(group)))
    return [_group_table(group, number, rank_by) for number, group in enumerate(groups, start=1)]


def _group_table(group: Sequence[Shown], number: int, rank_by: str | None) -> Table:
    task = group[0].signature.task
    first = rank_by or KEY_METRICS[task][0]
    metrics = [first, *(name for name in KEY_METRICS[task] if name != first)]
    metrics = [name for name in metrics if any(name in run.metrics for run in group)] or [first]
    ranked = sorted(group, key=lambda run: _place(run.metrics.get(first)))
    rows: list[tuple[Cell, ...]] = [
        (
            place,
            run.label,
            *(Number.of(run.metrics.get(name)) for name in metrics),
            _how_whole(run),
            run.signature.via,
            run.signature.v,
        )
        for place, run in enumerate(ranked, start=1)
    ]
    references = [
        ("", title, *(Number.of(row.get(name)) for name in metrics), str(asked), "", "")
        for title, row, asked in trust_rows(group)
    ]
    return Table(
        f"leaderboard_{number}",
        _title(group[0]),
        ("Rank", "Run", *metrics, "Questions", "Via", "Version"),
        (*rows, *references),
        f"Ranked by {first}. Intervals that overlap do not tell whether two runs differ: mmneuroonco compare does.",
        frozenset(range(len(rows), len(rows) + len(references))),
    )


def _place(estimate: Mapping[str, Any] | None) -> tuple[bool, float]:
    value = None if estimate is None else estimate["value"]
    return (value is None, 0.0 if value is None else -value)


def _how_whole(run: Shown) -> str:
    signed = run.signature
    told = f"{signed.n}" if signed.n == signed.of else f"{signed.n} of {signed.of}"
    lost = [f"{count} {name}" for name, count in (("failed", signed.failed), ("missing", signed.missing)) if count]
    return ", ".join([told, *lost, *(["PARTIAL"] if signed.partial else [])])


def _title(run: Shown) -> str:
    """What the runs of a group have in common."""
    signed = run.signature
    parts = [f"{signed.task} questions", f"scope {signed.scope}", f"data {signed.data}"]
    parts += [f"prompt {without_hash(signed.prompt)}", f"per {signed.per}", f"generation {signed.gen}"]
    return ", ".join(parts)


def leaderboard_page(tables: Sequence[Table]) -> str:
    """The tables as one self-contained HTML page.

    Raises:
        ReportError: jinja2 is not installed.
    """
    from .templating import environment

    return environment().get_template("leaderboard.html.j2").render({"tables": tables, "version": __version__})
