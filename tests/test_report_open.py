"""Open results in every report: what was scored, and how many attributes were asked for and left out, and why."""

from __future__ import annotations

import re
from io import StringIO
from typing import Any

import pytest
from rich.console import Console

from mmneuroonco_tasks.benchmark.records import Benchmark, OpenQuestion, Picture
from mmneuroonco_tasks.reports.page import report_page
from mmneuroonco_tasks.reports.result_tables import attribute_table
from mmneuroonco_tasks.reports.shown import shown
from mmneuroonco_tasks.reports.terminal import print_result
from mmneuroonco_tasks.scores import Run
from mmneuroonco_tasks.scores.open_registry import OPEN_TABLE_METRICS
from mmneuroonco_tasks.scoring import score_open_run

#: Stem and reference: the second names the shape itself, the fourth's reference says nothing of the spread.
ASKED = (
    ("Detail", "How do the margins of the drawn lesion look?", "It is lobulated."),
    ("Reasoning", "How do the round shape and the size fit?", "It is of medium size."),
    ("Location", "Where does the drawn lesion lie?", "It lies in the centre."),
    ("Detail", "Is the drawn lesion solitary or multifocal?", "It has a bright rim."),
)


@pytest.fixture(scope="module")
def result() -> dict[str, Any]:
    picture = Picture(1, "glioma/08_t1ce/0001.png", 1)
    questions = tuple(OpenQuestion(f"1_q{n}", picture, *asked, ()) for n, asked in enumerate(ASKED, start=1))
    benchmark = Benchmark("open", "full", questions, len(questions), "00000000")
    return score_open_run(benchmark, {"1_q1": "lobulated", "1_q2": "large"}, Run(model="stub"))[1]


def test_the_table_of_attributes_counts_those_left_out(result: dict[str, Any]) -> None:
    table = attribute_table(shown([result]))
    assert table.columns[-3:] == ("n", "given", "unstated")
    assert {row[0]: row[-3:] for row in table.rows} == {
        "shape": (1, 1, 0),
        "sector": (1, 0, 0),
        "size": (1, 0, 0),
        "spread": (0, 0, 1),
    }
    older = {**result, "counts": {"asked": 4, "scope": 4}}
    assert {row[-2:] for row in attribute_table(shown([older])).rows} == {(None, None)}


def test_the_page_shows_the_same_table(result: dict[str, Any]) -> None:
    page = re.sub(r"<[^>]+>", " ", report_page(shown([result])))
    (row,) = re.findall(r"\bunstated\s+shape\s+R1\s+1\.000\s+1\.000\s+(?:0\.\d+–1\.000\s+)?(\d+)\s+(\d+)\s+(\d+)", page)
    assert row == ("1", "1", "0")
    assert "named by the question itself" in page


def test_the_terminal_says_how_many_were_left_out(result: dict[str, Any]) -> None:
    printed = StringIO()
    print_result(result, OPEN_TABLE_METRICS, console=Console(file=printed, width=200))
    assert (
        "Attributes scored: 3; left out: 1 that the question itself names (shape 1), 1 unstated (spread 1).\n"
    ) in printed.getvalue()
