"""Comparison rows of the open questions: what comes without looking, and what the metrics make of the reference.

``majority``
    Every attribute has its most frequent class: the floor of plain accuracy. It has attributes only.
``reference``
    Each reference as the response to its own question: the ceiling of the extractor.
``recite_keywords``
    The nineteen keywords, whatever is asked.
``generic``
    One sentence, whatever is asked.
``echo``
    The question itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np

from mmneuroonco_tasks.benchmark.records import OpenBenchmark, OpenQuestion

from .keywords import KEYWORDS
from .open_counting import attribute_columns, read_responses
from .open_reading import OpenAnswer, majority_classes, open_task
from .open_registry import OPEN_METRICS_BY_NAME, OPEN_ROW_METRICS
from .uncertainty import UNDEFINED, Estimate

#: How tables call the rows, in their order.
OPEN_ROW_TITLES: Mapping[str, str] = {
    "majority": "the most frequent class of each attribute",
    "reference": "the reference as its own response",
    "recite_keywords": "reciting the nineteen keywords",
    "generic": "one generic sentence",
    "echo": "echoing the question",
}
GENERIC = (
    "There is a solitary, medium-sized glioma in the center of the image, a tumor with an irregular, lobulated rather "
    "than round outline."
)

_RESPONSES: Mapping[str, Callable[[OpenQuestion], str]] = {
    "reference": lambda question: question.reference_answer,
    "recite_keywords": lambda _: " ".join(KEYWORDS),
    "generic": lambda _: GENERIC,
    "echo": lambda question: question.question,
}


def open_rows(benchmark: OpenBenchmark) -> dict[str, dict[str, Estimate]]:
    """``OPEN_ROW_METRICS`` for each row on the asked questions: values without intervals."""
    rows = {"majority": _majority(benchmark)}
    for name, response_of in _RESPONSES.items():
        rows[name] = read_responses(benchmark, {q.qid: response_of(q) for q in benchmark.questions})
    return {name: _estimates(benchmark, rows[name], name) for name in OPEN_ROW_TITLES}


def _majority(benchmark: OpenBenchmark) -> dict[str, OpenAnswer]:
    classes = majority_classes({question.qid: open_task(question) for question in benchmark.questions})
    silent = read_responses(benchmark, {})
    return {
        qid: replace(answer, items=tuple(replace(item, response=classes[item.attribute]) for item in answer.items))
        for qid, answer in silent.items()
    }


def _estimates(benchmark: OpenBenchmark, answers: Mapping[str, OpenAnswer], row: str) -> dict[str, Estimate]:
    columns = attribute_columns(benchmark.questions, answers)
    totals = {name: np.float64(values.sum()) for name, values in columns.items()}
    estimates = {}
    for name in OPEN_ROW_METRICS:
        metric = OPEN_METRICS_BY_NAME[name]
        value = float(metric.compute(totals))
        says_nothing = row == "majority" and name.startswith("keyword")
        known = not (says_nothing or np.isnan(value))
        estimates[name] = Estimate(value, None, None, None, round(totals[metric.counted])) if known else UNDEFINED
    return estimates
