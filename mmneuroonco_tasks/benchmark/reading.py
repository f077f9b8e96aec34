"""From an annotation file to records, every field checked.

An annotation file is untrusted: nothing in it is believed before it was looked at, and what is wrong is said in one
sentence that names the file, the image id and the field.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

from .records import (
    BRATS_PATIENT,
    CLOSED_TYPES,
    LETTERS,
    OPEN_TYPES,
    REJECTION_LETTER,
    BenchmarkError,
    ClosedQuestion,
    OpenQuestion,
    Picture,
    Task,
    make_qid,
)


def parse_questions(data: Any, task: Task, name: str) -> tuple[ClosedQuestion, ...] | tuple[OpenQuestion, ...]:
    """The questions of the task, as ``parse_closed_questions``."""
    return parse_closed_questions(data, name) if task == "closed" else parse_open_questions(data, name)


def parse_closed_questions(data: Any, name: str) -> tuple[ClosedQuestion, ...]:
    """The closed questions of annotations in the released schema, in file order; messages call the file ``name``.

    Raises:
        BenchmarkError: a record is not in the schema: one sentence with file, image id and field.
    """
    records = _records(data, "closed", name)
    pictures = _pictures(records)
    return tuple(
        _closed_question(record, pictures[record.image_id], position, pair)
        for record in records
        for position, pair in record.pairs("vqa_pairs")
    )


def parse_open_questions(data: Any, name: str) -> tuple[OpenQuestion, ...]:
    """The open questions, as ``parse_closed_questions``."""
    records = _records(data, "open", name)
    pictures = _pictures(records)
    return tuple(
        _open_question(record, pictures[record.image_id], position, pair)
        for record in records
        for position, pair in record.pairs("qa_pairs")
    )


#: The released files have a sixtieth of this. Parsed, JSON may take twenty times its size.
LARGEST_JSON_BYTES = 64 * 1024 * 1024


def parse_json_bytes(content: bytes, name: str) -> Any:
    """Parse JSON, with one sentence instead of a traceback where it is malformed, huge or nested without end.

    Raises:
        BenchmarkError: the bytes are no UTF-8 text or no JSON, or far too many.
    """
    if len(content) > LARGEST_JSON_BYTES:
        raise BenchmarkError(f"{name}: larger than 64 MB, which no annotation file is; get it again.")
    try:
        return json.loads(content.decode("utf-8-sig"))
    except RecursionError:
        raise BenchmarkError(f"{name}: nested too deeply to be an annotation file; get it again.") from None
    except ValueError as error:  # UnicodeDecodeError is one too
        raise BenchmarkError(f"{name}: not valid JSON ({error}); get it again.") from None


def _kind(value: Any) -> str:
    names = {dict: "an object", list: "a list", str: "a text", bool: "true/false", type(None): "nothing"}
    return names.get(type(value), f"a {type(value).__name__}") if value != [] else "an empty list"


class _Record:
    """One image's entry, with errors that say where one is."""

    def __init__(self, name: str, index: int, entry: Any) -> None:
        self.where = f"{name}: entry {index + 1}"
        if not isinstance(entry, dict):
            raise self.error("the entry", f"expected an object, found {_kind(entry)}")
        self.entry: dict[str, Any] = entry
        image_id = entry.get("id")
        if not isinstance(image_id, int) or isinstance(image_id, bool) or image_id < 1:
            raise self.error("id", f"expected a whole number from 1, found {image_id!r:.60}")
        self.image_id = image_id
        self.where = f"{name}: image {image_id}"

    def error(self, field: str, problem: str) -> BenchmarkError:
        return BenchmarkError(f"{self.where}, field {field}: {problem}; correct the file or get it again.")

    def text(self, holder: Mapping[str, Any], key: str, prefix: str = "") -> str:
        value = holder.get(key)
        if not isinstance(value, str) or not value.strip():
            raise self.error(prefix + key, f"expected a text, found {_kind(value)}" if value != "" else "is empty")
        return value

    def pairs(self, key: str) -> list[tuple[int, dict[str, Any]]]:
        pairs = self.entry.get(key)
        if not isinstance(pairs, list) or not pairs:
            raise self.error(key, f"expected a list of questions, found {_kind(pairs)}")
        for position, pair in enumerate(pairs, start=1):
            if not isinstance(pair, dict):
                raise self.error(f"{key}[{position}]", f"expected an object, found {_kind(pair)}")
        return list(enumerate(pairs, start=1))


