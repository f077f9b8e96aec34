"""What gives the key of a whole file of multiple-choice questions away: positions, repeated options, texts alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from statistics import fmean

from mmneuroonco_tasks.benchmark.concepts import listed_options
from mmneuroonco_tasks.benchmark.records import ClosedBenchmark, ClosedQuestion
from mmneuroonco_tasks.scores.text_only import text_only_picks, writing_style

from .closed_rules import equal_options, same_concept_options
from .findings import Measure

#: A difference that chance alone makes less often than this is flagged.
ALPHA = 0.001

_GIVEAWAYS: Mapping[str, tuple[str, Callable[[ClosedQuestion], bool]]] = {
    "traps_among_duplicate_options": (
        "Share of traps among questions with two equal options, against that among the others.",
        lambda question: equal_options(question) is not None,
    ),
    "traps_among_same_concept_options": (
        "Share of traps among questions with two options of one concept, against that among the others.",
        lambda question: same_concept_options(question) is not None,
    ),
    "traps_among_mixed_writing": (
        "Share of traps among questions whose options mix writing styles, against that among the others.",
        lambda question: len({writing_style(text) for text in listed_options(question).values()}) > 1,
    ),
}


def closed_measures(benchmark: ClosedBenchmark, *, text_only: bool = True, cache: Path | None = None) -> list[Measure]:
    """The measures of a file. ``text_only=False`` leaves out the fitted models, which take seconds."""
    measures = [*_key_positions(benchmark), *_giveaways(benchmark)]
    return [*measures, *_text_only(benchmark, cache)] if text_only else measures


def _key_positions(benchmark: ClosedBenchmark) -> Iterator[Measure]:
    """By number of listed options, whether the key of questions with a right option favours a letter."""
    from scipy.stats import chisquare

    keys: dict[int, Counter[str]] = {}
    for question in benchmark.questions:
        listed = listed_options(question)
        if question.answer in listed:
            counts = keys.setdefault(len(listed), Counter(dict.fromkeys(listed, 0)))
            counts[question.answer] += 1
    for options, counts in sorted(keys.items(), reverse=True):
        letter, most = counts.most_common(1)[0]
        yield Measure(
            f"key_position_of_{options}_options",
            "defect",
            f"Share of the most frequent letter ({letter}) among the keys of questions that list {options} options.",
            most / counts.total(),
            1 / options,
            counts.total(),
            bool(chisquare(list(counts.values())).pvalue < ALPHA),
        )


def _giveaways(benchmark: ClosedBenchmark) -> Iterator[Measure]:
    """Whether a look at the options alone tells traps from answerable questions."""
    from scipy.stats import fisher_exact

    asked = [question for question in benchmark.questions if question.offers_rejection]
    for name, (description, shows) in _GIVEAWAYS.items():
        counts = Counter((shows(question), question.trap) for question in asked)
        table = [[counts[shown, trap] for trap in (True, False)] for shown in (True, False)]
        if not all(sum(row) for row in table):
            continue
        (shown_traps, _), (other_traps, _) = table
        yield Measure(
            name,
            "defect",
            description,
            shown_traps / sum(table[0]),
            other_traps / sum(table[1]),
            sum(table[0]),
            bool(fisher_exact(table).pvalue < ALPHA),
        )


def _text_only(benchmark: ClosedBenchmark, cache: Path | None) -> Iterator[Measure]:
    """Accuracy of the models that see no picture, against guessing."""
    from scipy.stats import norm

    groups: dict[str, tuple[str, list[ClosedQuestion]]] = {
        "": ("all questions", list(benchmark.questions)),
        "_traps": ("the traps", [question for question in benchmark.questions if question.trap]),
    }
    for model, seeds in text_only_picks(benchmark, cache=cache).items():
        for suffix, (which, questions) in groups.items():
            if not questions:
                continue
            n = len(questions)
            accuracy = fmean(fmean(seed[q.qid] == q.answer for q in questions) for seed in seeds)
            chance = fmean(1 / len(question.options) for question in questions)
            spread = (chance * (1 - chance) / n) ** 0.5
            yield Measure(
                f"text_only_{model}{suffix}",
                "notice",
                f"Accuracy of the text-only model {model} on {which}, against guessing.",
                accuracy,
                chance,
                n,
                bool(norm.sf((accuracy - chance) / spread) < ALPHA),
            )
