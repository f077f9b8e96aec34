"""From a table of predictions to an answer for each question: the one place where files and the reader meet."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from ..answers import Answer, Outcome, read_answer, read_batch
from ..answers.outcome import EXTRACT_VERSION
from ..benchmark.records import LETTERS, ClosedBenchmark, ClosedQuestion
from ..released_extractors import RELEASED_BATCH_EXTRACTORS, RELEASED_EXTRACTORS, read_released, read_released_batch
from .table import Predictions, PredictionsError


def read_answers(
    benchmark: ClosedBenchmark, predictions: Predictions, extract: str = EXTRACT_VERSION
) -> dict[str, Answer]:
    """How each response to a question of ``benchmark`` reads; other responses are left out.

    A file of letters gives these letters. Where one reply answers all questions of an image, it is read as a whole.
    A question that is in the file without a response was asked and failed.

    Args:
        benchmark: the questions as they were shown.
        predictions: the responses.
        extract: a name in ``released_extractors`` reads as that script would have, for comparison with published
            numbers; any other value reads by our rules.

    Raises:
        PredictionsError: that extractor cannot read these predictions.
    """
    responses = {qid: response for qid, response in predictions.responses.items() if qid in benchmark}
    if extract in RELEASED_EXTRACTORS or extract in RELEASED_BATCH_EXTRACTORS:
        return _read_as_released(benchmark, predictions, responses, extract)
    if predictions.letters_only:
        return {qid: answer_of_letter(letter) for qid, letter in responses.items()}
    if predictions.run.get("per") == "image":
        return _read_by_image(benchmark.questions, responses, read_batch)
    return {qid: read_answer(response, benchmark[qid].options) for qid, response in responses.items()}


def _read_as_released(
    benchmark: ClosedBenchmark, predictions: Predictions, responses: Mapping[str, str | None], name: str
) -> dict[str, Answer]:
    """The same by a released extractor, which reads what is a failure or a refusal to us as any other text."""
    if predictions.letters_only:
        raise PredictionsError(f"{name} reads responses, and this file holds letters only; leave --extract out.")
    kind, per = (
        ("all questions of an image", "image") if name in RELEASED_BATCH_EXTRACTORS else ("one question", "question")
    )
    if predictions.run.get("per", "question") != per:
        others = RELEASED_EXTRACTORS if per == "image" else RELEASED_BATCH_EXTRACTORS
        raise PredictionsError(
            f"{name} reads responses to {kind}, which these are not; use --extract {' or '.join(others)}."
        )
    if per == "image":
        return _read_by_image(
            benchmark.questions, responses, lambda reply, options: read_released_batch(name, reply or "", options)
        )
    return {qid: read_released(name, response or "", benchmark[qid].options) for qid, response in responses.items()}


def answer_of_letter(letter: str | None) -> Answer:
    """What a file of letters says of a question. Without a letter, only that none was found.

    >>> answer_of_letter("E").outcome.value, answer_of_letter(None).outcome.value
    ('rejected', 'unparsed')
    """
    found = (letter or "").strip().upper()
    if found in LETTERS:
        return Answer.of_letter(found, "letters-only file")
    return Answer(Outcome.UNPARSED, None, "no letter in a letters-only file")


def _read_by_image(
    questions: Iterable[ClosedQuestion],
    responses: Mapping[str, str | None],
    read_reply: Callable[[str | None, Sequence[Mapping[str, str]]], Sequence[Answer]],
) -> dict[str, Answer]:
    """Each image's reply, read once against all questions of the image that are known here, in their order."""
    by_image: dict[int, list[ClosedQuestion]] = {}
    for question in questions:
        by_image.setdefault(question.picture.id, []).append(question)
    answers: dict[str, Answer] = {}
    for own in by_image.values():
        answered = [question for question in own if question.qid in responses]
        replies = {responses[question.qid] for question in answered}
        for reply in replies:
            read = read_reply(reply, [question.options for question in own])
            answers |= {
                question.qid: answer
                for question, answer in zip(own, read, strict=True)
                if question.qid in responses and responses[question.qid] == reply
            }
    return answers