def _records(data: Any, task: Task, name: str) -> list[_Record]:
    if not isinstance(data, list) or not data:
        raise BenchmarkError(f"{name}: expected a list of images, found {_kind(data)}; is this the {task} file?")
    return [_Record(name, index, entry) for index, entry in enumerate(data)]


def _pictures(records: list[_Record]) -> dict[int, Picture]:
    paths: dict[int, str] = {}
    for record in records:
        if record.image_id in paths:
            raise record.error("id", "the same id stands in the file twice")
        paths[record.image_id] = _safe_path(record)
    first_of_patient: dict[str, int] = {}
    for image_id in sorted(paths):
        patient = BRATS_PATIENT.search(paths[image_id])
        if patient:
            first_of_patient.setdefault(patient.group(), image_id)
    pictures = {}
    for image_id, path in paths.items():
        patient = BRATS_PATIENT.search(path)
        cluster = first_of_patient[patient.group()] if patient else image_id
        pictures[image_id] = Picture(image_id, path, cluster)
    return pictures


def _safe_path(record: _Record) -> str:
    path = record.text(record.entry, "image_path")
    parts = PurePosixPath(path).parts
    unsafe = path.startswith(("/", "~")) or ".." in parts or "\\" in path or "\0" in path or ":" in "".join(parts[:1])
    if unsafe or not parts:
        raise record.error("image_path", f"{path!r:.120} is absolute, leaves the image folder or names no file")
    return path


def _closed_question(record: _Record, picture: Picture, position: int, pair: dict[str, Any]) -> ClosedQuestion:
    prefix = f"vqa_pairs[{position}]."
    options = _options(record, pair.get("options"), prefix)
    question_type = record.text(pair, "question_type", prefix)
    if question_type not in CLOSED_TYPES:
        raise record.error(prefix + "question_type", f"{question_type!r:.60} is none of {', '.join(CLOSED_TYPES)}")
    answer = pair.get("answer")
    if not isinstance(answer, str) or answer not in options:
        raise record.error(prefix + "answer", f"{answer!r:.60} is not one of the offered letters {''.join(options)}")
    trap = pair.get("meta_trap", False)
    if not isinstance(trap, bool):
        raise record.error(prefix + "meta_trap", f"expected true or false, found {_kind(trap)}")
    if trap != (answer == REJECTION_LETTER):
        raise record.error(prefix + "meta_trap", f"is {trap} although the answer is {answer}")
    original = record.text(pair, "meta_original_answer", prefix) if "meta_original_answer" in pair else None
    return ClosedQuestion(
        qid=make_qid(picture.id, position),
        picture=picture,
        question_type=question_type,
        question=record.text(pair, "question", prefix),
        options=options,
        answer=answer,
        trap=trap,
        original_answer=original,
    )


def _options(record: _Record, options: Any, prefix: str) -> dict[str, str]:
    if not isinstance(options, dict) or len(options) < 2:
        raise record.error(prefix + "options", f"expected at least two options, found {_kind(options)}")
    unknown = [letter for letter in options if letter not in LETTERS]
    if unknown:
        raise record.error(prefix + "options", f"unknown letter {unknown[0]!r:.20} (A to E are known)")
    return {letter: record.text(options, letter, prefix + "options.") for letter in LETTERS if letter in options}


def _open_question(record: _Record, picture: Picture, position: int, pair: dict[str, Any]) -> OpenQuestion:
    prefix = f"qa_pairs[{position}]."
    qid = make_qid(picture.id, position)
    if pair.get("question_id", qid) != qid:
        raise record.error(prefix + "question_id", f"{pair['question_id']!r:.60} stands where {qid} belongs")
    question_type = record.text(pair, "question_type", prefix)
    if question_type not in OPEN_TYPES:
        raise record.error(prefix + "question_type", f"{question_type!r:.60} is none of {', '.join(OPEN_TYPES)}")
    keywords = pair.get("eval_keywords", [])
    if not isinstance(keywords, list) or not all(isinstance(keyword, str) for keyword in keywords):
        raise record.error(prefix + "eval_keywords", "expected a list of texts")
    return OpenQuestion(
        qid=qid,
        picture=picture,
        question_type=question_type,
        question=record.text(pair, "question", prefix),
        reference_answer=record.text(pair, "reference_answer", prefix),
        eval_keywords=tuple(keywords),
    )
