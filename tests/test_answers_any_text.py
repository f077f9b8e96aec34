"""Any string, of any length, in linear time, never an exception, always the same answer."""

from __future__ import annotations

from time import process_time

import pytest
from answer_tables import option_sets
from hypothesis import given, settings
from hypothesis import strategies as st

from mmneuroonco_tasks.answers import Answer, read_answer, read_batch
from mmneuroonco_tasks.answers.mentions import BOTH, LETTER, LETTERS, TEXT, kind_of, mask_of, mention
from mmneuroonco_tasks.answers.normalise import plain

SETS = option_sets()
DX, TWO = SETS["dx"], SETS["bin"]
PIECES = (
    "A", "B", "e", " ", "\n", ". ", ", ", ": ", "not ", "lymphoma", "meningioma", "None of the above", "Answer: ", "Q1: ",  # noqa: E501
    "Q2", "1. ", "<think>", "</think>", "<answer>", "</answer>", "\\boxed{", "}", "{", "[", "\"", "**", "|", "✓", "✗", "→",  # noqa: E501
    "or ", "and ", "I cannot determine ", "wait, ", "最终答案", "是", "USER: ", "assistant\n", "T1 with contrast", "?",
    "(", ")", "the second option", "F", "none", "...", "-", "\ue001", "\ud800", "\u0301", "~~", "```", "%", "0.7", "\x00",  # noqa: E501
)  # fmt: skip
composed = st.lists(st.sampled_from(PIECES), max_size=30).map("".join)
any_text = st.text() | composed


@settings(max_examples=300)
@given(any_text, st.sampled_from(sorted(SETS)))
def test_any_string_has_one_answer_which_is_offered(text: str, name: str) -> None:
    answer = read_answer(text, SETS[name])
    assert isinstance(answer, Answer)
    assert answer.letter is None or answer.letter in SETS[name]
    assert read_answer(text, SETS[name]) == answer


@settings(max_examples=200)
@given(any_text, st.lists(st.sampled_from(sorted(SETS)), max_size=4))
def test_any_string_has_one_answer_a_question(text: str, names: list[str]) -> None:
    options = [SETS[name] for name in names]
    answers = read_batch(text, options)
    assert len(answers) == len(options)
    assert all(got.letter is None or got.letter in each for got, each in zip(answers, options, strict=True))


@settings(max_examples=100)
@given(composed)
def test_blanks_around_a_response_say_nothing(text: str) -> None:
    assert read_answer(f"\n {text} \n", DX) == read_answer(text, DX)


@settings(max_examples=100)
@given(st.permutations(range(4)), st.lists(st.sampled_from("ABCDE"), min_size=4, max_size=4))
def test_numbered_answers_may_come_in_any_order(order: list[int], letters: list[str]) -> None:
    text = "\n".join(f"Q{place + 1}: {letters[place]}" for place in order)
    assert [answer.letter for answer in read_batch(text, [DX] * 4)] == letters


def test_a_number_word_with_a_turkish_letter_is_that_number() -> None:
    answers = read_batch("For the F\u0130RST question: B. For the s\u0131xth question: C", [DX] * 6)
    assert [answer.letter for answer in answers] == ["B", None, None, None, None, "C"]


@settings(max_examples=100)
@given(
    st.sampled_from("ABCDE"), st.sampled_from(["{}", "Answer: {}", "({})", "**{}**", "The answer is {}.", "答案是{}"])
)
def test_a_plain_letter_is_read_in_every_dress(letter: str, dress: str) -> None:
    assert read_answer(dress.format(letter), DX).letter == letter


@given(st.text())
def test_the_readers_own_characters_cannot_come_from_outside(text: str) -> None:
    assert not any("\ue000" <= character <= "\uf8ff" for character in plain(text))


def test_a_mention_keeps_how_and_what_was_named() -> None:
    for kind in (LETTER, TEXT, BOTH):
        for mask in range(1 << len(LETTERS)):
            assert (kind_of(mention(kind, mask)), mask_of(mention(kind, mask))) == (kind, mask)


ADVERSARIAL = (
    "A ", "A, ", "not ", "<think>", "Answer: ", "(", "{", "[", "**", "Q1: A ", "1. A ", "<answer>A</answer>", "\\boxed{",  # noqa: E501
    "lymphoma or ", "I cannot tell if it is a lymphoma. ", "a\u0301\u0327", "&#", "'A' ",
)  # fmt: skip


def spent(text: str) -> float:
    """The processor time to read ``text``, the least of two runs."""
    times = []
    for _ in range(2):
        start = process_time()
        read_answer(text, DX)
        read_batch(text, [DX, TWO])
        times.append(process_time() - start)
    return min(times)


@pytest.mark.parametrize("piece", ADVERSARIAL)
def test_work_grows_no_faster_than_the_text(piece: str) -> None:
    """Eight times the text: a linear reader works eight times as long, a quadratic one sixty-four times."""
    short, long = (piece * (size // len(piece)) for size in (4_000, 32_000))
    assert spent(long) < 24 * max(spent(short), 0.002)


def test_a_megabyte_of_refusals_is_a_refusal() -> None:
    text = "I cannot tell if it is a lymphoma. " * 30_000
    assert len(text) > 1_000_000
    assert read_answer(text, DX).outcome.value == "refused"


def test_the_last_words_of_a_very_long_response_count() -> None:
    text = "The lesion lies near the dura. " * 40_000 + "Final answer: B"
    assert read_answer(text, DX).letter == "B"
