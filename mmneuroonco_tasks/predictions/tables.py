"""Plain tables: CSV, TSV and Parquet with a row a question."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from .delimited import delimited_cells
from .probabilities import COLUMN as PROBABILITIES
from .rows import LETTER_COLUMNS, QID_COLUMNS, RESPONSE_COLUMNS, Row, read_rows
from .table import Predictions, PredictionsError

#: Bounds memory: Parquet is unpacked by so many rows, and fewer where its columns hold more bytes than this.
_ROWS_AT_A_TIME = 1000
_BYTES_AT_A_TIME = 256 * 1024 * 1024


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
    return next(delimited_cells(path), [])


def _delimited_rows(path: Path) -> Iterator[Row]:
    rows = delimited_cells(path)
    header = next(rows, [])
    for number, cells in enumerate(rows, start=2):
        if not cells:
            continue
        if len(cells) != len(header):
            raise PredictionsError(
                f"{path}, row {number}: has {len(cells)} cells under {len(header)} columns; quote texts with commas."
            )
        yield f"row {number}", {name: cell or None for name, cell in zip(header, cells, strict=True)}


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
            known = (*QID_COLUMNS, "id", "q_index", *RESPONSE_COLUMNS, *LETTER_COLUMNS, PROBABILITIES)
            columns = [name for name in file.schema_arrow.names if name in known]
            for batch in file.iter_batches(_rows_at_a_time(file.metadata), columns=columns):
                for row in batch.to_pylist():
                    number += 1
                    yield f"row {number}", _with_missing_as_none(row)
    except (OSError, ArrowException, UnicodeDecodeError) as error:
        reason = " ".join(str(error).split())  # pyarrow's take several lines
        raise PredictionsError(f"{path}: cannot be read as Parquet ({reason:.200}); export it again.") from None


def _rows_at_a_time(metadata: Any) -> int:
    """As many rows as may repeat the largest text that a column can hold without filling the memory."""
    # Not by column: pyarrow ends the whole process where a damaged file's statistics contradict themselves.
    sizes = (metadata.row_group(number).total_byte_size for number in range(metadata.num_row_groups))
    return int(min(_ROWS_AT_A_TIME, max(1, _BYTES_AT_A_TIME // max((1, *sizes)))))


def _with_missing_as_none(row: Mapping[str, Any]) -> dict[str, Any]:
    """The same row with the number NaN, which pandas stores for nothing, as nothing."""
    return {name: None if isinstance(value, float) and value != value else value for name, value in row.items()}
