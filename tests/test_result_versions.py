"""Results of older versions stay readable; the schema is documented."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from made_up_runs import answers_of_letters, letters_of, made_up_benchmark, result_of

from mmneuroonco_tasks.scores import ResultError, read_result
from mmneuroonco_tasks.scores.result import result_schema
from mmneuroonco_tasks.scores.result_versions import UPGRADES, upgraded

DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "results.md"


def made_up_result(tmp_path: Path) -> dict[str, Any]:
    benchmark = made_up_benchmark(tmp_path, images=4)
    return result_of(benchmark, answers_of_letters(letters_of(benchmark, 0.5, 1)))


def write(path: Path, content: Any) -> Path:
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def test_older_versions_are_brought_forward_step_by_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    today = made_up_result(tmp_path)
    # As if there had been two versions before the first: metrics were called scores, and letters were not counted.
    older = {**today, "schema": "mmneuroonco-result/-1", "scores": today["metrics"]}
    del older["metrics"], older["letters"]

    def from_minus_one(result: Mapping[str, Any]) -> dict[str, Any]:
        rest = {key: value for key, value in result.items() if key != "scores"}
        return {**rest, "schema": "mmneuroonco-result/0", "metrics": result["scores"]}

    def from_zero(result: Mapping[str, Any]) -> dict[str, Any]:
        return {**result, "schema": "mmneuroonco-result/1", "letters": {"true": {}, "picked": {}}}

    monkeypatch.setitem(UPGRADES, "mmneuroonco-result/-1", from_minus_one)
    monkeypatch.setitem(UPGRADES, "mmneuroonco-result/0", from_zero)
    read = read_result(write(tmp_path / "older.json", older))
    assert read == {**today, "letters": {"true": {}, "picked": {}}}


def test_a_damaged_older_result_is_told_and_not_half_upgraded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(UPGRADES, "mmneuroonco-result/0", lambda result: {"schema": result["nothing"]})
    with pytest.raises(ResultError, match="not a result file of a known version"):
        read_result(write(tmp_path / "damaged.json", {"schema": "mmneuroonco-result/0"}))


def test_steps_that_lead_nowhere_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(UPGRADES, "a", lambda result: {"schema": "b"})
    monkeypatch.setitem(UPGRADES, "b", lambda result: {"schema": "a"})
    assert upgraded({"schema": "a"})["schema"] in ("a", "b")


@pytest.mark.parametrize("content", [None, 3, [], {}, {"schema": None}, {"schema": ["x"]}, {"schema": "unheard-of"}])
def test_what_is_no_older_result_is_left_to_the_check(content: Any) -> None:
    assert upgraded(content) == content


def test_every_field_of_the_schema_is_documented() -> None:
    schema = result_schema()
    names = {
        *schema["properties"],
        *schema["$defs"]["estimate"]["properties"],
        *schema["$defs"]["confusion"]["required"],
        *schema["$defs"]["risk_coverage"]["required"],
    }
    names |= set(schema["$defs"]["signature"]["required"])
    documented = set(re.findall(r"`([a-z_]+)(?:\[[ij]\])*`", DOCUMENT.read_text(encoding="utf-8")))
    assert names - documented == set()
