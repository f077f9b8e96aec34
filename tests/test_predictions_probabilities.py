"""Predictions with the probabilities of options: the same from every kind of file, and nothing else believed."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from command import Finished, run_here
from hypothesis import given
from hypothesis import strategies as st
from made_up_runs import letters_of, write_closed, write_predictions

from mmneuroonco_tasks.benchmark import load_benchmark
from mmneuroonco_tasks.benchmark.records import ClosedBenchmark
from mmneuroonco_tasks.predictions import PredictionsError, read_predictions
from mmneuroonco_tasks.predictions.probabilities import read_probabilities
from mmneuroonco_tasks.scores.confidence import CONFIDENCE_METRICS_BY_NAME

Probabilities = dict[str, dict[str, float]]


@pytest.fixture(scope="module")
def annotations(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_closed(tmp_path_factory.mktemp("made"), images=12)


@pytest.fixture(scope="module")
def benchmark(annotations: Path) -> ClosedBenchmark:
    return load_benchmark("closed", annotations=annotations)


@pytest.fixture(scope="module")
def letters(benchmark: ClosedBenchmark) -> dict[str, str]:
    return letters_of(benchmark, 0.6, 1)


@pytest.fixture(scope="module")
def told(letters: dict[str, str]) -> Probabilities:
    """The pick gets 0.5 to 0.9, E the rest of it."""
    return {
        qid: {letter: 0.5 + number % 5 / 10, **({} if letter == "E" else {"E": 0.5 - number % 5 / 10})}
        for number, (qid, letter) in enumerate(letters.items())
    }


Score = Callable[..., Finished]


@pytest.fixture
def score(annotations: Path, home: Path, capsys: pytest.CaptureFixture[str]) -> Score:
    return lambda *arguments: run_here(capsys, "score", *arguments, "--annotations", annotations)


def write_jsonl(path: Path, letters: Mapping[str, str], told: Probabilities) -> Path:
    lines = [{"qid": qid, "response": letter, "probabilities": told.get(qid)} for qid, letter in letters.items()]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return path


def write_csv(path: Path, letters: Mapping[str, str], told: Probabilities) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("qid", "response", "probabilities"))
        for qid, letter in letters.items():
            writer.writerow((qid, letter, json.dumps(told[qid]) if qid in told else ""))
    return path


def write_parquet(path: Path, letters: Mapping[str, str], told: Probabilities) -> Path:
    pytest.importorskip("pyarrow", reason="pyarrow is not installed: Parquet cannot be written here")
    import pyarrow
    from pyarrow import parquet

    columns = {"qid": list(letters), "response": list(letters.values())}
    parquet.write_table(pyarrow.table({**columns, "probabilities": [told.get(qid) for qid in letters]}), path)
    return path


def write_parquet_map(path: Path, letters: Mapping[str, str], told: Probabilities) -> Path:
    pytest.importorskip("pyarrow", reason="pyarrow is not installed: Parquet cannot be written here")
    import pyarrow
    from pyarrow import parquet

    pairs = pyarrow.array(
        [list(told[qid].items()) if qid in told else None for qid in letters],
        pyarrow.map_(pyarrow.string(), pyarrow.float64()),
    )
    parquet.write_table(
        pyarrow.table({"qid": list(letters), "response": list(letters.values()), "probabilities": pairs}), path
    )
    return path


WRITERS: dict[str, tuple[str, Callable[..., Path]]] = {
    "JSONL": ("a.jsonl", write_jsonl),
    "CSV": ("a.csv", write_csv),
    "Parquet": ("a.parquet", write_parquet),
    "Parquet with maps": ("b.parquet", write_parquet_map),
}


@pytest.mark.parametrize("kind", WRITERS)
def test_probabilities_are_the_same_from_every_file(
    tmp_path: Path, letters: dict[str, str], told: Probabilities, kind: str
) -> None:
    name, write = WRITERS[kind]
    without_first = dict(list(told.items())[1:])
    read = read_predictions(write(tmp_path / name, letters, without_first))
    assert read.probabilities == without_first
    assert read.responses == letters


def test_they_add_metrics_and_a_curve_and_change_no_other_number(
    tmp_path: Path, letters: dict[str, str], told: Probabilities, score: Score
) -> None:
    plain = json.loads(score(write_predictions(tmp_path / "plain.jsonl", letters), "--json").out)
    result = json.loads(score(write_jsonl(tmp_path / "told.jsonl", letters, told), "--json").out)
    assert "confidence" not in plain and not set(CONFIDENCE_METRICS_BY_NAME) & set(plain["metrics"])
    curve = result.pop("confidence")["risk_coverage"]
    assert curve["coverage"][-1] == 1.0
    assert curve["risk"][-1] == pytest.approx(1 - plain["metrics"]["accuracy"]["value"])
    added = {name: result["metrics"].pop(name) for name in CONFIDENCE_METRICS_BY_NAME}
    assert result == plain
    assert added["aurc"]["n"] == len(letters) and added["aurc"]["low"] <= added["aurc"]["value"]


def test_the_table_and_the_report_show_them(
    tmp_path: Path, letters: dict[str, str], told: Probabilities, score: Score, capsys: pytest.CaptureFixture[str]
) -> None:
    done = score(write_jsonl(tmp_path / "told.jsonl", letters, told), "-o", tmp_path / "result.json")
    for name in CONFIDENCE_METRICS_BY_NAME:
        assert name in done.out
    made = run_here(
        capsys, "report", tmp_path / "result.json", "-o", tmp_path / "a.html", "--tables", tmp_path / "tables"
    )
    assert made.code == 0, made.err
    page = (tmp_path / "a.html").read_text(encoding="utf-8")
    assert 'id="risk"' in page and "With option probabilities" in page
    assert "trap_auroc" in (tmp_path / "tables" / "closed_confidence.md").read_text(encoding="utf-8").replace("\\", "")


def test_a_file_of_probabilities_alone_is_read_by_the_most_probable_letter(
    tmp_path: Path, letters: dict[str, str], told: Probabilities, score: Score
) -> None:
    path = tmp_path / "a.jsonl"
    lines = [{"qid": qid, "probabilities": {**own, letters[qid]: 0.5}} for qid, own in told.items()]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    done = score(path, "--json")
    answers = json.loads(done.out)["answers"]
    assert {qid: answer["letter"] for qid, answer in answers.items()} == letters
    assert "the most probable letter is taken for the answer" in done.err


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ({"A": 1.2}, "the probability of A is 1.2, not from 0 to 1"),
        ({"A": -0.1}, "the probability of A is -0.1, not from 0 to 1"),
        ({"A": True}, "the probability of A is True, not from 0 to 1"),
        ({"A": "0.5"}, "the probability of A is '0.5', not from 0 to 1"),
        ({"F": 0.5}, "names 'F'; letters are A to E"),
        ({"a": 0.5}, "names 'a'; letters are A to E"),
        ({"A": 0.9, "B": 0.9}, "add up to 1.8; they must to more than 0, at most 1"),
        ({"A": 0.0}, "add up to 0; they must to more than 0, at most 1"),
        ({}, "add up to 0;"),
        ([0.1, 0.9], "is [0.1, 0.9], not an object"),
        (0.5, "is 0.5, not an object"),
        ("A: 0.5", "is 'A: 0.5', not JSON"),
        ("3", "is 3, not an object"),
        ({"A": float("nan")}, "the probability of A is nan, not from 0 to 1"),
    ],
)
def test_what_is_no_probability_is_one_sentence(tmp_path: Path, score: Score, value: Any, said: str) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps({"qid": "1_q1", "response": "A", "probabilities": value}) + "\n", encoding="utf-8")
    done = score(path)
    assert done.code == 1 and "Traceback" not in done.err
    assert f"{path}, line 1: " in done.sentence and said in done.sentence


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2) | st.sampled_from("ABCDE"), inner),
    max_leaves=8,
)


@given(ANY_JSON)
def test_whatever_stands_there_is_probabilities_nothing_or_refused(value: Any) -> None:
    try:
        read = read_probabilities(Path("a.jsonl"), "line 1", value)
    except PredictionsError:
        return
    assert read is None or (set(read) <= set("ABCDE") and 0 < sum(read.values()) <= 1.01)
