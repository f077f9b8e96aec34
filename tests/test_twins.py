"""Twins are derived by rule from the qid, keep what they must keep, and can never be taken for the original."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from mmneuroonco_tasks.benchmark import (
    Benchmark,
    BenchmarkError,
    ClosedBenchmark,
    ClosedQuestion,
    Picture,
    load_benchmark,
)
from mmneuroonco_tasks.benchmark.twins import TWINS, original_letters, restored, shuffled, standard, swapped_pictures

NONE = "None of the above"
SEQUENCES = {"A": "T1", "B": "T2", "C": "FLAIR", "D": "DWI", "E": NONE}
TWO = {"A": "Healthy", "B": "Abnormal"}


def question(
    image: int,
    options: dict[str, str],
    answer: str,
    *,
    kind: str = "modality",
    removed: str | None = None,
    cluster: int | None = None,
) -> ClosedQuestion:
    picture = Picture(image, "a/b/c.png", cluster or image)
    return ClosedQuestion(f"{image}_q1", picture, kind, "Which?", options, answer, answer == "E", removed)


def asked(*questions: ClosedQuestion) -> ClosedBenchmark:
    return Benchmark("closed", "full", questions, len(questions), "0a0a0a0a")


TRAPS = asked(*(question(image, SEQUENCES, "E", removed="T1 contrast") for image in range(1, 201)))


def test_restored_puts_the_true_option_back_and_keeps_e() -> None:
    for trap, twin in zip(TRAPS.questions, restored(TRAPS).questions, strict=True):
        assert not twin.trap
        assert twin.options[twin.answer] == "T1 contrast"
        assert twin.options["E"] == NONE
        changed = {letter for letter in trap.options if trap.options[letter] != twin.options[letter]}
        assert changed == {twin.answer}


def test_restored_slots_are_drawn_evenly_by_the_qid_alone() -> None:
    twins = restored(TRAPS)
    slots = Counter(twin.answer for twin in twins.questions)
    assert all(30 <= slots[letter] <= 70 for letter in "ABCD"), slots
    few = restored(TRAPS.restricted_to(["7_q1", "100_q1"]))
    assert few.questions == (twins["7_q1"], twins["100_q1"])


def test_restored_replaces_the_contested_option_where_there_is_one() -> None:
    for slot in "ABCD":
        options = {**SEQUENCES, slot: "T1_CE"}
        twin = restored(asked(question(1, options, "E", removed="T1 post-contrast")))["1_q1"]
        assert twin.answer == slot
        assert twin.options == {**options, slot: "T1 post-contrast"}


def test_questions_that_are_no_trap_stay_as_they_are_in_restored() -> None:
    benchmark = asked(question(1, SEQUENCES, "B"), question(2, TWO, "A", kind="diagnosis"))
    assert restored(benchmark).questions == benchmark.questions


def test_a_trap_that_does_not_keep_its_answer_cannot_be_restored() -> None:
    with pytest.raises(BenchmarkError, match="1_q1"):
        restored(asked(question(1, SEQUENCES, "E")))


def test_standard_offers_no_e_anywhere() -> None:
    twin = standard(
        asked(question(1, SEQUENCES, "B"), question(2, SEQUENCES, "E", removed="odd"), question(3, TWO, "A"))
    )
    assert [len(q.options) for q in twin.questions] == [4, 4, 2]
    assert not any(q.offers_rejection or q.trap for q in twin.questions)
    assert twin["2_q1"].options[twin["2_q1"].answer] == "odd"


def test_shuffled_moves_none_of_the_above_evenly_and_keeps_the_order_of_the_others() -> None:
    twin = shuffled(TRAPS)
    slots = Counter()
    for original, moved in zip(TRAPS.questions, twin.questions, strict=True):
        assert list(moved.options) == list("ABCDE")
        assert [text for text in moved.options.values() if text != NONE] == ["T1", "T2", "FLAIR", "DWI"]
        assert moved.options[moved.answer] == NONE
        back = original_letters(original)
        assert {back[letter]: text for letter, text in moved.options.items()} == dict(original.options)
        slots[moved.answer] += 1
    assert all(20 <= slots[letter] <= 60 for letter in "ABCDE"), slots


def test_shuffled_leaves_questions_without_e_alone() -> None:
    benchmark = asked(question(1, TWO, "B", kind="diagnosis"))
    assert shuffled(benchmark).questions == benchmark.questions


@pytest.mark.parametrize("name", TWINS)
def test_a_twin_pairs_with_the_original_and_is_marked(name: str) -> None:
    twin = TWINS[name](TRAPS)
    assert [q.qid for q in twin.questions] == [q.qid for q in TRAPS.questions]
    assert twin.scope == f"full+{name}"
    assert twin.data_hash != TRAPS.data_hash
    assert TWINS[name](TRAPS) == twin
    assert len({TWINS[other](TRAPS).data_hash for other in TWINS}) == len(TWINS)
    with pytest.raises(BenchmarkError, match="twin itself"):
        TWINS[name](twin)


def test_the_twins_of_known_questions_never_change() -> None:
    """Frozen: another draw would break every published pair of runs."""
    assert [q.answer for q in restored(TRAPS).questions[:8]] == list("DDBCBDAC")
    assert [q.answer for q in shuffled(TRAPS).questions[:8]] == list("CAEDEEED")
    assert restored(TRAPS).data_hash == "4afe1552"


def test_a_swapped_picture_is_of_another_patient_and_shows_something_else() -> None:
    benchmark = asked(
        *(question(image, SEQUENCES, "ABCD"[image % 4], cluster=image - image % 2) for image in range(2, 42))
    )
    swapped = swapped_pictures(benchmark)
    shown = {q.picture.id: q.answer for q in benchmark.questions}
    for q in benchmark.questions:
        assert swapped[q.qid].cluster != q.picture.cluster
        assert shown[swapped[q.qid].id] != q.answer
    assert len({picture.id for picture in swapped.values()}) > 15


def test_synonyms_do_not_count_as_another_answer() -> None:
    options = {**SEQUENCES, "A": "T1-weighted MRI"}
    benchmark = asked(question(1, SEQUENCES, "A"), question(2, options, "A"), question(3, SEQUENCES, "B"))
    swapped = swapped_pictures(benchmark)
    assert swapped["1_q1"].id == swapped["2_q1"].id == 3


def test_a_trap_is_shown_a_picture_of_one_of_its_options() -> None:
    """Else E would stay right for whoever looks."""
    tumours = {"A": "glioma", "B": "lymphoma", "C": "abscess", "D": "metastasis", "E": NONE}
    others = {**tumours, "D": "meningioma"}
    benchmark = asked(
        *(question(image, others, "D", kind="diagnosis") for image in range(1, 30)),
        question(30, tumours, "A", kind="diagnosis"),
        question(31, tumours, "E", kind="diagnosis", removed="schwannoma"),
    )
    assert swapped_pictures(benchmark)["31_q1"].id == 30


def test_abnormal_is_swapped_with_healthy_only() -> None:
    tumours = {"A": "glioma", "B": "lymphoma", "C": "abscess", "D": "metastasis", "E": NONE}
    benchmark = asked(
        question(1, TWO, "B", kind="diagnosis"),
        question(2, tumours, "A", kind="diagnosis"),
        question(3, TWO, "A", kind="diagnosis"),
        question(4, tumours, "D", kind="diagnosis"),
    )
    swapped = swapped_pictures(benchmark)
    assert swapped["1_q1"].id == 3
    assert swapped["3_q1"].id in (1, 2, 4)
    assert swapped["2_q1"].id in (3, 4)


def test_the_swap_does_not_depend_on_how_many_are_asked() -> None:
    benchmark = asked(*(question(image, SEQUENCES, "ABCD"[image % 4]) for image in range(1, 41)))
    few = benchmark.restricted_to(["5_q1", "6_q1"])
    whole = swapped_pictures(benchmark)
    assert swapped_pictures(few, benchmark) == {"5_q1": whole["5_q1"], "6_q1": whole["6_q1"]}


def test_a_swap_without_another_answer_is_an_error() -> None:
    alone = asked(question(1, SEQUENCES, "A"), question(2, SEQUENCES, "A"))
    with pytest.raises(BenchmarkError, match="1_q1"):
        swapped_pictures(alone)


def test_the_released_questions_have_all_their_twins(released: Path) -> None:
    benchmark = load_benchmark("closed", annotations=released)
    for derive in TWINS.values():
        twin = derive(benchmark)
        assert all(q.answer in q.options for q in twin.questions)
    assert sum(q.trap for q in restored(benchmark).questions) == 0
    swapped = swapped_pictures(benchmark)
    assert set(swapped) == {q.qid for q in benchmark.questions}
    assert all(swapped[q.qid].cluster != q.picture.cluster for q in benchmark.questions)
    two_options = [q for q in benchmark.questions if len(q.options) == 2]
    for q in two_options:
        healthy = q.options[q.answer].lower() == "healthy"
        assert (swapped[q.qid].diagnosis_class == "healthy") != healthy


def test_twins_keep_the_pictures() -> None:
    marked = replace(TRAPS, images_hash="feedbeef")
    assert restored(marked).images_hash == "feedbeef"
