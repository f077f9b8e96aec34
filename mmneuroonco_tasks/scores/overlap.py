"""Overlap of a response with its reference, word for word: BLEU, ROUGE-L and, with a model at hand, BERTScore.

Task: free-text answers of about 28 words. These say how alike two texts are, not whether an answer is right: "the
lesion is small" and "the lesion is large" overlap almost wholly. They stand here for comparison with other work.

BLEU is sacrebleu's corpus BLEU over the asked questions, in [0, 100], from its sufficient statistics, so that the
bootstrap resamples them like any other count. ROUGE-L is rouge-score's F-measure (no stemmer), in [0, 1], averaged
over questions; its subsequence is found here with bit vectors, since rouge-score's own scorer takes seconds to import.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from .registry import FloatArray, Totals

ORDERS = 4
#: Matched and possible n-grams by order, and words of response and reference.
BLEU_COLUMNS = (
    *(f"bleu_matched_{order}" for order in range(1, ORDERS + 1)),
    *(f"bleu_possible_{order}" for order in range(1, ORDERS + 1)),
    "bleu_response_words",
    "bleu_reference_words",
)
#: Words of a response that ROUGE-L looks at: longer ones are no answer, and their F is next to 0 anyway.
LONGEST_RESPONSE = 100_000


@cache
def _bleu() -> Any:
    from sacrebleu.metrics.bleu import BLEU

    # The order of a single sentence is told only to keep sacrebleu from warning; the statistics are the same.
    return BLEU(effective_order=True)


def overlap_signature() -> str:
    """What BLEU and ROUGE-L depend on: sacrebleu's signature and rouge-score's version and settings."""
    from sacrebleu.metrics.bleu import BLEU

    bleu = BLEU()
    bleu.corpus_score(["a"], [["a"]])
    return f"BLEU|{bleu.get_signature().format(short=False)} ROUGE-L|stemmer:no|rouge-score:{version('rouge-score')}"


def bleu_statistics(response: str, reference: str) -> dict[str, int]:
    """BLEU's sufficient statistics of one question, by the names of ``BLEU_COLUMNS``.

    >>> statistics = bleu_statistics("a small round lesion", "a small oval lesion")
    >>> statistics["bleu_matched_1"], statistics["bleu_possible_1"], statistics["bleu_matched_2"]
    (3, 4, 1)
    """
    score = _bleu().sentence_score(response, [reference])
    return dict(zip(BLEU_COLUMNS, (*score.counts, *score.totals, score.sys_len, score.ref_len), strict=True))


def bleu_of(totals: Totals) -> FloatArray:
    """Corpus BLEU in [0, 100] from column totals of shape ``()`` or ``(resamples,)``; NaN without reference words.

    sacrebleu's formula with its default smoothing (``exp``), element by element.
    """
    response, reference = totals["bleu_response_words"], totals["bleu_reference_words"]
    with np.errstate(divide="ignore", invalid="ignore"):
        penalty = np.where(response < reference, np.exp(1 - reference / response), 1.0)
        logarithms = np.zeros(np.shape(reference))
        smoothing = np.ones(np.shape(reference))
        for order in range(1, ORDERS + 1):
            matched, possible = totals[f"bleu_matched_{order}"], totals[f"bleu_possible_{order}"]
            smoothing = np.where(matched == 0, smoothing * 2, smoothing)
            logarithms = logarithms + np.log(np.where(matched == 0, 1 / smoothing, matched) / possible)
        score = 100 * penalty * np.exp(logarithms / ORDERS)
    nothing = (totals["bleu_matched_1"] == 0) | (totals[f"bleu_possible_{ORDERS}"] == 0)
    result: FloatArray = np.where(reference == 0, np.nan, np.where(nothing, 0.0, score))
    return result


def rouge_l(response: str, reference: str) -> float:
    """ROUGE-L F-measure in [0, 1]: 2·l / (m + n), l the longest common subsequence of m and n words.

    >>> rouge_l("a small round lesion", "A small, oval lesion.")
    0.75
    """
    from rouge_score.tokenize import tokenize

    said, wanted = tokenize(response, None)[:LONGEST_RESPONSE], tokenize(reference, None)
    if not said or not wanted:
        return 0.0
    return 2 * _common_subsequence(said, wanted) / (len(said) + len(wanted))


def _common_subsequence(a: Sequence[str], b: Sequence[str]) -> int:
    """Length of the longest common subsequence, with one bit a word of ``b`` (Hyyrö 2004)."""
    places: dict[str, int] = {}
    for position, word in enumerate(b):
        places[word] = places.get(word, 0) | 1 << position
    every = (1 << len(b)) - 1
    open_places = every
    for word in a:
        matched = open_places & places.get(word, 0)
        open_places = ((open_places + matched) | (open_places - matched)) & every
    return len(b) - open_places.bit_count()


def bert_scores(
    responses: Mapping[str, str], references: Mapping[str, str], model: Path | str, layers: int
) -> dict[str, float]:
    """BERTScore F1 of each response by qid, with a model on disk (extra ``bertscore``).

    ``model`` is a folder that transformers can load, ``layers`` the layer whose output is compared; nothing is
    downloaded, nothing rescaled by a baseline. A response that is not there counts as an empty one.

    Raises:
        ValueError: the folder does not exist, or bert-score is not installed.
    """
    folder = Path(model)
    if not folder.is_dir():
        raise ValueError(f"{folder}: there is no such folder; BERTScore needs a model on this machine.")
    try:
        from bert_score import BERTScorer
    except ImportError:
        raise ValueError("BERTScore is not installed; install mmneuroonco-tasks[bertscore].") from None
    scorer: Any = BERTScorer(model_type=str(folder), num_layers=layers, rescale_with_baseline=False)
    _, _, f1 = scorer.score([responses.get(qid, "") for qid in references], list(references.values()))
    return {qid: float(value) for qid, value in zip(references, f1, strict=True)}
