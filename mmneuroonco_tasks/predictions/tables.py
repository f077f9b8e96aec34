"""Plain tables: CSV, TSV and Parquet with a row a question."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TextIO

from .rows import Row, read_rows
from .table import Predictions, PredictionsError

#: Bounds memory: Parquet is unpacked by so many rows.
_ROWS_AT_A_TIME = 1000
#: No response comes near this many characters; a longer line is not read into memory.
_LONGEST_LINE = 64_000_000


def read_delimited(path: Path) -> Predictions:
    """A CSV or TSV file with a header; an empty cell is no response, and "None" or "N/A" are texts.

    Raises:
        PredictionsError: the file cannot be read, or a row names no question or holds no response.
    """
    return read_rows(path, _delimited_rows(path), "plain TSV" if path.suffix.lower() == ".tsv" else "plain CSV")


def delimited_header(path: Path) -> list[str]:
    """The column names of a CSV or TSV file; empty where there are none.

    Raises:
        PredictionsError: the file cannot be read.
    """
    return next(_cells(path), [])


def _delimited_rows(path: Path) -> Iterator[Row]:
    rows = _cells(path)
    header = next(rows, [])
    for number, cells in enumerate(rows, start=2):
        if not cells:
            continue
        if len(cells) != len(header):
            raise PredictionsError(
                f"{path}, row {number}: has {len(cells)} cells under {len(header)} columns; quote texts with commas."
            )
        yield f"row {number}", {name: cell or None for name, cell in zip(header, cells, strict=True)}


def _lines(path: Path, file: TextIO) -> Iterator[str]:
    while line := file.readline(_LONGEST_LINE + 1):
        if len(line) > _LONGEST_LINE:
            raise PredictionsError(f"{path}: has a line longer than 64 million characters; no response is, remove it.")
        yield line


def _cells(path: Path) -> Iterator[list[str]]:
    limit = csv.field_size_limit(_LONGEST_LINE)  # the default would refuse a long chain of thought
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            delimiter = "\t" if path.suffix.lower() == ".tsv" else ","
            yield from csv.reader(_lines(path, file), delimiter=delimiter, strict=True)
    except OSError as error:
        raise PredictionsError(f"{path}: cannot be read ({error.strerror}); check the path.") from None
    except (csv.Error, UnicodeDecodeError) as error:
        raise PredictionsError(f"{path}: is no CSV or TSV in UTF-8 ({error}); export it again.") from None
    finally:
        csv.field_size_limit(limit)


def read_parquet(path: Path) -> Predictions:
    """A Parquet file; null is no response.

    Raises:
        PredictionsError: the file cannot be read, pyarrow is not installed, or a row cannot be used.
    """
    return read_rows(path, _parquet_rows(path), "plain Parquet")


def _parquet_rows(path: Path) -> Iterator[Row]:
    try:
        from pyarrow import ArrowException
        from pyarrow.parquet import ParquetFile
    except ImportError:
        raise PredictionsError(f"{path}: reading Parquet needs pyarrow; run `pip install pyarrow`.") from None
    try:
        with ParquetFile(path) as file:
            number = 0
            for batch in file.iter_batches(batch_size=_ROWS_AT_A_TIME):
                for row in batch.to_pylist():
                    number += 1
                    yield f"row {number}", _with_missing_as_none(row)
    except (OSError, ArrowException, UnicodeDecodeError) as error:
        reason = " ".join(str(error).split())  # pyarrow's take several lines
        raise PredictionsError(f"{path}: cannot be read as Parquet ({reason:.200}); export it again.") from None


def _with_missing_as_none(row: Mapping[str, Any]) -> dict[str, Any]:
    """The same row with the number NaN, which pandas stores for nothing, as nothing."""
    return {name: None if isinstance(value, float) and value != value else value for name, value in row.items()}
