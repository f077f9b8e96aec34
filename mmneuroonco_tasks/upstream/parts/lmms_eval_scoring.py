"""From responses to metrics: what one question counts for, and what a run comes to.

A response that picks nothing (refused, ambiguous, unparsed, failed) is wrong and stays in every denominator; the
metrics, their formulas and sources are listed in ``scores/registry.py``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ...answers.outcome import Answer, Outcome
from ...answers.single import read_answer
from ...benchmark.records import ClosedQuestion, Picture
from ...scores.counting import closed_columns, cluster_indices
from ...scores.registry import METRICS, TABLE_METRICS
from ...scores.uncertainty import ClusterCounts, Estimate, estimate_all

#: Metrics of which each question has its own 0 or 1, so that the framework's own errors of them are right.
PER_QUESTION = tuple(name for name in TABLE_METRICS if METRICS[name].kind == "mean" and name != "image_accuracy")
#: What has no value for a single question.
PER_RUN = tuple(name for name in TABLE_METRICS if name not in PER_QUESTION)


def record_of(document: Mapping[str, Any], response: str | None) -> dict[str, Any]:
    """What aggregation needs to know of a document and the response to it; all plain values."""
    options = offered(document)
    answer = read_answer(response, options)
    return {
        **{key: document[key] for key in ("task", "number", "qid", "image_id", "cluster", "question_type")},
        "letters": "".join(options),
        "key": document["answer"],
        "trap": document["trap"],
        "outcome": str(answer.outcome),
        "letter": answer.letter,
        "rule": answer.rule,
        "hedged": answer.hedged,
    }


def offered(document: Mapping[str, Any]) -> dict[str, str]:
    """The offered letters and their texts: a table has a column for every letter, empty where it is not offered."""
    return {letter: text for letter, text in document["options"].items() if text is not None}


def question_scores(record: Mapping[str, Any]) -> dict[str, int]:
    """By metric of ``PER_QUESTION`` that counts this question, its 0 or 1."""
    columns = closed_columns([_question(record)], {record["qid"]: _answer(record)})
    return {
        name: int(METRICS[name].sum_numerator(columns)[0]) for name in PER_QUESTION if columns[METRICS[name].asked][0]
    }


def run_scores(records: Iterable[Mapping[str, Any]]) -> dict[str, Estimate]:
    """Every metric of the table over all records, with its 95 % interval and clustered standard error."""
    # The order of the benchmark: several processes give theirs back in another, and the bootstrap draws by order.
    ordered = sorted(records, key=lambda record: record["number"])
    questions = [_question(record) for record in ordered]
    columns = closed_columns(questions, {record["qid"]: _answer(record) for record in ordered})
    counts = ClusterCounts.of(cluster_indices(questions), columns)
    return estimate_all([(counts, [METRICS[name] for name in TABLE_METRICS])])[0]


#: The scores of the run that was aggregated last: see ``scores_of_run``.
_latest: dict[str, Estimate] = {}


def scores_of_run(records: Iterable[Mapping[str, Any]] | None = None) -> Mapping[str, Estimate]:
    """The scores of these records or, without any, those of the last call that had some.

    lmms-eval aggregates a task's metrics one after another and gives each its own items. ``accuracy`` comes first and
    its items are the records; the others then take their value from the same scoring.
    """
    if records is not None:
        _latest.clear()
        _latest.update(run_scores(records))
    return _latest


def _question(record: Mapping[str, Any]) -> ClosedQuestion:
    """As much of the question as scoring reads."""
    return ClosedQuestion(
        qid=record["qid"],
        picture=Picture(record["image_id"], "", record["cluster"]),
        question_type=record["question_type"],
        question="",
        options=dict.fromkeys(record["letters"], ""),
        answer=record["key"],
        trap=record["trap"],
    )


def _answer(record: Mapping[str, Any]) -> Answer:
    return Answer(Outcome(record["outcome"]), record["letter"], record["rule"], record["hedged"])
