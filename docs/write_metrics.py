"""Writes metrics.md and tasks.md from the lists that the scores and the adapters read: `python docs/write_metrics.py`.

A test compares the pages with what this writes, so neither can fall behind the code.
"""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np

from mmneuroonco_tasks.answers.outcome import Answer, Outcome
from mmneuroonco_tasks.benchmark.records import Benchmark, ClosedQuestion, Picture
from mmneuroonco_tasks.frameworks.variants import VARIANTS, Variant
from mmneuroonco_tasks.scores.closed import score_closed
from mmneuroonco_tasks.scores.confidence import CONFIDENCE_METRICS, ConfidenceMetric
from mmneuroonco_tasks.scores.counting import closed_columns, read_picks
from mmneuroonco_tasks.scores.open_registry import JUDGE_METRICS, OPEN_METRICS
from mmneuroonco_tasks.scores.registry import CLOSED_COLUMNS, CLOSED_METRICS, Metric
from mmneuroonco_tasks.scores.uncertainty import RESAMPLES, SEED

HERE = Path(__file__).parent
WRITTEN = "<!-- Written by docs/write_metrics.py; a test compares. -->"
#: The worked example: image, type, offered letters, key, what the model said.
EXAMPLE = (
    (1, "diagnosis", "ABCDE", "A", "A"),
    (1, "modality", "ABCDE", "B", "E"),
    (2, "diagnosis", "ABCDE", "E", "E"),
    (2, "modality", "ABCDE", "C", "C"),
    (3, "diagnosis", "ABCDE", "E", "D"),
    (3, "modality", "ABCDE", "D", "refused"),
    (4, "diagnosis", "AB", "B", "B"),
    (4, "modality", "ABCDE", "A", "B"),
)


def example() -> tuple[Benchmark[ClosedQuestion], dict[str, Answer]]:
    """The questions and answers of the worked example."""
    questions, answers = [], {}
    for image, question_type, letters, key, said in EXAMPLE:
        qid = f"{image}_q{sum(question.picture.id == image for question in questions) + 1}"
        options = {letter: "None of the above" if letter == "E" else f"option {letter}" for letter in letters}
        picture = Picture(image, f"glioma/example/{image}.png", image)
        questions.append(ClosedQuestion(qid, picture, question_type, "Which?", options, key, trap=key == "E"))
        answers[qid] = Answer(Outcome.REFUSED, None, "refusal") if said == "refused" else Answer.of_letter(said)
    return Benchmark("closed", "full", tuple(questions), len(questions), "00000000"), answers


def number(value: float) -> str:
    """Three digits, or N/A where 0/0."""
    return "N/A" if math.isnan(value) else f"{value:.3f}"


def bounds(metric: Metric | ConfidenceMetric) -> str:
    """The range of a metric, as an interval."""
    low, high = (f"{end:g}".replace("inf", "∞") for end in (metric.low, metric.high))
    return f"[{low}, {high}]" if math.isfinite(metric.low) and math.isfinite(metric.high) else f"({low}, {high})"


def cell(text: str) -> str:
    """A text as a table's cell."""
    return text.replace("|", "\\|")


def listing(metrics: tuple[Metric | ConfidenceMetric, ...]) -> list[str]:
    """A table of metrics: name, meaning, formula, range, which end is better, source."""
    rows = ["| metric | meaning | formula | range | better | source |", "|---|---|---|---|---|---|"]
    for metric in metrics:
        better = "–" if metric.direction == "neither" else metric.direction
        shown = (metric.description, metric.formula, bounds(metric), better, metric.source)
        rows.append(f"| `{metric.name}` | " + " | ".join(map(cell, shown)) + " |")
    return rows


def worked(metric: Metric, totals: dict[str, np.float64]) -> str:
    """How a metric of the example follows from its totals."""
    if metric.function:
        return ", ".join(f"{name} {totals[name]:g}" for name in metric.inputs)
    terms = [
        f"{totals[name]:g}" if weight == 1 else f"{weight:g}·{totals[name]:g}"
        for name, weight in metric.numerator.items()
    ]
    over = f"{totals[metric.denominator]:g}"
    return f"{terms[0]} / {over}" if len(terms) == 1 else f"({' + '.join(terms)}) / {over}".replace("+ -", "− ")


