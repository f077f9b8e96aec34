"""Instruction samples: what is read from a line, and what is said of one that is not in the released form."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmneuroonco_tasks.instructions import InstructionError, SampleProblem, parse_sample
from mmneuroonco_tasks.instructions.reading import LONGEST_LINE_BYTES, read_samples, scan
from mmneuroonco_tasks.instructions.samples import parse_options
from mmneuroonco_tasks.prompts import DIRECT, option_lines

OPTIONS = "A. Round\nB. Oval\nC. Lobulated\nD. Linear\nE. None of the above"
ASKED = f"What form has it?\n\nOptions:\n{OPTIONS}\n\nAnswer with the option letter only."


def record(text: str = ASKED, response: str = "B", image: Any = "a/b/c.png", **more: Any) -> dict[str, Any]:
    user, assistant = {"role": "user", "content": f"<image>\n{text}"}, {"role": "assistant", "content": response}
    return {"images": [image], "messages": [user, assistant], **more}


def problem_of(content: Any) -> tuple[str, str]:
    with pytest.raises(SampleProblem) as caught:
        parse_sample(content)
    return caught.value.kind, str(caught.value)


def test_the_three_variants_are_told_apart_by_what_they_hold() -> None:
    closed = parse_sample(record())
    assert (closed.variant, closed.answer, closed.question) == ("closed", "B", "What form has it?")
    assert closed.text == ASKED, "the prompt is the user's text without the picture's mark"
    assert closed.form is not None and closed.form.offers_rejection
    explained = parse_sample(record(f"What form?\nOptions:\n{OPTIONS}", "Final: E\nExplanation: It has none of these."))
    assert (explained.variant, explained.answer) == ("closed_cot", "E")
    opened = parse_sample(record("Question: Describe it.", "It is round.", meta={"id": 1, "question_type": "analysis"}))
    assert (opened.variant, opened.answer, opened.form) == ("open", None, None)
    assert opened.meta["question_type"] == "analysis"


@pytest.mark.parametrize(
    ("text", "stem", "letters"),
    [
        ("Which?\nOptions:\nA. x\nB. y", "Which?", "AB"),
        ("Which?\r\n\r\nOptions:\r\nA. x\r\nB. y\r\n\r\nAnswer.", "Which?", "AB"),
        ("Which?\nA) x\nB) y\nC) z", "Which?", "ABC"),
        ("Two\nlines?\n\noptions :\n A. x\n B. y\n", "Two\nlines?", "AB"),
        ("A. is a letter?\nOptions:\nA. x\nB. y\nAnswer with a letter.", "A. is a letter?", "AB"),
    ],
)
def test_stem_and_options_are_parsed_back_from_the_text(text: str, stem: str, letters: str) -> None:
    form = parse_options(text)
    assert (form.stem, "".join(form.options)) == (stem, letters)


_WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Zl", "Zp", "Cs")), min_size=1).map(
    lambda text: " ".join(text.split())
)


@given(st.lists(_WORDS.filter(bool), min_size=2, max_size=5))
def test_what_the_direct_protocol_writes_is_parsed_back_exactly(texts: list[str]) -> None:
    options = dict(zip("ABCDE", texts, strict=False))
    text = DIRECT.template.replace("{question}", "Which is it?").replace("{options}", option_lines(options))
    assert parse_options(text).options == options


@pytest.mark.parametrize(
    ("broken", "kind", "said"),
    [
        ([1], "schema", "expected an object"),
        (record() | {"images": []}, "schema", "exactly one path"),
        (record() | {"images": ["a.png", "b.png"]}, "schema", "exactly one path"),
        (record(image=7), "schema", "exactly one path"),
        (record(image="/data/a.png"), "path", "absolute or leaves"),
        (record(image="a/../../b.png"), "path", "absolute or leaves"),
        (record(image="C:\\a.png"), "path", "absolute or leaves"),
        (record(image="."), "path", "absolute or leaves"),
        (record() | {"messages": record()["messages"][:1]}, "schema", "one user message and one assistant message"),
        (record() | {"messages": record()["messages"][::-1]}, "schema", "role 'assistant' where user belongs"),
        (record(response="  "), "schema", "assistant message is no text or is empty"),
        (record(response="\ud800"), "schema", "assistant message is no text"),
        (record(meta=[1]), "schema", "meta is no object"),
        (record("<image> again"), "form", "one mark <image>"),
        (record(""), "form", "nothing but the picture"),
        (record("Which is it?", "C"), "form", "at least two option lines"),
        (record("Which?\nOptions:\nA. x", "A"), "form", "at least two option lines"),
        (record("Which?\nOptions:\nA. x\nC. y", "A"), "form", "lettered AC"),
        (
            record("Which?\nOptions:\n" + "\n".join(f"{letter}. x" for letter in "ABCDEF"), "A"),
            "form",
            "lettered ABCDEF",
        ),
        (record("Which?\nOptions:\nA. x\nB. y\n\nC. z", "A"), "form", "stands apart"),
        (record("Options:\nA. x\nB. y", "A"), "form", "no question before them"),
        (record(response="B."), "form", "neither a letter alone nor"),
        (record(response="The answer is B"), "form", "neither a letter alone nor"),
        (record(response="Final: B"), "form", "neither a letter alone nor"),
        (record(response="Final: B\nIt is oval."), "form", "neither a letter alone nor"),
        (record("Which?\nOptions:\nA. x\nB. y", "C"), "answer", "C is not one of the offered letters AB"),
        (record("Which?\nOptions:\nA. x\nB. y", "Final: D\nExplanation: so."), "answer", "offered letters AB"),
    ],
)
def test_what_is_not_in_the_released_form_is_named(broken: Any, kind: str, said: str) -> None:
    told_kind, told = problem_of(broken)
    assert told_kind == kind
    assert said in told


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@given(images=_JSON, messages=_JSON, meta=_JSON)
def test_no_record_whatever_breaks_the_reader(images: Any, messages: Any, meta: Any) -> None:
    for content in (images, {"images": images, "messages": messages, "meta": meta}):
        try:
            parse_sample(content)
        except SampleProblem as problem:
            assert str(problem)


@given(
    text=st.text(alphabet=list("ABCDE. \nOptions:<image>x"), max_size=200), response=st.sampled_from(["A", "E", "x"])
)
def test_no_text_whatever_breaks_the_reader(text: str, response: str) -> None:
    try:
        sample = parse_sample(record("x" + text, response))
    except SampleProblem:
        return
    assert sample.variant == "open" or (sample.form is not None and sample.answer in sample.form.options)


def test_lines_are_told_by_number_and_blank_ones_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    good = json.dumps(record()).encode()
    path.write_bytes(b"\xef\xbb\xbf" + good + b"\r\n\n{no json}\n" + good + b"\n[" * 1 + b"\n\xff\xfe\n" + good)
    rows = list(scan(path))
    assert [row.number for row in rows if row.sample] == [1, 4, 7]
    assert [(row.number, row.problem.kind) for row in rows if row.problem] == [(3, "json"), (5, "json"), (6, "json")]
    with pytest.raises(InstructionError, match=r"rows.jsonl, line 3: not valid JSON .*; repair or remove the line"):
        list(read_samples(path))


def test_a_line_without_end_is_one_problem_and_is_never_held_in_memory(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    good = json.dumps(record()).encode()
    path.write_bytes(good + b"\n" + b"x" * (2 * LONGEST_LINE_BYTES + 5) + b"\n" + good + b"\n" + b"[" * 100_000)
    read: list[int] = []
    rows = list(scan(path, read.append))
    assert [(row.number, bool(row.sample), len(row.content) < 1000) for row in rows[:3]] == [
        (1, True, True),
        (2, False, True),
        (3, True, True),
    ]
    assert "longer than 4 MB" in str(rows[1].problem)
    assert "nested too deeply" in str(rows[3].problem) or "not valid JSON" in str(rows[3].problem)
    assert sum(read) == path.stat().st_size, "progress counts every byte"


@pytest.mark.parametrize(
    ("content", "said"), [(None, "cannot be read"), (b"", "holds no sample"), (b"\n \n", "holds no")]
)
def test_a_file_without_samples_is_told_in_one_sentence(tmp_path: Path, content: bytes | None, said: str) -> None:
    path = tmp_path / "rows.jsonl"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InstructionError, match=said):
        list(scan(path))
