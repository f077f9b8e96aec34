"""The tables of a report: what the results say, side by side, as data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..scores.confidence import CONFIDENCE_METRICS_BY_NAME
from ..scores.open_registry import OPEN_BREAKDOWN_METRICS, OPEN_METRICS_BY_NAME
from ..scores.open_rows import OPEN_ROW_TITLES
from ..scores.registry import BREAKDOWN_METRICS, METRICS
from ..scores.trust_rows import TRUST_ROW_TITLES
from .key_metrics import KEY_METRICS
from .published import published_table
from .shown import Shown, comparable_groups, without_hash
from .tables import Cell, Number, Table

#: The parts of the questions, by section of a result: title, and what a part is called.
PARTS = {
    "by_type": ("By question type", "Type"),
    "subsets": ("Subsets", "Subset"),
    "by_class": ("By diagnosis class", "Class"),
    "by_modality": ("By modality", "Modality"),
    "by_source": ("By source folder", "Source"),
    "sensitivity": ("If answers were read otherwise", "Reading"),
}

#: What becomes of a question, in the order of pictures and tables.
FATES = {
    "right": "right",
    "wrong option": "a listed option was picked, and another is right",
    "over-rejection": "E was picked, and a listed option is right",
    "forced choice": "a listed option was picked, and none is right",
    "refused": "declined to answer",
    "ambiguous": "two incompatible picks",
    "unparsed": "a text without a pick",
    "failed": "an empty or failed response",
    "missing": "asked, without any response",
}


def result_tables(runs: Sequence[Shown]) -> list[Table]:
    """Every table that the results of one task fill, in the order of a report."""
    tables = [key_numbers(runs), published_table(runs), runs_table(runs)]
    if runs[0].signature.task == "closed":
        tables += [errors_table(runs), confusion_table(runs), letters_table(runs), confidence_table(runs)]
    else:
        tables.append(attribute_table(runs))
    tables += [parts_table(runs, section) for section in PARTS]
    tables += [trust_table(runs), metrics_table(runs)]
    return [table for table in tables if table is not None and table.rows]


def key_numbers(runs: Sequence[Shown]) -> Table:
    """The headline metrics: a row a run, and below them what guessing and not looking come to."""
    metrics = [name for name in KEY_METRICS[runs[0].signature.task] if any(name in run.metrics for run in runs)]
    rows: list[tuple[Cell, ...]] = [
        (run.mark, run.label, *(Number.of(run.metrics.get(name)) for name in metrics), run.signature.n) for run in runs
    ]
    reference = [
        ("", title, *(Number.of(row.get(name)) for name in metrics), asked) for title, row, asked in trust_rows(runs)
    ]
    note = "Rows without a mark were not shown a picture: a score means little unless it is well above them."
    return Table(
        "key_numbers",
        "Key numbers",
        ("Mark", "Run", *metrics, "n"),
        (*rows, *reference),
        note if reference else "",
        frozenset(range(len(rows), len(rows) + len(reference))),
    )


def trust_rows(runs: Sequence[Shown]) -> list[tuple[str, Mapping[str, Any], int]]:
    """The trust rows of the runs: title, metrics and number of questions, each different one once."""
    sets: list[tuple[Mapping[str, Any], Shown]] = []
    for run in runs:
        own = run.result.get("trust_rows") or {}
        if own and not any(own == known for known, _ in sets):
            sets.append((own, run))
    several = len(sets) > 1
    return [
        (f"{trust_title(name)} ({_asked(run)})" if several else trust_title(name), own[name], run.signature.n)
        for own, run in sets
        for name in _in_order(own)
    ]


def trust_title(name: str) -> str:
    """What tables call a trust row."""
    return _ROW_TITLES.get(name, name.replace("_", " "))


_ROW_TITLES = {**TRUST_ROW_TITLES, **OPEN_ROW_TITLES}


def _in_order(rows: Mapping[str, Any]) -> list[str]:
    known = [name for name in _ROW_TITLES if name in rows]
    return known + [name for name in rows if name not in _ROW_TITLES]


def _asked(run: Shown) -> str:
    return f"{run.signature.scope}, {run.signature.n} questions"


def runs_table(runs: Sequence[Shown]) -> Table:
    """What was run: a row a run, with the group of runs that it may be compared with."""
    groups = comparable_groups(runs)
    group_of = {run.mark: number for number, group in enumerate(groups, start=1) for run in group}
    several = len(groups) > 1
    rows: list[tuple[Cell, ...]] = []
    for run in runs:
        signed = run.signature
        asked: Cell = signed.n if signed.n == signed.of else f"{signed.n} of {signed.of}"
        how = (signed.task, signed.scope, without_hash(signed.prompt), signed.per, signed.gen, signed.via)
        group = (group_of[run.mark],) if several else ()
        rows.append((run.mark, run.label, *group, *how, asked, signed.failed, signed.missing))
    columns = ("Task", "Scope", "Prompt", "Per", "Generation", "Via", "Asked", "Failed", "Missing")
    note = "Only runs of one group may be compared: their questions, prompts and settings are the same."
    return Table(
        "runs", "Runs", ("Mark", "Run", *(("Group",) if several else ()), *columns), tuple(rows), note * several
    )


def parts_table(runs: Sequence[Shown], section: str) -> Table:
    """A section of the results by part: each part with its n, its S and its T."""
    title, part_name = PARTS[section]
    names = list(dict.fromkeys(name for run in runs for name in run.result.get(section) or {}))
    rows: list[tuple[Cell, ...]] = []
    reference = set()
    present = [
        metric
        for metric in _metric_names(runs, section)
        if any(metric in part for run in runs for part in (run.result.get(section) or {}).values())
    ]
    sets = [metric for metric in ("answerable_accuracy", "trap_accuracy") if metric in present]
    for name in names:
        for run in runs:
            part = (run.result.get(section) or {}).get(name)
            if part is None:
                continue
            rows.append((name, run.mark, run.label, *_numbers(part, sets, present)))
        for row_title, row in _trust_rows_of_part(runs, section, name):
            reference.add(len(rows))
            rows.append((name, "", row_title, *_numbers(row, sets, present)))
    headings = [{"answerable_accuracy": "|S|", "trap_accuracy": "|T|"}[metric] for metric in sets]
    columns = (part_name, "Mark", "Run", "n", *headings, *present)
    note = "Rows without a mark were not shown a picture."
    return Table(section, title, columns, tuple(rows), note if reference else "", frozenset(reference))


def _numbers(part: Mapping[str, Any], sets: Sequence[str], metrics: Sequence[str]) -> tuple[Cell, ...]:
    sizes = (_size(part, metric) for metric in ("accuracy", *sets))
    return (*sizes, *(Number.of(part.get(metric)) for metric in metrics))


def _trust_rows_of_part(runs: Sequence[Shown], section: str, name: str) -> list[tuple[str, Mapping[str, Any]]]:
    """The trust rows of a subset: those of the runs that all share them, as runs over the same questions do."""
    if section != "subsets":
        return []
    known = [run.result.get("subset_trust_rows", {}).get(name) for run in runs]
    rows = known[0] if known and all(own == known[0] for own in known) else None
    return [(trust_title(row), rows[row]) for row in _in_order(rows)] if rows else []


def _metric_names(runs: Sequence[Shown], section: str) -> list[str]:
    """The metrics of a section's parts: ours in their order, then whatever else a result has."""
    found = (metric for run in runs for part in (run.result.get(section) or {}).values() for metric in part)
    known = dict.fromkeys(found)
    order = (*BREAKDOWN_METRICS, *OPEN_BREAKDOWN_METRICS)
    ours = [metric for metric in order if metric in known]
    return ours + [metric for metric in known if metric not in order]


