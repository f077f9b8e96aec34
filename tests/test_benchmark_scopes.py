"""Scopes and subsets are lists of questions, chosen by one mechanism."""

from __future__ import annotations

from pathlib import Path

import pytest
from made_up import CLOSED_QIDS, closed_annotations, write_benchmark

from mmneuroonco_tasks.benchmark import BenchmarkError, load_benchmark
from mmneuroonco_tasks.benchmark.reading import parse_questions
from mmneuroonco_tasks.benchmark.scopes import questions_in, read_qids

QUESTIONS = parse_questions(closed_annotations(), "closed", "closed.json")


def test_full_has_every_question_and_nobrats_those_without_a_patient() -> None:
    full, nobrats = questions_in("full", QUESTIONS), questions_in("nobrats", QUESTIONS)
    assert full == ("full", QUESTIONS)
    assert nobrats[0] == "nobrats" and [question.qid for question in nobrats[1]] == ["1_q1", "2_q1", "2_q2"]


def test_a_list_of_qids_is_a_scope_named_after_its_file(tmp_path: Path) -> None:
    listed = tmp_path / "hard.txt"
    listed.write_text("\ufeff3_q2\n# a comment\n\n1_q1  # the healthy one\n3_q2\n", encoding="utf-8")
    assert read_qids(listed) == ("3_q2", "1_q1")
    name, chosen = questions_in(str(listed), QUESTIONS)
    assert name == "hard" and [question.qid for question in chosen] == ["1_q1", "3_q2"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "holds no question id; write one a line, such as 3_q1."),
        ("# nothing\n", "holds no question id"),
        ("3_q1\nthree\n", "line 2: 'three' is no question id such as 3_q1; correct it."),
        ("3q1", "line 1: '3q1' is no question id"),
        ("3_q", "line 1: '3_q' is no question id"),
        ("-3_q1", "line 1: '-3_q1' is no question id"),
    ],
)
def test_a_list_that_is_none_is_refused(tmp_path: Path, text: str, sentence: str) -> None:
    listed = tmp_path / "list.txt"
    listed.write_text(text, encoding="utf-8")
    with pytest.raises(BenchmarkError) as caught:
        read_qids(listed)
    assert str(listed) in str(caught.value) and sentence in str(caught.value)


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BenchmarkError, match="cannot be read"):
        read_qids(tmp_path / "list.txt")


def test_a_list_with_a_foreign_qid_is_refused(tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_text("1_q1\n77_q1\n", encoding="utf-8")
    with pytest.raises(BenchmarkError, match="77_q1 is not a question of these annotations; remove it"):
        questions_in(str(tmp_path / "list.txt"), QUESTIONS)


def test_an_unknown_scope_is_refused_with_the_known_ones() -> None:
    with pytest.raises(BenchmarkError, match="no scope is called everything: use full, nobrats or the path of"):
        questions_in("everything", QUESTIONS)


def test_a_scope_without_a_question_is_refused() -> None:
    only_brats = [question for question in QUESTIONS if question.picture.patient]
    with pytest.raises(BenchmarkError, match="the scope nobrats is empty for these annotations; use --scope full"):
        questions_in("nobrats", only_brats)


def test_asking_fewer_questions_of_a_scope_makes_it_partial(tmp_path: Path) -> None:
    made = write_benchmark(tmp_path)
    benchmark = load_benchmark("closed", annotations=made.closed, images=made.images)
    assert not benchmark.partial and len(benchmark) == len(CLOSED_QIDS) == benchmark.scope_size
    fewer = benchmark.restricted_to(["3_q2", "1_q1"])
    assert fewer.partial and [question.qid for question in fewer.questions] == ["1_q1", "3_q2"]
    assert fewer.scope_size == len(CLOSED_QIDS) and fewer.data_hash == benchmark.data_hash
    assert "1_q1" in fewer and "2_q1" not in fewer and fewer["3_q2"].question_type == "modality"
    assert [picture.id for picture in fewer.pictures] == [1, 3]


def test_asking_what_the_scope_has_not_is_refused(tmp_path: Path) -> None:
    made = write_benchmark(tmp_path)
    nobrats = load_benchmark("closed", annotations=made.closed, images=made.images, scope="nobrats")
    with pytest.raises(BenchmarkError, match=r"3_q1 is not a question of closed/nobrats \(nor are 1 more\)"):
        nobrats.restricted_to(["3_q1", "4_q1", "1_q1"])
