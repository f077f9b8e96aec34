"""Every wording in the golden tables is read as it must be, kind by kind."""

from __future__ import annotations

import pytest
from answer_tables import cases, shown

from mmneuroonco_tasks.answers import Outcome, read_answer, read_batch

SINGLE = ("answers_single.txt", "answers_second.txt", "answers_third.txt", "answers_fourth.txt")
BATCH = ("answers_batch.txt", "answers_batch_second.txt")


def kinds(tables: tuple[str, ...]) -> list[tuple[str, str]]:
    return sorted({(table, case.kind) for table in tables for case in cases(table)})


@pytest.mark.parametrize(("table", "kind"), kinds(SINGLE))
def test_a_response_to_one_question_is_read_as_the_table_says(table: str, kind: str) -> None:
    wrong = []
    for case in cases(table):
        if case.kind == kind:
            answer = read_answer(case.response, case.options[0])
            if shown(answer) not in case.expected[0]:
                wrong.append((case.response, case.expected[0], shown(answer), answer.rule))
    assert wrong == []


@pytest.mark.parametrize(("table", "kind"), kinds(BATCH))
def test_a_response_to_all_questions_is_read_as_the_table_says(table: str, kind: str) -> None:
    wrong = []
    for case in cases(table):
        if case.kind == kind:
            read = tuple(map(shown, read_batch(case.response, case.options)))
            if any(one not in expected for one, expected in zip(read, case.expected, strict=True)):
                wrong.append((case.response, case.expected, read))
    assert wrong == []


def test_the_tables_are_as_large_as_they_claim_to_be() -> None:
    assert sum(1 for table in SINGLE for _ in cases(table)) > 2500
    assert sum(1 for table in BATCH for _ in cases(table)) > 350


@pytest.mark.parametrize("refusal", ["refused", "failed"])
def test_no_refusal_or_failure_is_a_letter_whatever_is_offered(refusal: str) -> None:
    responses = [case.response for table in SINGLE for case in cases(table) if case.expected == ((refusal,),)][::6]
    offered = {tuple(case.options[0].items()) for table in SINGLE for case in cases(table)}
    letters = [
        (response, dict(options))
        for options in sorted(offered)
        for response in responses
        if read_answer(response, dict(options)).letter is not None
    ]
    assert letters == []
    assert len(responses) > 20


def test_a_rejection_is_an_answer_with_the_letter_e_and_nothing_else_is_called_one() -> None:
    for case in cases("answers_single.txt"):
        answer = read_answer(case.response, case.options[0])
        assert (answer.outcome is Outcome.REJECTED) == (answer.letter == "E")
