"""Rows of plain files: which column names the question, which holds the response, and what letters alone can tell.

JSONL, CSV and Parquet differ in how a row is stored, not in what it says, so one function reads them all. A question
is named by ``qid`` (``question_id`` in the released open evaluator), or by ``id`` and the 1-based ``q_index``. A
response is in ``response``, ``prediction`` or ``raw``. A file that has only ``pred`` or ``letter`` holds letters that
somebody has read off the responses before: they can be scored, but what was a refusal is not known any more.

The column ``probabilities`` holds those of the options, ``{"A": 0.1, …}``. In a file that has nothing else, the most
probable letter is the pick.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from ..benchmark.records import make_qid
from .jsonl import Responses
from .probabilities import COLUMN as PROBABILITIES
from .probabilities import most_probable, read_probabilities
from .table import Predictions, PredictionsError

#: A row, and how messages name it, such as "line 3".
Row = tuple[str, Mapping[str, Any]]

QID_COLUMNS = ("qid", "question_id")
RESPONSE_COLUMNS = ("response", "prediction", "raw")
LETTER_COLUMNS = ("pred", "letter")

_QID = re.compile(r"\d{1,9}_q\d{1,9}")
_BARE_LETTER = re.compile(r"\s*[A-Ea-e]\s*")

LETTERS_ONLY = (
    "the file holds letters only: a refusal that was read as a letter counts as that letter, and refused, unreadable "
    "and failed responses cannot be told apart"
)
MOST_PROBABLE = (
    "the file holds probabilities only: the most probable letter is taken for the answer, so nothing is refused"
)
BARE_LETTERS = (
    "every response is a bare letter; if the letters were taken from longer texts, refusals cannot be told any more"
)


def read_rows(path: Path, rows: Iterable[Row], title: str) -> Predictions:
    """The responses of a plain file, ``title`` being what its format is called.

    A row without a response is a question that was asked and failed. What the scope holds beyond the file is missing.

    Raises:
        PredictionsError: a row names no question or holds no response, or contradicts an earlier one.
    """
    responses = Responses(path)
    probabilities: dict[str, dict[str, float]] = {}
    column = ""
    for place, row in rows:
        column = column or response_column(path, place, row)
        if column not in row:
            raise PredictionsError(f"{path}, {place}: has no {column}, which the rows above have; complete it.")
        qid = qid_of(path, place, row)
        own = read_probabilities(path, place, row.get(PROBABILITIES))
        responses.add(place, qid, most_probable(own) if column == PROBABILITIES else row[column])
        if own is not None:
            probabilities[qid] = own
    if not responses:
        raise PredictionsError(f"{path}: holds no prediction; name the file that the run wrote.")
    letters_only = column in (*LETTER_COLUMNS, PROBABILITIES)
    said = (MOST_PROBABLE,) if column == PROBABILITIES else remarks(responses, letters_only)
    return Predictions(title, responses, letters_only=letters_only, remarks=said, probabilities=probabilities)


def remarks(responses: Mapping[str, str | None], letters_only: bool) -> tuple[str, ...]:
    """What the reader of the score should know about what the responses cannot tell.

    >>> len(remarks({"1_q1": "B"}, False)), len(remarks({"1_q1": "B", "1_q2": "It is B."}, False))
    (1, 0)
    """
    if letters_only:
        return (LETTERS_ONLY,)
    texts = [response for response in responses.values() if response and response.strip()]
    return (BARE_LETTERS,) if texts and all(map(_BARE_LETTER.fullmatch, texts)) else ()


def names_question(columns: Iterable[str]) -> bool:
    """Whether rows with these columns say which question they answer."""
    names = set(columns)
    return bool(names & set(QID_COLUMNS)) or {"id", "q_index"} <= names


def response_column(path: Path, place: str, row: Mapping[str, Any]) -> str:
    """The column that holds the response, or the letter where there is no response.

    Raises:
        PredictionsError: there is none.
    """
    for name in (*RESPONSE_COLUMNS, *LETTER_COLUMNS, PROBABILITIES):
        if name in row:
            return name
    raise PredictionsError(
        f"{path}, {place}: has no response; each row needs qid and response (or prediction, or pred for a letter)."
    )


def qid_of(path: Path, place: str, row: Mapping[str, Any]) -> str:
    """The question that a row answers.

    Raises:
        PredictionsError: the row does not say, or not in the form of a question id.
    """
    for name in QID_COLUMNS:
        if name in row:
            qid = row[name]
            if not isinstance(qid, str) or not _QID.fullmatch(qid.strip()):
                raise PredictionsError(f"{path}, {place}: the {name} is {qid!r:.40}, not a text such as '3_q1'.")
            return qid.strip()
    if "id" not in row or "q_index" not in row:
        raise PredictionsError(f"{path}, {place}: names no question; each row needs a qid such as 3_q1.")
    return make_qid(whole_number(path, place, row, "id"), whole_number(path, place, row, "q_index"))


def whole_number(path: Path, place: str, row: Mapping[str, Any], column: str) -> int:
    """The positive whole number in a column; spreadsheets write 3 as "3" or 3.0.

    Raises:
        PredictionsError: it is something else.
    """
    value = row[column]
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = str(value).strip()
    if isinstance(value, (int, str)) and not isinstance(value, bool) and re.fullmatch(r"[1-9][0-9]{0,8}", text):
        return int(text)
    raise PredictionsError(f"{path}, {place}: {column} is {value!r:.40}, not a whole number from 1; correct it.")
