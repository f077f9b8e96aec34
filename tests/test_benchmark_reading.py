"""An annotation file is read whole or refused in one sentence that names file, image and field."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_up import CLOSED_QIDS, NONE_OF_THE_ABOVE, OPEN_QIDS, PATHS, closed_annotations, open_annotations

from mmneuroonco_tasks.benchmark import BenchmarkError
from mmneuroonco_tasks.benchmark.reading import parse_json_bytes, parse_questions


def test_closed_questions_are_read_in_file_order_with_every_field() -> None:
    questions = parse_questions(closed_annotations(), "closed", "closed.json")
    assert tuple(question.qid for question in questions) == CLOSED_QIDS
    trap = questions[2]
    assert (trap.qid, trap.question_type, trap.answer, trap.trap) == ("2_q2", "modality", "E", True)
    assert trap.original_answer == "T1" and trap.picture.path == PATHS[2]
    assert dict(trap.options) == {"A": "T2", "B": "FLAIR", "C": "T1CE", "D": "Ultrasound", "E": NONE_OF_THE_ABOVE}


def test_only_questions_with_a_fifth_option_offer_rejection() -> None:
    questions = parse_questions(closed_annotations(), "closed", "closed.json")
    assert [question.qid for question in questions if not question.offers_rejection] == ["1_q1"]


def test_open_questions_are_read_with_reference_and_keywords() -> None:
    questions = parse_questions(open_annotations(), "open", "open.json")
    assert tuple(question.qid for question in questions) == OPEN_QIDS
    assert questions[3].question_type == "Location" and questions[3].eval_keywords == ("lower", "right")
    assert questions[0].reference_answer == "The edge has small lobes." and questions[0].eval_keywords == ()


def test_slices_of_one_patient_share_the_smallest_image_id_as_cluster() -> None:
    questions = parse_questions(closed_annotations(), "closed", "closed.json")
    assert {question.picture.id: question.picture.cluster for question in questions} == {1: 1, 2: 2, 3: 3, 4: 3}
    assert {question.picture.id: question.picture.patient for question in questions} == {
        1: None,
        2: None,
        3: "BraTS2021_90001",
        4: "BraTS2021_90001",
    }


def test_the_smallest_id_names_the_cluster_in_whatever_order_the_file_is() -> None:
    questions = parse_questions(closed_annotations()[::-1], "closed", "closed.json")
    assert {question.picture.id: question.picture.cluster for question in questions} == {1: 1, 2: 2, 3: 3, 4: 3}


def _set(*way: Any, to: Any) -> Callable[[list[Any]], None]:
    """A change that puts ``to`` where the keys and indices of ``way`` lead."""

    def change(data: list[Any]) -> None:
        holder: Any = data
        for step in way[:-1]:
            holder = holder[step]
        holder[way[-1]] = to

    return change


def _delete(*way: Any) -> Callable[[list[Any]], None]:
    def change(data: list[Any]) -> None:
        holder: Any = data
        for step in way[:-1]:
            holder = holder[step]
        del holder[way[-1]]

    return change


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (_set(1, to="x"), "entry 2, field the entry: expected an object, found a text"),
        (_delete(1, "id"), "entry 2, field id: expected a whole number from 1, found None"),
        (_set(1, "id", to=True), "field id: expected a whole number from 1, found True"),
        (_set(1, "id", to=0), "field id: expected a whole number from 1, found 0"),
        (_set(1, "id", to="2"), "field id: expected a whole number from 1, found '2'"),
        (_set(1, "id", to=1), "image 1, field id: the same id stands in the file twice"),
        (_delete(1, "image_path"), "image 2, field image_path: expected a text, found nothing"),
        (_set(1, "image_path", to=""), "image 2, field image_path: is empty"),
        (_set(1, "image_path", to="/etc/x.png"), "image 2, field image_path: '/etc/x.png' is absolute"),
        (_set(1, "image_path", to="a/../../x.png"), "leaves the image folder"),
        (_set(1, "image_path", to="~/x.png"), "leaves the image folder"),
        (_set(1, "image_path", to="C:/x.png"), "leaves the image folder"),
        (_set(1, "image_path", to="a\\..\\x.png"), "leaves the image folder"),
        (_set(1, "image_path", to="a\0.png"), "leaves the image folder"),
        (_set(1, "image_path", to="."), "names no file"),
        (_delete(1, "vqa_pairs"), "image 2, field vqa_pairs: expected a list of questions, found nothing"),
        (_set(1, "vqa_pairs", to=[]), "image 2, field vqa_pairs: expected a list of questions, found an empty list"),
        (_set(1, "vqa_pairs", 1, to=7), "image 2, field vqa_pairs[2]: expected an object, found a int"),
        (_set(1, "vqa_pairs", 1, "question", to=None), "vqa_pairs[2].question: expected a text, found nothing"),
        (_set(1, "vqa_pairs", 1, "question", to=" "), "vqa_pairs[2].question: expected a text"),
        (
            _set(1, "vqa_pairs", 1, "question_type", to="mood"),
            "vqa_pairs[2].question_type: 'mood' is none of diagnosis",
        ),
        (
            _set(1, "vqa_pairs", 0, "options", to=["x"]),
            "vqa_pairs[1].options: expected at least two options, found a list",
        ),
        (_set(1, "vqa_pairs", 0, "options", to={"A": "x"}), "vqa_pairs[1].options: expected at least two options"),
        (
            _set(1, "vqa_pairs", 0, "options", "F", to="x"),
            "vqa_pairs[1].options: unknown letter 'F' (A to E are known)",
        ),
        (_set(1, "vqa_pairs", 0, "options", "a", to="x"), "vqa_pairs[1].options: unknown letter 'a'"),
        (_set(1, "vqa_pairs", 0, "options", "C", to=3), "vqa_pairs[1].options.C: expected a text"),
        (_set(1, "vqa_pairs", 0, "answer", to="F"), "vqa_pairs[1].answer: 'F' is not one of the offered letters ABCDE"),
        (_set(0, "vqa_pairs", 0, "answer", to="C"), "vqa_pairs[1].answer: 'C' is not one of the offered letters AB"),
        (_set(1, "vqa_pairs", 0, "answer", to=["B"]), "vqa_pairs[1].answer: ['B'] is not one of the offered letters"),
        (_delete(1, "vqa_pairs", 0, "answer"), "vqa_pairs[1].answer: None is not one of the offered letters"),
        (
            _set(1, "vqa_pairs", 1, "meta_trap", to="yes"),
            "vqa_pairs[2].meta_trap: expected true or false, found a text",
        ),
        (_set(1, "vqa_pairs", 1, "meta_trap", to=False), "vqa_pairs[2].meta_trap: is False although the answer is E"),
        (_set(1, "vqa_pairs", 0, "meta_trap", to=True), "vqa_pairs[1].meta_trap: is True although the answer is B"),
        (_set(1, "vqa_pairs", 1, "meta_original_answer", to=1), "vqa_pairs[2].meta_original_answer: expected a text"),
    ],
)
def test_what_is_wrong_in_a_closed_file_is_said(change: Callable[[list[Any]], None], sentence: str) -> None:
    data = closed_annotations()
    change(data)
    with pytest.raises(BenchmarkError) as caught:
        parse_questions(data, "closed", "mine.json")
    assert str(caught.value).startswith("mine.json: ") and sentence in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            _set(0, "qa_pairs", 1, "question_id", to="3_q9"),
            "image 3, field qa_pairs[2].question_id: '3_q9' stands where 3_q2",
        ),
        (_set(0, "qa_pairs", 1, "question_type", to="size"), "qa_pairs[2].question_type: 'size' is none of Detail"),
        (_set(0, "qa_pairs", 1, "reference_answer", to=""), "qa_pairs[2].reference_answer: is empty"),
        (_set(0, "qa_pairs", 1, "eval_keywords", to="solitary"), "qa_pairs[2].eval_keywords: expected a list of texts"),
        (_set(0, "qa_pairs", 1, "eval_keywords", to=[1]), "qa_pairs[2].eval_keywords: expected a list of texts"),
    ],
)
def test_what_is_wrong_in_an_open_file_is_said(change: Callable[[list[Any]], None], sentence: str) -> None:
    data = open_annotations()
    change(data)
    with pytest.raises(BenchmarkError) as caught:
        parse_questions(data, "open", "mine.json")
    assert sentence in str(caught.value)


@pytest.mark.parametrize("data", [None, {}, [], "x", 3])
def test_a_file_that_is_no_list_of_images_is_refused(data: Any) -> None:
    with pytest.raises(BenchmarkError, match=r"^mine\.json: expected a list of images, .*is this the closed file\?"):
        parse_questions(data, "closed", "mine.json")


def test_the_file_of_the_other_task_is_refused() -> None:
    with pytest.raises(BenchmarkError, match="image 3, field vqa_pairs"):
        parse_questions(open_annotations(), "closed", "open.json")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b'[{"id": 1', "not valid JSON"),
        (b"", "not valid JSON"),
        (b"\xff\xfe[]", "not valid JSON"),
        (b"[" * 100_000, "nested too deeply"),
        (b"[" + b"9" * 5000 + b"]", "not valid JSON"),
    ],
)
def test_bytes_that_are_no_json_are_refused(content: bytes, sentence: str) -> None:
    with pytest.raises(BenchmarkError, match=rf"^mine\.json: {sentence}.*; get it again|^mine\.json: {sentence}"):
        parse_json_bytes(content, "mine.json")


def test_a_byte_order_mark_is_no_error() -> None:
    assert parse_json_bytes(b"\xef\xbb\xbf[1]", "mine.json") == [1]


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(data=_JSON, task=st.sampled_from(["closed", "open"]))
def test_any_json_is_read_or_refused_in_one_sentence(data: Any, task: Any) -> None:
    try:
        parse_questions(data, task, "any.json")
    except BenchmarkError as error:
        assert str(error).startswith("any.json: ")


@given(replacement=_JSON, choice=st.data())
def test_a_file_with_any_one_value_replaced_is_read_or_refused_in_one_sentence(
    replacement: Any, choice: st.DataObject
) -> None:
    data = deepcopy(closed_annotations())
    holder: Any = data
    while True:
        key = choice.draw(st.sampled_from(range(len(holder)) if isinstance(holder, list) else sorted(holder)))
        if not isinstance(holder[key], dict | list) or choice.draw(st.booleans()):
            break
        holder = holder[key]
    holder[key] = replacement
    try:
        parse_questions(data, "closed", "any.json")
    except BenchmarkError as error:
        assert str(error).startswith("any.json: ")


def test_the_parsed_records_do_not_depend_on_how_the_json_is_written() -> None:
    written = [
        json.dumps(closed_annotations(), indent=n, sort_keys=s, ensure_ascii=s) for n, s in ((None, True), (4, False))
    ]
    first, second = (parse_questions(parse_json_bytes(text.encode(), "a"), "closed", "a") for text in written)
    assert first == second
