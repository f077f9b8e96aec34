"""Result files: the schema they are written in, and how files from elsewhere are refused."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mmneuroonco_tasks.answers.outcome import Answer, Outcome
from mmneuroonco_tasks.benchmark.records import Benchmark, ClosedQuestion, Picture
from mmneuroonco_tasks.scores import ResultError, Run, Signature, closed_result, read_result, score_closed, write_result
from mmneuroonco_tasks.scores.result import check_result, result_schema

FIVE = {"A": "w", "B": "x", "C": "y", "D": "z", "E": "None of the above"}
BENCHMARK = Benchmark(
    "closed",
    "full",
    tuple(
        ClosedQuestion(f"{n}_q1", Picture(n, "glioma/08_t1/c.png", n), "size", "Which?", FIVE, key, key == "E")
        for n, key in enumerate("ABE", start=1)
    ),
    3,
    "1a2b3c4d",
)
ANSWERS = {
    "1_q1": Answer(Outcome.ANSWERED, "A", "marker", hedged=True),
    "2_q1": Answer(Outcome.REFUSED, None, "refusal"),
}


def a_result(answers: bool = True) -> dict[str, Any]:
    scores = score_closed(BENCHMARK, ANSWERS, subsets={"first": ["1_q1"]}, resamples=50)
    signature = Signature.of_run(BENCHMARK, Run(model="tiny"), missing=1, resamples=50)
    return closed_result(scores, signature, answers=answers)


RESULT = a_result()


def test_a_result_has_its_sections_and_plain_values() -> None:
    assert list(RESULT) == [
        *["schema", "task", "signature", "signature_line", "counts", "metrics", "by_type", "by_class"],
        *[
            "by_modality",
            "by_source",
            "subsets",
            "trust_rows",
            "subset_trust_rows",
            "sensitivity",
            "confusion",
            "letters",
            "answers",
        ],
    ]
    assert RESULT["schema"] == "mmneuroonco-result/1" and RESULT["task"] == "closed"
    assert RESULT["signature_line"].endswith("|missing:1|PARTIAL")
    assert RESULT["metrics"]["accuracy"]["value"] == 1 / 3 and RESULT["metrics"]["accuracy"]["n"] == 3
    undefined = {"value": None, "low": None, "high": None, "stderr": None, "n": 0}
    assert RESULT["metrics"]["accuracy_binary"] == undefined
    assert RESULT["trust_rows"] == {} and list(RESULT["subsets"]) == ["first"]
    assert RESULT["confusion"]["counts"][0] == [1, 0, 0, 0, 0, 0]
    assert RESULT["answers"] == {
        "1_q1": {"outcome": "answered", "letter": "A", "rule": "marker", "hedged": True},
        "2_q1": {"outcome": "refused", "letter": None, "rule": "refusal", "hedged": False},
        "3_q1": {"outcome": "missing", "letter": None, "rule": "", "hedged": False},
    }
    assert "answers" not in a_result(answers=False)


def test_only_plain_python_types_are_in_a_result() -> None:
    def types(value: Any) -> set[type]:
        if isinstance(value, dict):
            return {dict}.union(*map(types, value), *map(types, value.values()))
        if isinstance(value, list):
            return {list}.union(*map(types, value))
        return {type(value)}

    assert types(RESULT) <= {dict, list, str, int, float, bool, type(None)}
    json.dumps(RESULT, allow_nan=False)


def test_results_satisfy_the_shipped_schema() -> None:
    jsonschema = pytest.importorskip("jsonschema")
    jsonschema.Draft202012Validator.check_schema(result_schema())
    for result in (RESULT, a_result(answers=False)):
        jsonschema.validate(result, result_schema())


def test_a_result_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "result.json"
    write_result(path, RESULT)
    assert read_result(path) == RESULT
    assert [file.name for file in path.parent.iterdir()] == ["result.json"]


def test_a_result_out_of_schema_is_not_written(tmp_path: Path) -> None:
    path = tmp_path / "result.json"
    write_result(path, RESULT)
    for wrong in ({**RESULT, "counts": None}, _changed(["metrics", "accuracy", "value"], float("nan"))):
        with pytest.raises(ResultError):
            write_result(path, wrong)
    assert read_result(path) == RESULT


def _changed(place: list[str | int], value: Any) -> dict[str, Any]:
    result = copy.deepcopy(RESULT)
    inner: Any = result
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = value
    return result


@pytest.mark.parametrize(
    ("place", "value", "message"),
    [
        (["schema"], "mmneuroonco-result/99", "its schema is 'mmneuroonco-result/99', known is mmneuroonco-result/1"),
        (["task"], "both", r"task is none of \['closed', 'open'\]"),
        (["metrics", "accuracy", "value"], "high", "metrics.accuracy.value is not of type number or null"),
        (["metrics", "accuracy", "colour"], 1, "metrics.accuracy.colour is not known here"),
        (["metrics", "accuracy"], {"value": 1}, "metrics.accuracy lacks (low|high|n|stderr|value);"),
        (["metrics", "accuracy", "stderr"], -1, "metrics.accuracy.stderr is less than 0"),
        (["counts", "asked"], True, "counts.asked is not of type integer"),
        (["confusion", "counts", 0, 0], -1, r"confusion.counts\[0\]\[0\] is less than 0"),
        (["signature_line"], "BLEU", "signature_line does not match"),
        (["signature", "model"], "", "signature.model is shorter than 1"),
        (["signature", "model"], "another", "signature and signature_line do not tell the same"),
        (["signature", "failed"], 4, "cannot have 4 failed"),
    ],
)
def test_a_file_out_of_schema_is_refused_naming_the_place(
    tmp_path: Path, place: list[str | int], value: Any, message: str
) -> None:
    path = tmp_path / "result.json"
    path.write_text(json.dumps(_changed(place, value)))
    with pytest.raises(ResultError, match=message) as caught:
        read_result(path)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "not valid JSON"),
        (b"\xff\xfe{", "not valid JSON"),
        (b'{"schema": NaN}', "NaN is no JSON number"),
        (b"[" * 200_000, "nested too deeply"),
        (b"[]", "it names no schema"),
        (b'{"results": {}}', "it names no schema"),
    ],
)
def test_a_file_that_is_no_result_is_refused_in_one_sentence(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "result.json"
    path.write_bytes(content)
    with pytest.raises(ResultError, match=message) as caught:
        read_result(path)
    assert "\n" not in str(caught.value)


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(ResultError, match="cannot be read"):
        read_result(tmp_path / "nothing.json")


def test_a_number_too_large_for_json_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "result.json"
    text = json.dumps(_changed(["metrics", "accuracy", "value"], 0.123456))
    path.write_text(text.replace("0.123456", "1e999"))
    with pytest.raises(ResultError, match=r"metrics\.accuracy\.value is not of type"):
        read_result(path)


# --- The light validation agrees with a full one -----------------------------------------------------


def test_the_schema_uses_only_keywords_that_the_light_validation_knows() -> None:
    known = {
        *["$schema", "$id", "$ref", "$defs", "title", "description", "type", "const", "enum", "required"],
        *["properties", "additionalProperties", "items", "minimum", "maximum", "pattern", "minLength", "maxLength"],
    }

    def keywords(schema: Any) -> set[str]:
        if not isinstance(schema, dict):
            return set()
        below = [*schema.get("properties", {}).values(), *schema.get("$defs", {}).values()]
        below += [schema.get("additionalProperties"), schema.get("items")]
        return set(schema).union(*map(keywords, below))

    assert keywords(result_schema()) <= known


SMALL = {
    **a_result(answers=False),
    "metrics": {name: RESULT["metrics"][name] for name in ("accuracy", "accuracy_binary")},
    "by_type": {},
    "by_class": {},
    "by_source": {},
    "sensitivity": {},
}
JUNK: st.SearchStrategy[Any] = st.sampled_from(
    [None, True, -1, 0, 1.5, 2.0, "", "x", "x" * 101, [], {}, [[]], [[-1]], {"x": 1}, {"n": {}}]
)


def _places(value: Any, place: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    items: list[tuple[str | int, Any]] = []
    if isinstance(value, dict):
        items = list(value.items())
    elif isinstance(value, list):
        items = list(enumerate(value))
    return [place, *(below for key, inner in items for below in _places(inner, (*place, key)))]


# What is checked beyond the schema has sentences of its own.
PLACES = [place for place in _places(SMALL) if place and place[0] not in ("signature", "signature_line", "schema")]


@given(st.sampled_from(PLACES), JUNK, st.booleans())
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_the_light_validation_refuses_what_jsonschema_refuses(
    place: tuple[str | int, ...], junk: Any, drop: bool
) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    data = copy.deepcopy(SMALL)
    inner: Any = data
    for key in place[:-1]:
        inner = inner[key]
    if drop:
        del inner[place[-1]]
    else:
        inner[place[-1]] = junk

    valid = jsonschema.Draft202012Validator(result_schema()).is_valid(data)
    if valid:
        check_result(data, "it")
    else:
        with pytest.raises(ResultError):
            check_result(data, "it")
