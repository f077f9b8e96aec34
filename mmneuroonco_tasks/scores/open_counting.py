"""From open questions and what was read to the columns that every open metric is computed from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mmneuroonco_tasks.benchmark.records import OpenBenchmark, OpenQuestion

from .attributes import ATTRIBUTES, MEASUREMENTS
from .judgement import Judgement
from .open_reading import OpenAnswer, OpenOutcome, open_task, read_open
from .overlap import BLEU_COLUMNS, bleu_statistics, rouge_l
from .uncertainty import ClusterCounts

#: Sums by name, each of shape ``(questions,)``: integers, except the fractions of keywords, ROUGE-L and BERTScore.
OpenColumns = dict[str, NDArray[Any]]

_NO_RESPONSE = (OpenOutcome.EMPTY, OpenOutcome.FAILED, OpenOutcome.MISSING)


def read_responses(benchmark: OpenBenchmark, responses: Mapping[str, str | None]) -> dict[str, OpenAnswer]:
    """What the response to every asked question comes to, in benchmark order; absent ones are missing.

    Raises:
        ValueError: a response belongs to a question that is not asked.
    """
    stray = [qid for qid in responses if qid not in benchmark]
    if stray:
        raise ValueError(
            f"{stray[0]} is answered but not asked in {benchmark.task}/{benchmark.scope}"
            + (f" (nor are {len(stray) - 1} more)" if len(stray) > 1 else "")
            + "; check the task and the scope, or leave these responses out."
        )
    return {question.qid: read_open(question, responses.get(question.qid)) for question in benchmark.questions}


def open_clusters(questions: Sequence[OpenQuestion]) -> NDArray[np.intp]:
    """Each question's cluster, numbered 0, 1, … in the order in which clusters first appear."""
    number: dict[int, int] = {}
    return np.array([number.setdefault(question.picture.cluster, len(number)) for question in questions], dtype=np.intp)


def attribute_columns(questions: Sequence[OpenQuestion], answers: Mapping[str, OpenAnswer]) -> OpenColumns:
    """Outcomes, attributes, measurements and keywords: everything but overlap with the reference and verdicts."""
    rows = [_row(question, answers[question.qid]) for question in questions]
    names = dict.fromkeys(name for row in rows for name in row)
    return {name: np.array([row.get(name, 0) for row in rows]) for name in (*_ALWAYS, *names)}


#: Columns that are there even where no question fills them.
_ALWAYS = tuple(
    dict.fromkeys(
        [
            *("asked", "responded", *(outcome.value for outcome in OpenOutcome if outcome != OpenOutcome.ANSWERED)),
            *("words", "items", "items_right", "items_contradictory", "given", "unstated"),
            *(name + suffix for name in ATTRIBUTES for suffix in ("", "_right")),
            *(f"{name}={c}{suffix}" for name in ATTRIBUTES for c in ATTRIBUTES[name] for suffix in ("", " right")),
            *(name + suffix for name in MEASUREMENTS for suffix in ("", "_told", "_right")),
            *("keyworded", "keyword_recall", "keyword_recall_words", "keyword_f1"),
        ]
    )
)


def _row(question: OpenQuestion, answer: OpenAnswer) -> dict[str, float]:
    task = open_task(question)
    row: dict[str, float] = {
        "asked": 1,
        "responded": int(answer.outcome != OpenOutcome.MISSING),
        answer.outcome.value: 1,
        "words": len(answer.text.split()),
        "items": len(answer.items),
        "items_right": sum(item.right for item in answer.items),
        "items_contradictory": sum(item.contradictory for item in answer.items),
        "given": len(task.given),
        "unstated": len(task.unstated),
    }
    for item in answer.items:
        row |= {item.attribute: 1, f"{item.attribute}_right": int(item.right)}
        row |= {f"{item.attribute}={item.reference}": 1, f"{item.attribute}={item.reference} right": int(item.right)}
    for measured in answer.measured:
        told = int(measured.response is not None)
        row |= {measured.name: 1, f"{measured.name}_told": told, f"{measured.name}_right": int(measured.right)}
    if answer.keywords is not None:
        row |= {
            "keyworded": 1,
            "keyword_recall": answer.keywords.recall,
            "keyword_recall_words": answer.keywords.whole_word_recall,
            "keyword_f1": answer.keywords.f1,
        }
    return row


def overlap_columns(questions: Sequence[OpenQuestion], answers: Mapping[str, OpenAnswer]) -> OpenColumns:
    """BLEU's statistics and ROUGE-L; a response that is not there is an empty text."""
    pairs = [(answers[question.qid].text, question.reference_answer) for question in questions]
    statistics = [bleu_statistics(*pair) for pair in pairs]
    columns: OpenColumns = {name: np.array([row[name] for row in statistics]) for name in BLEU_COLUMNS}
    return {**columns, "rouge_l": np.array([rouge_l(*pair) for pair in pairs])}


def judge_columns(
    questions: Sequence[OpenQuestion],
    answers: Mapping[str, OpenAnswer],
    judgements: Mapping[str, Judgement | None],
) -> OpenColumns:
    """Verdicts; a question without one is unjudged, unless it has no response: that is 0 without asking."""
    verdicts = [
        Judgement(0) if answers[question.qid].outcome in _NO_RESPONSE else judgements.get(question.qid)
        for question in questions
    ]
    found = [verdict or Judgement(0) for verdict in verdicts]
    return {
        "judged": np.array([int(verdict is not None) for verdict in verdicts]),
        "judge_points": np.array([verdict.correctness for verdict in found]),
        "judge_contradicts": np.array([int(verdict.contradicts_reference) for verdict in found]),
        "judge_unsupported": np.array([int(verdict.unsupported_findings) for verdict in found]),
        "judge_refused": np.array([int(verdict.refused) for verdict in found]),
    }


def open_counts(benchmark: OpenBenchmark, responses: Mapping[str, str | None]) -> ClusterCounts:
    """The sufficient statistics of a run, for comparing it with another over the same questions."""
    answers = read_responses(benchmark, responses)
    columns = attribute_columns(benchmark.questions, answers) | overlap_columns(benchmark.questions, answers)
    return ClusterCounts.of(open_clusters(benchmark.questions), columns)
