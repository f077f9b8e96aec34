"""Scorers and metrics for inspect_ai: our reader of answers, our metrics with their clustered errors.

A closed sample is C, I or N (nothing was picked), which inspect_ai's own ``accuracy`` and ``stderr`` count; the
explanation says how the response was read. Every metric of our tables, and its error as ``…_stderr``, stands beside
them. With several epochs each question has several answers, all of one cluster: values are means over all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import chain
from typing import Any, TypeAlias

import numpy as np
from inspect_ai.scorer import (
    CORRECT,
    INCORRECT,
    NOANSWER,
    Metric,
    SampleScore,
    Score,
    Scorer,
    Target,
    Value,
    accuracy,
    metric,
    scorer,
    stderr,
)
from inspect_ai.solver import TaskState

from ..answers import Answer, Outcome
from ..benchmark import ClosedQuestion
from ..scores import METRICS, TABLE_METRICS
from ..scores.counting import closed_columns, cluster_indices, read_picks
from ..scores.open_counting import attribute_columns, open_clusters, overlap_columns, read_responses
from ..scores.open_reading import OpenAnswer, read_open
from ..scores.open_registry import OPEN_METRICS_BY_NAME, OPEN_TABLE_METRICS
from ..scores.registry import Metric as OurMetric
from ..scores.uncertainty import ClusterCounts, estimate_all
from .asking import Asking, asking
from .variants import variant_named

#: inspect_ai's words for why a response earned nothing.
_REASONS = {
    Outcome.REFUSED: "refusal",
    Outcome.AMBIGUOUS: "invalid_response_format",
    Outcome.UNPARSED: "invalid_response_format",
    Outcome.FAILED: "no_response",
}

#: What one answer to each question comes to: the questions, and by name the columns that metrics are computed from.
Epoch: TypeAlias = tuple[Sequence[Any], Mapping[str, Any]]


def _asking(metadata: Mapping[str, Any] | None) -> Asking:
    return asking(variant_named((metadata or {})["task"]))


def _over_epochs(
    of_epoch: Callable[[Asking, Sequence[SampleScore]], Epoch],
    clusters: Callable[[Sequence[Any]], Any],
    metrics: Sequence[OurMetric],
) -> Metric:
    """A metric of inspect_ai: our metrics over the answers of all epochs, each question's in one cluster."""

    def compute(scores: list[SampleScore]) -> Value:
        if not scores:  # inspect_ai shows numbers before there are any
            return {}
        asked = _asking(scores[0].sample_metadata)
        questions, parts = zip(*(of_epoch(asked, epoch) for epoch in _epochs(scores)), strict=True)
        return _estimates(clusters(list(chain.from_iterable(questions))), parts, metrics)

    return compute


def _epochs(scores: Sequence[SampleScore]) -> list[list[SampleScore]]:
    """The n-th answers to each question, for n = 1, 2, …; the last ones may be fewer."""
    epochs: list[list[SampleScore]] = []
    seen: dict[Any, int] = {}
    for score in scores:
        number = seen[score.sample_id] = seen.get(score.sample_id, -1) + 1
        if number == len(epochs):
            epochs.append([])
        epochs[number].append(score)
    return epochs


def _estimates(clusters: Any, parts: Sequence[Mapping[str, Any]], metrics: Sequence[OurMetric]) -> Value:
    """Value and standard error by metric; undefined ones are left out, which inspect_ai could only show as NaN."""
    needed = dict.fromkeys(name for each in metrics for name in each.columns)
    columns = {name: np.concatenate([part[name] for part in parts]) for name in needed}
    (found,) = estimate_all([(ClusterCounts.of(clusters, columns), metrics)])
    values = {name: each.value for name, each in found.items()}
    values |= {f"{name}_stderr": each.stderr for name, each in found.items()}
    return {name: value for name, value in values.items() if value is not None}


@metric(name="closed_metrics", scores="unreduced")
def closed_metrics() -> Metric:
    """Every metric of the closed table and its standard error, over all answers."""
    return _over_epochs(_closed_epoch, cluster_indices, [METRICS[name] for name in TABLE_METRICS])


