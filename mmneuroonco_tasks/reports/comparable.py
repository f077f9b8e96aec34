"""Which runs may be compared, and what their results keep of the answers for it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from ..answers.outcome import Answer, Outcome
from ..benchmark.records import Benchmark, OpenBenchmark
from ..scores.open_reading import Item, OpenAnswer, OpenOutcome, open_task
from ..scores.signature import differences
from .shown import Result, Shown

#: Keys of the signature across which runs may be compared on purpose.
CROSSABLE = ("scope", "n", "img", "prompt", "per", "gen", "extract", "c")
#: Keys that only say which questions were asked: runs that differ in them are paired over those that both asked.
_ASKED_KEYS = ("scope", "n", "data", "img")


class ComparisonError(ValueError):
    """Runs that cannot be compared. The message is one sentence."""


def answers_of(result: Result, name: str) -> dict[str, Answer | None]:
    """How a result's questions were read, ``None`` where a response is missing; ``name`` is what messages call it.

    Raises:
        ComparisonError: the result was stored without its answers, or they are malformed.
    """
    stored = result.get("answers")
    if not stored:
        raise ComparisonError(f"{name}: was stored without its answers, so it cannot be paired; score it again.")
    answers: dict[str, Answer | None] = {}
    for qid, answer in stored.items():
        try:
            answers[qid] = None if answer["outcome"] == "missing" else _answer(answer)
        except (KeyError, TypeError, ValueError):
            raise ComparisonError(f"{name}: the answer to {qid:.20} is malformed; score it again.") from None
    return answers


def _answer(stored: Mapping[str, Any]) -> Answer:
    return Answer(Outcome(stored["outcome"]), stored["letter"], str(stored["rule"]), bool(stored["hedged"]))


def open_answers_of(benchmark: OpenBenchmark, result: Result, name: str) -> dict[str, OpenAnswer]:
    """The attributes that an open result's responses were read to say; their texts are not stored.

    Raises:
        ComparisonError: the result was stored without its answers, or they are malformed.
    """
    stored = result.get("answers")
    if not stored:
        raise ComparisonError(f"{name}: was stored without its answers, so it cannot be paired; score it again.")
    answers = {}
    for question in benchmark.questions:
        try:
            items = tuple(
                Item(attribute, reference, stored[question.qid]["attributes"][attribute]["response"], contradictory)
                for attribute, reference in open_task(question).attributes.items()
                for contradictory in [bool(stored[question.qid]["attributes"][attribute]["contradictory"])]
            )
            outcome = OpenOutcome(stored[question.qid]["outcome"])
        except (KeyError, TypeError, ValueError):
            raise ComparisonError(f"{name}: the answer to {question.qid} is malformed; score it again.") from None
        answers[question.qid] = OpenAnswer(outcome, "", items, (), None)
    return answers


def check_comparable(first: Shown, second: Shown, across: Collection[str] = ()) -> None:
    """Make sure that two runs may be compared; ``across`` names keys of the signature that may differ on purpose.

    Raises:
        ComparisonError: they differ in other keys, which are named.
    """
    if first.signature.task != second.signature.task:
        raise ComparisonError(
            f"{first.label} answered {first.signature.task} questions and {second.label} {second.signature.task} ones; "
            "there is nothing to pair."
        )
    allowed = set(across) | (set(_ASKED_KEYS) if "scope" in across else set())
    keys = differences(first.signature, second.signature, allowed)
    if not keys:
        return
    told = "; ".join(f"{key}: {_told(first, key)} and {_told(second, key)}" for key in keys)
    if "data" in keys and "scope" not in keys:
        hint = "their questions differ"
    else:
        crossed = [key for key in keys if key == "scope" or not ("scope" in keys and key in _ASKED_KEYS)]
        hint = "to compare on purpose add " + " ".join(f"--across {key}" for key in crossed)
    raise ComparisonError(f"{first.label} and {second.label} cannot be compared ({told}); {hint}.")


def _told(run: Shown, key: str) -> str:
    signed = run.signature
    return f"{signed.n}/{signed.of}" if key == "n" and signed.n != signed.of else str(getattr(signed, key))


def asked_in_both(first: Benchmark[Any], second: Benchmark[Any]) -> Benchmark[Any]:
    """The questions of the first that the second holds too, word for word.

    Raises:
        ComparisonError: there is none, or a question of the same id is another one, as in a twin.
    """
    common = [question.qid for question in first.questions if question.qid in second]
    if not common:
        raise ComparisonError("the two runs have no question in common; there is nothing to pair.")
    for qid in common:
        if first[qid] != second[qid]:
            raise ComparisonError(
                f"{qid} is not the same question in {first.scope} and {second.scope}; for a run and its twin see "
                "`mmneuroonco dual`."
            )
    return first if len(common) == len(first) else first.restricted_to(common)
