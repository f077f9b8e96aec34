"""CSV and TSV cell by cell, whoever wrote them: a line at a time, and no line without end."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from .table import PredictionsError

#: No record comes near this many characters; a longer line is not read into memory.
_LONGEST_LINE = 16_000_000


def _lines(path: Path, file: TextIO) -> Iterator[str]:
    while line := file.readline(_LONGEST_LINE + 1):
        if len(line) > _LONGEST_LINE:
            raise PredictionsError(f"{path}: has a line longer than 16 million characters; no response is, remove it.")
        yield line


def delimited_cells(path: Path) -> Iterator[list[str]]:
    """The rows of a CSV or TSV file, the header first, read a line at a time.

    Raises:
        PredictionsError: the file cannot be read, or a line has no end.
    """
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