def _closed_epoch(asked: Asking, scores: Sequence[SampleScore]) -> Epoch:
    told = {qid: each for score in scores for qid, each in (score.score.metadata or {})["answers"].items()}
    benchmark = asked.scored.restricted_to(told)
    answers = {qid: Answer(Outcome(each["outcome"]), *_rest(each)) for qid, each in told.items()}
    return benchmark.questions, closed_columns(benchmark.questions, read_picks(benchmark, answers))


def _rest(told: Mapping[str, Any]) -> tuple[Any, ...]:
    return told["letter"], told["rule"], told["hedged"]


@scorer(name="mmneuroonco_closed", metrics=[accuracy(), stderr(cluster="cluster"), closed_metrics()])
def closed_answers() -> Scorer:
    """The response read: right, wrong, or nothing picked; for all questions of an image the share of right ones."""

    async def score(state: TaskState, target: Target) -> Score:
        asked = _asking(state.metadata)
        qids = asked.request_of(str(state.sample_id))
        answers = asked.read(qids, state.output.completion)
        told = {
            qid: {"outcome": str(each.outcome), "letter": each.letter, "rule": each.rule, "hedged": each.hedged}
            for qid, each in answers.items()
        }
        return Score(
            value=_value(asked, answers),
            answer=" ".join(each.letter or "–" for each in answers.values()),
            explanation="\n".join(_explained(asked.scored[qid], each) for qid, each in answers.items()),
            reason=_REASONS.get(answers[qids[0]].outcome) if len(qids) == 1 else None,
            metadata={"answers": told},
        )

    return score


def _value(asked: Asking, answers: Mapping[str, Answer]) -> Value:
    right = [answer.letter == asked.scored[qid].answer for qid, answer in answers.items()]
    if asked.protocol.per == "image":
        return sum(right) / len(right)
    (answer,) = answers.values()
    return CORRECT if right[0] else NOANSWER if answer.letter is None else INCORRECT


def _explained(question: ClosedQuestion, answer: Answer) -> str:
    key = f"{question.answer}. {question.options[question.answer]}"
    kind = ", a trap" if question.trap else ""
    picked = f" {answer.letter}" if answer.letter else ""
    return f"{question.qid} ({question.question_type}{kind}): {answer.outcome}{picked}, by {answer.rule}. Key: {key}"


@metric(name="open_metrics", scores="unreduced")
def open_metrics() -> Metric:
    """Every metric of the open table and its standard error, over all responses."""
    return _over_epochs(_open_epoch, open_clusters, [OPEN_METRICS_BY_NAME[name] for name in OPEN_TABLE_METRICS])


def _open_epoch(asked: Asking, scores: Sequence[SampleScore]) -> Epoch:
    responses = {str(score.sample_id): (score.score.metadata or {})["response"] for score in scores}
    benchmark = asked.scored.restricted_to(responses)
    read = read_responses(benchmark, responses)
    questions = benchmark.questions
    return questions, attribute_columns(questions, read) | overlap_columns(questions, read)


@scorer(name="mmneuroonco_open", metrics=[open_metrics()])
def open_answers() -> Scorer:
    """The attributes that the question asks for: how many there are, and how many of them the response has right."""

    async def score(state: TaskState, target: Target) -> Score:
        response = state.output.completion
        read = read_open(_asking(state.metadata).scored[str(state.sample_id)], response)
        return Score(
            value={"attributes": len(read.items), "right": sum(item.right for item in read.items)},
            answer="; ".join(f"{item.attribute}: {item.response or 'not said'}" for item in read.items) or None,
            explanation=_open_explained(read),
            metadata={"response": response, "outcome": str(read.outcome)},
        )

    return score


def _open_explained(read: OpenAnswer) -> str:
    lines = [f"{read.outcome}; {len(read.items)} attributes to score"]
    for item in read.items:
        said = "contradictory" if item.contradictory else item.response or "not said"
        lines.append(f"{item.attribute}: {said} ({'right' if item.right else 'reference: ' + item.reference})")
    return "\n".join(lines)
