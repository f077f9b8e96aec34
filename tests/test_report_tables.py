"""The tables of a report: what they hold, and that every format of theirs is escaped and complete."""

from __future__ import annotations

import copy
import csv
import functools
import json
import random
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_up_runs import answers_of_letters, letters_of, made_up_benchmark, result_of, some_failures

from mmneuroonco_tasks.benchmark.records import ClosedBenchmark
from mmneuroonco_tasks.reports.formats import TABLE_FORMATS, csv_text, json_text, latex, markdown
from mmneuroonco_tasks.reports.leaderboard import leaderboard
from mmneuroonco_tasks.reports.published import published, published_table
from mmneuroonco_tasks.reports.result_tables import FATES, fates, key_numbers, parts_table, result_tables, runs_table
from mmneuroonco_tasks.reports.shown import Shown, comparable_groups, shown
from mmneuroonco_tasks.reports.tables import Number, Table
from mmneuroonco_tasks.reports.texts import clipped, visible
from mmneuroonco_tasks.scores.registry import METRICS
from mmneuroonco_tasks.scores.result import ResultError, check_result


@pytest.fixture(scope="module")
def benchmark(tmp_path_factory: pytest.TempPathFactory) -> ClosedBenchmark:
    return made_up_benchmark(tmp_path_factory.mktemp("made"), images=20)


@pytest.fixture(scope="module")
def results(benchmark: ClosedBenchmark) -> list[dict[str, Any]]:
    runs = [some_failures(answers_of_letters(letters_of(benchmark, skill, 1))) for skill in (0.2, 0.8)]
    return [result_of(benchmark, run, model) for run, model in zip(runs, ("weak", "strong"), strict=True)]


@pytest.fixture(scope="module")
def runs(results: list[dict[str, Any]]) -> tuple[Shown, ...]:
    return shown(results)


def row_of(estimate: float) -> dict[str, Any]:
    return {"value": estimate, "low": None, "high": None, "stderr": None, "n": 60}


TRUST = {
    "uniform": {name: row_of(0.2) for name in ("h_score", "answerable_accuracy", "trap_accuracy", "accuracy")},
    "a_new_row": {"accuracy": row_of(0.3)},
}


# --- What tables hold --------------------------------------------------------------------------------


def test_every_question_has_one_fate(results: list[dict[str, Any]]) -> None:
    for result in results:
        found = fates(result)
        assert list(found) == list(FATES)
        assert sum(found.values()) == result["counts"]["asked"]
        assert found["right"] == result["counts"]["right"] > 0


def test_fates_are_those_counted_question_by_question(benchmark: ClosedBenchmark) -> None:
    answers = some_failures(answers_of_letters(letters_of(benchmark, 0.5, 3)))
    by_hand = dict.fromkeys(FATES, 0)
    for question in benchmark.questions:
        answer = answers[question.qid]
        if answer is None:
            by_hand["missing"] += 1
        elif answer.letter is None:
            by_hand[answer.outcome.value] += 1
        elif answer.letter == question.answer:
            by_hand["right"] += 1
        else:
            kind = "forced choice" if question.trap else "over-rejection" if answer.letter == "E" else "wrong option"
            by_hand[kind] += 1
    assert fates(result_of(benchmark, answers)) == by_hand


def test_key_numbers_stand_above_the_rows_that_saw_nothing(results: list[dict[str, Any]]) -> None:
    table = key_numbers(shown([result | {"trust_rows": TRUST} for result in results]))
    assert table.columns[:3] == ("Mark", "Run", "h_score")
    names = [row[1] for row in table.rows]
    # Equal rows of several results stand once; a row of a later version is shown by its name.
    assert names == ["weak", "strong", "uniform guess (expected)", "a new row"]
    assert table.reference == {2, 3}
    value = table.rows[1][2]
    assert isinstance(value, Number) and value.value == results[1]["metrics"]["h_score"]["value"]
    assert table.rows[3][2] is None


def test_every_part_stands_with_its_own_n_s_and_t(runs: tuple[Shown, ...], benchmark: ClosedBenchmark) -> None:
    table = parts_table(runs, "by_type")
    sizes = {(row[0], row[1]): row[3:6] for row in table.rows}
    for name in ("diagnosis", "size"):
        own = [question for question in benchmark.questions if question.question_type == name]
        answerable = [question for question in own if question.offers_rejection and not question.trap]
        assert sizes[name, "R2"] == (len(own), len(answerable), sum(question.trap for question in own))


def test_results_fill_every_table_of_the_closed_part(runs: tuple[Shown, ...]) -> None:
    names = [table.name for table in result_tables(runs)]
    assert names == [
        *("key_numbers", "runs", "errors", "confusion", "letters", "by_type", "subsets", "by_class", "by_modality"),
        *("by_source", "sensitivity", "metrics"),
    ]
    metrics = result_tables(runs)[-1]
    assert [row[0] for row in metrics.rows] == list(METRICS)


def test_runs_of_one_model_are_told_apart_by_what_differs(benchmark: ClosedBenchmark) -> None:
    answers = answers_of_letters(letters_of(benchmark, 0.5, 1))
    prompts = ("direct-0a1b2c3d", "blind-99999999")
    found = shown([result_of(benchmark, answers, "same", prompt=prompt) for prompt in prompts])
    assert [run.label for run in found] == ["same · direct", "same · blind"]
    assert len(comparable_groups(found)) == 2
    assert runs_table(found).columns[2] == "Group"
    twice = shown([result_of(benchmark, answers, "same")] * 2)
    assert [run.label for run in twice] == ["same (R1)", "same (R2)"]