def worked_example() -> list[str]:
    """The example's questions, then every metric with the numbers it follows from."""
    benchmark, answers = example()
    columns = closed_columns(benchmark.questions, read_picks(benchmark, answers))
    totals = {name: np.float64(values.sum()) for name, values in columns.items()}
    scores = score_closed(benchmark, answers)
    rows = ["| question | type | offered | key | the model |", "|---|---|---|---|---|"]
    for question, (_, question_type, letters, key, said) in zip(benchmark.questions, EXAMPLE, strict=True):
        rows.append(f"| {question.qid} | {question_type} | {letters} | {key} | {said} |")
    rows += ["", "| metric | from | value | 95 % interval |", "|---|---|---|---|"]
    for metric in CLOSED_METRICS:
        estimate = scores.metrics[metric.name]
        value = number(math.nan if estimate.value is None else estimate.value)
        interval = (
            "–" if estimate.low is None or estimate.high is None else f"{estimate.low:.3f} to {estimate.high:.3f}"
        )
        rows.append(f"| `{metric.name}` | {cell(worked(metric, totals))} | {value} | {interval} |")
    return rows


def metrics_page() -> str:
    """The whole page of metrics."""
    columns = [f"| `{name}` | {cell(meaning)} |" for name, meaning in CLOSED_COLUMNS.items()]
    return "\n".join(
        [
            WRITTEN,
            "# Metrics",
            "",
            "Sets of questions, as the formulas call them: F offers E, T are the traps (E is the key), S = F without T "
            "are the answerable ones, B offers two options and no E. A *pick* is the letter read from a response. A "
            "question without one (refused, ambiguous, unparsed, failed, missing) is wrong and stays in every "
            "denominator. 0/0 is N/A.",
            "",
            "## Closed questions",
            "",
            *listing(CLOSED_METRICS),
            "",
            "## A worked example",
            "",
            "Eight questions about four images, answered by somebody who is sometimes right:",
            "",
            *worked_example(),
            "",
            "## What is counted",
            "",
            "Every metric is a function of sums of these indicators over questions, so that one bootstrap serves all.",
            "",
            "| indicator | is 1 if |",
            "|---|---|",
            *columns,
            "",
            "## With option probabilities",
            "",
            "Only where predictions carry `probabilities`, over the questions that have some. The *confidence* of an "
            "answer is the probability of the picked letter, 0 where nothing was picked; a letter without a "
            "probability has 0. Ties stand for all their orders alike. Intervals are of the same bootstrap; every "
            "resample ranks anew.",
            "",
            *listing(CONFIDENCE_METRICS),
            "",
            "## Open questions",
            "",
            "An *item* is an attribute that a question asks for, does not itself name, and whose class the reference "
            "states.",
            "",
            *listing(OPEN_METRICS),
            "",
            "With a judge, besides:",
            "",
            *listing(JUDGE_METRICS),
            "",
            "## Uncertainty",
            "",
            f"Intervals are percentiles of {RESAMPLES:,} resamples of clusters (seed {SEED}); a cluster is a patient "
            "where the path tells one (BraTS), else an image. A proportion with fewer than 200 questions, or of value "
            "0 or 1, has a Wilson interval whose n is divided by the design effect. Standard errors of plain means are "
            "the clustered sandwich error (Miller, arXiv 2411.00640), of all else the standard deviation of the "
            "resamples. Without patient ids for the other sources, intervals are lower bounds.",
            "",
        ]
    )


def tasks_page() -> str:
    """The table of every registered task."""

    def row(variant: Variant) -> str:
        marks = [variant.twin and f"twin: {variant.twin}", variant.swapped and "another image's picture"]
        marks += [variant.phantom and "phantoms", variant.instructions and "held-out instruction data"]
        protocol = variant.own_protocol
        shown = (
            variant.scope,
            protocol.name,
            protocol.per,
            str(protocol.max_new_tokens),
            ", ".join(filter(None, marks)),
        )
        return f"| `{variant.lmms_eval}` | `{variant.vlmeval}` | " + " | ".join(shown) + " |"

    return "\n".join(
        [
            WRITTEN,
            "# Tasks",
            "",
            "One table in the code (`frameworks/variants.py`) registers them all.",
            "",
            "| lmms-eval | VLMEvalKit | scope | protocol | one request a | tokens | |",
            "|---|---|---|---|---|---|---|",
            *map(row, VARIANTS),
            "",
        ]
    )


PAGES = {"metrics.md": metrics_page, "tasks.md": tasks_page}

if __name__ == "__main__":
    for name, page in PAGES.items():
        (HERE / name).write_text(page(), encoding="utf-8")
