"""One page that holds everything about some results: no file beside it, no script, nothing fetched from anywhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .. import __version__
from . import pictures
from .gallery import FAILURES_SHOWN, GalleryInput, galleries
from .key_metrics import KEY_METRICS
from .plane import plane, plane_references
from .published import published, published_table
from .result_tables import (
    FATES,
    PARTS,
    attribute_table,
    confidence_table,
    confusion_table,
    errors_table,
    key_numbers,
    letters_table,
    metrics_table,
    parts_table,
    runs_table,
    trust_table,
)
from .shown import Shown, comparable_groups, group_differences
from .svg import RUN_COLOURS
from .tables import Table
from .templating import check_installed, environment
from .terminal import warnings_of


@dataclass(frozen=True)
class Picture:
    """A picture with its heading; ``name`` chooses the "how to read this" that stands beside it."""

    name: str
    heading: str
    svg: str
    #: Tables with the picture's numbers.
    tables: tuple[Table, ...] = ()
    #: Names beside swatches: colour role and what it stands for.
    legend: tuple[tuple[str, str], ...] = field(default=())


def report_page(
    runs: Sequence[Shown], gallery_inputs: Mapping[str, GalleryInput] | None = None, *, failures: int = FAILURES_SHOWN
) -> str:
    """The page as HTML text; equal input gives equal text.

    Args:
        runs: results with their marks, closed and open ones in any mixture.
        gallery_inputs: by mark, what the gallery of a run's failures needs.
        failures: how many failures of a run are shown at most.

    Raises:
        ReportError: jinja2 or matplotlib is not installed.
    """
    check_installed("jinja2", "matplotlib")
    closed = [run for run in runs if run.signature.task == "closed"]
    opened = [run for run in runs if run.signature.task == "open"]
    context: dict[str, Any] = {
        "version": __version__,
        "runs": runs,
        "colours": {run.mark: run.number for run in runs},
        "warnings": {run.mark: warnings_of(run.result) for run in runs},
        "key_metrics": KEY_METRICS,
        "runs_table": runs_table(runs),
        "closed": closed_sections(closed) if closed else None,
        "open": open_sections(opened) if opened else None,
        "differences": {task: _differences(group) for task, group in (("closed", closed), ("open", opened))},
        "unreleased": [run for run in runs if run.signature.data not in published()["released"]],
        "galleries": galleries(runs, gallery_inputs or {}, failures),
        "with_images": any(given.images for given in (gallery_inputs or {}).values()),
    }
    return environment().get_template("report.html.j2").render(context)


def _differences(runs: Sequence[Shown]) -> tuple[str, ...]:
    return group_differences(comparable_groups(runs)) if runs else ()


def closed_sections(runs: Sequence[Shown]) -> dict[str, Any]:
    """Tables and pictures of results on the closed questions."""
    in_colours = _run_legend(runs)
    types = pictures.type_bars(runs)
    shown = [
        Picture(
            "plane",
            "Answering and rejecting",
            plane(runs),
            legend=(*in_colours, *_numbered(plane_references(runs))),
        ),
        types and Picture("types", "By question type", types, (parts_table(runs, "by_type"),), in_colours),
        _dots(runs, "by_type", "type_dots", "Answerable questions and traps of each type"),
        Picture("fates", "What became of the questions", pictures.fate_bars(runs), (errors_table(runs),), _FATE_LEGEND),
        Picture("letters", "Liking for a letter", pictures.letter_dots(runs), (letters_table(runs),), in_colours),
        *(
            _dots(runs, section, section, PARTS[section][0], parts_table(runs, section))
            for section in ("subsets", "by_class", "by_modality", "by_source")
        ),
        _risk(runs),
    ]
    return {
        "key_numbers": key_numbers(runs),
        "published": published_table(runs),
        "pictures": [picture for picture in shown if picture],
        "confusions": [(run, confusion_table([run])) for run in runs],
        "sensitivity": parts_table(runs, "sensitivity"),
        "metrics": metrics_table(runs),
        "trust": trust_table(runs),
    }


_FATE_LEGEND = tuple(
    (pictures.FATE_COLOURS[fate], f"{fate}: {told}" if fate != told else fate) for fate, told in FATES.items()
)


def _run_legend(runs: Sequence[Shown]) -> tuple[tuple[str, str], ...]:
    return tuple((f"run-{run.number % RUN_COLOURS}", f"{run.mark} {run.label}") for run in runs)


def _numbered(rows: Sequence[tuple[str, Any, int]]) -> tuple[tuple[str, str], ...]:
    return tuple(("muted", f"{number} {title}") for number, (title, _, _) in enumerate(rows, start=1))


def _dots(runs: Sequence[Shown], section: str, name: str, heading: str, *tables: Table) -> Picture | None:
    svg = pictures.part_dots(name, heading, runs, section)
    return None if svg is None else Picture(name, heading, svg, tables, _run_legend(runs))


def _risk(runs: Sequence[Shown]) -> Picture | None:
    svg = pictures.risk_coverage(runs)
    tables = (confidence_table(runs),)
    return None if svg is None else Picture("risk", "Risk against coverage", svg, tables, _run_legend(runs))


def open_sections(runs: Sequence[Shown]) -> dict[str, Any]:
    """Tables and pictures of results on the open questions."""
    in_colours = _run_legend(runs)
    attributes, recalls = pictures.attribute_dots(runs), pictures.recall_dots(runs)
    shown = [
        attributes and Picture("attributes", "By attribute", attributes, (attribute_table(runs),), in_colours),
        recalls and Picture("recalls", "By class of the attributes", recalls, (), in_colours),
    ]
    return {
        "key_numbers": key_numbers(runs),
        "pictures": [picture for picture in shown if picture],
        "parts": [table for section in PARTS if (table := parts_table(runs, section)).rows],
        "metrics": metrics_table(runs),
        "trust": trust_table(runs),
    }
