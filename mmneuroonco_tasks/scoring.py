"""From the answers of a run to its result: the one way that every framework and `mmneuroonco score` take."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from .answers import Answer
from .benchmark import ClosedBenchmark, OpenBenchmark
from .benchmark.qid_lists import shipped_subsets
from .collecting import without_collecting
from .scores import ClosedScores, Run, Signature, closed_result, score_closed
from .scores.text_only import text_only_picks
from .scores.trust_rows import subset_trust_rows, trust_rows

if TYPE_CHECKING:
    from .judge import Judge
    from .scores.confidence import Probabilities
    from .scores.open import OpenScores


#: The benchmark has 3,190 questions; a held-out part of the instruction data may have many more, and fitting text-only
#: models on 14,000 takes longer than scoring a run ever should.
MOST_FITTED = 5_000


@without_collecting()
def score_closed_run(
    benchmark: ClosedBenchmark,
    answers: Mapping[str, Answer | None],
    run: Run,
    *,
    annotations: ClosedBenchmark | None = None,
    probabilities: Probabilities | None = None,
    with_trust_rows: bool = True,
) -> tuple[ClosedScores, dict[str, Any]]:
    """The scores of a run over the asked questions, and the full result as it is stored.

    Args:
        benchmark: the asked questions.
        answers: by qid; absent or ``None`` is missing.
        run: how the responses came about.
        annotations: the whole scope, on which the text-only models of the trust rows are fitted; by default the asked
            questions are taken for it.
        probabilities: by qid and letter, where they are known. They add metrics of confidence, and change none.
        with_trust_rows: whether to say what guessing and not looking come to on the same questions and subsets. The
            first time for some annotations this takes ten seconds; the picks are kept in the home. Text-only models
            are not fitted on more than ``MOST_FITTED`` questions.

    Raises:
        ValueError: an answer belongs to a question that was not asked.
    """
    whole = annotations or benchmark
    subsets = shipped_subsets(whole)
    scores = score_closed(benchmark, answers, subsets=subsets)
    if with_trust_rows:
        picks = text_only_picks(whole) if len(whole) <= MOST_FITTED else None
        rows = subset_trust_rows(benchmark, subsets, picks)
        scores = replace(scores, trust_rows=trust_rows(benchmark, picks), subset_trust_rows=rows)
    if probabilities:
        scores = _with_confidence(scores, benchmark, answers, probabilities)
    signature = Signature.of_run(benchmark, run, failed=scores.counts["failed"], missing=scores.counts["missing"])
    return scores, closed_result(scores, signature)


def _with_confidence(
    scores: ClosedScores, benchmark: ClosedBenchmark, answers: Mapping[str, Answer | None], probabilities: Probabilities
) -> ClosedScores:
    from .scores.confidence import confidence_scores

    found = confidence_scores(benchmark, answers, probabilities)
    if found is None:
        return scores
    curve = {"coverage": found.coverage, "risk": found.risk}
    return replace(scores, metrics={**scores.metrics, **found.metrics}, risk_coverage=curve)


@without_collecting()
def score_open_run(
    benchmark: OpenBenchmark,
    responses: Mapping[str, str | None],
    run: Run,
    *,
    judge: Judge | None = None,
    bert: Mapping[str, float] | None = None,
    with_rows: bool = True,
) -> tuple[OpenScores, dict[str, Any]]:
    """The scores of a run over the asked open questions, and the full result as it is stored.

    Args:
        benchmark: the asked questions.
        responses: texts by qid; absent or ``None`` is missing.
        run: how the responses came about.
        judge: asked about every response, where there is one.
        bert: BERTScore F1 by qid, where it was computed.
        with_rows: whether to score the comparison rows on the same questions.

    Raises:
        ValueError: a response belongs to a question that was not asked.
    """
    from .scores.open import OPEN_EXTRACT, open_result, score_open

    judgements = judge.judge(benchmark, responses) if judge else None
    scores = score_open(benchmark, responses, judgements=judgements, bert=bert, with_rows=with_rows)
    signature = Signature.of_run(
        benchmark,
        replace(run, extract=OPEN_EXTRACT),
        failed=scores.counts["failed"] + scores.counts["empty"],
        missing=scores.counts["missing"],
        judge=judge.signature if judge else "",
    )
    return scores, open_result(scores, signature)