def test_published_numbers_stand_beside_the_released_questions_only(results: list[dict[str, Any]]) -> None:
    assert published_table(shown(results)) is None
    signature = results[0]["signature"] | {"data": published()["released"][0]}
    table = published_table(shown([results[0] | {"signature": signature}]))
    assert table is not None
    found = {row[0]: row[1:] for row in table.rows}
    # 1,334 of 3,190 in all, and the types add up to it.
    retrained = published()["rows"][1]["values"]
    types = ("diagnosis", "modality", "size", "shape", "spread", "location")
    assert sum(retrained[f"accuracy_{name}"][0] for name in types) == retrained["accuracy"][0] == 1334
    assert retrained["rejection_aware_accuracy"][0] + retrained["accuracy_binary"][0] == 1334
    assert found["accuracy"][1] == Number(1334 / 3190, n=3190) and found["accuracy"][0] is None
    assert found["accuracy_diagnosis"][0] == Number(0.4188)
    assert "arXiv 2602.22955" in table.note and "not computed by this package" in table.note


ODD: list[Any] = [None, 0, -1, 3.0, 1e300, 1.5, True, "", [], {}, {"": {}}, {"a": {}}]


def places(value: Any, place: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every key and index of parsed JSON, the nested ones too."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [found for key, each in inner for found in ((*place, key), *places(each, (*place, key)))]


def test_any_result_that_the_schema_allows_is_tabled_or_refused_in_a_sentence(results: list[dict[str, Any]]) -> None:
    chance = random.Random(0)
    known = [place for place in places(results[0]) if not place[0].startswith("signature")]
    allowed = 0
    for _ in range(400):
        damaged = copy.deepcopy(results[0])
        *above, last = chance.choice(known)
        inside = functools.reduce(lambda part, key: part[key], above, damaged)
        if chance.random() < 0.4:
            del inside[last]
        else:
            inside[last] = copy.deepcopy(chance.choice(ODD))
        try:
            check_result(damaged, "damaged")
            runs = shown([damaged, results[1]])
            allowed += 1
        except ResultError:
            continue
        for table in (*result_tables(runs), *leaderboard(runs)):
            for written in TABLE_FORMATS.values():
                assert written(table)
    assert allowed > 50


# --- Formats -----------------------------------------------------------------------------------------

SMALL = Table("small", "Small & fine", ("Run", "accuracy"), (("a|b_c", Number(0.5, 0.25, 0.75, 0.1, 12)), ("d", None)))


def test_a_table_in_each_format() -> None:
    assert markdown(SMALL).splitlines()[2:] == [
        "| Run | accuracy |",
        "| :-- | --: |",
        "| a\\|b\\_c | 0.500 [0.250–0.750] |",
        "| d |  |",
    ]
    assert "    a\\textbar{}b\\_c & 0.500 {\\scriptsize [0.250--0.750]} \\\\\n" in latex(SMALL)
    assert "\\caption{Small \\& fine}" in latex(SMALL) and "\\toprule" in latex(SMALL)
    rows = list(csv.reader(StringIO(csv_text(SMALL))))
    assert rows[0] == ["Run", "accuracy", "accuracy low", "accuracy high", "accuracy stderr", "accuracy n"]
    assert rows[1:] == [["a|b_c", "0.5", "0.25", "0.75", "0.1", "12"], ["d", "", "", "", "", ""]]
    plain = json.loads(json_text(SMALL))
    assert plain["rows"][0][1] == {"value": 0.5, "low": 0.25, "high": 0.75, "stderr": 0.1, "n": 12}


@given(st.text(max_size=30))
def test_no_name_breaks_out_of_its_cell(name: str) -> None:
    table = Table("t", "t", ("Run", "n"), ((name, 3),))
    *_, last = markdown(table).rstrip("\n").split("\n")
    assert last.endswith(" | 3 |") and last.replace("\\\\", "").replace("\\|", "").count("|") == 3
    assert "<" not in last.replace("&lt;", "")
    row = next(line for line in latex(table).splitlines() if line.endswith("& 3 \\\\"))
    assert row.count("&") - row.count("\\&") == 1
    (_, cells) = csv.reader(StringIO(csv_text(table)))
    assert len(cells) == 2 and not cells[0].startswith(("=", "+", "-", "@"))
    json.loads(json_text(table))


def test_a_row_that_does_not_fit_its_columns_is_refused() -> None:
    with pytest.raises(ValueError, match="t: a row has 1 cells under 2 columns"):
        Table("t", "t", ("a", "b"), (("x",),))


# --- Texts that others wrote -------------------------------------------------------------------------


@given(st.text(st.characters(), max_size=200))
def test_texts_are_shown_without_anything_invisible_and_can_be_stored(text: str) -> None:
    found = visible(text)
    found.encode("utf-8")
    assert all(character in "\n\t" or character.isprintable() for character in found)
    if text.isascii() and text.isprintable():
        assert found == text


@given(st.text(max_size=400), st.integers(3, 300))
def test_long_texts_keep_their_beginning_and_their_end(text: str, longest: int) -> None:
    found, left_out = clipped(text, longest)
    if len(text) <= longest:
        assert (found, left_out) == (text, 0)
    else:
        assert len(found) == longest + 1 and left_out == len(text) - longest
        assert text.startswith(found.split("…")[0]) and text.endswith(found[-(longest // 3) :])


def test_a_released_result_would_show_published_numbers(released: Path) -> None:
    from mmneuroonco_tasks.benchmark import load_benchmark

    hashes = [
        load_benchmark(task, annotations=released / "benchmark", scope=scope).data_hash  # type: ignore[call-overload]
        for task in ("closed", "open")
        for scope in ("full", "nobrats")
    ]
    assert sorted(hashes) == sorted(published()["released"])
