"""The checksum of parsed questions: of what they say, not of how the file is written."""

from __future__ import annotations

import json
from collections.abc import Iterable
from hashlib import sha256
from typing import Any

from .records import ClosedQuestion, OpenQuestion


def data_hash(questions: Iterable[ClosedQuestion | OpenQuestion]) -> str:
    """``closed_hash`` of any questions."""
    return _digest(_closed(each) if isinstance(each, ClosedQuestion) else _open(each) for each in questions)


def closed_hash(questions: Iterable[ClosedQuestion]) -> str:
    """First 8 hexadecimal digits of the digest of the parsed records.

    Line ends, white space, key order and the file's name do not matter; a changed question, option or key does.
    """
    return _digest(map(_closed, questions))


def _closed(question: ClosedQuestion) -> list[Any]:
    return [
        *(question.qid, question.picture.path, question.question_type, question.question),
        *(dict(question.options), question.answer, question.trap, question.original_answer),
    ]


def _open(question: OpenQuestion) -> list[Any]:
    return [
        *(question.qid, question.picture.path, question.question_type, question.question),
        *(question.reference_answer, list(question.eval_keywords)),
    ]


def _digest(records: Iterable[list[Any]]) -> str:
    digest = sha256()
    encode = json.JSONEncoder(ensure_ascii=True, sort_keys=True).encode
    for record in records:
        digest.update(encode(record).encode())
        digest.update(b"\n")
    return digest.hexdigest()[:8]
