"""What the released evaluators would have read, mistakes included."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmneuroonco_tasks.answers.outcome import Outcome
from mmneuroonco_tasks.released_extractors import (
    RELEASED_BATCH_EXTRACTORS,
    RELEASED_EXTRACTORS,
    read_released,
    read_released_batch,
    released_batch_first,
    released_batch_last,
    released_first,
    released_letter,
)

FIVE = dict.fromkeys("ABCDE", "text")
TWO = dict.fromkeys("AB", "text")


@pytest.mark.parametrize(
    ("text", "letter"),
    [
        ("b", "B"),
        (" D\n", "D"),
        ("C. lobulated", "C"),
        ("The answer is (B).", "B"),
        ("[A]", "A"),
        ("Answer: D", "D"),
        ("A lesion is seen. Answer: D", "A"),
        ("I cannot determine", "E"),
        ("A meningioma.", "A"),
        ("<think>A?</think>B", "B"),
        ("**C**", "C"),
        ("No.", None),
        ("", None),
    ],
)
def test_released_letter(text: str, letter: str | None) -> None:
    assert released_letter(text) == letter


@pytest.mark.parametrize(
    ("text", "letter"),
    [("d", "D"), ("**C**", "C"), ("I choose b, not d", "B"), ("I cannot determine", None), ("meningioma", None)],
)
def test_released_first(text: str, letter: str | None) -> None:
    assert released_first(text) == letter


@pytest.mark.parametrize(
    ("text", "letters"),
    [
        ("Q1: C\nQ2: A", ["C", "A"]),
        ("q2: a\nq1: c", ["C", "A"]),
        ("Q1: C. text\nQ2: A", ["C", "A"]),  # the first line is not exact, so the last two letters fill it
        ("Q1 - C\nQ2 - A", ["C", "A"]),
        ("Draft: D. Q2: B\nQ1: C", ["C", "C"]),
        ("Q1: C", ["C", None]),
        ("Q3: C\nQ1: A", ["A", "A"]),
        ("", [None, None]),
    ],
)
def test_released_batch_last(text: str, letters: list[str | None]) -> None:
    assert released_batch_last(text, 2) == letters


@pytest.mark.parametrize(
    ("text", "letters"),
    [
        ("1: C\n2. A", ["C", "A"]),
        ("Q1: C\nQ2: A", ["C", "A"]),
        ("First 1: C, then 2: A", ["C", "A"]),
        ("1: C\nthe second is a tumour", ["C", "A"]),
        ("2: A", ["A", None]),
        ("", [None, None]),
    ],
)
def test_released_batch_first(text: str, letters: list[str | None]) -> None:
    assert released_batch_first(text, 2) == letters


def test_a_letter_that_is_not_offered_is_unparsed() -> None:
    assert read_released("released-letter", "I cannot determine", TWO).outcome is Outcome.UNPARSED
    assert read_released("released-letter", "I cannot determine", FIVE).outcome is Outcome.REJECTED
    read = read_released_batch("released-batch-last", "Q1: E\nQ2: E", [TWO, FIVE])
    assert [answer.letter for answer in read] == [None, "E"]
    assert {answer.rule for answer in read} == {"released-batch-last"}


@given(st.text(max_size=300))
def test_any_text_is_read_without_an_error(text: str) -> None:
    for extract in RELEASED_EXTRACTORS.values():
        assert extract(text) in {*"ABCDE", None}
    for extract_all in RELEASED_BATCH_EXTRACTORS.values():
        letters = extract_all(text, 3)
        assert len(letters) == 3
        assert set(letters) <= {*"ABCDE", None}


@pytest.mark.parametrize("piece", ["\n", " ", "A", "Q1:", "1", "1: ", "q", "(", "ß"])
def test_long_texts_are_read_in_linear_time(piece: str) -> None:
    text = piece * 100_000  # quadratic reading would take minutes
    for extract in RELEASED_EXTRACTORS.values():
        extract(text)
    for extract_all in RELEASED_BATCH_EXTRACTORS.values():
        extract_all(text, 6)


def test_the_labelled_responses_show_the_known_shares(released: Path) -> None:
    """Of the single-answer responses 42–46 % are read as labelled (a letter or none), 4–39 % of the refusals as E."""
    path = released / "responses" / "closed_dev.jsonl"
    responses = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    single = [response for response in responses if response["mode"] != "batch"]
    refusals = [response for response in single if response["expected"]["status"] == "refused"]
    found = {}
    for name, extract in RELEASED_EXTRACTORS.items():
        right = sum(extract(response["response"]) == response["expected"]["letter"] for response in single)
        as_e = sum(extract(response["response"]) == "E" for response in refusals)
        found[name] = (round(100 * right / len(single)), round(100 * as_e / len(refusals)))
        print(f"{name}: {right}/{len(single)} as labelled, {as_e}/{len(refusals)} refusals read as E")
    assert found == {"released-letter": (42, 39), "released-first": (46, 4)}