def _size(part: Mapping[str, Any], metric: str) -> int | None:
    """How many questions a metric of a part rests on; without that metric, those of its first one."""
    estimate = part.get(metric) or next(iter(part.values()), None)
    return None if estimate is None else int(estimate["n"])


def attribute_table(runs: Sequence[Shown]) -> Table:
    """Open questions: each attribute balanced over its classes and plain, and how often it was asked for in vain."""
    rows: list[tuple[Cell, ...]] = []
    for name in open_attributes(runs):
        for run in runs:
            balanced = run.metrics.get(f"{name}_balanced_accuracy")
            plain = run.metrics.get(f"{name}_accuracy")
            scored = int(plain["n"]) if plain else None
            left_out = (_count(run, f"{name}_{why}") for why in ("given", "unstated"))
            rows.append((name, run.mark, run.label, Number.of(balanced), Number.of(plain), scored, *left_out))
    columns = ("Attribute", "Mark", "Run", "balanced accuracy", "accuracy", "n", "given", "unstated")
    note = "Not scored, so not in n: given (named by the question itself) and unstated (by the reference)."
    return Table("attributes", "By attribute", columns, tuple(rows), note)


def _count(run: Shown, name: str) -> int | None:
    """A count of the result, where it has it. JSON's integers may be written 3.0."""
    counted = run.result["counts"].get(name)
    return None if counted is None else int(counted)


def open_attributes(runs: Sequence[Shown]) -> list[str]:
    """The attributes that open results tell of, in the order of their metrics."""
    ending = "_balanced_accuracy"
    names = (name for run in runs for name in run.metrics if name.endswith(ending) and name != f"attribute{ending}")
    return [name.removesuffix(ending) for name in dict.fromkeys(names)]


def class_recalls(runs: Sequence[Shown]) -> dict[str, str]:
    """By metric, the attribute's class whose recall it is, as pictures call it.

    ``shape_recall_round_oval`` is "shape: round oval".
    """
    attributes = open_attributes(runs)
    found = {}
    for name in dict.fromkeys(name for run in runs for name in run.metrics):
        attribute, joint, each = name.partition("_recall_")
        if joint and attribute in attributes:
            found[name] = f"{attribute}: {each.replace('_', ' ')}"
    return found


