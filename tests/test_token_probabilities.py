"""From an answer's tokens to probabilities of letters, and with the answer through the lmms-eval task to the score."""

from __future__ import annotations

import copy
import math
import pickle
from math import log
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_up import write_benchmark

from mmneuroonco_tasks.benchmark.home import Home
from mmneuroonco_tasks.benchmark.prepare import prepare
from mmneuroonco_tasks.frameworks.asking import asking
from mmneuroonco_tasks.frameworks.lmms_eval_tasks import process_results, records_in, score_records
from mmneuroonco_tasks.frameworks.token_probabilities import AnswerText, letter_probabilities
from mmneuroonco_tasks.frameworks.variants import variant_named
from mmneuroonco_tasks.scores import Run

HALF, QUARTER = log(0.5), log(0.25)


@pytest.mark.parametrize(
    ("tokens", "expected"),
    [
        ([("B", {"B": HALF, "E": QUARTER})], {"B": 0.5, "E": 0.25}),
        ([(" B", {" B": QUARTER, "B": QUARTER, "(B": QUARTER})], {"B": 0.75}),
        ([("\n", {"\n": 0.0}), ("(", {"(": 0.0}), ("C", {"C": HALF})], {"C": 0.5}),
        ([("B", {"B": HALF, "b": QUARTER, "F": QUARTER, "Because": QUARTER})], {"B": 0.5}),
        ([("The", {"The": HALF, "A": QUARTER})], None),  # "A" could be the article as well
        ([("<think>", {"<think>": 0.0}), ("A", {"A": 0.0})], None),
        ([("Final", {"Final": 0.0, "A": -9.0}), (":", {}), (" A", {" A": 0.0})], None),
        ([("B", {})], None),
        ([("B", {"B": -math.inf})], None),
        ([("B", {"B": 0.0, " B": 0.0})], None),  # more than certain
        ([("B", {"B": math.nan})], None),
        ([], None),
    ],
)
def test_the_first_token_must_be_a_letter(
    tokens: list[tuple[str, dict[str, float]]], expected: dict[str, float] | None
) -> None:
    found = letter_probabilities(tokens)
    assert found == (None if expected is None else pytest.approx(expected))


TOKENS = st.text(alphabet="ABCDEFab (.*\n", max_size=3)


@given(st.lists(st.tuples(TOKENS, st.dictionaries(TOKENS, st.floats(max_value=0), max_size=5)), max_size=4))
def test_whatever_an_endpoint_says_they_are_probabilities_or_nothing(
    tokens: list[tuple[str, dict[str, float]]],
) -> None:
    found = letter_probabilities(tokens)
    assert found is None or (set(found) <= set("ABCDE") and 0 < sum(found.values()) <= 1 + 1e-6)


def test_a_text_keeps_them_wherever_a_framework_sends_it() -> None:
    text = AnswerText(" B\n", {"B": 0.5})
    for sent in (copy.deepcopy(text), pickle.loads(pickle.dumps(text)), text.strip()):
        assert sent.strip() == "B" and sent.probabilities == {"B": 0.5}
    assert AnswerText("B").probabilities == {}


def test_they_go_with_the_answer_through_the_task_to_the_score(home: Path, tmp_path: Path) -> None:
    made = write_benchmark(tmp_path / "made")
    prepare(Home.default(), [made.closed], [made.images])
    asked = asking(variant_named("mmneuroonco_closed"))
    told = {"B": 0.5, "E": 0.25}
    items = []
    for number, question in enumerate(asked.shown.questions):
        text = AnswerText("B", told) if number else "The answer is B."
        items.append(process_results({"qid": question.qid, "task": "mmneuroonco_closed"}, [text])["accuracy"])
    assert "probabilities" not in items[0] and items[1]["probabilities"] == told
    _, result = score_records(asked, asked.scored, records_in(items), Run())
    assert result["metrics"]["aurc"]["n"] == len(items) - 1
    assert result["confidence"]["risk_coverage"]["coverage"] == [1.0], "all are equally sure"


def test_of_a_reply_to_a_whole_image_they_say_nothing(home: Path, tmp_path: Path) -> None:
    made = write_benchmark(tmp_path / "made")
    prepare(Home.default(), [made.closed], [made.images])
    asked = asking(variant_named("mmneuroonco_closed_batch"))
    item = process_results(
        {"qid": asked.requests()[0][0], "task": "mmneuroonco_closed_batch"}, [AnswerText("Q1: B", {"B": 1.0})]
    )
    assert all("probabilities" not in record for record in item["accuracy"])
