"""What the released evaluation scripts write: one JSON object a question.

Most give ``id``, the 1-based ``q_index``, ``pred`` (the letter that the script has read) and, if asked to, ``raw``, the
response. Scripts that ask all questions of an image at once store the whole reply with each of its questions, as
``raw`` or as ``raw_batch``. The Qwen3-VL script names the image by its path instead and its questions by their order.

Where the response is kept it is read anew by our rules, and ``pred`` is not looked at: it holds letters read from
refusals and from error messages. Where only ``pred`` is kept, it is all there is, and the user is told so.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..benchmark.records import make_qid
from .jsonl import Responses, read_lines
from .rows import qid_of, remarks
from .table import Predictions, PredictionsError

#: Image ids by released path, loaded when a file names its images by path.
ImageIds = Callable[[], Mapping[str, int]]

TITLE = "released evaluator's JSONL"
_NUMBERED = re.compile(r"(?m)^[^\w\n]*Q?[ \t]*\d+[^\w\n]")


def is_released_record(record: Mapping[str, Any]) -> bool:
    """Whether a line is one of the released evaluators'.

    >>> is_released_record({"id": 3, "q_index": 1, "pred": "C"}), is_released_record({"qid": "3_q1", "pred": "C"})
    (True, False)
    """
    by_number = {"id", "q_index"} <= record.keys()
    by_path = "image_path" in record and "qid" not in record
    return (by_number or by_path) and bool({"pred", "error"} & record.keys())


@dataclass(frozen=True)
class _Record:
    place: str
    qid: str
    letter: str | None
    response: str | None
    whole_image: bool


def read_released(path: Path, image_ids: ImageIds | None = None) -> Predictions:
    """The responses of a released evaluator, or its letters where it kept no responses.

    Images that a script skipped (missing or corrupt files) leave no line: their questions count as missing.

    Args:
        path: the JSONL file, ``preds_<tag>.jsonl`` by default.
        image_ids: gives the image ids by released path, needed for the Qwen3-VL script's files only.

    Raises:
        PredictionsError: a line is none of an evaluator's, names no question, or contradicts an earlier one.
    """
    records = list(_records(path, image_ids))
    if not records:
        raise PredictionsError(f"{path}: holds no prediction; name the file that the script wrote.")
    kept = [record for record in records if record.response is not None]
    letters_only = not kept
    responses = Responses(path)
    for record in records:
        # A file that was begun without responses and resumed with them: a letter is the response as far as known.
        responses.add(record.place, record.qid, record.letter if record.response is None else record.response)
    run = {} if letters_only else {"per": "image" if _asked_per_image(kept) else "question"}
    return Predictions(TITLE, responses, run=run, letters_only=letters_only, remarks=remarks(responses, letters_only))


def _records(path: Path, image_ids: ImageIds | None) -> Iterator[_Record]:
    known: Mapping[str, int] | None = None
    seen: Counter[str] = Counter()
    for number, line in read_lines(path):
        place = f"line {number}"
        if not is_released_record(line):
            raise PredictionsError(f"{path}, {place}: no line of a released evaluator; it needs id, q_index and pred.")
        if "pred" not in line:
            continue  # the Qwen3-VL script's note that an image could not be opened: nothing was asked
        if "q_index" in line:
            qid = qid_of(path, place, line)
        else:
            image = str(line["image_path"])
            known = known if known is not None else image_ids() if image_ids else {}
            if image not in known:
                # The path itself names the diagnosis and is not shown.
                raise PredictionsError(f"{path}, {place}: the annotations have no such image; see --annotations.")
            seen[image] += 1
            qid = make_qid(known[image], seen[image])
        batch = line.get("raw_batch")
        response = line.get("raw") if batch is None else batch
        for name, value in (("pred", line["pred"]), ("raw", response)):
            if value is not None and not isinstance(value, str):
                raise PredictionsError(f"{path}, {place}: {name} is {value!r:.40}, not a text; was the file edited?")
        yield _Record(place, qid, line["pred"] or None, response, batch is not None)


def _asked_per_image(records: list[_Record]) -> bool:
    """Whether one reply answers all questions of its image: the same text everywhere, with numbered answers in it.

    A model that says "E" to everything repeats itself too, but numbers nothing.
    """
    if any(record.whole_image for record in records):
        return True
    replies: dict[str, set[str | None]] = {}
    questions: Counter[str] = Counter()
    for record in records:
        image = record.qid.split("_", 1)[0]
        questions[image] += 1
        replies.setdefault(image, set()).add(record.response)
    several = [image for image, count in questions.items() if count > 1]
    return (
        bool(several)
        and all(len(replies[image]) == 1 for image in several)
        and any(len(_NUMBERED.findall(str(*replies[image]))) > 1 for image in several)
    )
