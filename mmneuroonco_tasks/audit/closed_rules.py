"""Label defects of multiple-choice questions that can be seen without the picture.

"Offered" are the listed options, without "None of the above". Which texts mean the same is told by ``concepts``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import combinations

from mmneuroonco_tasks.benchmark.concepts import (
    concept_of,
    contested_letters,
    is_subtype,
    listed_options,
    normalised,
    true_answer,
    words_of,
)
from mmneuroonco_tasks.benchmark.records import ClosedQuestion

from .findings import Rule, per_question

#: Question types that presuppose a lesion.
LESION_TYPES = ("size", "shape", "spread", "location")

_REFUSALS = words_of("measurable applicable determined visible assessable assessed determinable")
_FRAME = words_of("image center centre centered left right upper lower peripheral periphery")
_ANATOMY = words_of(
    "brainstem fossa sellar parasellar suprasellar hemisphere cerebral midline lobe frontal bifrontal temporal "
    "parietal occipital cerebellum cerebellar ventricle ventricular periventricular intraventricular convexity vertex "
    "skull supratentorial infratentorial cortex cortical subcortical cavernous sinus pituitary pineal "
    "cerebellopontine bilateral parasagittal dural ganglia"
)


def equal_options(question: ClosedQuestion) -> tuple[str, str] | None:
    """Two offered options that are equal but for case and punctuation, if there are any."""
    return _alike(question, normalised)


def same_concept_options(question: ClosedQuestion) -> tuple[str, str] | None:
    """Two offered options that most readers would take for the same, if there are any."""
    return _alike(question, lambda text: concept_of(question.question_type, text).broad)


def _alike(question: ClosedQuestion, meaning: Callable[[str], str]) -> tuple[str, str] | None:
    pairs = combinations(listed_options(question).values(), 2)
    return next(((first, second) for first, second in pairs if meaning(first) == meaning(second)), None)


def _pair_evidence(pair: tuple[str, str] | None) -> str | None:
    return f"{pair[0]!r} and {pair[1]!r}" if pair else None


def _contested(question: ClosedQuestion) -> str | None:
    letters = contested_letters(question)
    return f"{question.original_answer!r} was removed, {question.options[letters[0]]!r} is offered" if letters else None


def _plausibly_contested(question: ClosedQuestion) -> str | None:
    removed = question.original_answer
    if removed is None or contested_letters(question):
        return None
    meant = concept_of(question.question_type, removed).broad
    for text in listed_options(question).values():
        if concept_of(question.question_type, text).broad == meant:
            return f"{removed!r} was removed, {text!r} is offered"
    return None


def _true_answer(question: ClosedQuestion, *, traps: bool) -> str | None:
    """The true option's text, of traps only or of the other questions only."""
    return true_answer(question) if question.trap == traps else None


def _kind_offered(*, traps: bool) -> Callable[[ClosedQuestion], str | None]:
    """Whether a kind of the true answer is offered: who picks it has said more than the key, not less."""

    def check(question: ClosedQuestion) -> str | None:
        # Only of diagnoses: a neuronal tumour may be a DNET, but a plain T1 image is no contrast T1.
        true = _true_answer(question, traps=traps) if question.question_type == "diagnosis" else None
        kinds = (
            text
            for text in listed_options(question).values()
            if true and is_subtype(question.question_type, text, of=true)
        )
        return next((f"{text!r} is a kind of {true!r}" for text in kinds), None)

    return check


def _genus_offered(*, traps: bool) -> Callable[[ClosedQuestion], str | None]:
    """Whether something is offered that the true answer is a kind of: not wrong either."""

    def check(question: ClosedQuestion) -> str | None:
        true = _true_answer(question, traps=traps)
        genera = (
            text
            for text in listed_options(question).values()
            if true and is_subtype(question.question_type, true, of=text)
        )
        return next((f"{true!r} is a kind of {text!r}" for text in genera), None)

    return check


