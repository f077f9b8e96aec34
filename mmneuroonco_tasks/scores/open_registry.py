"""The metrics of the open questions, each listed once: what it counts, its range, its formula and its source.

Task: free-text answers about a lesion's shape, sector, size class and spread; 1,215 released questions on 243 images.
Nobody has published a scorer. The metrics here are deterministic, and one extractor (``attributes``) reads reference
and response. An *item* is an attribute that a question asks for, does not itself name, and whose class the reference
states. A response that says nothing of it, or two exclusive classes, has it wrong. Classes are skewed (most lesions
are solitary and central), so the headline is balanced over them.

As with the closed metrics, each is a function of column totals (``OPEN_COLUMNS``), so that one bootstrap serves all.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

import numpy as np

from .attributes import ATTRIBUTES, MEASUREMENTS
from .judgement import MOST_POINTS
from .overlap import BLEU_COLUMNS, bleu_of
from .registry import Direction, FloatArray, Metric, Totals, divide

_INFINITY = float("inf")

#: What is summed over questions: name and meaning. The judge's and BERTScore's are there only where these were run.
OPEN_COLUMNS: dict[str, str] = {
    "asked": "always 1",
    "responded": "1 if there is a response",
    "refused": "1 if it declines to answer and names no attribute",
    "empty": "1 if it is blank, or nothing follows its reasoning",
    "failed": "1 if it is a failure of the infrastructure",
    "missing": "1 if there is none",
    "words": "words of the response",
    "items": "attributes to score",
    "items_right": "of them, right",
    "items_contradictory": "of them, those of which the response says two exclusive classes",
    "given": "attributes asked for, but named by the question",
    "unstated": "attributes asked for, but not stated by the reference",
    **{name: f"1 if {name} is an item" for name in ATTRIBUTES},
    **{f"{name}_right": "the same, and right" for name in ATTRIBUTES},
    **{f"{name}={each}": "the same, of this class" for name, classes in ATTRIBUTES.items() for each in classes},
    **{f"{name}={each} right": "and right" for name, classes in ATTRIBUTES.items() for each in classes},
    **{name: f"1 if a value of {name} is asked for and referred to" for name in MEASUREMENTS},
    **{f"{name}_told": "the same, and the response gives one" for name in MEASUREMENTS},
    **{f"{name}_right": "the same, and it is within the tolerance" for name in MEASUREMENTS},
    "keyworded": "1 if the question has keywords",
    "keyword_recall": "share of them found as substrings",
    "keyword_recall_words": "share of them found as whole words",
    "keyword_f1": "F1 of the nineteen words found against them",
    **dict.fromkeys(BLEU_COLUMNS, "sufficient statistic of BLEU"),
    "rouge_l": "ROUGE-L F-measure",
    "bert_score": "BERTScore F1",
    "judged": "1 if the judge gave a verdict, or there was no response to judge",
    "judge_points": "correctness, 0 to 4",
    "judge_contradicts": "1 if the judge finds the reference contradicted",
    "judge_unsupported": "1 if the judge finds unsupported findings",
    "judge_refused": "1 if the judge finds a refusal",
}


def _recall(totals: Totals, name: str, each: str) -> FloatArray:
    return divide(totals[f"{name}={each} right"], totals[f"{name}={each}"])


def _mean_of_defined(values: Iterable[FloatArray]) -> FloatArray:
    """Mean over those of the values that are defined, NaN where none is."""
    stacked = np.stack([np.asarray(value) for value in values])
    defined = ~np.isnan(stacked)
    return divide(np.where(defined, stacked, 0.0).sum(axis=0), defined.sum(axis=0))


def _balanced(name: str) -> Callable[[Totals], FloatArray]:
    def balanced(totals: Totals) -> FloatArray:
        return _mean_of_defined(_recall(totals, name, each) for each in ATTRIBUTES[name])

    return balanced


def _attribute_balanced(totals: Totals) -> FloatArray:
    return _mean_of_defined(_balanced(name)(totals) for name in ATTRIBUTES)


def _class_columns(*names: str) -> tuple[str, ...]:
    return tuple(f"{name}={each}{suffix}" for name in names for each in ATTRIBUTES[name] for suffix in ("", " right"))


def _share(
    name: str,
    numerator: str,
    denominator: str,
    description: str,
    formula: str,
    direction: Direction = "higher",
    source: str = "",
) -> Metric:
    """A share of 0-or-1 columns."""
    weights = {numerator: 1.0}
    return Metric(name, description, formula, denominator, "mean", direction, source, 0.0, 1.0, weights, denominator)


def _average(
    name: str,
    column: str,
    over: str,
    description: str,
    direction: Direction = "higher",
    source: str = "",
    high: float = 1.0,
) -> Metric:
    """An average of a column that is no count of successes, so that no interval of a proportion fits it."""

    def average(totals: Totals) -> FloatArray:
        return divide(totals[column], totals[over])

    formula = f"sum of {column} / {over}"
    return Metric(
        name, description, formula, over, "composite", direction, source, 0.0, high, function=average, inputs=(column,)
    )


def recall_name(attribute: str, each: str) -> str:
    """The name of a class's recall.

    >>> recall_name("shape", "Irregular/Spiculated")
    'shape_recall_irregular_spiculated'
    """
    return f"{attribute}_recall_{re.sub(r'[^a-z]+', '_', each.lower())}"


_RELEASED = "eval_keywords of the released open file (arXiv 2602.22955)"

OPEN_METRICS: tuple[Metric, ...] = (
    Metric(
        "attribute_balanced_accuracy",
        "Mean over attributes of the mean recall of their classes; ranks models",
        "mean over attributes of mean over classes of right of class / items of class",
        "items",
        "composite",
        "higher",
        "balanced accuracy, Brodersen et al. 2010",
        function=_attribute_balanced,
        inputs=_class_columns(*ATTRIBUTES),
    ),
    _share(
        "attribute_accuracy",
        "items_right",
        "items",
        "Share of the attributes to score that are right",
        "right items / items",
    ),
    *(
        _share(f"{name}_accuracy", f"{name}_right", name, f"Share right of the {name} items", f"right / |{name}|")
        for name in ATTRIBUTES
    ),
    *(
        Metric(
            f"{name}_balanced_accuracy",
            f"Mean recall of the classes of {name} that occur",
            "mean over classes of right of class / items of class",
            name,
            "composite",
            "higher",
            function=_balanced(name),
            inputs=_class_columns(name),
        )
        for name in ATTRIBUTES
    ),
    *(
        _share(
            recall_name(name, each),
            f"{name}={each} right",
            f"{name}={each}",
            f"Share right of the {name} items whose reference says {each}",
            "right of class / items of class",
        )
        for name, classes in ATTRIBUTES.items()
        for each in classes
    ),
    _share(
        "contradiction_rate",
        "items_contradictory",
        "items",
        "Share of the items of which the response says two exclusive classes",
        "contradictory items / items",
        "lower",
    ),
    *(
        _share(
            f"{name}_accuracy",
            f"{name}_right",
            name,
            f"Share of the values of {name} asked for that are within the tolerance",
            "within tolerance / asked for and in the reference",
        )
        for name in MEASUREMENTS
    ),
    *(
        _share(
            f"{name}_coverage",
            f"{name}_told",
            name,
            f"Share of the values of {name} asked for that the response gives",
            "given / asked for and in the reference",
        )
        for name in MEASUREMENTS
    ),
    _average(
        "keyword_recall",
        "keyword_recall",
        "keyworded",
        "Share of a question's keywords that are substrings of the response, averaged over questions with any",
        source=_RELEASED,
    ),
    _average(
        "keyword_recall_words",
        "keyword_recall_words",
        "keyworded",
        "Share of a question's keywords that are whole words of the response, averaged over questions with any",
    ),
    _average(
        "keyword_f1",
        "keyword_f1",
        "keyworded",
        "F1 of the nineteen words found in the response against the keywords, averaged over questions with any",
    ),
    Metric(
        "bleu",
        "Corpus BLEU of the responses against the references, 0 to 100",
        "brevity penalty · geometric mean of 1- to 4-gram precisions, smoothing exp",
        "asked",
        "composite",
        "higher",
        "sacrebleu, Post 2018; Papineni et al. 2002",
        high=100.0,
        function=bleu_of,
        inputs=BLEU_COLUMNS,
    ),
    _average("rouge_l", "rouge_l", "asked", "ROUGE-L F-measure, averaged over questions", source="Lin 2004"),
    _share(
        "refusal_rate", "refused", "asked", "Share that declines and names no attribute", "refused / asked", "lower"
    ),
    _share("empty_rate", "empty", "asked", "Share of blank responses", "empty / asked", "lower"),
    _share("failure_rate", "failed", "asked", "Share of failures of the infrastructure", "failed / asked", "lower"),
    _share("missing_rate", "missing", "asked", "Share asked without any response", "missing / asked", "lower"),
    _average("response_words", "words", "responded", "Words of a response", "neither", high=_INFINITY),
)

BERT_METRIC = _average(
    "bert_score", "bert_score", "asked", "BERTScore F1, averaged over questions", source="Zhang et al. 2020"
)


def _judge_score(unjudged: float | None) -> Callable[[Totals], FloatArray]:
    def score(totals: Totals) -> FloatArray:
        if unjudged is None:
            return divide(totals["judge_points"], MOST_POINTS * totals["judged"])
        points = totals["judge_points"] + unjudged * (totals["asked"] - totals["judged"])
        return divide(points, MOST_POINTS * totals["asked"])

    return score


def _judged(name: str, description: str, formula: str, asked: str, unjudged: float | None) -> Metric:
    inputs = ("judge_points", "judged", "asked")
    score = _judge_score(unjudged)
    return Metric(name, description, formula, asked, "composite", "higher", function=score, inputs=inputs)


JUDGE_METRICS: tuple[Metric, ...] = (
    _judged("judge_score", "Mean correctness of the judged responses", "mean correctness / 4", "judged", None),
    _judged("judge_score_low", "The same over all asked, were all unjudged 0", "mean correctness / 4", "asked", 0.0),
    _judged("judge_score_high", "The same over all asked, were all unjudged 4", "mean correctness / 4", "asked", 4.0),
    _share(
        "judge_contradiction_rate",
        "judge_contradicts",
        "judged",
        "Share of the judged responses that contradict the reference",
        "contradicting / judged",
        "lower",
    ),
    _share(
        "judge_unsupported_rate",
        "judge_unsupported",
        "judged",
        "Share of the judged responses with findings that the reference does not support",
        "with unsupported findings / judged",
        "lower",
    ),
    _share(
        "judge_refusal_rate",
        "judge_refused",
        "judged",
        "Share of the judged responses that refuse",
        "refused / judged",
        "lower",
    ),
    _share("judged_rate", "judged", "asked", "Share of the asked questions that have a verdict", "judged / asked"),
)

_ALL = (*OPEN_METRICS, BERT_METRIC, *JUDGE_METRICS)
#: Every open metric by name.
OPEN_METRICS_BY_NAME: dict[str, Metric] = {metric.name: metric for metric in _ALL}

#: Shown for parts of the questions: types, classes, modalities, sources.
OPEN_BREAKDOWN_METRICS = (
    "attribute_balanced_accuracy",
    "attribute_accuracy",
    "contradiction_rate",
    "keyword_recall",
    "rouge_l",
    "refusal_rate",
)
#: Shown for the comparison rows.
OPEN_ROW_METRICS = (
    "attribute_balanced_accuracy",
    "attribute_accuracy",
    *(f"{name}_balanced_accuracy" for name in ATTRIBUTES),
    *(f"{name}_accuracy" for name in ATTRIBUTES),
    "contradiction_rate",
    "keyword_recall",
    "keyword_recall_words",
    "keyword_f1",
)
#: The columns of a short table, in order.
OPEN_TABLE_METRICS = (
    "attribute_balanced_accuracy",
    "attribute_accuracy",
    "contradiction_rate",
    "keyword_recall",
    "keyword_f1",
    "rouge_l",
    "bleu",
    "refusal_rate",
    "failure_rate",
)
