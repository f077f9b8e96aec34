"""From a table of predictions to an answer for each question: the one place where files and the reader meet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ..answers import Answer, Outcome, read_answer, read_batch
from ..benchmark.records import LETTERS, ClosedBenchmark, ClosedQuestion
from .table import Predictions


def read_answers(benchmark: ClosedBenchmark, predictions: Predictions) -> dict[str, Answer]:
    """How each response to a question of ``benchmark`` reads; other responses are left out.

    A file of letters gives these letters. Where one reply answers all questions of an image, it is read as a whole.
    A question that is in the file without a response was asked and failed.
    """
    responses = {qid: response for qid, response in predictions.responses.items() if qid in benchmark}
    if predictions.letters_only:
        return {qid: answer_of_letter(letter) for qid, letter in responses.items()}
    if predictions.run.get("per") == "image":
        return _read_by_image(benchmark.questions, responses)
    return {qid: read_answer(response, benchmark[qid].options) for qid, response in responses.items()}


def answer_of_letter(letter: str | None) -> Answer:
    """What a file of letters says of a question. Without a letter, only that none was found.

    >>> answer_of_letter("E").outcome.value, answer_of_letter(None).outcome.value
    ('rejected', 'unparsed')
    """
    found = (letter or "").strip().upper()
    if found in LETTERS:
        return Answer.of_letter(found, "letters-only file")
    return Answer(Outcome.UNPARSED, None, "no letter in a letters-only file")


def _read_by_image(questions: Iterable[ClosedQuestion], responses: Mapping[str, str | None]) -> dict[str, Answer]:
    """Each image's reply, read once against all questions of the image that are known here, in their order."""
    by_image: dict[int, list[ClosedQuestion]] = {}
    for question in questions:
        by_image.setdefault(question.picture.id, []).append(question)
    answers: dict[str, Answer] = {}
    for own in by_image.values():
        answered = [question for question in own if question.qid in responses]
        replies = {responses[question.qid] for question in answered}
        for reply in replies:
            read = read_batch(reply, [question.options for question in own])
            answers |= {
                question.qid: answer
                for question, answer in zip(own, read, strict=True)
                if question.qid in responses and responses[question.qid] == reply
            }
    return answers