def fates(result: Mapping[str, Any]) -> dict[str, int]:
    """How many questions came to what, by the names in ``FATES``; together all that were asked.

    >>> counts = {"asked": 4, "right": 1, "refused": 1, "ambiguous": 0, "unparsed": 0, "failed": 0, "missing": 0}
    >>> table = {"truth": ["A", "E"], "picked": ["A", "E", "none"], "counts": [[1, 1, 1], [1, 0, 0]]}
    >>> {name: count for name, count in fates({"counts": counts, "confusion": table}).items() if count}
    {'right': 1, 'over-rejection': 1, 'forced choice': 1, 'refused': 1}
    """
    counts, table = result["counts"], result["confusion"]
    found = dict.fromkeys(FATES, 0)
    found["right"] = counts["right"]
    for truth, row in zip(table["truth"], table["counts"], strict=True):
        for picked, count in zip(table["picked"], row, strict=True):
            if picked not in (truth, "none"):
                kind = "forced choice" if truth == "E" else "over-rejection" if picked == "E" else "wrong option"
                found[kind] += count
    found |= {name: counts[name] for name in ("refused", "ambiguous", "unparsed", "failed", "missing")}
    # JSON's integers may be written 3.0.
    return {name: int(count) for name, count in found.items()}


def errors_table(runs: Sequence[Shown]) -> Table:
    """What became of every asked question: a row a run."""
    rows: list[tuple[Cell, ...]] = [(run.mark, run.label, *fates(run.result).values(), run.signature.n) for run in runs]
    return Table("errors", "What became of the questions", ("Mark", "Run", *FATES, "asked"), tuple(rows))


def confusion_table(runs: Sequence[Shown]) -> Table:
    """Key letter by picked letter, in questions."""
    rows: list[tuple[Cell, ...]] = []
    for run in runs:
        table = run.result["confusion"]
        rows += [
            (run.mark, run.label, truth, *map(int, counts))
            for truth, counts in zip(table["truth"], table["counts"], strict=True)
        ]
    picked = runs[0].result["confusion"]["picked"]
    return Table("confusion", "Key by picked letter", ("Mark", "Run", "Key", *picked), tuple(rows))


def letters_table(runs: Sequence[Shown]) -> Table:
    """How often each letter was right and how often it was picked, and the distance between the two shares."""
    letters = list(runs[0].result["letters"]["true"])
    rows: list[tuple[Cell, ...]] = []
    for run in runs:
        own = run.result["letters"]
        rows.append((run.mark, run.label, "picked", *(int(own["picked"].get(letter, 0)) for letter in letters)))
        rows.append((run.mark, run.label, "key", *(int(own["true"].get(letter, 0)) for letter in letters)))
    return Table(
        "letters", "Letters picked and letters that were right", ("Mark", "Run", "Letter", *letters), tuple(rows)
    )


def confidence_table(runs: Sequence[Shown]) -> Table:
    """What option probabilities come to: a row for each run that has them."""
    names = [name for name in CONFIDENCE_METRICS_BY_NAME if any(name in run.metrics for run in runs)]
    rows: list[tuple[Cell, ...]] = []
    for run in runs:
        found = [run.metrics.get(name) for name in names]
        counts = [int(estimate["n"]) for estimate in found if estimate]
        if counts:
            rows.append((run.mark, run.label, *map(Number.of, found), max(counts)))
    return Table("confidence", "With option probabilities", ("Mark", "Run", *names, "n"), tuple(rows))


def trust_table(runs: Sequence[Shown]) -> Table:
    """The trust rows with all their metrics, turned: a row a metric."""
    rows = trust_rows(runs)
    metrics = list(dict.fromkeys(metric for _, row, _ in rows for metric in row))
    return Table(
        "trust_rows",
        "Without looking: every metric",
        ("Metric", *(title for title, _, _ in rows)),
        tuple((metric, *(Number.of(row.get(metric)) for _, row, _ in rows)) for metric in metrics),
    )


def metrics_table(runs: Sequence[Shown]) -> Table:
    """Every metric: a row a metric, a column a run."""
    closed = runs[0].signature.task == "closed"
    known: Mapping[str, Any] = METRICS | CONFIDENCE_METRICS_BY_NAME if closed else OPEN_METRICS_BY_NAME
    rows: list[tuple[Cell, ...]] = []
    for name in dict.fromkeys(name for run in runs for name in run.metrics):
        told = (known[name].direction, known[name].formula) if name in known else ("", "")
        rows.append((name, *(Number.of(run.metrics.get(name)) for run in runs), *told))
    columns = ("Metric", *(f"{run.mark} {run.label}" for run in runs), "Better", "Formula")
    return Table("metrics", "Every metric", columns, tuple(rows))
