"""A gate says that a text holds no match of a pattern only where there is none: what is searched for less often is the
same as what is searched for everywhere."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import answer_tables
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mmneuroonco_tasks import answers
from mmneuroonco_tasks.answers.gates import FirstOf, Patterns, gate_of, gated
from mmneuroonco_tasks.answers.needed import needed_by
from mmneuroonco_tasks.answers.vocabulary import folded, known_in, learn

MODULES = sorted(path.stem for path in Path(answers.__path__[0]).glob("[a-z]*.py"))


@cache
def tables() -> list[Patterns]:
    """Every table of patterns of the answers package."""
    values = [value for name in MODULES for value in vars(import_module(f"{answers.__name__}.{name}")).values()]
    return list({id(value): value for value in values if isinstance(value, Patterns)}.values())


@cache
def patterns() -> list[tuple[str, int]]:
    """Every pattern of the answers package that stands behind a gate, with its flags."""
    values = [value for name in MODULES for value in vars(import_module(f"{answers.__name__}.{name}")).values()]
    values += [each for value in values if isinstance(value, tuple) for each in value]
    values += [each for table in tables() for each in table.patterns]
    return sorted({(each.pattern, int(each.flags)) for each in values if isinstance(each, type(gated("")))})


@cache
def pieces() -> list[str]:
    """The responses of the golden tables, whole and in sentences, as typed, in lower and in upper case."""
    names = [path.name for path in answer_tables.GOLDEN.glob("answers_*.txt")]
    responses = [case.response for name in names for case in answer_tables.cases(name)]
    parts = [part for response in responses for part in re.split(r"(?<=[.!?\n])", response)]
    return sorted({text for part in responses + parts for text in (part, part.lower(), part.upper())})


def test_there_are_hundreds_of_patterns_behind_gates() -> None:
    assert len(patterns()) > 600
    assert sum(gate_of(*each) is not None for each in patterns()) > 500


def every_match_holds(sequence: Iterable[tuple[Any, Any]], one_of: frozenset[str], run: str = "") -> bool:
    """Whether Python's own parser says so too: ``run`` is the literal text right before the sequence."""
    for operation, value in sequence:
        name = str(operation)
        if name == "LITERAL":
            run += chr(value)
            if any(text in run for text in one_of):
                return True
            continue
        parts: list[tuple[Any, str]] = []
        if name == "IN" and all(str(kind) == "LITERAL" for kind, _ in value):
            parts = [([each], run) for each in value]
        elif name == "BRANCH":
            parts = [(branch, run) for branch in value[1]]
        elif name == "SUBPATTERN":
            parts = [(value[3], run)]
        elif name in ("MAX_REPEAT", "MIN_REPEAT") and value[0] > 0:
            parts = [(value[2], run)]
        elif name == "ASSERT":
            parts = [(value[1], "")]
        if parts and all(every_match_holds(part, one_of, before) for part, before in parts):
            return True
        run = ""
    return False


def test_what_a_pattern_is_said_to_need_it_needs_by_pythons_own_parser() -> None:
    parser = import_module("re._parser" if sys.version_info >= (3, 11) else "sre_parse")
    for pattern, flags in patterns():
        parsed = parser.parse(pattern, flags)
        for one_of in needed_by(pattern):
            assert every_match_holds(parsed, one_of), (pattern, one_of)


def test_a_pattern_of_another_kind_is_not_taken_for_a_known_one() -> None:
    with pytest.raises(ValueError, match="of a kind that is not known"):
        needed_by("(?P<a>b)(?P=a)")


@pytest.mark.parametrize("part", range(8))
def test_no_gate_hides_a_match_in_the_golden_responses(part: int) -> None:
    for pattern, flags in patterns()[part::8]:
        may_match, search = gate_of(pattern, flags), re.compile(pattern, flags).search
        if may_match is not None:
            closed = [text for text in pieces()[part::4] if not may_match(text)]
            assert [text for text in closed if search(text)] == [], pattern


@pytest.mark.parametrize("part", range(4))
def test_tables_find_what_one_pattern_of_all_alternatives_finds(part: int) -> None:
    for table in filter(lambda each: isinstance(each, FirstOf), tables()):
        whole = re.compile("|".join(str(each.pattern) for each in table.patterns), table.patterns[0].flags)
        assert whole.search("") is None
        for text in pieces()[part::40]:
            assert [found.span() for found in table.finditer(text)] == [found.span() for found in whole.finditer(text)]


PHRASES = st.lists(st.sampled_from(["a+b", "b(?:a|c)", "(?<=b)a", "ca?", "b", "ab c", "[bc]a$"]), min_size=1)


@given(st.text("abc |", max_size=30), PHRASES)
def test_the_first_of_alternatives_is_what_re_finds(text: str, phrases: list[str]) -> None:
    table, whole = FirstOf(phrases), re.compile("|".join(phrases))
    found, expected = table.search(text), whole.search(text)
    assert (found and found.span()) == (expected and expected.span())
    assert table.sub(lambda each: f"<{each.group()}>", text) == whole.sub(lambda each: f"<{each.group()}>", text)


WORDS = st.text("abA-<é无İ", min_size=1, max_size=4)


@given(st.lists(WORDS), st.text("abA-<é无İ \n", max_size=60))
def test_the_words_of_a_text_are_known(words: list[str], text: str) -> None:
    learn(words)
    assert known_in(text).intersection(words) == {word for word in words if word in text}


@settings(max_examples=200)
@given(st.text() | st.sampled_from(sorted("ſKİıI")), st.sampled_from(["is", "Kind", "(?:no|NOT) is", "<s|k>", "无s"]))
def test_a_folded_text_is_compared_as_re_does(text: str, pattern: str) -> None:
    may_match = gate_of(pattern, re.I)
    for varied in (text, "is".replace("s", text), f"{text}ınd", f"NO İ{text}"):
        assert may_match is None or may_match(varied) or re.search(pattern, varied, re.I) is None


def test_every_character_that_is_an_ascii_letter_to_re_is_folded_to_it() -> None:
    everything = "".join(map(chr, range(0x110000)))
    for letter in "abcdefghijklmnopqrstuvwxyz":
        assert {folded(each) for each in re.findall(letter, everything, re.I)} == {letter}
