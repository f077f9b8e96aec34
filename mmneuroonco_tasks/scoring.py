"""From the answers of a run to its result: the one way that every framework and `mmneuroonco score` take."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .answers import Answer
from .benchmark import ClosedBenchmark
from .scores import ClosedScores, Run, Signature, closed_result, score_closed


def score_closed_run(
    benchmark: ClosedBenchmark, answers: Mapping[str, Answer | None], run: Run
) -> tuple[ClosedScores, dict[str, Any]]:
    """The scores of a run over the asked questions, and the full result as it is stored.

    Raises:
        ValueError: an answer belongs to a question that was not asked.
    """
    scores = score_closed(benchmark, answers)
    signature = Signature.of_run(benchmark, run, failed=scores.counts["failed"], missing=scores.counts["missing"])
    return scores, closed_result(scores, signature)
