"""What runs in a project's own checkout came to, against what this package says of the same responses."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from ..benchmark.files import read_at_most
from ..scores.registry import TABLE_METRICS
from ..scores.result import LARGEST_FILE_BYTES
from .formatting import UpstreamError

#: What stands in a cell that no run has filled.
NOT_RUN = "not run yet"
#: In the folder of a run, what ``pytest --junitxml`` has written, and which of its counts are those of tests.
TESTS_FILE = "pytest.xml"
_COUNTED = (("tests",), ("failures", "errors", "skipped"))
_SHOWN = ("accuracy", "rejection_aware_accuracy", "answerable_accuracy", "trap_accuracy", "h_score")
_LMMS_EVAL = re.compile(r"(?P<stamp>.*)_samples_(?P<task>mmneuroonco_\w+)\.jsonl")
_VLMEVALKIT = re.compile(r"(?P<model>.+)_(?P<task>MMNeuroOnco\w*)\.(?:xlsx|tsv|csv|json)")


@dataclass(frozen=True)
class Validated:
    """One run: the metrics as the project's task gives them, and as this package does; ``None`` for 0/0."""

    model: str
    task: str
    questions: int
    theirs: Mapping[str, float | None]
    ours: Mapping[str, float | None]

    @property
    def differing(self) -> tuple[str, ...]:
        """The metrics of the table that are not the same to the last digit."""
        return tuple(name for name in TABLE_METRICS if self.theirs.get(name) != self.ours.get(name))

    @property
    def outcome(self) -> str:
        """In a word or two, for a table."""
        return f"fail: {', '.join(self.differing)}" if self.differing else f"pass, all {len(TABLE_METRICS)} metrics"


def validated(predictions: Path, result: Mapping[str, Any]) -> Validated:
    """A run by its predictions file, as the framework wrote it, and our ``result`` of the same file.

    Raises:
        UpstreamError: the metrics that the project's task computed do not lie beside it.
    """
    ours = {name: result["metrics"][name]["value"] for name in TABLE_METRICS}
    model, task, theirs = _theirs(predictions)
    return Validated(model, task, int(result["counts"]["asked"]), theirs, ours)


def _theirs(predictions: Path) -> tuple[str, str, dict[str, float | None]]:
    if found := _LMMS_EVAL.fullmatch(predictions.name):
        content = _read(predictions.with_name(f"{found['stamp']}_results.json"))
        results = content.get("results")
        values = results.get(found["task"]) if isinstance(results, dict) else None
        if not isinstance(values, dict):
            raise UpstreamError(
                f"{predictions}: its results file tells nothing of {found['task']}; run the task again."
            )
        model = content.get("model_name") or content.get("model_source") or "unknown"
        return str(model), found["task"], {name: _number(values.get(f"{name},none")) for name in TABLE_METRICS}
    if found := _VLMEVALKIT.fullmatch(predictions.name):
        values = _read(predictions.with_name(f"{predictions.stem}_score.json"))
        return found["model"], found["task"], {name: _number(values.get(name)) for name in TABLE_METRICS}
    raise UpstreamError(f"{predictions}: is no predictions file of lmms-eval or VLMEvalKit; name the run's folder.")


def _read(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(read_at_most(path, LARGEST_FILE_BYTES) or b"")
    except (OSError, ValueError, RecursionError):
        content = None
    if not isinstance(content, dict):
        raise UpstreamError(f"{path}: cannot be read; run the task in the checkout, and name the folder of that run.")
    return content


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def validation_table(runs: Sequence[Validated], tasks: Iterable[str]) -> str:
    """The runs as a Markdown table, and a row that says so for each task that was not run.

    >>> print(validation_table([], ["mmneuroonco_closed"]).splitlines()[-1])
    | not run yet | `mmneuroonco_closed` | not run yet | not run yet | not run yet | not run yet | not run yet | \
not run yet | not run yet |
    """
    rows = [
        (
            *(run.model, f"`{run.task}`", f"{run.questions:,}"),
            *("N/A" if run.theirs[name] is None else f"{run.theirs[name]:.4f}" for name in _SHOWN),
            run.outcome,
        )
        for run in runs
    ]
    ran = {run.task for run in runs}
    rows += [(NOT_RUN, f"`{task}`", *[NOT_RUN] * (2 + len(_SHOWN))) for task in tasks if task not in ran]
    head = ("Model", "Task", "N", *(f"`{name}`" for name in _SHOWN), "Same as mmneuroonco-tasks")
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def offline_tests(folders: Iterable[Path]) -> str:
    """What the project's own test of the task came to, by the ``pytest.xml`` of one of these folders, in a word or two.

    Raises:
        UpstreamError: such a file is not what pytest writes.
    """
    for path in (folder / TESTS_FILE for folder in folders):
        if path.is_file():
            try:
                suites = list(ElementTree.fromstring(read_at_most(path, LARGEST_FILE_BYTES) or b"").iter("testsuite"))
                ran, bad = (sum(int(each.attrib[name]) for each in suites for name in names) for names in _COUNTED)
            except (OSError, ElementTree.ParseError, KeyError, ValueError):
                raise UpstreamError(f"{path}: cannot be read; write it anew by `pytest … --junitxml`.") from None
            return f"fail, {bad} of {ran}" if bad or not ran else f"pass, {ran} tests"
    return NOT_RUN


def published_lines() -> str:
    """The numbers that others have published, a bullet each."""
    from ..reports.published import published

    lines = []
    for row in published()["rows"]:
        values = (f"`{name}` {_share(value)}" for name, value in row["values"].items())
        lines.append(f"- {row['name']}: {', '.join(values)} ({row['source']})")
    return "\n".join(lines)


def _share(value: float | Sequence[int]) -> str:
    return f"{value:.4f}" if isinstance(value, float) else f"{value[0] / value[1]:.4f} ({value[0]}/{value[1]})"
