"""The texts of phantom questions tell nothing: whoever is fitted on them and shown no picture stays at chance.

Two kinds of evidence. Model *c* of the trust rows (cross-fitted on the set itself, as users see it) has chance in its
interval. The same model fitted on ten times as many questions of another seed, which no questions of a user's copy can
beat, has it too on questions that it never saw, and does not tell traps from others.

Cross-fitting has a spread of its own: all folds share their questions, so on labels without any signal its results lie
1.1 to 1.3 times as far from chance as those of independent guesses. Hence the means over several sets, with intervals
taken from the spread between sets, which are independent.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest

from mmneuroonco_tasks.answers import Answer
from mmneuroonco_tasks.benchmark import ClosedBenchmark, ClosedQuestion, load_benchmark
from mmneuroonco_tasks.benchmark.files import write_json
from mmneuroonco_tasks.phantom.cases import deal_cases
from mmneuroonco_tasks.phantom.closed import closed_records
from mmneuroonco_tasks.scores import score_closed
from mmneuroonco_tasks.scores.text_only import MODELS, fit_text_only, option_features

DEFAULT_IMAGES = 120
#: Of the attacker's own set, and of the set it is tried on.
ATTACKER, FRESH = (1200, 101), (1000, 102)


@cache
def phantoms(images: int, seed: int) -> ClosedBenchmark:
    """The closed questions of a phantom set; nothing is drawn."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "closed.json"
        write_json(path, closed_records(deal_cases(images, seed), seed))
        return load_benchmark("closed", annotations=path)


def chance_of(questions: Sequence[ClosedQuestion]) -> float:
    return sum(1 / len(question.options) for question in questions) / len(questions)


def scored(benchmark: ClosedBenchmark, picks: Sequence[str]) -> Any:
    letters = zip(benchmark.questions, picks, strict=True)
    return score_closed(benchmark, {question.qid: Answer.of_letter(letter) for question, letter in letters}).metrics


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_text_only_models_are_at_chance_on_the_set_itself(seed: int, model: str) -> None:
    """The default set (seed 0) and two others, each model with its first seed of folds; 95 % interval by cluster."""
    benchmark = phantoms(DEFAULT_IMAGES, seed)
    (picks,) = fit_text_only(benchmark.questions, seeds=(0,), models=(model,))[model]
    accuracy = scored(benchmark, picks)["accuracy"]
    assert accuracy.low <= chance_of(benchmark.questions) <= accuracy.high


def test_over_many_sets_the_logistic_model_is_at_chance() -> None:
    """Its mean distance from chance over sixteen sets, with a t interval from the sets' own spread."""
    from scipy.stats import t

    distances = []
    for seed in range(16):
        questions = phantoms(DEFAULT_IMAGES, seed).questions
        (picks,) = fit_text_only(questions, seeds=(0,), models=("logistic",))["logistic"]
        right = np.mean([letter == question.answer for letter, question in zip(picks, questions, strict=True)])
        distances.append(right - chance_of(questions))
    error = float(np.std(distances, ddof=1)) / len(distances) ** 0.5
    assert abs(np.mean(distances)) <= t.ppf(0.975, len(distances) - 1) * error
    assert error < 0.01, "sets that differ more would show nothing"


@pytest.fixture(scope="module")
def attacked() -> tuple[ClosedBenchmark, list[str]]:
    """A fresh set, and what is picked by the logistic model fitted on a large set of another seed."""
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.linear_model import LogisticRegression

    own, fresh = phantoms(*ATTACKER), phantoms(*FRESH)
    features = CountVectorizer(analyzer=list, binary=True, dtype=np.float64)
    rows = features.fit_transform(row for question in own.questions for row in option_features(question).values())
    right = [letter == question.answer for question in own.questions for letter in question.options]
    model = LogisticRegression(C=1.0, solver="liblinear").fit(rows, right)
    assert model.score(rows, right) > 0.79, "it has something to learn by heart"
    picks = []
    for question in fresh.questions:
        scores = model.decision_function(features.transform(option_features(question).values()))
        picks.append(list(question.options)[int(scores.argmax())])
    return fresh, picks


def test_fitted_on_another_large_set_it_is_at_chance_on_a_fresh_one(
    attacked: tuple[ClosedBenchmark, list[str]],
) -> None:
    fresh, picks = attacked
    metrics = scored(fresh, picks)
    assert metrics["accuracy"].low <= chance_of(fresh.questions) <= metrics["accuracy"].high
    assert metrics["accuracy"].high - metrics["accuracy"].low < 0.04, "an interval that could tell a leak"
    for question_type in ("diagnosis", "modality", "size", "shape", "spread", "location"):
        own = [question for question in fresh.questions if question.question_type == question_type]
        found = metrics[f"accuracy_{question_type}"]
        assert found.low <= chance_of(own) <= found.high, question_type


def test_it_does_not_tell_traps_from_answerable_questions(attacked: tuple[ClosedBenchmark, list[str]]) -> None:
    """E is picked as often on the one as on the other."""
    from scipy.stats import fisher_exact

    fresh, picks = attacked
    table = np.zeros((2, 2), int)
    for question, letter in zip(fresh.questions, picks, strict=True):
        if question.offers_rejection:
            table[int(question.trap), int(letter == "E")] += 1
    assert fisher_exact(table).pvalue > 0.05
    assert table[:, 1].sum() > 20, "it does pick E"
