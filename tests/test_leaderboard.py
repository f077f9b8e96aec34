"""The leaderboard: one sorted table for what may be compared, another for what may not."""

from __future__ import annotations

import csv
import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from command import run_here
from made_up_runs import answers_of_letters, letters_of, made_up_benchmark, result_of, store

from mmneuroonco_tasks.benchmark.records import ClosedBenchmark
from mmneuroonco_tasks.reports.leaderboard import leaderboard
from mmneuroonco_tasks.reports.shown import shown
from mmneuroonco_tasks.reports.tables import Number, Table


@pytest.fixture(scope="module")
def benchmark(tmp_path_factory: pytest.TempPathFactory) -> ClosedBenchmark:
    return made_up_benchmark(tmp_path_factory.mktemp("made"), images=15)


def a_result(benchmark: ClosedBenchmark, skill: float, model: str, **more: Any) -> dict[str, Any]:
    return result_of(benchmark, answers_of_letters(letters_of(benchmark, skill, 1)), model, **more)


def column(table: Table, name: str) -> list[Any]:
    at = table.columns.index(name)
    return [row[at] for number, row in enumerate(table.rows) if number not in table.reference]


def test_runs_are_sorted_by_h_score_and_ranked(benchmark: ClosedBenchmark) -> None:
    skills = {"weak": 0.1, "best": 1.0, "middling": 0.6}
    (table,) = leaderboard(shown([a_result(benchmark, skill, name) for name, skill in skills.items()]))
    assert column(table, "Run") == ["best", "middling", "weak"] and column(table, "Rank") == [1, 2, 3]
    values = [cell.value for cell in column(table, "h_score") if isinstance(cell, Number)]
    assert values == sorted(values, reverse=True) and len(values) == 3


def test_another_metric_may_rank_and_what_lacks_it_stands_last(benchmark: ClosedBenchmark) -> None:
    always_e = {question.qid: "E" if question.offers_rejection else "A" for question in benchmark.questions}
    no_traps = benchmark.restricted_to([question.qid for question in benchmark.questions if not question.trap])
    runs = shown([a_result(benchmark, 0.5, "honest"), result_of(benchmark, answers_of_letters(always_e), "always-E")])
    (table,) = leaderboard(runs, "trap_accuracy")
    assert column(table, "Run") == ["always-E", "honest"] and table.columns[2] == "trap_accuracy"
    (table,) = leaderboard(shown([a_result(no_traps, 0.5, "untested")]))
    assert column(table, "h_score") == [Number(None, n=0)]


def test_runs_that_cannot_be_compared_get_tables_of_their_own(tmp_path: Path, benchmark: ClosedBenchmark) -> None:
    other = made_up_benchmark(tmp_path, images=15, seed=5)
    part = benchmark.restricted_to([question.qid for question in benchmark.questions[:20]])
    runs = [
        a_result(benchmark, 0.5, "a"),
        a_result(benchmark, 0.6, "b", prompt="blind-99999999"),
        a_result(other, 0.7, "c"),
        a_result(part, 0.8, "d"),
        a_result(benchmark, 0.9, "e"),
    ]
    tables = leaderboard(shown(runs))
    assert [column(table, "Run") for table in tables] == [["e", "a"], ["b"], ["c"], ["d"]]
    assert "prompt blind" in tables[1].title
    assert column(tables[3], "Questions") == ["20 of 45, PARTIAL"]


def test_pictures_of_unknown_digests_are_no_difference(benchmark: ClosedBenchmark) -> None:
    runs = [a_result(benchmark, 0.5, name) for name in ("unknown", "one", "two")]
    for result, digest in zip(runs[1:], ("11111111", "22222222"), strict=True):
        result["signature"] = result["signature"] | {"img": digest}
    # Whoever does not tell may stand with the first that does, but never brings two that differ together.
    assert [column(table, "Run") for table in leaderboard(shown(runs))] == [["unknown", "one"], ["two"]]


def test_the_same_result_found_twice_stands_once(benchmark: ClosedBenchmark) -> None:
    result = a_result(benchmark, 0.5, "a")
    (table,) = leaderboard(shown([result, dict(result)]))
    assert len(table.rows) == 1


# --- The command -------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path, benchmark: ClosedBenchmark) -> Path:
    for name, skill in (("weak", 0.2), ("strong", 0.9)):
        store(tmp_path / "results" / name / "x_result.json", a_result(benchmark, skill, name))
    (tmp_path / "results" / "notes.json").write_text('{"schema": "something else"}', encoding="utf-8")
    return tmp_path / "results"


def test_a_folder_becomes_one_markdown_table(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    done = run_here(capsys, "leaderboard", folder)
    rows = [line for line in done.out.splitlines() if line.startswith("| ")]
    assert done.code == 0 and [row.split(" | ")[1] for row in rows[2:]] == ["strong", "weak"]


def test_the_output_s_ending_chooses_the_format(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("jinja2", reason="the extra report is not installed")
    written = {}
    for ending in ("md", "csv", "html", "json", "tex"):
        done = run_here(capsys, "leaderboard", folder, "-o", tmp_path / f"board.{ending}")
        assert done.code == 0 and "2 results in 1 tables" in done.err
        written[ending] = (tmp_path / f"board.{ending}").read_text(encoding="utf-8")
    assert [row["Run"] for row in csv.DictReader(StringIO(written["csv"]))] == ["strong", "weak"]
    assert json.loads(written["json"])[0]["rows"][0][1] == "strong"
    assert written["html"].startswith("<!doctype html>") and "<script" not in written["html"]
    assert "\\toprule" in written["tex"] and written["md"].startswith("**closed questions")


def test_a_broken_result_is_left_out_aloud(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "broken_result.json").write_text('{"schema": "mmneuroonco-result/1"}', encoding="utf-8")
    done = run_here(capsys, "leaderboard", folder)
    assert done.code == 0 and "strong" in done.out
    assert "left out:" in done.err and "broken_result.json" in done.err


def test_what_cannot_be_ranked_is_one_sentence(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "empty").mkdir()
    done = run_here(capsys, "leaderboard", tmp_path / "empty")
    assert done.code == 1 and "holds no result file; `mmneuroonco score" in done.sentence
    assert run_here(capsys, "leaderboard", folder, "--sort", "beauty").code == 2
