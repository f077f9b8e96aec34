"""Scores of the open questions: one pure function from questions and responses to numbers with intervals.

The asked set is ``benchmark.questions``, and every asked question stays in its denominators. The metrics, their ranges
and formulas are listed in ``open_registry``; intervals come from ``uncertainty``, as those of the closed questions do.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mmneuroonco_tasks.benchmark.records import OPEN_TYPES, OpenBenchmark, OpenQuestion

from .attributes import ATTRIBUTES, ATTRIBUTES_VERSION
from .counting import modality_of
from .judgement import Judgement
from .open_counting import (
    OpenColumns,
    attribute_columns,
    judge_columns,
    open_clusters,
    overlap_columns,
    read_responses,
)
from .open_reading import OpenAnswer, OpenOutcome, open_task
from .open_registry import BERT_METRIC, JUDGE_METRICS, OPEN_BREAKDOWN_METRICS, OPEN_METRICS, OPEN_METRICS_BY_NAME
from .open_rows import open_rows
from .overlap import overlap_signature
from .registry import Metric
from .result import common_sections, plain_parts
from .signature import Signature
from .uncertainty import RESAMPLES, SEED, ClusterCounts, Estimate, estimate_all

Estimates = Mapping[str, Estimate]

#: What stands as ``extract`` in the signature of open scores: the extractor has its own version.
OPEN_EXTRACT = f"attributes-{ATTRIBUTES_VERSION}"


@dataclass(frozen=True)
class OpenScores:
    """What a run comes to on the asked open questions.

    ``metrics`` holds every metric of ``open_registry.OPEN_METRICS`` (and BERTScore's and the judge's where these were
    given); the parts hold ``OPEN_BREAKDOWN_METRICS``, the comparison rows ``OPEN_ROW_METRICS``.
    """

    metrics: Estimates
    #: Detail, Location, Reasoning.
    by_type: Mapping[str, Estimates]
    by_class: Mapping[str, Estimates]
    by_modality: Mapping[str, Estimates]
    by_source: Mapping[str, Estimates]
    #: Questions, outcomes, items, and per attribute the given and unstated ones, as integers.
    counts: Mapping[str, int]
    #: How each response was read, in benchmark order.
    answers: Mapping[str, OpenAnswer]
    trust_rows: Mapping[str, Estimates] = field(default_factory=dict)

    @property
    def partial(self) -> bool:
        """Whether fewer questions were asked than the scope holds, or responses are missing."""
        return self.counts["asked"] < self.counts["scope"] or self.counts["missing"] > 0


def score_open(
    benchmark: OpenBenchmark,
    responses: Mapping[str, str | None],
    *,
    judgements: Mapping[str, Judgement | None] | None = None,
    bert: Mapping[str, float] | None = None,
    with_rows: bool = True,
    confidence_intervals: bool = True,
    resamples: int = RESAMPLES,
    seed: int = SEED,
) -> OpenScores:
    """Score the responses to the asked questions.

    Args:
        benchmark: the asked questions.
        responses: texts by qid; absent or ``None`` is missing: wrong, counted apart, and the result is partial.
        judgements: verdicts by qid where a judge was asked; absent or ``None`` is unjudged, which is not wrong.
        bert: BERTScore F1 by qid (``overlap.bert_scores``).
        with_rows: whether to score the comparison rows on the same questions.
        confidence_intervals: without them only shares have a standard error, and nothing is resampled.

    Raises:
        ValueError: the benchmark is not the open one, or a qid of ``responses`` is not asked.

    >>> from mmneuroonco_tasks.benchmark.records import Benchmark, Picture
    >>> question = OpenQuestion("1_q3", Picture(1, "a/b/c.png", 1), "Detail", "How large is it?", "It is small.", ())
    >>> benchmark = Benchmark("open", "full", (question,), 1, "00000000")
    >>> scores = score_open(benchmark, {"1_q3": "A tiny focus."})
    >>> scores.metrics["attribute_balanced_accuracy"].value, scores.metrics["keyword_recall"].value
    (1.0, None)
    """
    if benchmark.task != "open":
        raise ValueError(f"score_open got the {benchmark.task} questions; load the open benchmark.")
    questions = benchmark.questions
    answers = read_responses(benchmark, responses)
    columns = attribute_columns(questions, answers) | overlap_columns(questions, answers)
    metrics: tuple[Metric, ...] = OPEN_METRICS
    if bert is not None:
        columns["bert_score"] = np.array([bert.get(question.qid, 0.0) for question in questions])
        metrics = (*metrics, BERT_METRIC)
    if judgements is not None:
        columns |= judge_columns(questions, answers, judgements)
        metrics = (*metrics, *JUDGE_METRICS)
    clusters = open_clusters(questions)
    sections = _sections(benchmark)
    parts = [(ClusterCounts.of(clusters, _needed(columns, metrics)), metrics)]
    parts += [
        (ClusterCounts.of(clusters, _needed(columns, _BREAKDOWN, members)), _BREAKDOWN)
        for part_members in sections.values()
        for members in part_members.values()
    ]
    estimates = iter(estimate_all(parts, resamples if confidence_intervals else 0, seed))
    whole = next(estimates)
    by = {section: {name: next(estimates) for name in names} for section, names in sections.items()}
    return OpenScores(
        metrics=whole,
        **by,
        counts=_counts(benchmark, columns, clusters),
        answers=answers,
        trust_rows=open_rows(benchmark) if with_rows else {},
    )


_BREAKDOWN = tuple(OPEN_METRICS_BY_NAME[name] for name in OPEN_BREAKDOWN_METRICS)

#: What a question belongs to, by section of the result.
_PART_OF: dict[str, Callable[[OpenQuestion], str]] = {
    "by_type": lambda question: question.question_type,
    "by_class": lambda question: question.picture.diagnosis_class,
    "by_modality": lambda question: modality_of(question.picture),
    "by_source": lambda question: question.picture.source or "unknown",
}


def _sections(benchmark: OpenBenchmark) -> dict[str, dict[str, NDArray[np.int64]]]:
    """By section and part of the result, which questions belong to it (1 or 0)."""
    sections = {}
    for section, part_of in _PART_OF.items():
        own = [part_of(question) for question in benchmark.questions]
        names = OPEN_TYPES if section == "by_type" else sorted(set(own))
        sections[section] = {name: np.array([part == name for part in own], dtype=np.int64) for name in names}
    return sections


def _needed(
    columns: OpenColumns, metrics: Sequence[Metric], members: NDArray[np.int64] | None = None
) -> dict[str, NDArray[Any]]:
    names = dict.fromkeys(name for metric in metrics for name in metric.columns)
    return {name: columns[name] if members is None else columns[name] * members for name in names}


def _counts(benchmark: OpenBenchmark, columns: OpenColumns, clusters: NDArray[np.intp]) -> dict[str, int]:
    tasks = [open_task(question) for question in benchmark.questions]
    outcomes = [outcome.value for outcome in OpenOutcome if outcome != OpenOutcome.ANSWERED]
    named = ("asked", *outcomes, "items", "items_right", "items_contradictory", "given", "unstated", "keyworded")
    total = {name: int(columns[name].sum()) for name in named}
    return {
        "scope": benchmark.scope_size,
        "clusters": int(clusters.max(initial=-1)) + 1,
        **total,
        "answered": total["asked"] - sum(total[outcome] for outcome in outcomes),
        "without_keywords": total["asked"] - total["keyworded"],
        **{f"{name}_items": int(columns[name].sum()) for name in ATTRIBUTES},
        **{f"{name}_given": sum(name in task.given for task in tasks) for name in ATTRIBUTES},
        **{f"{name}_unstated": sum(name in task.unstated for task in tasks) for name in ATTRIBUTES},
    }


def open_result(scores: OpenScores, signature: Signature, *, answers: bool = True) -> dict[str, Any]:
    """The scores as plain Python values in the schema of result files, free of NaN.

    ``answers=False`` leaves out how every response was read. No response, question or reference stands in it.
    """
    result = {
        **common_sections(scores, signature),
        "trust_rows": plain_parts(scores.trust_rows),
        "subsets": {},
        "overlap_signature": overlap_signature(),
    }
    if answers:
        result["answers"] = {qid: _plain_answer(answer) for qid, answer in scores.answers.items()}
    return result


def _plain_answer(answer: OpenAnswer) -> dict[str, Any]:
    return {
        "outcome": answer.outcome.value,
        "attributes": {
            item.attribute: {
                "reference": item.reference,
                "response": item.response,
                "contradictory": item.contradictory,
                "right": item.right,
            }
            for item in answer.items
        },
        "measurements": {
            item.name: {
                "reference": list(item.reference),
                "response": None if item.response is None else list(item.response),
                "right": item.right,
            }
            for item in answer.measured
        },
        "keyword_recall": None if answer.keywords is None else answer.keywords.recall,
    }
