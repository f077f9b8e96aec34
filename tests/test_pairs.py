"""A run and its control, a run and its twin: known answers give known pairs of numbers."""

from __future__ import annotations

import pytest

from mmneuroonco_tasks.answers.outcome import Answer, Outcome
from mmneuroonco_tasks.benchmark import Benchmark, ClosedBenchmark, ClosedQuestion, Picture
from mmneuroonco_tasks.benchmark.twins import original_letters, restored, shuffled, standard
from mmneuroonco_tasks.scores.closed import score_closed
from mmneuroonco_tasks.scores.pairs import dual_scores, unshuffled, unshuffled_probabilities, vision_gain

SEQUENCES = {"A": "T1", "B": "T2", "C": "FLAIR", "D": "DWI", "E": "None of the above"}
TWO = {"A": "Healthy", "B": "Abnormal"}
REFUSED = Answer(Outcome.REFUSED, None, "test")


def made_up(images: int = 60) -> ClosedBenchmark:
    """By image in turn: a trap, two answerable questions, a two-option question; two images a patient."""
    questions = []
    for image in range(1, images + 1):
        picture = Picture(image, "a/b/c.png", image - image % 2)
        kind = image % 4
        if kind == 0:
            questions.append(ClosedQuestion(f"{image}_q1", picture, "modality", "Which?", SEQUENCES, "E", True, "SWI"))
        elif kind == 3:
            questions.append(ClosedQuestion(f"{image}_q1", picture, "diagnosis", "Which?", TWO, "B"))
        else:
            questions.append(ClosedQuestion(f"{image}_q1", picture, "modality", "Which?", SEQUENCES, "C"))
    return Benchmark("closed", "full", tuple(questions), len(questions), "00000000")


def keys(benchmark: ClosedBenchmark) -> dict[str, Answer | None]:
    return {q.qid: Answer.of_letter(q.answer) for q in benchmark.questions}


def always(benchmark: ClosedBenchmark, letter: str) -> dict[str, Answer | None]:
    return {q.qid: Answer.of_letter(letter) for q in benchmark.questions}


def test_a_model_that_looks_gains_and_one_that_does_not_gains_nothing() -> None:
    benchmark = made_up()
    blind = always(benchmark, "C")
    gain = vision_gain(benchmark, keys(benchmark), blind)
    assert gain.value == pytest.approx(0.5)  # right without a picture: the answerable half
    assert gain.low is not None and gain.high is not None and 0.3 < gain.low < 0.5 < gain.high < 0.7
    none = vision_gain(benchmark, blind, blind)
    assert (none.value, none.low, none.high) == (0.0, 0.0, 0.0)


def test_vision_gain_is_the_difference_of_accuracies_and_can_be_negative() -> None:
    benchmark = made_up()
    run, control = always(benchmark, "E"), {**keys(benchmark), "1_q1": REFUSED, "2_q1": None}
    accuracies = [
        score_closed(benchmark, answers, confidence_intervals=False).metrics["accuracy"].value
        for answers in (run, control)
    ]
    assert vision_gain(benchmark, run, control).value == pytest.approx(accuracies[0] - accuracies[1])


def test_a_perfect_pair() -> None:
    benchmark = made_up()
    for twin in (restored(benchmark), standard(benchmark)):
        scores = dual_scores(benchmark, keys(benchmark), twin, keys(twin))
        found = {name: estimate.value for name, estimate in scores.items()}
        assert found == {
            "trap_accuracy": 1.0,
            "twin_accuracy_traps": 1.0,
            "delta_nota": 0.0,
            "dual_accuracy_traps": 1.0,
            "dual_accuracy_answerable": 1.0,
        }


def test_always_rejecting_knows_every_trap_and_no_twin() -> None:
    benchmark = made_up()
    twin = restored(benchmark)
    scores = dual_scores(benchmark, always(benchmark, "E"), twin, always(twin, "E"))
    assert scores["trap_accuracy"].value == 1.0
    assert scores["delta_nota"].value == -1.0
    assert scores["dual_accuracy_traps"].value == 0.0
    assert scores["dual_accuracy_answerable"].value == 0.0
    assert scores["dual_accuracy_traps"].n == 15
    assert scores["dual_accuracy_answerable"].n == 30


