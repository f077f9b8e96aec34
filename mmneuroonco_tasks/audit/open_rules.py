"""Defects of open questions that can be seen without the picture: keywords that do not mean what they count, and
attributes that the question gives away itself.

The released keywords are counted wherever they stand as a part of the text, so a keyword is defective where the
reference denies it, or holds it only inside another word. Denials are told by the extractor that scores open answers.
"""

from __future__ import annotations

from itertools import combinations

from mmneuroonco_tasks.benchmark.concepts import normalised, words_of
from mmneuroonco_tasks.benchmark.records import OpenBenchmark, OpenQuestion
from mmneuroonco_tasks.scores.attributes.asked import asked_of
from mmneuroonco_tasks.scores.attributes.mentions import find_mentions
from mmneuroonco_tasks.scores.attributes.terms import find_terms
from mmneuroonco_tasks.scores.attributes.tokens import tokens_of

from .findings import Measure, Rule, per_question

_ROUNDISH = ("round", "oval")
_EXCLUSIVE = frozenset(
    frozenset(pair)
    for pair in (
        *combinations(("small", "medium", "large"), 2),
        ("solitary", "multifocal"),
        *((round_word, other) for round_word in _ROUNDISH for other in ("lobulated", "irregular", "spiculated")),
    )
)


def denied_keywords(question: OpenQuestion) -> list[str]:
    """The keywords that the reference names only to deny them.

    >>> from mmneuroonco_tasks.benchmark.records import Picture
    >>> text = "The lesion is lobulated, not perfectly round."
    >>> picture = Picture(1, "a/b/c.png", 1)
    >>> denied_keywords(OpenQuestion("1_q1", picture, "Detail", "Shape?", text, ("lobulated", "round")))
    ['round']
    """
    tokens = tokens_of(question.reference_answer)
    mentions = find_mentions(tokens, find_terms(tokens))
    denied = []
    for keyword in question.eval_keywords:
        own = [
            mention.denied
            for mention in mentions
            if any(keyword in token.text for token in tokens[mention.match.start : mention.match.end])
        ]
        if own and all(own):
            denied.append(keyword)
    return denied


def _in_quotes(keywords: list[str]) -> str | None:
    return ", ".join(repr(keyword) for keyword in keywords) or None


def _part_of_a_word(question: OpenQuestion) -> str | None:
    reference = normalised(question.reference_answer)
    words = words_of(reference)
    inside = [
        keyword for keyword in question.eval_keywords if not words_of(keyword) <= words and keyword.lower() in reference
    ]
    return _in_quotes(inside)


def _not_in_reference(question: OpenQuestion) -> str | None:
    reference = question.reference_answer.lower()
    return _in_quotes([keyword for keyword in question.eval_keywords if keyword.lower() not in reference])


def _exclusive(question: OpenQuestion) -> str | None:
    pairs = combinations(sorted({keyword.lower() for keyword in question.eval_keywords}), 2)
    return next((f"{first!r} and {second!r}" for first, second in pairs if {first, second} in _EXCLUSIVE), None)


OPEN_RULES: tuple[Rule[OpenQuestion], ...] = (
    Rule(
        "keyword_denied",
        "defect",
        "A keyword stands in the reference only to be denied.",
        per_question(lambda question: _in_quotes(denied_keywords(question))),
    ),
    Rule(
        "keyword_part_of_a_word",
        "defect",
        "A keyword stands in the reference only inside another word.",
        per_question(_part_of_a_word),
    ),
    Rule(
        "keyword_not_in_reference",
        "defect",
        "A keyword does not stand in the reference at all.",
        per_question(_not_in_reference),
    ),
    Rule(
        "exclusive_keywords",
        "defect",
        "Two keywords that no lesion can have both.",
        per_question(_exclusive),
    ),
    Rule(
        "no_keywords",
        "notice",
        "There is no keyword, so that keyword scores say nothing of the question.",
        per_question(lambda question: None if question.eval_keywords else "no keyword"),
    ),
    Rule(
        "attribute_given_away",
        "notice",
        "The question names an attribute that it asks for.",
        per_question(lambda question: ", ".join(asked_of(question).given) or None),
    ),
)


def open_measures(benchmark: OpenBenchmark) -> list[Measure]:
    """How much of the keywords the question itself holds: what echoing it would recall."""
    recalls = [
        sum(keyword.lower() in question.question.lower() for keyword in question.eval_keywords)
        / len(question.eval_keywords)
        for question in benchmark.questions
        if question.eval_keywords
    ]
    if not recalls:
        return []
    return [
        Measure(
            "keyword_recall_of_echo",
            "notice",
            "Share of the keywords, averaged over questions, that the question's own text holds.",
            sum(recalls) / len(recalls),
            0.0,
            len(recalls),
            any(recalls),
        )
    ]
