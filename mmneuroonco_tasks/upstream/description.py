"""A pull request's description: its text is a template, its numbers come from runs that the user has made."""

from __future__ import annotations

from collections.abc import Sequence

from ..prompts import DIRECT
from .project import Project, template
from .validation import NOT_RUN, Validated, published_lines, validation_table


def describe(project: Project, runs: Sequence[Validated] = (), tests: str = NOT_RUN) -> str:
    """The description as Markdown; what no run has shown yet says so. ``tests`` is what the project's own came to."""
    own = [run for run in runs if run.task in project.tasks]
    full, nobrats = project.tasks
    rows = {run.task: f"{run.questions:,}" for run in own}
    dummy = [run for run in own if run.model == "dummy"]
    return template(
        project.description,
        not_run=NOT_RUN,
        tests=tests,
        dummy="; ".join(f"{run.task}: accuracy {run.theirs['accuracy']:.4f}, {run.outcome}" for run in dummy)
        or NOT_RUN,
        table=validation_table(own, project.tasks),
        published=published_lines(),
        rows_full=rows.get(full, NOT_RUN),
        rows_nobrats=rows.get(nobrats, NOT_RUN),
        prompt=DIRECT.template.replace("\n", "\\n"),
        **project.facts(),
    )
