"""A held-out part of the instruction data, split by picture or by patient.

Which side a picture is on depends on its path and the seed only: the same picture is on the same side in every file,
whatever else the file holds and in whatever order, so the three variants are split alike.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Literal

from ..benchmark.files import writing_beside
from ..benchmark.records import BRATS_PATIENT
from .reading import Progress, no_progress, read_samples
from .samples import InstructionError

#: What stays together. ``patient`` is the BraTS patient; no other source names one, so there it is the picture.
Unit = Literal["image", "patient"]


@dataclass
class Side:
    """One side of a split: its file, its rows, and its units."""

    path: Path
    rows: int = 0
    units: set[str] = field(default_factory=set)


def unit_of(image: str, by: Unit) -> str:
    """What a picture is kept together with.

    >>> unit_of("glioma/16/BraTS2021_00001/BraTS2021_00001_t1.png", "patient")
    'brats2021_00001'
    >>> unit_of("glioma/16/BraTS2021_00001/BraTS2021_00001_t1.png", "image")
    'glioma/16/BraTS2021_00001/BraTS2021_00001_t1.png'
    """
    patient = BRATS_PATIENT.search(image) if by == "patient" else None
    return patient.group().lower() if patient else image.removeprefix("./")


def is_held_out(unit: str, share: float, seed: int) -> bool:
    """Whether a unit belongs to the held-out part: its hash, as a number from 0 to 1, lies below the share.

    >>> sum(is_held_out(f"picture {n}", 0.1, seed=0) for n in range(1000))
    95
    """
    return int.from_bytes(sha256(f"{seed}:{unit}".encode()).digest()[:8], "big") < share * 2**64


def split_file(
    path: Path,
    train: Path,
    held_out: Path,
    *,
    share: float = 0.1,
    seed: int = 0,
    by: Unit = "patient",
    progress: Progress = no_progress,
) -> tuple[Side, Side]:
    """Write the rows of a file to two files, each whole or not at all; ``share`` of the units are held out.

    The share is met on average, not exactly. Lines are copied byte for byte.

    Raises:
        InstructionError: the share is not between 0 and 1, a row is not in the released form, an output is the input,
            or one side would be empty.
        BenchmarkError: an output cannot be written.
    """
    if not 0 < share < 1:
        raise InstructionError(f"the held-out share is {share}; choose one between 0 and 1, such as 0.1.")
    if len({path.resolve(), train.resolve(), held_out.resolve()}) < 3:
        raise InstructionError(f"{path}: the two parts need files of their own; choose other names.")
    sides = (Side(train), Side(held_out))
    with ExitStack() as stack:
        streams = [stack.enter_context(writing_beside(side.path)) for side in sides]
        for row, sample in read_samples(path, progress):
            unit = unit_of(sample.image, by)
            held = is_held_out(unit, share, seed)
            streams[held].write(row.content.rstrip(b"\r\n") + b"\n")
            sides[held].rows += 1
            sides[held].units.add(unit)
        empty = next((side for side in sides if not side.rows), None)
        if empty:
            raise InstructionError(
                f"{path}: no row falls into {empty.path.name} with seed {seed} and share {share}; choose others."
            )
    return sides
