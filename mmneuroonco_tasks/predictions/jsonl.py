"""JSON Lines, and in them the ``--log_samples`` output of lmms-eval and lm-evaluation-harness."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from glob import escape
from pathlib import Path
from typing import Any

from ..benchmark.files import read_at_most
from .probabilities import COLUMN as PROBABILITIES
from .probabilities import read_probabilities
from .table import Predictions, PredictionsError

#: No record comes near this; a longer line is not read into memory.
LONGEST_LINE_BYTES = 16 * 1024 * 1024
#: A million tokens, of which no model gives so many. Reading answers takes time by their length.
LONGEST_RESPONSE = 4_000_000
#: Of all responses together, in characters: a packed file may say one long text a thousand times.
MOST_CHARACTERS = 500_000_000
#: The benchmark has 4,405 questions; a packed file may hold any number of rows.
MOST_RECORDS = 1_000_000


def read_lines(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Line number and object of every line that is not blank.

    Raises:
        PredictionsError: the file cannot be read, a line is too long or is no JSON object.
    """
    try:
        with path.open("rb") as stream:
            number = 0
            while line := stream.readline(LONGEST_LINE_BYTES + 1):
                number += 1
                if len(line) > LONGEST_LINE_BYTES:
                    raise PredictionsError(f"{path}, line {number}: longer than 16 MB; no response is, remove it.")
                if line.strip():
                    yield number, _object(path, number, line)
    except OSError as error:
        raise PredictionsError(f"{path}: cannot be read ({error.strerror}); check the path.") from None


def _object(path: Path, number: int, line: bytes) -> dict[str, Any]:
    try:
        value = json.loads(line.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        reason = "nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise PredictionsError(
            f"{path}, line {number}: not valid JSON ({reason}); repair or remove the line."
        ) from None
    if not isinstance(value, dict):
        raise PredictionsError(f"{path}, line {number}: expected an object such as {{'qid': …, 'response': …}}.")
    return value


class Responses(dict[str, str | None]):
    """Responses by qid that refuse a second, different response to the same question, unless the first had failed.

    They refuse more than any run has, too.
    """

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path
        self._records = self._characters = 0

    def add(self, place: str, qid: Any, response: Any) -> None:
        """Take one record; ``place`` is how messages name it.

        Raises:
            PredictionsError: the qid is no text, it was answered differently before, or there is no end of it.
        """
        if not isinstance(qid, str):
            raise PredictionsError(f"{self._path}, {place}: the qid is {qid!r:.40}, not a text such as '3_q1'.")
        text = response if response is None or isinstance(response, str) else str(response)
        self._count(place, text or "")
        if qid in self and self[qid] != text and not _has_failed(self[qid]):
            raise PredictionsError(f"{self._path}, {place}: {qid} is answered twice, differently; keep one of the two.")
        self[qid] = text

    def _count(self, place: str, text: str) -> None:
        self._records += 1
        self._characters += len(text)
        if len(text) > LONGEST_RESPONSE:
            raise PredictionsError(
                f"{self._path}, {place}: the response is longer than {LONGEST_RESPONSE:,} characters, which no model's "
                "is; remove it."
            )
        if self._records > MOST_RECORDS or self._characters > MOST_CHARACTERS:
            raise PredictionsError(
                f"{self._path}, {place}: holds more than {MOST_RECORDS:,} records or {MOST_CHARACTERS:,} characters, "
                "which no run has; name the file of one run."
            )


def _has_failed(response: str | None) -> bool:
    """Whether a request never got its answer; a run that went on has asked again."""
    from ..answers.failures import is_failure

    return response is None or is_failure(response)


#: The metrics under which our tasks keep the record of a question: closed, open.
_RECORD_METRICS = ("accuracy", "attribute_balanced_accuracy")


def is_lmms_eval_sample(record: Mapping[str, Any]) -> bool:
    """Whether a line is one of lmms-eval's logged samples of our tasks."""
    return "filtered_resps" in record and bool(_questions_of(record))


def _questions_of(record: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """What a sample tells of its questions: one, or of a request for a whole image all of its own."""
    for name in _RECORD_METRICS:
        told = record.get(name)
        questions: list[Any] = told if isinstance(told, list) else [told]
        if questions and all(isinstance(each, dict) and "qid" in each for each in questions):
            return questions
    return []


def read_lmms_eval_samples(path: Path) -> Predictions:
    """lmms-eval's ``…_samples_<task>.jsonl``; the run's settings come from the results file beside it.

    Those of lm-evaluation-harness tell the settings themselves.

    The questions in the file are those that were asked, so a run under ``--limit`` keeps its denominators.

    Raises:
        PredictionsError: a line is not a sample of our tasks.
    """
    responses = Responses(path)
    probabilities: dict[str, dict[str, float]] = {}
    outcomes: dict[str, Any] = {}
    task_name = ""
    per_image = False
    told: dict[str, str] = {}
    for number, record in read_lines(path):
        if not is_lmms_eval_sample(record):
            raise PredictionsError(f"{path}, line {number}: no sample of an mmneuroonco task; was the file edited?")
        per_image = per_image or isinstance(record.get("accuracy"), list)
        for question in _questions_of(record):
            task_name = str(question.get("task"))
            told = told or _told_run(question.get("run"))
            responses.add(f"line {number}", question["qid"], _first_text(record["filtered_resps"]))
            own = read_probabilities(path, f"line {number}", question.get(PROBABILITIES))
            if own is not None:
                probabilities[question["qid"]] = own
            outcomes[question["qid"]] = (question.get("outcome"), question.get("letter"))
    run = told or _run_of(path.parent.glob(f"*_{escape(task_name)}_result.json"), outcomes)
    per = {"per": "image"} if per_image else {}
    title = "lm-eval samples" if told else "lmms-eval samples"
    asked = tuple(responses)
    return Predictions(title, responses, asked, task_name, {**run, **per}, probabilities=probabilities)


_RUN_KEYS = ("prompt", "per", "gen", "via", "model")


def _told_run(value: Any) -> dict[str, str]:
    """The run's settings as a sample tells them, or nothing."""
    return {key: str(value[key]) for key in _RUN_KEYS if key in value} if isinstance(value, dict) else {}


def _first_text(value: Any) -> Any:
    while isinstance(value, list):
        value = value[0] if value else None
    return value


def _run_of(results: Iterable[Path], outcomes: Mapping[str, Any]) -> dict[str, str]:
    """Prompt, generation, framework and model, from the result file of the run that had these very outcomes.

    Samples of open questions tell no outcome: there the newest run over the same questions is taken.
    """
    from ..scores.result import LARGEST_FILE_BYTES

    for result in sorted(results, reverse=True):
        try:
            content = json.loads(read_at_most(result, LARGEST_FILE_BYTES) or b"")
            answers = content["answers"]
            if answers.keys() == outcomes.keys() and all(
                told in ((None, None), (answers[qid]["outcome"], answers[qid].get("letter")))
                for qid, told in outcomes.items()
            ):
                return {key: str(content["signature"][key]) for key in _RUN_KEYS}
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            continue  # not a result file of ours; the signature then says "unknown"
    return {}
