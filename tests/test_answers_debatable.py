"""The cases that could be read either way, decided once; and the words of a refusal beside a pick."""

from __future__ import annotations

import math
from typing import Any

import pytest
from answer_tables import option_sets, shown

from mmneuroonco_tasks import read_answer, read_batch
from mmneuroonco_tasks.answers import Outcome

SETS = option_sets()
SHAPES = {"A": "Round", "B": "Linear", "C": "Oval", "D": "Irregular", "E": "None of the above"}
FOUR = {"A": "metastasis", "B": "glioma", "C": "abscess", "D": "Schwannoma", "E": "None of the above"}
TWICE = {"A": "schwannoma", "B": "glioma", "C": "Schwannoma", "D": "abscess", "E": "None of the above"}
WEIGHTED = {"A": "T1", "B": "T1-weighted MRI", "C": "FLAIR", "D": "DWI", "E": "None of the above"}


@pytest.mark.parametrize(
    ("response", "options", "expected"),
    [
        ("Lobulated", SHAPES, "unparsed"),
        ("The lesion is lobulated, which is not listed.", SHAPES, "unparsed"),
        ("Lobulated, which is not listed, so none of the above", SHAPES, "E"),
        ("B. Schwannoma", FOUR, "ambiguous"),
        ("E. glioma", FOUR, "ambiguous"),
        ("A. Schwannoma", TWICE, "A"),
        ("C. Schwannoma", TWICE, "C"),
        ("Schwannoma", TWICE, "ambiguous"),
        ("T1-weighted", WEIGHTED, "ambiguous"),
        ("T1-weighted MRI", WEIGHTED, "B"),
        ("T1", WEIGHTED, "A"),
        ("None", FOUR, "E"),
        ("2", FOUR, "unparsed"),
        ("The second option", FOUR, "B"),
        ("B, or possibly D", FOUR, "B"),
        ("Most likely B, but D can't be excluded", FOUR, "B"),
        ("I can't be certain, but B", FOUR, "B"),
        ("A: 10%, B: 70%, C: 10%, D: 10%", FOUR, "unparsed"),
        ("I cannot determine the diagnosis, so none of the above.", FOUR, "E"),
        ("BBBBBBBB", FOUR, "unparsed"),
    ],
)
def test_a_debatable_response_is_decided(response: str, options: dict[str, str], expected: str) -> None:
    assert shown(read_answer(response, options)) == expected


def test_letters_for_more_questions_than_were_asked_answer_none_of_them() -> None:
    assert [shown(answer) for answer in read_batch("C A B D E", [FOUR, SHAPES])] == ["unparsed", "unparsed"]


@pytest.mark.parametrize(
    ("response", "hedged"),
    [
        ("I cannot determine the diagnosis, so none of the above.", True),
        ("I can't give medical advice, but the answer is B.", True),
        ("B", False),
        ("None of the above", False),
        ("The answer is B because the margin infiltrates.", False),
    ],
)
def test_a_pick_in_the_words_of_a_refusal_is_hedged(response: str, hedged: bool) -> None:
    answer = read_answer(response, FOUR)
    assert answer.letter is not None
    assert answer.hedged is hedged


def test_an_offered_option_that_sounds_like_a_refusal_is_an_option() -> None:
    answer = read_answer("Cannot be determined from this slice", SETS["ref"])
    assert (answer.letter, answer.hedged) == ("C", False)


@pytest.mark.parametrize("nothing", [None, math.nan, float("nan"), "", "  \n"])
def test_no_response_is_a_failure(nothing: Any) -> None:
    assert read_answer(nothing, FOUR).outcome is Outcome.FAILED
    assert [answer.outcome for answer in read_batch(nothing, [FOUR, SHAPES])] == [Outcome.FAILED] * 2


def test_a_number_from_a_sheet_is_read_as_its_text() -> None:
    number: Any = 2
    assert read_answer(number, FOUR).outcome is Outcome.UNPARSED


def test_a_batch_without_questions_has_no_answers() -> None:
    assert read_batch("Q1: A", []) == []


MOVED = {"A": "metastasis", "B": "None of the above", "C": "glioma", "D": "abscess", "E": "Schwannoma"}


@pytest.mark.parametrize(
    ("response", "outcome", "letter"),
    [
        ("None of the above", Outcome.REJECTED, "B"),
        ("None of these options fits.", Outcome.REJECTED, "B"),
        ("Answer: B", Outcome.REJECTED, "B"),
        ("E", Outcome.ANSWERED, "E"),
        ("Schwannoma", Outcome.ANSWERED, "E"),
        ("B. Schwannoma", Outcome.AMBIGUOUS, None),
    ],
)
def test_none_of_the_above_is_known_by_its_words_wherever_it_stands(
    response: str, outcome: Outcome, letter: str | None
) -> None:
    answer = read_answer(response, MOVED)
    assert (answer.outcome, answer.letter) == (outcome, letter)
