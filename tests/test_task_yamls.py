"""The lmms-eval YAML files say what the table of tasks, the protocols and the registry of metrics say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from mmneuroonco_tasks.frameworks import lm_eval, lmms_eval_tasks
from mmneuroonco_tasks.frameworks.lmms_eval import task_yamls
from mmneuroonco_tasks.frameworks.variants import VARIANTS, Variant
from mmneuroonco_tasks.scores import METRICS, TABLE_METRICS
from mmneuroonco_tasks.scores.open_registry import OPEN_METRICS_BY_NAME, OPEN_TABLE_METRICS

HOOKS = "mmneuroonco_tasks.frameworks.lmms_eval_tasks"
#: Endings and beginnings that lmms-eval treats as something else than a metric of ours.
RESERVED = ("_expected_accuracy", "_consensus_accuracy", "_internal_variance", "_consistency_rate")


class _Loader(yaml.SafeLoader):
    """Reads ``!function a.b.c`` as the text "a.b.c"."""


_Loader.add_constructor("!function", lambda loader, node: loader.construct_scalar(node))


def read(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)
    included = read(path.parent / content.pop("include")) if "include" in content else {}
    return {**included, **content}


def tasks() -> dict[str, dict[str, Any]]:
    files = [read(path) for path in sorted(task_yamls().glob("*.yaml"))]
    return {content["task"]: content for content in files if "group" not in content}


def test_every_registered_task_has_a_file_and_no_file_is_left_over() -> None:
    assert set(tasks()) == {variant.lmms_eval for variant in VARIANTS}


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda variant: variant.lmms_eval)
def test_a_file_asks_what_its_protocol_says(variant: Variant) -> None:
    content = tasks()[variant.lmms_eval]
    assert content["generation_kwargs"]["max_new_tokens"] == f"{HOOKS}.tokens_{variant.lmms_eval}"
    assert content["generation_kwargs"]["temperature"] == 0
    assert content["generation_kwargs"]["until"] == [], "else lmms-eval stops at the first blank line"
    assert content["reasoning_tags"] == "none", "only our reader takes reasoning away"
    assert content["dataset_kwargs"]["data_files"]["test"] == f"{HOOKS}.annotations_{variant.lmms_eval}"
    assert getattr(lmms_eval_tasks, f"tokens_{variant.lmms_eval}") == variant.protocol.max_new_tokens
    assert content["process_docs"] == f"{HOOKS}.documents_{variant.lmms_eval}"


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda v: v.lmms_eval)
def test_the_metrics_are_the_registrys(variant: Variant) -> None:
    shown, registry = {"closed": (TABLE_METRICS, METRICS), "open": (OPEN_TABLE_METRICS, OPEN_METRICS_BY_NAME)}[
        variant.task
    ]
    listed = {entry["metric"]: entry for entry in tasks()[variant.lmms_eval]["metric_list"]}
    assert list(listed) == [*shown, *(f"{name}_stderr" for name in shown)]
    for name, entry in listed.items():
        assert entry["aggregation"] == f"{HOOKS}.aggregate_{name}"
    for name in shown:
        better = {"higher": True, "lower": False, "neither": None}[registry[name].direction]
        assert listed[name]["higher_is_better"] is better, name
        assert not name.endswith(("_stderr", *RESERVED)) and not name.startswith("paired_")


def test_groups_hold_registered_tasks() -> None:
    groups = [content for path in task_yamls().glob("*.yaml") if "group" in (content := read(path))]
    families = ("mmneuroonco_closed", "mmneuroonco_closed_nobrats", "mmneuroonco_phantom_closed")
    expected = {f"{family}_{ending}" for family in families for ending in ("look", "dual")}
    assert {each["group"] for each in groups} == {"mmneuroonco", *expected}
    for group in groups:
        assert set(group["task"]) <= set(tasks())
        if group["group"] != "mmneuroonco":
            assert group["task"][0] == group["group"].rpartition("_")[0], "the run itself comes first"


def test_lm_evaluation_harness_has_a_file_for_every_task_too() -> None:
    files = {path.stem: read(path) for path in lm_eval.task_yamls().glob("*.yaml")}
    questions = "mmneuroonco_tasks.frameworks.lm_eval_tasks.Questions"
    assert files == {name: {"task": name, "class": questions} for name in (each.lmms_eval for each in VARIANTS)}
