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
from numpy.typing import NDArray

from mmneuroonco_tasks.benchmark.records import LETTERS, REJECTION_LETTER, ClosedBenchmark, ClosedQuestion

from .counting import AskedColumns
from .registry import BREAKDOWN_METRICS, CLOSED_METRICS, METRICS, Metric, Totals
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
    return _Rows(benchmark, picks).estimates(np.ones(len(benchmark), dtype=bool), metrics)


def subset_trust_rows(
    benchmark: ClosedBenchmark, subsets: Mapping[str, Collection[str]], picks: TextOnlyPicks | None = None
) -> dict[str, dict[str, dict[str, Estimate]]]:
    """By subset, the rows on its asked questions, in the metrics that parts have.

    A row that says nothing there is left out (``UNINFORMATIVE_ROWS``), and so is a subset of which nothing was asked.
    """
    metrics = [METRICS[name] for name in BREAKDOWN_METRICS]
    all_rows = _Rows(benchmark, picks) if subsets else None
    found = {}
    for name, qids in subsets.items():
        chosen = set(qids)
        members = np.array([question.qid in chosen for question in benchmark.questions], dtype=bool)
        if all_rows and members.any():
            rows = all_rows.estimates(members, metrics)
            unsaid = UNINFORMATIVE_ROWS.get(name, frozenset())
            found[name] = {row: estimates for row, estimates in rows.items() if row not in unsaid}
    return found


def _always_rejecting(question: ClosedQuestion) -> str:
    return REJECTION_LETTER if question.offers_rejection else next(iter(question.options))


def _never_rejecting(question: ClosedQuestion) -> str:
    return next(iter(question.options)) if question.trap else question.answer


class _Rows:
    """What each row picks on all asked questions, and what that comes to on any part of them."""

    def __init__(self, benchmark: ClosedBenchmark, picks: TextOnlyPicks | None) -> None:
        questions = benchmark.questions
        self._columns = AskedColumns.of(questions)
        #: Which letters each question offers, of shape ``(questions, letters)``.
        self._offered = np.array([[letter in question.options for letter in LETTERS] for question in questions], bool)
        #: By row, for each seed the index of the picked letter of every question.
        self._picked = {
            "always_E": [_indices(map(_always_rejecting, questions))],
            "never_E_oracle": [_indices(map(_never_rejecting, questions))],
        }
        qids = [question.qid for question in questions]
        for name, seeds in (picks or {}).items():
            self._picked[f"text_only_{name}"] = [_indices(map(seed.__getitem__, qids)) for seed in seeds]

    def estimates(self, members: NDArray[np.bool_], metrics: Sequence[Metric]) -> dict[str, dict[str, Estimate]]:
        """The metrics of each row on these questions."""
        columns = self._columns.restricted_to(members)
        totals = {"uniform": [_uniform_totals(columns, self._offered[members])]}
        for row, seeds in self._picked.items():
            totals[row] = [_totals(columns, picked[members]) for picked in seeds]
        return {row: _mean_metrics(totals[row], metrics) for row in TRUST_ROW_TITLES if row in totals}


def _indices(letters: Iterable[str]) -> NDArray[np.int64]:
    return np.array([_INDEX[letter] for letter in letters], dtype=np.int64)


_INDEX = {letter: number for number, letter in enumerate(LETTERS)}


def _totals(columns: AskedColumns, picked: NDArray[np.int64]) -> dict[str, float]:
    return {name: float(np.count_nonzero(column)) for name, column in columns.indicators(picked).items()}


def _uniform_totals(columns: AskedColumns, offered: NDArray[np.bool_]) -> dict[str, float]:
    """Expected column totals: each question's indicators averaged over the letters it offers."""
    expected: defaultdict[str, float] = defaultdict(float)
    sizes = offered.sum(axis=1)
    for number in range(len(LETTERS)):
        offering = offered[:, number]
        weights = 1 / sizes[offering]
        indicators = columns.restricted_to(offering).indicators(np.full(len(weights), number, dtype=np.int64))
        for name, column in indicators.items():
            expected[name] += float(column @ weights)
    # Whether a whole image is right is no sum over its questions.
    chance_of_image: dict[int, float] = {}
    for image, size in zip(columns.images.tolist(), sizes.tolist(), strict=True):
        chance_of_image[image] = chance_of_image.get(image, 1.0) / size
    expected["images"], expected["images_right"] = len(chance_of_image), fsum(chance_of_image.values())
    return expected


def _mean_metrics(seeds: Sequence[Mapping[str, float]], wanted: Sequence[Metric]) -> dict[str, Estimate]:
    """Each metric's mean over the column totals of the seeds; undefined where it is undefined for one of them."""
    totals: Totals = {name: np.array([seed[name] for seed in seeds], dtype=np.float64) for name in seeds[0]}
    metrics = {}
    for metric in wanted:
        values = metric.compute(totals).tolist()
        undefined = any(map(isnan, values))
        n = round(seeds[0][metric.counted])
        metrics[metric.name] = UNDEFINED if undefined else Estimate(fmean(values), None, None, None, n)
    return metrics
