"""The prompts: each form as it reaches a model, in a golden file; template files of the user; hashes."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmneuroonco_tasks.benchmark import BenchmarkError, ClosedQuestion, Picture
from mmneuroonco_tasks.prompts import BATCH, BLIND, COT, DIRECT, FORMS, PROTOCOLS, named_protocol, read_protocol

GOLDEN = Path(__file__).with_name("golden") / "prompts.txt"
PICTURE = Picture(7, "kind/place/7.png", 7)
FIVE = ClosedQuestion(
    "7_q1",
    PICTURE,
    "shape",
    "Which outline has the bright spot?",
    {"A": "ring", "B": "star", "C": "leaf", "D": "drop", "E": "None of the above"},
    "B",
)
TWO = ClosedQuestion("7_q2", PICTURE, "diagnosis", "Is the slice empty?", {"A": "Empty", "B": "Not empty"}, "A")


def shown() -> str:
    """Every closed form as it reaches a model: settings, system text, user text."""
    parts = []
    for name, form in {**FORMS, "blind": BLIND, "cot": COT, "batch": BATCH}.items():
        texts = [form.text(FIVE, TWO)] if form.per == "image" else [form.text(FIVE), form.text(TWO)]
        head = f"=== {name}: picture {form.image}, one request a {form.per}, {form.max_new_tokens} tokens"
        parts.append("\n".join([head, f"--- system\n{form.system}", *(f"--- user\n{text}" for text in texts)]))
    return "\n\n".join(parts) + "\n"


def test_every_form_is_as_in_the_golden_file() -> None:
    assert shown() == GOLDEN.read_text(encoding="utf-8")


def test_the_direct_prompt_is_the_released_one() -> None:
    assert DIRECT.text(TWO) == (
        "Is the slice empty?\n\nOptions:\nA. Empty\nB. Not empty\n\nAnswer with the option letter only."
    )


def test_only_offered_letters_are_named() -> None:
    assert "(A or B)" in FORMS["letter-only"].text(TWO)
    assert "(A, B, C, D or E)" in FORMS["letter-only"].text(FIVE)


def test_the_hash_changes_with_what_a_model_sees_and_with_nothing_else() -> None:
    assert replace(DIRECT, name="other").key.split("-")[-1] == DIRECT.key.split("-")[-1]
    changed = (
        replace(DIRECT, system="x"),
        replace(DIRECT, image="last"),
        replace(DIRECT, template="{question}"),
        BLIND,
    )
    hashes = {protocol.key.rsplit("-", 1)[1] for protocol in (DIRECT, *changed)}
    assert len(hashes) == 5
    assert len({protocol.key for protocol in PROTOCOLS.values()}) == len(PROTOCOLS)


@given(st.text(alphabet="{}questionptslr _", max_size=40))
def test_a_question_full_of_braces_stays_as_it_is(text: str) -> None:
    asked = replace(TWO, question=text or "?")
    assert DIRECT.text(asked).startswith(asked.question + "\n\nOptions:")


def test_a_users_own_template_is_a_protocol(tmp_path: Path) -> None:
    path = tmp_path / "paper.json"
    content = {"name": "paper", "template": "{question} {options} Letter?", "max_new_tokens": 5, "system": "Be kind."}
    path.write_text(json.dumps(content), encoding="utf-8")
    protocol = named_protocol(str(path))
    assert protocol.text(TWO) == "Is the slice empty? A. Empty\nB. Not empty Letter?"
    assert protocol.key.startswith("paper-") and protocol.generation == "greedy-5"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"template": "no fields"}, "template lacks {question}"),
        ({"template": "{question}"}, "template lacks {options}"),
        ({"per": "image", "item": "{question}{options}"}, "template lacks {questions}"),
        ({"per": "image", "template": "{questions}"}, "item lacks {question}"),
        ({"image": "beside"}, "image must be first, last or none"),
        ({"per": "patient"}, "per must be question or image"),
        ({"max_new_tokens": True}, "max_new_tokens must be a whole number"),
        ({"max_new_tokens": 0}, "max_new_tokens must be a whole number"),
        ({"name": "direct"}, "none of ours"),
        ({"name": "with|bar"}, "lower-case letters"),
        ({"temperature": 1}, "'temperature' is unknown"),
        ({"system": 3}, "system must be a text"),
    ],
)
def test_a_malformed_template_is_told_in_one_sentence(tmp_path: Path, change: dict[str, Any], sentence: str) -> None:
    path = tmp_path / "paper.json"
    content = {"name": "paper", "template": "{question} {options}", "max_new_tokens": 5, **change}
    path.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(BenchmarkError, match="correct the template") as error:
        read_protocol(path)
    assert sentence in str(error.value) and str(path) in str(error.value)


def test_a_name_that_is_neither_form_nor_file_is_told() -> None:
    with pytest.raises(BenchmarkError, match="no protocol is called haiku: use direct"):
        named_protocol("haiku")
