"""compare: against brute force and SciPy, equal models called different one time in twenty, refusals that name keys."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from command import run_here
from made_up_runs import (
    answers_of_letters,
    letters_of,
    made_up_benchmark,
    result_of,
    some_failures,
    store,
    write_closed,
    write_predictions,
)

from mmneuroonco_tasks.answers.outcome import Answer
from mmneuroonco_tasks.benchmark import load_benchmark
from mmneuroonco_tasks.benchmark.records import CLOSED_TYPES, ClosedBenchmark
from mmneuroonco_tasks.reports.comparable import ComparisonError, answers_of, asked_in_both, check_comparable
from mmneuroonco_tasks.reports.comparing import (
    COMPARED_METRICS,
    TYPE_METRICS,
    Comparison,
    MetricComparison,
    compare_closed,
)
from mmneuroonco_tasks.reports.shown import shown
from mmneuroonco_tasks.scores.comparison import holm

Answers = Mapping[str, Answer | None]


@pytest.fixture(scope="module")
def benchmark(tmp_path_factory: pytest.TempPathFactory) -> ClosedBenchmark:
    return made_up_benchmark(tmp_path_factory.mktemp("made"), images=10)


def run_of(benchmark: ClosedBenchmark, skill: float, seed: int) -> Answers:
    return some_failures(answers_of_letters(letters_of(benchmark, skill, seed)), seed)


def named(comparison: Comparison, metric: str) -> MetricComparison:
    return next(each for each in comparison.metrics if each.metric == metric)


# --- Independent computations ------------------------------------------------------------------------


def accuracy(benchmark: ClosedBenchmark, answers: Answers) -> float:
    right = [(a := answers[q.qid]) is not None and a.letter == q.answer for q in benchmark.questions]
    return sum(right) / len(right)


def h_score(benchmark: ClosedBenchmark, answers: Answers) -> float:
    def share(trap: bool) -> float:
        asked = [q for q in benchmark.questions if q.offers_rejection and q.trap == trap]
        return sum((a := answers[q.qid]) is not None and a.letter == q.answer for q in asked) / len(asked)

    answerable, traps = share(False), share(True)
    return 2 * answerable * traps / (answerable + traps) if answerable * traps else 0.0


@pytest.mark.parametrize(("metric", "by_hand"), [("accuracy", accuracy), ("h_score", h_score)])
@pytest.mark.parametrize("seed", range(3))
def test_p_is_the_share_of_all_swaps_of_whole_images_that_differ_as_much(
    benchmark: ClosedBenchmark, seed: int, metric: str, by_hand: Callable[[ClosedBenchmark, Answers], float]
) -> None:
    first, second = run_of(benchmark, 0.3, seed), run_of(benchmark, 0.6, seed + 50)
    observed = by_hand(benchmark, second) - by_hand(benchmark, first)
    images = [picture.id for picture in benchmark.pictures]
    extreme = 0
    for swaps in itertools.product((False, True), repeat=len(images)):
        swapped = {image for image, swap in zip(images, swaps, strict=True) if swap}
        one, other = ({}, {})  # type: tuple[dict[str, Answer | None], dict[str, Answer | None]]
        for q in benchmark.questions:
            pair = (second, first) if q.picture.id in swapped else (first, second)
            one[q.qid], other[q.qid] = pair[0][q.qid], pair[1][q.qid]
        extreme += abs(by_hand(benchmark, other) - by_hand(benchmark, one)) >= abs(observed) - 1e-12
    found = named(compare_closed(benchmark, first, second, metrics=[metric], resamples=2000), metric)
    assert found.difference.value == pytest.approx(observed)
    assert found.p_value == pytest.approx(extreme / 2 ** len(images))


def test_p_agrees_with_scipys_permutation_test(benchmark: ClosedBenchmark) -> None:
    stats = pytest.importorskip("scipy.stats")
    first, second = run_of(benchmark, 0.3, 7), run_of(benchmark, 0.7, 8)
    sums = [
        [
            sum(
                (a := run[q.qid]) is not None and a.letter == q.answer
                for q in benchmark.questions
                if q.picture == picture
            )
            for picture in benchmark.pictures
        ]
        for run in (first, second)
    ]
    reference = stats.permutation_test(
        sums, lambda x, y: np.sum(x) - np.sum(y), permutation_type="samples", vectorized=False
    )
    found = named(compare_closed(benchmark, first, second, metrics=["accuracy"], resamples=2000), "accuracy")
    assert found.p_value == pytest.approx(reference.pvalue)


def test_intervals_and_errors_are_those_of_resampling_both_runs_together(benchmark: ClosedBenchmark) -> None:
    first, second = run_of(benchmark, 0.3, 1), run_of(benchmark, 0.6, 2)
    resamples = 200
    drawn = np.random.RandomState(0).randint(0, 10, size=(resamples, 10), dtype=np.int32)
    of_image = [[q for q in benchmark.questions if q.picture == picture] for picture in benchmark.pictures]
    gains = []
    for row in drawn.tolist():
        asked = [q for number in row for q in of_image[number]]
        shares = [sum((a := run[q.qid]) is not None and a.letter == q.answer for q in asked) for run in (first, second)]
        gains.append((shares[1] - shares[0]) / len(asked))
    found = named(compare_closed(benchmark, first, second, metrics=["accuracy"], resamples=resamples), "accuracy")
    assert (found.difference.low, found.difference.high) == pytest.approx((sorted(gains)[4], sorted(gains)[-5]))
    assert found.difference.stderr == pytest.approx(np.std(gains, ddof=1))
    # z(.975) + z(.8) = 2.8016
    assert found.detectable == pytest.approx(2.8015852 * np.std(gains, ddof=1))


def test_equal_models_differ_significantly_one_time_in_twenty(tmp_path: Path) -> None:
    small = made_up_benchmark(tmp_path, images=30)
    below = {"accuracy": 0, "h_score": 0}
    rounds = 250
    for seed in range(rounds):
        runs = (answers_of_letters(letters_of(small, 0.5, 2 * seed + offset)) for offset in (0, 1))
        found = compare_closed(small, *runs, metrics=list(below), resamples=200, seed=seed)
        for each in found.metrics:
            assert each.p_value is not None
            below[each.metric] += each.p_value <= 0.05
    # Binomial(250, .05): 5 to 20 has all but three in a thousand.
    assert all(4 <= count <= 22 for count in below.values()), below


# --- What a comparison says --------------------------------------------------------------------------


def test_a_run_against_itself_wins_and_loses_nothing(benchmark: ClosedBenchmark) -> None:
    run = run_of(benchmark, 0.5, 3)
    found = compare_closed(benchmark, run, run, resamples=100)
    assert (found.won, found.lost) == ((), ())
    assert found.both_right + found.both_wrong == len(benchmark)
    assert {each.metric for each in found.metrics} == set(COMPARED_METRICS)
    for each in found.metrics:
        if each.difference.value is not None:
            assert (each.difference.value, each.p_value, each.detectable) == (0, 1.0, 0)


def test_won_and_lost_questions_are_named_and_explain_the_difference(benchmark: ClosedBenchmark) -> None:
    first, second = run_of(benchmark, 0.2, 4), run_of(benchmark, 0.8, 5)
    found = compare_closed(benchmark, first, second, resamples=100)
    assert set(found.won).isdisjoint(found.lost)
    assert all(qid in benchmark for qid in found.won + found.lost)
    gain = named(found, "accuracy").difference.value
    assert gain == pytest.approx((len(found.won) - len(found.lost)) / len(benchmark))
    assert found.both_right + found.both_wrong + len(found.won) + len(found.lost) == len(benchmark)


def test_holm_is_taken_over_the_types_that_have_a_p_and_over_nothing_else(benchmark: ClosedBenchmark) -> None:
    found = compare_closed(benchmark, run_of(benchmark, 0.2, 6), run_of(benchmark, 0.9, 9), resamples=400)
    plain = {each.metric: each.p_value for each in found.metrics if each.metric in TYPE_METRICS}
    assert len(plain) == len(CLOSED_TYPES)
    ordered = sorted(p for p in plain.values() if p is not None)
    by_hand = [min(1.0, max((len(ordered) - j) * ordered[j] for j in range(i + 1))) for i in range(len(ordered))]
    corrected = {each.metric: each.p_holm for each in found.metrics}
    assert sorted(p for p in corrected.values() if p is not None) == pytest.approx(by_hand)
    assert {name for name, p in corrected.items() if p is not None} == {n for n, p in plain.items() if p is not None}
    assert holm({"a": 0.01}) == {"a": 0.01}


# --- Which runs may be compared ----------------------------------------------------------------------


def pair_of(benchmark: ClosedBenchmark, **second: Any) -> list[Any]:
    answers = run_of(benchmark, 0.5, 1)
    return list(shown([result_of(benchmark, answers, "one"), result_of(benchmark, answers, "two", **second)]))


def test_runs_that_differ_in_prompt_are_refused_by_name_and_compared_on_purpose(benchmark: ClosedBenchmark) -> None:
    first, second = pair_of(benchmark, prompt="blind-99999999")
    with pytest.raises(ComparisonError, match=r"prompt: direct-0a1b2c3d and blind-99999999.*add --across prompt\.$"):
        check_comparable(first, second)
    check_comparable(first, second, {"prompt"})


def test_other_questions_are_never_compared(tmp_path: Path, benchmark: ClosedBenchmark) -> None:
    other = made_up_benchmark(tmp_path, images=10, seed=1)
    runs = shown([result_of(each, run_of(each, 0.5, 1)) for each in (benchmark, other)])
    with pytest.raises(ComparisonError, match="their questions differ"):
        check_comparable(*runs)
    with pytest.raises(ComparisonError, match="is not the same question"):
        asked_in_both(benchmark, other)


def test_a_part_is_paired_with_the_whole_over_what_both_asked(benchmark: ClosedBenchmark) -> None:
    part = benchmark.restricted_to([q.qid for q in benchmark.questions[:12]])
    whole_run = run_of(benchmark, 0.5, 1)
    part_run = {q.qid: whole_run[q.qid] for q in part.questions}
    runs = shown([result_of(benchmark, whole_run), result_of(part, part_run)])
    with pytest.raises(ComparisonError, match=r"n: 30 and 12/30.*--across n"):
        check_comparable(*runs)
    check_comparable(*runs, {"n"})
    assert asked_in_both(benchmark, part).questions == part.questions


def test_answers_come_back_from_a_result_as_they_were(benchmark: ClosedBenchmark) -> None:
    answers = run_of(benchmark, 0.5, 1)
    result = result_of(benchmark, answers)
    assert answers_of(result, "x") == answers
    with pytest.raises(ComparisonError, match=r"r\.json: was stored without its answers"):
        answers_of({**result, "answers": {}}, "r.json")
    with pytest.raises(ComparisonError, match=r"r\.json: the answer to 1_q1 is malformed"):
        answers_of({**result, "answers": {"1_q1": {"outcome": "answered", "letter": None}}}, "r.json")


# --- The command -------------------------------------------------------------------------------------


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    annotations = write_closed(tmp_path / "made", images=12)
    made = load_benchmark("closed", annotations=annotations)
    paths = {"annotations": annotations}
    for name, skill, seed in (("weak", 0.2, 1), ("strong", 0.9, 2)):
        letters = letters_of(made, skill, seed)
        paths[name] = store(tmp_path / f"{name}.json", result_of(made, answers_of_letters(letters), name))
        paths[f"{name} predictions"] = write_predictions(tmp_path / f"{name}.jsonl", letters)
    return paths


def test_the_command_compares_result_files(
    files: dict[str, Path], home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "110")
    done = run_here(capsys, "compare", files["weak"], files["strong"], "--annotations", files["annotations"])
    assert done.code == 0, done.err
    assert "R2 strong against R1 weak" in done.out and "trap_accuracy" in done.out
    assert done.out.count("mmneuroonco|task:closed") == 2


def test_the_command_tells_scripts_everything_and_all_runs_against_the_first(
    files: dict[str, Path], home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    runs = [files["weak"], files["strong"], files["weak"]]
    done = run_here(capsys, "compare", *runs, "--annotations", files["annotations"], "--json")
    better, same = json.loads(done.out)
    assert better["won"] and better["metrics"][0]["metric"] == "h_score"
    assert better["metrics"][0]["difference"]["value"] > 0
    assert (same["won"], same["lost"]) == ([], [])


def test_the_command_takes_predictions_as_they_are(
    files: dict[str, Path], home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    named_so = [files["weak predictions"], files["strong predictions"], "--annotations", files["annotations"]]
    from_predictions = json.loads(run_here(capsys, "compare", *named_so, "--json").out)[0]
    named_so[:2] = [files["weak"], files["strong"]]
    from_results = json.loads(run_here(capsys, "compare", *named_so, "--json").out)[0]
    assert from_predictions["metrics"] == from_results["metrics"]


def test_the_command_refuses_in_a_sentence(
    files: dict[str, Path], home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    done = run_here(
        capsys, "compare", files["weak"], files["strong predictions"], "--annotations", files["annotations"]
    )
    assert done.code == 1 and "cannot be compared (prompt: direct-0a1b2c3d and unknown; " in done.sentence
    done = run_here(capsys, "compare", files["weak"], files["strong"])
    assert done.code == 1 and "are not in the home; name them by --annotations" in done.sentence
    assert run_here(capsys, "compare", files["weak"]).code == 2
    assert run_here(capsys, "compare", files["weak"], files["strong"], "--across", "model").code == 2


@pytest.mark.parametrize("format", ["md", "tex", "csv", "json"])
def test_the_command_prints_tables_for_papers(
    files: dict[str, Path], home: Path, capsys: pytest.CaptureFixture[str], format: str
) -> None:
    named_so = ("--annotations", files["annotations"], "--format", format)
    done = run_here(capsys, "compare", files["weak"], files["strong"], *named_so)
    begins = {"md": "**R2 strong against", "tex": "\\begin{table}", "csv": "Metric,n,", "json": "{"}
    assert done.code == 0 and done.out.startswith(begins[format])