def test_a_model_that_never_rejects_loses_all_where_the_true_option_is_taken_away() -> None:
    benchmark = made_up()
    twin = restored(benchmark)
    run = {q.qid: Answer.of_letter("A" if q.trap else q.answer) for q in benchmark.questions}
    scores = dual_scores(benchmark, run, twin, keys(twin))
    assert scores["delta_nota"].value == 1.0
    assert scores["dual_accuracy_traps"].value == 0.0
    assert scores["dual_accuracy_answerable"].value == 1.0


def test_dual_accuracy_counts_questions_that_are_right_twice() -> None:
    benchmark = made_up(8)  # traps 4 and 8; answerable 1, 2, 5, 6
    twin = restored(benchmark)
    run = {**keys(benchmark), "8_q1": REFUSED, "1_q1": None}
    twin_run = {**keys(twin), "4_q1": Answer.of_letter("E"), "2_q1": Answer.of_letter("A")}
    scores = dual_scores(benchmark, run, twin, twin_run)
    assert scores["trap_accuracy"].value == 0.5
    assert scores["twin_accuracy_traps"].value == 0.5
    assert scores["dual_accuracy_traps"].value == 0.0
    assert scores["dual_accuracy_answerable"].value == 0.5


def test_without_traps_nothing_is_said_of_traps() -> None:
    benchmark = made_up().restricted_to(["1_q1", "2_q1"])
    scores = dual_scores(benchmark, keys(benchmark), restored(benchmark), keys(benchmark))
    assert scores["delta_nota"].value is None
    assert scores["delta_nota"].n == 0


def test_runs_on_other_questions_are_not_paired() -> None:
    benchmark = made_up()
    fewer = restored(benchmark.restricted_to(["1_q1", "4_q1"]))
    with pytest.raises(ValueError, match="do not ask the same questions"):
        dual_scores(benchmark, keys(benchmark), fewer, keys(fewer))


def test_shuffled_answers_come_back_to_their_own_letters() -> None:
    benchmark = made_up()
    twin = shuffled(benchmark)
    back = unshuffled(benchmark, keys(twin))
    assert {qid: answer and answer.letter for qid, answer in back.items()} == {
        q.qid: q.answer for q in benchmark.questions
    }
    assert back["4_q1"] is not None and back["4_q1"].outcome is Outcome.REJECTED
    scores = dual_scores(benchmark, keys(benchmark), benchmark, back)
    assert scores["dual_accuracy_traps"].value == 1.0


def test_shuffled_probabilities_come_back_to_their_own_letters() -> None:
    """Told of the shown key and of the shown E, they are of the key and of E again."""
    benchmark = made_up()
    twin = shuffled(benchmark)
    rejection = {
        q.qid: next(letter for letter, text in q.options.items() if text == SEQUENCES["E"])
        for q in twin.questions
        if len(q.options) == 5
    }
    assert set(rejection.values()) == set("ABCDE")
    shown = {qid: {letter: 0.5} for qid, letter in rejection.items()}
    assert unshuffled_probabilities(benchmark, shown) == {qid: {"E": 0.5} for qid in rejection}
    of_keys = {q.qid: {q.answer: 0.9} for q in twin.questions}
    assert unshuffled_probabilities(benchmark, of_keys) == {q.qid: {q.answer: 0.9} for q in benchmark.questions}


def test_a_liking_for_the_last_letter_shows_in_the_shuffled_twin() -> None:
    benchmark = made_up(400)
    last = unshuffled(benchmark, always(shuffled(benchmark), "E"))
    scores = dual_scores(benchmark, always(benchmark, "E"), benchmark, last)
    assert scores["trap_accuracy"].value == 1.0
    assert scores["twin_accuracy_traps"].value == pytest.approx(0.2, abs=0.1)


def test_what_was_no_pick_stays_no_pick() -> None:
    benchmark = made_up(4)
    assert unshuffled(benchmark, {"1_q1": REFUSED, "2_q1": None}) == {"1_q1": REFUSED, "2_q1": None}
    assert original_letters(benchmark["3_q1"]) == {"A": "A", "B": "B"}
