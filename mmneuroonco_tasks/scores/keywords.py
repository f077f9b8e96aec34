"""Keywords for comparison: the released substring rule, a whole-word reading of it, and what it hides.

The released ``eval_keywords`` are exactly the substring hits of nineteen words in the reference. So a negated mention
counts ("not perfectly round"), as does a part of another word (around, largest), and reciting all nineteen has full
recall; ``f1`` and the comparison rows show it.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

#: The words that the released keywords are drawn from.
KEYWORDS = (
    *("solitary", "multifocal", "irregular", "round", "oval", "lobulated", "spiculated", "small", "medium", "large"),
    *("center", "upper", "lower", "left", "right", "glioma", "meningioma", "pituitary", "tumor"),
)
_WORDS = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class KeywordScores:
    """How well a response meets a question's keywords, each from 0 to 1."""

    recall: float
    whole_word_recall: float
    #: Of the nineteen words found in the response against the question's keywords.
    f1: float


def keyword_scores(keywords: Collection[str], response: str) -> KeywordScores | None:
    """The scores of a response, or ``None`` for a question without keywords.

    Recall is the share of the keywords that stand in the lower-cased response, as substrings or as whole words. F1 is
    2·|found ∩ keywords| / (|found| + |keywords|), found = those of the nineteen words that are substrings of it.

    >>> keyword_scores(("round", "solitary"), "A solitary lesion around the sella, not large.")
    KeywordScores(recall=1.0, whole_word_recall=0.5, f1=0.8)
    """
    wanted = {keyword.lower() for keyword in keywords}
    if not wanted:
        return None
    text = response.lower()
    words = set(_WORDS.findall(text))
    hits = sum(keyword in text for keyword in wanted)
    found = {keyword for keyword in KEYWORDS if keyword in text}
    return KeywordScores(
        recall=hits / len(wanted),
        whole_word_recall=sum(_stands_in(keyword, words, text) for keyword in wanted) / len(wanted),
        f1=2 * len(found & wanted) / (len(found) + len(wanted)),
    )


def _stands_in(keyword: str, words: set[str], text: str) -> bool:
    """A single word is looked up; a keyword of several words (none is released) is looked for with its borders."""
    if _WORDS.fullmatch(keyword):
        return keyword in words
    return re.search(rf"(?<!\w){re.escape(keyword)}(?!\w)", text) is not None
