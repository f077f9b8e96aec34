"""The pull request to lmms-eval: a task folder, a line in the list of tasks, an offline test."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ..benchmark.hub import DATASET
from ..prompts import DIRECT
from ..scores.registry import METRICS, TABLE_METRICS
from .bundling import Destination, bundle
from .checkout import Edit
from .edits import with_list_entry
from .formatting import lmms_eval_style
from .project import DOCSTRINGS, Project, licence, template

_FOLDER = "lmms_eval/tasks/mmneuroonco"
_ROOT = _FOLDER.replace("/", ".")
_PARTS = "upstream.parts"
_TEST = "lmms_eval_test.py.txt"
_TASK_LIST = "docs/advanced/current_tasks.md"
_TASK_LIST_HEADING = "### Core VQA & Understanding Benchmarks"
_TASK_LIST_ENTRY = """\
- [MM-NeuroOnco](https://arxiv.org/abs/2602.22955) (mmneuroonco_closed)
  - MM-NeuroOnco without BraTS slices (mmneuroonco_closed_nobrats)
"""


def new_files() -> dict[str, str]:
    """The new files by path, formatted as lmms-eval's own checks would."""
    question_form, between, post_prompt = DIRECT.template.partition("{options}")
    destination = Destination(
        _ROOT,
        moved={
            f"{_PARTS}.lmms_eval_utils": f"{_ROOT}.utils",
            f"{_PARTS}.lmms_eval_scoring": f"{_ROOT}.scoring",
            f"{_PARTS}.data": f"{_ROOT}.data",
        },
        literals={
            f"{_PARTS}.data.DATASET": DATASET,
            f"{_PARTS}.lmms_eval_utils.QUESTION_FORM": question_form + between,
        },
        docstrings=DOCSTRINGS,
    )
    copies = bundle({f"{_PARTS}.lmms_eval_utils": ()}, destination)
    files = {f"{name.replace('.', '/')}.py": lmms_eval_style(text) for name, text in copies.items()}
    files[f"{_FOLDER}/_default_template_yaml"] = template(
        "lmms_eval_default_template_yaml",
        max_new_tokens=str(DIRECT.max_new_tokens),
        post_prompt=post_prompt.replace("\n", "\\n"),
        metric_list=_metric_list(),
    )
    files[f"{_FOLDER}/mmneuroonco_closed.yaml"] = _task_yaml("mmneuroonco_closed", "mmneuroonco_process_docs")
    files[f"{_FOLDER}/mmneuroonco_closed_nobrats.yaml"] = _task_yaml(
        "mmneuroonco_closed_nobrats", "mmneuroonco_process_docs_nobrats"
    )
    files[f"{_FOLDER}/LICENSE"] = licence()
    files[f"{_FOLDER}/README.md"] = template("lmms_eval_README.md", metrics=metric_table())
    files["test/eval/test_mmneuroonco_utils.py"] = lmms_eval_style(template(_TEST))
    return files


def edits(_date: str) -> Mapping[str, Edit]:
    """The changes of files that lmms-eval has."""
    return {
        _TASK_LIST: Edit(lambda text: with_list_entry(text, _TASK_LIST_HEADING, _TASK_LIST_ENTRY), optional=True),
    }


def _task_yaml(task: str, process_docs: str) -> str:
    return f"include: _default_template_yaml\ntask: {task}\nprocess_docs: !function utils.{process_docs}\n"


def _metric_list() -> str:
    """Every metric of the table, then a companion of each that fills its Stderr column."""
    better = {"higher": "true", "lower": "false", "neither": "null"}
    entries = [(name, better[METRICS[name].direction]) for name in TABLE_METRICS]
    entries += [(f"{name}_stderr", "false") for name in TABLE_METRICS]
    return "\n".join(
        f"  - metric: {name}\n    aggregation: !function utils.mmneuroonco_aggregate_{name}\n"
        f"    higher_is_better: {higher}"
        for name, higher in entries
    )


def metric_table() -> str:
    """The metrics as a Markdown table."""
    cells = ((f"`{name}`", METRICS[name].description, METRICS[name].formula) for name in TABLE_METRICS)
    rows = (" | ".join(cell.replace("|", "\\|") for cell in row) for row in cells)
    return "\n".join(["| Metric | What it is | Formula |", "|---|---|---|", *(f"| {row} |" for row in rows)])


def _facts() -> Mapping[str, str]:
    return {"test_functions": str(len(re.findall(r"^def test_", template(_TEST), re.MULTILINE)))}


PROJECT = Project(
    name="lmms-eval",
    url="https://github.com/EvolvingLMMs-Lab/lmms-eval",
    marker="lmms_eval/tasks/__init__.py",
    folder=_FOLDER,
    new_files=new_files,
    edits=edits,
    tasks=("mmneuroonco_closed", "mmneuroonco_closed_nobrats"),
    description="lmms_eval_pull_request.md",
    facts=_facts,
)