def _synonym_of_answer(question: ClosedQuestion) -> str | None:
    if question.trap:
        return None
    key = question.options[question.answer]
    meant = concept_of(question.question_type, key).narrow
    for letter, text in listed_options(question).items():
        if letter != question.answer and concept_of(question.question_type, text).narrow == meant:
            return f"the key is {key!r}, {text!r} is offered too"
    return None


def _lesion_questions_of_healthy_images(questions: Sequence[ClosedQuestion]) -> Iterator[tuple[str, str]]:
    healthy = set()
    for question in questions:
        answer = true_answer(question)
        if question.question_type == "diagnosis" and answer and concept_of("diagnosis", answer).narrow == "healthy":
            healthy.add(question.picture.id)
    for question in questions:
        if question.picture.id in healthy and question.question_type in LESION_TYPES:
            yield question.qid, f"the image's diagnosis is healthy, its lesion's {question.question_type} is asked"


def _refusal_like(question: ClosedQuestion) -> str | None:
    for letter, text in listed_options(question).items():
        words = words_of(text)
        if words & {"not", "cannot"} and words & _REFUSALS:
            return f"{letter}: {text!r}"
    return None


def _mixes_frame_and_anatomy(question: ClosedQuestion) -> str | None:
    if question.question_type != "location":
        return None
    texts = [text for text in (*listed_options(question).values(), question.original_answer or "") if text]
    words = {text: words_of(text) for text in texts}
    anatomy = [text for text in texts if words[text] & _ANATOMY and "no" not in words[text]]
    frame = [text for text in texts if words[text] & _FRAME and not words[text] & _ANATOMY and "no" not in words[text]]
    return f"{frame[0]!r} beside {anatomy[0]!r}" if frame and anatomy else None


CLOSED_RULES: tuple[Rule[ClosedQuestion], ...] = (
    Rule(
        "duplicate_options",
        "defect",
        "Two options are equal but for case and punctuation.",
        per_question(lambda question: _pair_evidence(equal_options(question))),
    ),
    Rule(
        "contested_traps",
        "defect",
        "An equivalent of the removed answer is still offered, so that E is not the only right answer.",
        per_question(_contested),
    ),
    Rule(
        "plausibly_contested_traps",
        "notice",
        "Something that many would take for the removed answer is still offered.",
        per_question(_plausibly_contested),
    ),
    Rule(
        "subtype_of_removed_answer_offered",
        "defect",
        "A trap offers a kind of the removed answer, which the picture may well show.",
        per_question(_kind_offered(traps=True)),
    ),
    Rule(
        "supertype_of_removed_answer_offered",
        "notice",
        "A trap offers what the removed answer is a kind of.",
        per_question(_genus_offered(traps=True)),
    ),
    Rule(
        "subtype_of_answer_offered",
        "defect",
        "A kind of the right answer is offered beside it.",
        per_question(_kind_offered(traps=False)),
    ),
    Rule(
        "supertype_of_answer_offered",
        "defect",
        "What the right answer is a kind of is offered beside it, as plain T1 beside contrast T1.",
        per_question(_genus_offered(traps=False)),
    ),
    Rule(
        "synonym_of_answer_offered",
        "defect",
        "Another option says the same as the key.",
        per_question(_synonym_of_answer),
    ),
    Rule(
        "two_options_same_concept",
        "notice",
        "Two options that most readers would take for the same.",
        per_question(lambda question: _pair_evidence(same_concept_options(question))),
    ),
    Rule(
        "healthy_image_with_lesion_questions",
        "defect",
        "A healthy image is asked about its lesion.",
        _lesion_questions_of_healthy_images,
    ),
    Rule(
        "refusal_like_options",
        "notice",
        "An option sounds like a refusal to answer.",
        per_question(_refusal_like),
    ),
    Rule(
        "location_options_mix_frame_and_anatomy",
        "notice",
        "Parts of the picture stand beside parts of the brain, so that two options can be right.",
        per_question(_mixes_frame_and_anatomy),
    ),
)
