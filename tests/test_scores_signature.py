"""The signature: one line for a number, and what makes two runs not comparable."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmneuroonco_tasks import __version__
from mmneuroonco_tasks.answers.outcome import EXTRACT_VERSION
from mmneuroonco_tasks.benchmark.records import Benchmark, ClosedQuestion, Picture
from mmneuroonco_tasks.scores.signature import (
    COMPARABILITY,
    Run,
    Signature,
    SignatureError,
    clean_value,
    differences,
)

QUESTIONS = tuple(
    ClosedQuestion(f"{n}_q1", Picture(n, "a/b/c.png", n), "size", "Which?", {"A": "x", "B": "y"}, "A")
    for n in range(1, 4)
)
BENCHMARK = Benchmark("closed", "full", QUESTIONS, 3, "1a2b3c4d", "99aabbcc")
RUN = Run("direct-5e6f7a8b", "question", "greedy-16", via="lmms-eval-0.7.3", model="owner/model-2B")


def test_the_line_of_a_whole_run() -> None:
    line = Signature.of_run(BENCHMARK, RUN).line()
    assert line == (
        "mmneuroonco|task:closed|scope:full|data:1a2b3c4d|img:99aabbcc|n:3|prompt:direct-5e6f7a8b|per:question"
        f"|gen:greedy-16|extract:{EXTRACT_VERSION}|via:lmms-eval-0.7.3|model:owner/model-2B|ci:cluster-bs10000"
        f"|seed:0|c:{COMPARABILITY}|v:{__version__}"
    )


def test_the_line_of_a_short_and_failing_run_says_so() -> None:
    signature = Signature.of_run(dataclasses.replace(BENCHMARK, scope_size=3190), RUN, failed=1, missing=2)
    assert "|n:3/3190|" in signature.line()
    assert signature.line().endswith("|failed:1|missing:2|PARTIAL")
    assert signature.partial


def test_failures_alone_are_counted_but_leave_a_run_whole() -> None:
    line = Signature.of_run(BENCHMARK, RUN, failed=1).line()
    assert line.endswith("|failed:1")


def test_what_is_not_known_is_said_to_be_unknown() -> None:
    line = Signature.of_run(dataclasses.replace(BENCHMARK, images_hash="unknown"), Run(), resamples=0).line()
    assert "|img:unknown|" in line and "|prompt:unknown|per:unknown|gen:unknown|" in line
    assert "|via:unknown|model:unknown|ci:none|" in line


def test_the_dict_has_the_keys_of_the_line_in_order() -> None:
    signature = Signature.of_run(BENCHMARK, RUN, missing=1)
    assert list(signature.to_dict()) == [
        *["task", "scope", "data", "img", "n", "of", "prompt", "per", "gen", "extract", "via", "model", "ci"],
        *["seed", "c", "v", "failed", "missing", "partial"],
    ]
    assert Signature.from_dict(signature.to_dict()) == signature


@given(st.text(), st.text(), st.integers(0, 3), st.integers(3, 9), st.booleans())
def test_any_signature_is_read_back_from_its_line(
    model: str, prompt: str, failed: int, scope: int, missing: bool
) -> None:
    run = Run(prompt=prompt, model=model)
    signature = Signature.of_run(
        dataclasses.replace(BENCHMARK, scope_size=scope), run, failed=failed, missing=int(missing and failed < 3)
    )
    line = signature.line()
    assert Signature.parse(line) == signature
    assert line.isprintable() and len(line.split("|")) == len(set(line.split("|")))


@given(st.text(max_size=200) | st.text("/\\~._|: aB", max_size=30))
def test_a_cleaned_value_is_harmless_and_stays_as_it_is(text: str) -> None:
    clean = clean_value(text)
    assert clean_value(clean) == clean
    assert 1 <= len(clean) <= 100
    assert clean.isprintable() and not set(clean) & set("|\\ ")


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("owner/model-2B", "owner/model-2B"),
        ("router/owner/model:free", "router/owner/model:free"),
        ("/home/someone/models/tiny-vlm/", "tiny-vlm"),
        ("~/models/tiny", "tiny"),
        ("../tiny", "tiny"),
        ("C:\\Users\\Someone\\tiny", "tiny"),
        ("file:///home/someone/tiny", "tiny"),
        ("| /home/someone/tiny", "tiny"),
        ("two\nlines\tand|bar", "two_lines_and_bar"),
        ("turned\u202eround", "turned_round"),
        ("  ", "unknown"),
        ("x" * 500, "x" * 100),
    ],
)
def test_values_are_cleaned(given: str, kept: str) -> None:
    assert clean_value(given) == kept


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("", "starts with mmneuroonco"),
        ("sacrebleu|n:1", "starts with mmneuroonco"),
        ("mmneuroonco|task:closed", "has no n:"),
        ("mmneuroonco|n:3", "has no task"),
        ("mmneuroonco|n:3|n:4", "'n:4' does not belong"),
        ("mmneuroonco|n:3|colour:red", "'colour:red' does not belong"),
        ("mmneuroonco|n:3|failed:many", "failed:many is not a number"),
    ],
)
def test_what_is_no_signature_is_refused_with_its_reason(line: str, message: str) -> None:
    with pytest.raises(SignatureError, match=message):
        Signature.parse(line)


def test_counts_that_cannot_be_are_refused() -> None:
    with pytest.raises(SignatureError, match="asks 3 of 3 questions cannot have 2 failed and 2 missing"):
        Signature.of_run(BENCHMARK, RUN, failed=2, missing=2)


WHOLE = Signature.of_run(BENCHMARK, RUN)


@pytest.mark.parametrize("key", ["task", "scope", "data", "img", "prompt", "per", "gen", "extract", "c"])
def test_runs_that_differ_in_what_was_asked_or_how_it_is_read_are_not_comparable(key: str) -> None:
    change: dict[str, Any] = {key: "other"}
    other = dataclasses.replace(WHOLE, **change)
    assert differences(WHOLE, other) == (key,)
    assert differences(WHOLE, other, across={key}) == ()


@pytest.mark.parametrize("key", ["via", "model", "ci", "seed", "v"])
def test_framework_model_and_package_version_may_differ(key: str) -> None:
    change: dict[str, Any] = {key: "other"}
    assert differences(WHOLE, dataclasses.replace(WHOLE, **change)) == ()


def test_runs_over_fewer_questions_are_not_comparable() -> None:
    assert differences(WHOLE, dataclasses.replace(WHOLE, n=2)) == ("n",)
    assert differences(WHOLE, dataclasses.replace(WHOLE, of=9)) == ("n",)


def test_unknown_pictures_are_no_difference() -> None:
    assert differences(WHOLE, dataclasses.replace(WHOLE, img="unknown")) == ()
