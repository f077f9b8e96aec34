"""Trust rows: what guessing, always rejecting, never rejecting and not looking come to on the same questions.

A score on this benchmark means little without them beside it.

``uniform``
    The expected counts of a guesser that picks each offered letter alike; metrics are those of the expected counts.
``always_E``
    E wherever it is offered, A on the two-option questions.
``never_E_oracle``
    Right on every question with a right option, and A on the traps.
``text_only_prior``, ``text_only_option_set``, ``text_only_logistic``
    The models of ``text_only``; each metric is the mean over their seeds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from math import fsum, isnan
from statistics import fmean

import numpy as np

from mmneuroonco_tasks.benchmark.records import LETTERS, REJECTION_LETTER, ClosedBenchmark, ClosedQuestion

from .counting import AskedColumns
from .registry import BREAKDOWN_METRICS, CLOSED_METRICS, METRICS, FloatArray, Metric, Totals
from .text_only import TextOnlyPicks
from .uncertainty import UNDEFINED, Estimate

#: How tables call the rows, in their order.
TRUST_ROW_TITLES: Mapping[str, str] = {
    "uniform": "uniform guess (expected)",
    "always_E": "always E (A where E is not offered)",
    "never_E_oracle": "oracle that never picks E",
    "text_only_prior": "text only: option prior",
    "text_only_option_set": "text only: option set",
    "text_only_logistic": "text only: logistic regression",
}

#: By subset, the rows that say nothing there: ``image_needed`` is defined by this model's errors.
UNINFORMATIVE_ROWS: Mapping[str, frozenset[str]] = {"image_needed": frozenset({"text_only_logistic"})}


def trust_rows(
    benchmark: ClosedBenchmark, picks: TextOnlyPicks | None = None, *, metrics: Sequence[Metric] = CLOSED_METRICS
) -> dict[str, dict[str, Estimate]]:
    """Every one of ``metrics`` for each row, on the asked questions of ``benchmark``.

    Args:
        benchmark: the asked questions.
        picks: what ``text_only_picks`` gave for questions that hold the asked ones; without it these rows are absent.
            Let them be of the whole scope where few are asked: so many are fitted on.
        metrics: which are told.

    Returns:
        Values without intervals: the rows are points of reference, not runs.

    >>> from mmneuroonco_tasks.benchmark.records import Benchmark, ClosedQuestion, Picture
    >>> options = {"A": "glioma", "B": "meningioma", "C": "schwannoma", "D": "pituitary", "E": "None of the above"}
    >>> question = ClosedQuestion("1_q1", Picture(1, "a/b/c.png", 1), "diagnosis", "Which?", options, "B")
    >>> rows = trust_rows(Benchmark("closed", "full", (question,), 1, "00000000"))
    >>> {name: row["accuracy"].value for name, row in rows.items()}
    {'uniform': 0.2, 'always_E': 0.0, 'never_E_oracle': 1.0}
    """
    columns = AskedColumns(benchmark.questions)
    totals: dict[str, list[Totals]] = {
        "uniform": [_uniform_totals(benchmark)],
        "always_E": [_totals(columns, map(_always_rejecting, benchmark.questions))],
        "never_E_oracle": [_totals(columns, map(_never_rejecting, benchmark.questions))],
    }
    for name, seeds in (picks or {}).items():
        totals[f"text_only_{name}"] = [
            _totals(columns, [seed[question.qid] for question in benchmark.questions]) for seed in seeds
        ]
    return {name: _mean_metrics(totals[name], metrics) for name in TRUST_ROW_TITLES if name in totals}


def subset_trust_rows(
    benchmark: ClosedBenchmark, subsets: Mapping[str, Collection[str]], picks: TextOnlyPicks | None = None
) -> dict[str, dict[str, dict[str, Estimate]]]:
    """By subset, the rows on its asked questions, in the metrics that parts have.

    A row that says nothing there is left out (``UNINFORMATIVE_ROWS``), and so is a subset of which nothing was asked.
    """
    metrics = [METRICS[name] for name in BREAKDOWN_METRICS]
    found = {}
    for name, qids in subsets.items():
        if own := [qid for qid in qids if qid in benchmark]:
            rows = trust_rows(benchmark.restricted_to(own), picks, metrics=metrics)
            unsaid = UNINFORMATIVE_ROWS.get(name, frozenset())
            found[name] = {row: estimates for row, estimates in rows.items() if row not in unsaid}
    return found


def _always_rejecting(question: ClosedQuestion) -> str:
    return REJECTION_LETTER if question.offers_rejection else next(iter(question.options))


def _never_rejecting(question: ClosedQuestion) -> str:
    return next(iter(question.options)) if question.trap else question.answer


def _totals(columns: AskedColumns, letters: Iterable[str]) -> Totals:
    picked = np.array([LETTERS.index(letter) for letter in letters], dtype=np.int64)
    of_letters = columns.of_letters(picked)
    return {name: np.asarray(column.sum(), dtype=np.float64) for name, column in of_letters.items()}


def _uniform_totals(benchmark: ClosedBenchmark) -> Totals:
    """Expected column totals: each question's indicators averaged over the letters it offers."""
    expected: defaultdict[str, float] = defaultdict(float)
    for number, letter in enumerate(LETTERS):
        offering = [question for question in benchmark.questions if letter in question.options]
        columns = AskedColumns(offering).of_letters(np.full(len(offering), number, dtype=np.int64))
        weights = np.array([1 / len(question.options) for question in offering])
        for name, column in columns.items():
            expected[name] += float(column @ weights)
    # Whether a whole image is right is no sum over its questions.
    chance_of_image: dict[int, float] = {}
    for question in benchmark.questions:
        chance = chance_of_image.get(question.picture.id, 1.0)
        chance_of_image[question.picture.id] = chance / len(question.options)
    expected["images"], expected["images_right"] = len(chance_of_image), fsum(chance_of_image.values())
    return {name: np.asarray(value, dtype=np.float64) for name, value in expected.items()}


def _mean_metrics(seeds: list[Totals], wanted: Sequence[Metric]) -> dict[str, Estimate]:
    """Each metric's mean over the seeds; undefined where it is undefined for one of them."""
    metrics = {}
    for metric in wanted:
        values = [float(metric.compute(totals)) for totals in seeds]
        counted: FloatArray = seeds[0][metric.counted]
        undefined = any(isnan(value) for value in values)
        metrics[metric.name] = (
            UNDEFINED if undefined else Estimate(fmean(values), None, None, None, round(float(counted)))
        )
    return metrics
