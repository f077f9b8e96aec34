"""The lists of qids that ``benchmark.qid_lists`` ships: how they are made.

``python -m mmneuroonco_tasks.audit.lists image_needed ANNOTATIONS`` prints the list, with a head that says so.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path

from mmneuroonco_tasks.benchmark import load_benchmark
from mmneuroonco_tasks.benchmark.concepts import concept_of
from mmneuroonco_tasks.benchmark.hashing import data_hash
from mmneuroonco_tasks.benchmark.qid_lists import DATA_LINE
from mmneuroonco_tasks.benchmark.records import ClosedBenchmark
from mmneuroonco_tasks.benchmark.scopes import SCOPES, questions_in
from mmneuroonco_tasks.scores.text_only import TEXT_ONLY_VERSION, fit_text_only

from .closed_rules import CLOSED_RULES
from .findings import apply_rules

#: In how many of the five seeds the text-only model must be wrong.
WRONG_SEEDS = 3

_CONTESTED_RULES = ("contested_traps", "subtype_of_answer_offered", "supertype_of_answer_offered")


def contested_qids(benchmark: ClosedBenchmark) -> list[str]:
    """Questions whose options leave more than one right answer, in benchmark order.

    Contested traps, questions that offer a subtype or supertype of the answer, and traps that have removed
    "neuronal tumor", a class that is hardly more than its subtypes, and still offer one of them.
    """
    findings = apply_rules(CLOSED_RULES, benchmark.questions)
    found = {finding.qid for finding in findings if finding.rule in _CONTESTED_RULES}
    found |= {
        finding.qid
        for finding in findings
        if finding.rule == "subtype_of_removed_answer_offered" and removed_neuronal_tumor(benchmark, finding.qid)
    }
    return [question.qid for question in benchmark.questions if question.qid in found]


def removed_neuronal_tumor(benchmark: ClosedBenchmark, qid: str) -> bool:
    """Whether the question is a trap that has overwritten the class "neuronal tumor"."""
    removed = benchmark[qid].original_answer
    return removed is not None and concept_of("diagnosis", removed).narrow == "neuronal tumor"


def image_needed_qids(benchmark: ClosedBenchmark) -> list[str]:
    """Questions that the text-only model ``logistic`` gets wrong in at least 3 of 5 seeds, in benchmark order.

    The model is fitted anew, without any cache, which takes about ten seconds.
    """
    seeds = fit_text_only(benchmark.questions, models=("logistic",))["logistic"]
    wrong = {
        question.qid: sum(seed[index] != question.answer for seed in seeds)
        for index, question in enumerate(benchmark.questions)
    }
    return [qid for qid, times in wrong.items() if times >= WRONG_SEEDS]


#: By name, what makes the list and what its head says of it.
LISTS: Mapping[str, tuple[Callable[[ClosedBenchmark], list[str]], str]] = {
    "contested": (
        contested_qids,
        "Questions whose options leave more than one right answer, by the rules of the audit.",
    ),
    "image_needed": (
        image_needed_qids,
        f"Questions that the text-only model (logistic, version {TEXT_ONLY_VERSION}) gets wrong in at least "
        f"{WRONG_SEEDS} of 5 seeds.",
    ),
}


def list_text(name: str, benchmark: ClosedBenchmark) -> str:
    """The list as a file: a head with meaning, command and data, then one qid a line."""
    make, meaning = LISTS[name]
    hashes = [data_hash(questions_in(scope, benchmark.questions)[1]) for scope in SCOPES]
    head = [
        f"# {meaning}",
        f"# made by: python -m mmneuroonco_tasks.audit.lists {name} ANNOTATIONS",
        DATA_LINE + " ".join(hashes),
    ]
    return "\n".join([*head, *make(benchmark)]) + "\n"


def main() -> None:
    """Print a list."""
    parser = argparse.ArgumentParser(prog="python -m mmneuroonco_tasks.audit.lists", description=__doc__)
    parser.add_argument("name", choices=sorted(LISTS))
    parser.add_argument("annotations", type=Path, help="the released closed annotation file")
    arguments = parser.parse_args()
    print(list_text(arguments.name, load_benchmark("closed", annotations=arguments.annotations)), end="")


if __name__ == "__main__":
    main()
