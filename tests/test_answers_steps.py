"""The steps of reading, one by one, where a table of whole responses would not show what went wrong."""

from __future__ import annotations

import doctest
from importlib import import_module

import pytest

from mmneuroonco_tasks.answers import read_answer
from mmneuroonco_tasks.answers.concepts import concept_of
from mmneuroonco_tasks.answers.failures import is_failure
from mmneuroonco_tasks.answers.labels import find_labels
from mmneuroonco_tasks.answers.markup import without_markup
from mmneuroonco_tasks.answers.normalise import plain
from mmneuroonco_tasks.answers.options import reader_of, words
from mmneuroonco_tasks.answers.reasoning import last_speaker, without_reasoning
from mmneuroonco_tasks.answers.single import read_spoken
from mmneuroonco_tasks.answers.structured import fields, json_answer, json_value

MODULES = (
    "concepts", "failures", "gates", "labels", "markup", "mentions", "needed", "normalise", "options", "reasoning", "refusals", "rejection", "remembering",  # noqa: E501
    "sentences", "single", "batch", "structured", "tables", "outcome", "vocabulary",
)  # fmt: skip


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_in_the_documentation_are_right(name: str) -> None:
    assert doctest.testmod(import_module(f"mmneuroonco_tasks.answers.{name}")).failed == 0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("no tags", "no tags"),
        ("<think>a</think>b", "b"),
        ("<think>a<think>b</think>c", "c"),
        ("a</think>b</think>c", "c"),
        ("◁think▷a◁/think▷b", "b"),
        ("analysisWe think.assistantfinalB", "B"),
    ],
)
def test_reasoning_is_dropped(text: str, said: str) -> None:
    result = without_reasoning(text)
    assert result is not None
    assert result.strip() == said


@pytest.mark.parametrize("text", ["<think>a", "x <thinking>B", "<unused94>thought B", "analysisWe think B."])
def test_reasoning_that_never_ends_leaves_nothing(text: str) -> None:
    assert without_reasoning(text) is None


def test_only_the_models_own_turn_is_read() -> None:
    assert last_speaker("user\nA or B?\nassistant\nB") == "B"
    assert last_speaker("B\nUSER: and now?\nASSISTANT: A") == "B"


@pytest.mark.parametrize(
    ("typed", "spelled"),
    [
        ("Ｂ", "B"),
        ("𝐁", "B"),
        ("Ⓑ", "B"),
        ("🅑", "B"),
        ("“B”", '"B"'),
        ("B\u200b", "B"),
        ("B -> C", "B → C"),
        ("\ue001", ""),
    ],
)
def test_every_character_has_one_spelling(typed: str, spelled: str) -> None:
    assert plain(typed) == spelled


@pytest.mark.parametrize(
    ("marked_up", "lines"),
    [("**b**", "(b)"), ("<b>B</b>", "B"), ("~~A~~ B", "B"), ("$\\text{B}$", "B"), ("# B", "B"), ("> 5 cm", "> 5 cm")],
)
def test_markup_becomes_plain_lines(marked_up: str, lines: str) -> None:
    assert without_markup(marked_up).strip() == lines


@pytest.mark.parametrize(
    "text", ["B", "The error rate is low: B", "Error-free, so B", "500 images were seen", "1–3 cm"]
)
def test_what_a_model_says_is_no_failure(text: str) -> None:
    assert not is_failure(text)


def test_fields_are_told_from_the_text_around_them() -> None:
    assert [part for inside, part in fields(r"\boxed{\text{B}} or <answer>C</answer>") if inside] == [r"\text{B}", "C"]
    assert json_answer(json_value('{"why": "A?", "answer": "B"}')) == ["B"]
    assert json_value("{not json}") is None


def test_announced_numbers_are_surer_than_bare_ones() -> None:
    assert [label.number for label in find_labels("1. A lesion.\n2. A ring.\n\nQ1: C\nQ2: A", 2)] == [1, 2]


def test_texts_are_compared_without_case_and_punctuation() -> None:
    assert words("Irregular/Spiculated") == words("irregular_spiculated")
    assert words("< 1 cm") != words("> 1 cm")


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("T1_CE", "T1-weighted post-contrast", True),
        ("FLAIR", "T2_FLAIR", True),
        ("T1", "T1 with contrast", False),
        ("T2", "FLAIR", False),
        ("Healthy", "normal study", True),
        ("Healthy", "Abnormal", False),
    ],
)
def test_synonyms_are_one_concept_and_neighbours_are_not(first: str, second: str, same: bool) -> None:
    assert concept_of(first) is not None
    assert (concept_of(first) == concept_of(second)) is same


@pytest.mark.parametrize("form", ["{}", "{}.", "{})", "({})", " {}\n", "**{}**", "{}!", "{},", "[{}]"])
@pytest.mark.parametrize(
    "options",
    [
        {"A": "glioma", "B": "T2", "C": "or C", "D": "Cannot be determined", "E": "None of the above"},
        {"A": "Healthy", "B": "Abnormal"},
        {"A": "T1_CE", "B": "T1", "C": "B", "D": "Large (> 3 cm)", "E": "None of the above"},
        {"A": "glioma", "B": "None of the above", "C": "abscess", "D": "lymphoma", "E": "meningioma"},
        {"B": "&amp;A", "A": "Ⓑ"},
    ],
)
def test_a_letter_alone_comes_to_what_the_long_way_makes_of_it(form: str, options: dict[str, str]) -> None:
    for letter in "ABCDEFGHI":
        response = form.format(letter)
        assert read_answer(response, options) == read_spoken(plain(response), reader_of(options))
