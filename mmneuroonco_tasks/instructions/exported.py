"""What is told of an exported file: where it lies, what it holds, and its name as a dataset."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from ..benchmark.records import BRATS_PATIENT


@dataclass
class Exported:
    """One exported file: where it lies and what it holds."""

    path: Path
    rows: int = 0
    variants: Counter[str] = field(default_factory=Counter)
    pictures: set[str] = field(default_factory=set)

    @property
    def patients(self) -> int:
        """Distinct BraTS patients among the pictures."""
        return len({found.group() for image in self.pictures if (found := BRATS_PATIENT.search(image))})


def dataset_name(path: Path) -> str:
    """A file's name as a dataset's: LLaMA-Factory separates names by commas, the hub takes no blanks."""
    return re.sub(r"[^A-Za-z0-9._-]+", "_", path.stem)
