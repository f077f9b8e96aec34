"""VLMEvalKit's prediction sheets, read as they are: xlsx, tsv, csv and json.

VLMEvalKit reads its own sheets with pandas, which takes the texts "None", "N/A" or "nan" for nothing, though "None" is
how a model says "none of the above". Here a text stays that text; only a cell without content is empty (the model gave
no response). Numbers become text, a formula its source ("=1+1" was an answer, not a sum), and a response that fills a
cell to xlsx's limit is marked as cut, for what a model says last is then lost.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import ZipFile

from ..benchmark.files import read_at_most
from .delimited import delimited_cells
from .jsonl import Responses
from .table import Predictions, PredictionsError

if TYPE_CHECKING:
    from ..frameworks.variants import Variant

#: Characters an xlsx cell can hold; writers drop the rest.
XLSX_CELL_LIMIT = 32_767
#: More than every question answered at that length; a larger sheet, unpacked or in JSON, is not read into memory.
LARGEST_SHEET_BYTES = 256 * 1024 * 1024
#: Parsed, JSON may take twenty times its size.
LARGEST_JSON_SHEET_BYTES = 128 * 1024 * 1024
#: Excel's rows; and four times the XML tags that all questions in twenty columns need. Small files unpack to more.
MOST_ROWS = 1_048_576
MOST_TAGS = 2_000_000
SHEET_SUFFIXES = (".xlsx", ".tsv", ".csv", ".json")
#: A control character as xlsx stores it. XML cannot hold them, and a carriage return is common in responses.
ESCAPED_CONTROL = re.compile(r"_x00([01][0-9A-F])_")


#: ``<model>_<dataset>``, the dataset being ours or one from the TSV.
SHEET_STEM = re.compile(r"(?P<model>.+)_(?P<dataset>MMNeuroOnco(?:_[A-Z]\w*)?)")


def read_vlmeval_sheet(path: Path) -> Predictions:
    """The responses of a prediction sheet; a row with an empty cell is a question without a response.

    Args:
        path: a file that VLMEvalKit wrote (``<model>_<dataset>.xlsx`` or .tsv, .csv, .json), for one of our dataset
            classes or for the TSV of ``mmneuroonco export vlmeval-tsv``: it has the columns ``qid`` and ``prediction``.

    The questions in the sheet are those that were asked, so a run under ``--limit`` keeps its denominators.

    Raises:
        PredictionsError: the file cannot be read as a sheet, lacks one of the two columns, or repeats a question.
    """
    responses, cut = sheet_responses(path)
    named = SHEET_STEM.fullmatch(path.stem)
    run = {"model": named["model"]} if named else {}
    variant = _registered_datasets().get(named["dataset"]) if named else None
    if variant and variant.own_protocol.per == "image":
        run["per"] = "image"
    run = _run_beside(path) or run
    return Predictions(
        "VLMEvalKit sheet",
        responses,
        tuple(responses),
        variant.vlmeval if variant else None,
        run,
        one_row_an_image=run.get("per") == "image",
        remarks=(cut_remark(cut),) if cut else (),
    )


def sheet_responses(path: Path) -> tuple[Responses, list[str]]:
    """The sheet's responses by qid (``None`` for an empty cell), and the qids whose response the cell's limit has cut.

    Raises:
        PredictionsError: the sheet cannot be read, or has no question id or prediction.
    """
    responses = Responses(path)
    cut = []
    for number, cells in enumerate(_records(path), start=2):
        qid, response = as_text(cells["qid"]).strip(), as_text(cells["prediction"])
        if not qid:
            raise PredictionsError(f"{path}, row {number}: has no question id; use the sheet as VLMEvalKit wrote it.")
        if path.suffix.lower() == ".xlsx" and len(response) >= XLSX_CELL_LIMIT:
            cut.append(qid)
        responses.add(f"row {number}", qid, response or None)
    return responses, cut


def _registered_datasets() -> dict[str, Variant]:
    from ..frameworks.variants import VARIANTS

    return {variant.vlmeval: variant for variant in VARIANTS}


def cut_remark(qids: Sequence[str]) -> str:
    """What to tell the user about responses that the sheet has cut.

    >>> cut_remark(["3_q2"])[:69]
    '1 response (the first: 3_q2) fills its cell to the limit of 32,767 ch'
    """
    which, fill = ("response", "fills its cell") if len(qids) == 1 else ("responses", "fill their cells")
    return (
        f"{len(qids)} {which} (the first: {qids[0]}) {fill} to the limit of {XLSX_CELL_LIMIT:,} characters: the end, "
        "where a model answers, is lost; run with PRED_FORMAT=tsv to keep whole responses."
    )


def _run_beside(path: Path) -> dict[str, str]:
    """How the responses came about, as our result file of the same run tells it, if it is there."""
    from ..scores.result import LARGEST_FILE_BYTES

    try:
        content = read_at_most(path.with_name(f"{path.stem}_result.json"), LARGEST_FILE_BYTES)
        signature = json.loads(content or b"")["signature"]
        return {key: str(signature[key]) for key in ("prompt", "per", "gen", "via", "model")}
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return {}


def as_text(cell: Any) -> str:
    """What a cell holds as text; empty for no content (also the number NaN, which no model says).

    >>> as_text("None"), as_text(None), as_text(float("nan")), as_text(3), as_text(3.0), as_text("nan")
    ('None', '', '', '3', '3', 'nan')
    """
    if isinstance(cell, str):
        return cell
    if cell is None or (isinstance(cell, float) and math.isnan(cell)):
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, Mapping) and "prediction" in cell:  # some API models return a record of their work
        return as_text(cell["prediction"])
    return str(getattr(cell, "text", cell))  # an array formula keeps its source in ``text``


def _records(path: Path) -> Iterator[Mapping[str, Any]]:
    readers = {".xlsx": _xlsx, ".tsv": _delimited, ".csv": _delimited, ".json": _json}
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise PredictionsError(f"{path}: no prediction sheet; VLMEvalKit writes {', '.join(SHEET_SUFFIXES)}.")
    try:
        yield from reader(path)
    except PredictionsError:
        raise
    except FileNotFoundError:
        raise PredictionsError(f"{path}: there is no such file; name the sheet that VLMEvalKit wrote.") from None
    except Exception as error:  # zip, XML, CSV, JSON and decoding errors of files that anybody may have written
        reason = " ".join(str(error).split()) or type(error).__name__
        raise PredictionsError(
            f"{path}: cannot be read as a {path.suffix[1:]} sheet ({reason:.200}); use it as VLMEvalKit wrote it."
        ) from None


def _xlsx(path: Path) -> Iterator[Mapping[str, Any]]:
    from openpyxl import load_workbook

    with path.open("rb") as file:
        with ZipFile(file) as packed:
            if sum(member.file_size for member in packed.infolist()) > LARGEST_SHEET_BYTES:
                raise ValueError("unpacks to more than 256 MB")
            if sum(packed.read(member).count(b"<") for member in packed.infolist()) > MOST_TAGS:
                raise ValueError(f"has more than {MOST_TAGS:,} tags")
        file.seek(0)
        workbook = load_workbook(file, read_only=True)  # not data_only: a "formula" is a response with "=" in front
        sheet = workbook.worksheets[0]
        sheet.reset_dimensions()  # some writers put a wrong size there, which would hide rows
        rows = sheet.iter_rows(values_only=True)
        columns = _columns(path, [as_text(cell) for cell in next(rows, ())])
        for number, cells in enumerate(rows, start=2):
            if number > MOST_ROWS:
                raise ValueError(f"has more than {MOST_ROWS:,} rows")
            if any(cell is not None for cell in cells):
                yield {name: _unescaped(cells[at]) if at < len(cells) else None for name, at in columns.items()}


def _unescaped(cell: Any) -> Any:
    if isinstance(cell, str):
        return ESCAPED_CONTROL.sub(lambda found: chr(int(found[1], 16)), cell)
    return cell


def _delimited(path: Path) -> Iterator[Mapping[str, Any]]:
    rows = delimited_cells(path)
    columns = _columns(path, next(rows, []))
    for cells in rows:
        if cells:
            yield {name: cells[at] if at < len(cells) else None for name, at in columns.items()}


def _json(path: Path) -> Iterator[Mapping[str, Any]]:
    text = read_at_most(path, LARGEST_JSON_SHEET_BYTES)
    if text is None:
        raise ValueError("larger than 128 MB")
    content = json.loads(text.decode("utf-8-sig"))
    del text  # what it says is in the content now
    if isinstance(content, dict) and {"columns", "data"} <= content.keys():
        content = [dict(zip(content["columns"], cells, strict=True)) for cells in content["data"]]
    elif isinstance(content, dict):
        content = [dict(zip(content, cells, strict=True)) for cells in zip(*content.values(), strict=True)]
    for row in content:
        _columns(path, list(row))
        yield row


def _columns(path: Path, names: list[str]) -> dict[str, int]:
    missing = [name for name in ("qid", "prediction") if name not in names]
    if missing:
        raise PredictionsError(
            f"{path}: has no column {missing[0]}; score the sheet that VLMEvalKit wrote for an MMNeuroOnco dataset."
        )
    return {name: names.index(name) for name in ("qid", "prediction")}
