"""What lmms-eval calls of ours, without lmms-eval: registration, the asked set, names, scores of single questions."""

from __future__ import annotations

import sys
import warnings
from argparse import Namespace
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from mmneuroonco_tasks.answers import Answer, Outcome
from mmneuroonco_tasks.benchmark import Benchmark, ClosedBenchmark, ClosedQuestion, Picture
from mmneuroonco_tasks.frameworks import lmms_eval, lmms_eval_run, lmms_eval_tasks
from mmneuroonco_tasks.frameworks.asking import Asking
from mmneuroonco_tasks.frameworks.variants import variant_named
from mmneuroonco_tasks.prompts import DIRECT
from mmneuroonco_tasks.scores import TABLE_METRICS, score_closed

OPTIONS = {"A": "round", "B": "oval", "C": "lobulated", "D": "irregular", "E": "None of the above"}


def benchmark_of(count: int) -> ClosedBenchmark:
    questions = tuple(
        ClosedQuestion(
            f"{i}_q1", Picture(i, f"kind/place/{i}.png", i), "shape", "Which?", OPTIONS, "ABCDE"[i % 5], i % 5 == 4
        )
        for i in range(1, count + 1)
    )
    return Benchmark("closed", "full", questions, count, "00000000")


def asking_of(count: int) -> Asking:
    benchmark = benchmark_of(count)
    return Asking(variant_named("mmneuroonco_closed"), DIRECT, benchmark, benchmark, {})


class _TaskManager:
    def initialize_tasks(self, include_path: Any = None, include_defaults: bool = True) -> Any:
        return include_path


@pytest.fixture
def tasks_module(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    module = ModuleType("lmms_eval.tasks")
    module.TaskManager = type("TaskManager", (_TaskManager,), {})  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "lmms_eval.tasks", module)
    return module


def test_our_folder_is_searched_after_the_users_own(tasks_module: ModuleType) -> None:
    lmms_eval.add_tasks(tasks_module)
    lmms_eval.add_tasks(tasks_module)
    manager = tasks_module.TaskManager()
    ours = str(lmms_eval.task_yamls())
    assert manager.initialize_tasks() == [ours]
    assert manager.initialize_tasks("/mine") == ["/mine", ours]
    assert manager.initialize_tasks(["/mine", ours]) == ["/mine", ours], "named by --include_path too: once"


def test_an_untested_version_is_warned_of(tasks_module: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lmms_eval, "installed_version", lambda: "9.9.9")
    monkeypatch.setattr(lmms_eval, "_manifests", lambda: [])
    with pytest.warns(UserWarning, match=r"tested with lmms-eval 0\.7\.3, not 9\.9\.9"):
        assert lmms_eval.register() == []


def test_registration_never_raises(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise RuntimeError("changed beyond recognition")

    monkeypatch.setattr(lmms_eval, "register_tasks", broken)
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        assert lmms_eval.register() == []
    assert any("changed beyond recognition" in str(warning.message) for warning in seen)


@pytest.mark.parametrize(
    ("limit", "offset", "expected"),
    [(None, 0, range(1, 11)), (-1, 0, range(1, 11)), (4, 0, range(1, 5)), (4, 3, range(4, 8)), (0.25, 0, range(1, 4))],
)
def test_the_asked_set_follows_limit_and_offset(limit: float | None, offset: int, expected: range) -> None:
    asked = lmms_eval_run.asked_questions(asking_of(10), Namespace(limit=limit, offset=offset), [])
    assert [question.picture.id for question in asked.questions] == list(expected)


def test_without_arguments_the_asked_set_is_what_came_back() -> None:
    assert len(lmms_eval_run.asked_questions(asking_of(10), None, ["2_q1", "7_q1"])) == 2


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        (Namespace(model="dummy", model_args=""), "dummy"),
        (Namespace(model="openai", model_args="model=gpt-x,timeout=3"), "gpt-x"),
        (
            Namespace(model="qwen2_5_vl", model_args="device_map=cpu,pretrained=Qwen/Qwen2.5-VL-3B"),
            "Qwen/Qwen2.5-VL-3B",
        ),
        (None, "unknown"),
    ],
)
def test_the_signature_names_the_checkpoint(arguments: Namespace | None, name: str) -> None:
    assert lmms_eval_run.model_name(arguments) == name


def test_scores_of_single_questions_add_up_to_the_metrics() -> None:
    """lmms-eval's own means, from single questions, are the registry's values."""
    benchmark = benchmark_of(60)
    random = np.random.RandomState(0)
    answers = {}
    for question in benchmark.questions:
        kind = random.randint(8)
        outcome = list(Outcome)[kind] if kind in (2, 3, 4, 5) else Outcome.ANSWERED
        letter = "ABCDE"[random.randint(5)]
        answers[question.qid] = (
            Answer.of_letter(letter) if outcome is Outcome.ANSWERED else Answer(outcome, None, "made up")
        )
    scores: dict[str, list[int]] = {}
    for question in benchmark.questions:
        for name, score in lmms_eval_tasks._question_scores(question, answers[question.qid]).items():
            scores.setdefault(name, []).append(score)
    metrics = score_closed(benchmark, answers, confidence_intervals=False).metrics
    assert set(scores) >= {"accuracy", "trap_accuracy", "accuracy_shape", "refusal_rate"}
    for name in TABLE_METRICS:
        if name in scores:
            assert np.mean(scores[name]) == pytest.approx(metrics[name].value)
            assert len(scores[name]) == metrics[name].n
