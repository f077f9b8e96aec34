"""The closed questions as a TSV that VLMEvalKit takes as a custom multiple-choice set, with nothing of ours installed.

VLMEvalKit then asks with its own wording, not with a protocol of ours, and its own accuracy reads letters its own way;
``mmneuroonco score`` reads the sheet that it writes. Open questions cannot go this way: it has no scorer for them.
"""

from __future__ import annotations

import csv
import os
from io import StringIO
from pathlib import Path

from ..benchmark import LETTERS, ClosedBenchmark
from ..benchmark.files import write_text

#: VLMEvalKit's variable for its data folder, spelt as it spells it.
DATA_VARIABLE = "LMUData"
#: More than any image has questions, so that ``sheet_index`` is one to one.
_INDEX_STEP = 100


def sheet_index(qid: str) -> int:
    """The integer under which VLMEvalKit keeps a response: the same whatever other questions are asked.

    A row number would shift where pictures are missing, and ``--reuse`` would give responses to other questions.

    >>> sheet_index("3_q1"), sheet_index("12_q6")
    (301, 1206)
    """
    image, _, position = qid.partition("_q")
    return int(image) * _INDEX_STEP + int(position)


def data_folder() -> Path:
    """Where VLMEvalKit looks for a custom set: ``LMUData`` if that names a folder, else ``~/LMUData``."""
    named = os.environ.get(DATA_VARIABLE, "")
    return Path(named) if named and Path(named).is_dir() else Path.home() / "LMUData"


def write_vlmeval_tsv(benchmark: ClosedBenchmark, path: Path) -> None:
    """Write the asked questions, one a row: index, qid, category, image_path, question, A to E, answer.

    ``path`` is ``<name>.tsv`` in ``data_folder()``, for ``--data <name>``; a name of our registered datasets would be
    theirs where these are registered. Picture paths are absolute, as VLMEvalKit needs them, and opaque.

    Raises:
        BenchmarkError: the file cannot be written.
    """
    columns = ("index", "qid", "category", "image_path", "question", *LETTERS, "answer")
    rows = StringIO()
    writer = csv.DictWriter(rows, columns, restval="", delimiter="\t", lineterminator="\n")
    writer.writeheader()
    for question in benchmark.questions:
        row = {"index": sheet_index(question.qid), "qid": question.qid, "category": question.question_type}
        picture = benchmark.images.path(question.picture).absolute()
        text = {"question": question.question, **question.options, "answer": question.answer}
        writer.writerow({**row, "image_path": picture, **text})
    write_text(path, rows.getvalue())
