"""Reading instruction files a line at a time: what is wrong is told by file and line, and nothing is kept."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from .samples import InstructionError, Sample, SampleProblem, parse_sample

#: No sample comes near this; a longer line is skipped as a problem, without being read into memory.
LONGEST_LINE_BYTES = 4 * 1024 * 1024
#: Called with the number of bytes that were read since the last call.
Progress: TypeAlias = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a file: its 1-based number, its bytes as they stand there, and the sample or what is wrong."""

    path: Path
    number: int
    content: bytes
    sample: Sample | None
    problem: SampleProblem | None = None

    @property
    def where(self) -> str:
        """The line as messages name it."""
        return f"{self.path}, line {self.number}"


def no_progress(_read: int) -> None:
    """Tell nobody."""


def scan(path: Path, progress: Progress = no_progress) -> Iterator[Row]:
    """Every line of a file that is not blank, the broken ones too.

    Raises:
        InstructionError: the file cannot be read or holds no sample at all.
    """
    found = False
    try:
        with path.open("rb") as stream:
            number = 0
            while line := stream.readline(LONGEST_LINE_BYTES + 1):
                number += 1
                size = len(line)
                if size > LONGEST_LINE_BYTES:
                    while rest := not line.endswith(b"\n") and stream.readline(LONGEST_LINE_BYTES):
                        line, size = rest, size + len(rest)
                    problem = SampleProblem("json", f"longer than {LONGEST_LINE_BYTES >> 20} MB, which no sample is")
                    yield Row(path, number, b"", None, problem)
                elif line.strip():
                    yield _row(path, number, line)
                found = found or bool(line.strip())
                progress(size)
    except OSError as error:
        raise InstructionError(f"{path}: cannot be read ({error.strerror}); check the path.") from None
    if not found:
        raise InstructionError(f"{path}: holds no sample; expected one JSON object a line.")


def read_samples(path: Path, progress: Progress = no_progress) -> Iterator[tuple[Row, Sample]]:
    """The samples of a file whose every line must be in the released form.

    Raises:
        InstructionError: the file cannot be read, or the first line that is not in the form.
    """
    for row in scan(path, progress):
        if row.sample is None:
            raise InstructionError(
                f"{row.where}: {row.problem}; repair or remove the line (`mmneuroonco instructions check` lists all)."
            )
        yield row, row.sample


def _row(path: Path, number: int, line: bytes) -> Row:
    try:
        # The first line may start with a byte order mark.
        record = json.loads(line.decode("utf-8-sig" if number == 1 else "utf-8"))
    except RecursionError:
        return Row(path, number, line, None, SampleProblem("json", "nested too deeply"))
    except ValueError as error:  # UnicodeDecodeError is one too
        return Row(path, number, line, None, SampleProblem("json", f"not valid JSON ({error})"))
    try:
        return Row(path, number, line, parse_sample(record))
    except SampleProblem as problem:
        return Row(path, number, line, None, problem)
