"""`mmneuroonco dual`: a run beside its control or twin, and what cannot be put together."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from command import Finished, run_here
from made_up_runs import answers_of_letters, letters_of, made_up_benchmark, result_of, store, write_predictions

from mmneuroonco_tasks.benchmark.records import ClosedBenchmark
from mmneuroonco_tasks.benchmark.twins import TWINS
from mmneuroonco_tasks.scores.pairs import DUAL_METRICS

IMAGES = 20


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("made")


@pytest.fixture(scope="module")
def benchmark(folder: Path) -> ClosedBenchmark:
    return made_up_benchmark(folder, images=IMAGES)


Dual = Callable[..., Finished]


@pytest.fixture
def dual(folder: Path, benchmark: ClosedBenchmark, home: Path, capsys: pytest.CaptureFixture[str]) -> Dual:
    return lambda *arguments: run_here(capsys, "dual", *arguments, "--annotations", folder / "closed.json")


def keys(benchmark: ClosedBenchmark) -> dict[str, str]:
    return {question.qid: question.answer for question in benchmark.questions}


def stored(path: Path, benchmark: ClosedBenchmark, letters: Mapping[str, str], **more: Any) -> Path:
    return store(path, result_of(benchmark, answers_of_letters(letters), **more))


@pytest.fixture
def run(tmp_path: Path, benchmark: ClosedBenchmark) -> Path:
    """A model that knows everything."""
    return stored(tmp_path / "run.json", benchmark, keys(benchmark))


@pytest.mark.parametrize("prompt", ["blind-11111111", "direct-0a1b2c3d+swapped"])
def test_a_control_gives_the_vision_gain(
    tmp_path: Path, benchmark: ClosedBenchmark, run: Path, dual: Dual, prompt: str
) -> None:
    guesses = letters_of(benchmark, 0.0, 1)
    control = stored(tmp_path / "control.json", benchmark, guesses, prompt=prompt)
    done = dual(run, control, "--json")
    assert done.code == 0, done.err
    told = json.loads(done.out)
    right = sum(guesses[qid] == key for qid, key in keys(benchmark).items())
    assert list(told["metrics"]) == ["vision_gain"]
    assert told["metrics"]["vision_gain"]["value"] == pytest.approx(1 - right / len(benchmark))
    assert [line.split("|")[0] for line in told["signature_lines"]] == ["mmneuroonco"] * 2


@pytest.mark.parametrize("name", ["restored", "standard"])
def test_a_twin_gives_dual_accuracies(
    tmp_path: Path, benchmark: ClosedBenchmark, run: Path, dual: Dual, name: str
) -> None:
    twin = TWINS[name](benchmark)
    done = dual(run, stored(tmp_path / "twin.json", twin, keys(twin)), "--json")
    assert done.code == 0, done.err
    found = {metric: estimate["value"] for metric, estimate in json.loads(done.out)["metrics"].items()}
    assert found == {metric.name: 0.0 if metric.name == "delta_nota" else 1.0 for metric in DUAL_METRICS}


def test_the_shuffled_twin_is_of_the_same_questions(
    tmp_path: Path, benchmark: ClosedBenchmark, run: Path, dual: Dual
) -> None:
    rejects = {question.qid: "E" if question.offers_rejection else "A" for question in benchmark.questions}
    shuffled = stored(tmp_path / "shuffled.json", benchmark, rejects, prompt="direct-0a1b2c3d+shuffled")
    found = json.loads(dual(run, shuffled, "--json").out)["metrics"]
    assert (found["dual_accuracy_traps"]["value"], found["dual_accuracy_answerable"]["value"]) == (1.0, 0.0)


def test_the_table_has_the_numbers_and_both_signatures(
    tmp_path: Path, benchmark: ClosedBenchmark, run: Path, dual: Dual
) -> None:
    control = stored(tmp_path / "control.json", benchmark, letters_of(benchmark, 0.3, 1), prompt="blind-11111111")
    done = dual(run, control)
    assert "vision_gain" in done.out and done.out.count("\nmmneuroonco|task:closed|") == 2


def test_predictions_are_scored_first(tmp_path: Path, benchmark: ClosedBenchmark, dual: Dual) -> None:
    path = write_predictions(tmp_path / "run.jsonl", keys(benchmark))
    done = dual(path, path)
    assert done.code == 1
    assert "plain JSONL, " in done.err, "it says what it took the file for"
    assert done.sentence == "mmneuroonco: the second result is no blind, swapped or twin run; name one second."


@pytest.mark.parametrize(
    ("second", "said"),
    [
        ({}, "the second result is no blind, swapped or twin run"),
        ({"model": "another", "prompt": "blind-11111111"}, "the two results differ in model"),
    ],
)
def test_what_is_no_control_is_refused(
    tmp_path: Path, benchmark: ClosedBenchmark, run: Path, dual: Dual, second: dict[str, Any], said: str
) -> None:
    other = stored(tmp_path / "other.json", benchmark, keys(benchmark), **second)
    done = dual(run, other)
    assert done.code == 1 and done.out == ""
    assert said in done.sentence and "Traceback" not in done.err


def test_a_twin_of_other_questions_is_refused(tmp_path: Path, run: Path, dual: Dual) -> None:
    others = TWINS["restored"](made_up_benchmark(tmp_path / "others", images=IMAGES, seed=3))
    done = dual(run, stored(tmp_path / "twin.json", others, keys(others)))
    assert done.code == 1 and "the two results differ in data" in done.sentence


def test_runs_that_asked_different_parts_are_refused(tmp_path: Path, benchmark: ClosedBenchmark, dual: Dual) -> None:
    qids = [question.qid for question in benchmark.questions]
    parts = benchmark.restricted_to(qids[:20]), benchmark.restricted_to(qids[5:25])
    run = stored(tmp_path / "a.json", parts[0], keys(parts[0]))
    control = stored(tmp_path / "b.json", parts[1], keys(parts[1]), prompt="blind-11111111")
    done = dual(run, control)
    assert done.code == 1
    assert done.sentence == (
        "mmneuroonco: the two runs asked different questions, so they cannot be paired; ask both the same."
    )


def test_the_twin_first_is_refused_and_so_are_annotations_of_something_else(
    tmp_path: Path, benchmark: ClosedBenchmark, run: Path, capsys: pytest.CaptureFixture[str], home: Path, dual: Dual
) -> None:
    blind = stored(tmp_path / "blind.json", benchmark, keys(benchmark), prompt="blind-11111111")
    swapped = stored(tmp_path / "s.json", benchmark, keys(benchmark), prompt="direct-0a1b2c3d+swapped")
    assert "name the plain run first" in dual(swapped, run).sentence
    made_up_benchmark(tmp_path / "others", images=4, seed=3)
    done = run_here(capsys, "dual", run, blind, "--annotations", tmp_path / "others" / "closed.json")
    assert done.code == 1 and "name them by --annotations" in done.sentence
