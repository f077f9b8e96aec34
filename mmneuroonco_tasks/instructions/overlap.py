"""Contamination: which rows of an instruction file overlap with the benchmark, and the file without them.

A row overlaps by its picture's released path, by a BraTS patient of the benchmark, by the digest of its picture's file,
by a perceptual hash of it (re-encoded, resized and brightened copies; not cropped or turned ones), or by the wording of
its question and options. Most released questions are templates, so wording alone says little about the picture: the
kinds are counted apart, and ``dropped`` chooses which of them cost a row its place in the clean file.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

from ..benchmark.files import writing_beside
from .fingerprints import NEAR_BITS, Fingerprints, look_at
from .pictures import PictureFolder
from .reading import Progress, no_progress, read_samples
from .samples import InstructionError, Sample

#: How a row can overlap, and what tables say of it.
OVERLAP_KINDS = {
    "path": "the picture has the path of a benchmark picture",
    "patient": "a BraTS slice of a benchmark patient",
    "digest": "the picture's file is a benchmark picture's, byte for byte",
    "perceptual": "the picture looks like a benchmark picture",
    "question": "the question and its options are worded as in the benchmark",
    "similar_path": "the path of a benchmark picture but for extension or letter case",
}
#: What the clean file leaves out. Pictures of one name and two extensions are often two pictures, also within the
#: benchmark (46 pairs), so ``similar_path`` is only told; with the files at hand, digest and look decide.
DROPPED = ("path", "patient", "digest", "perceptual", "question")


@dataclass(frozen=True, slots=True)
class Overlap:
    """A row that overlaps: by kind, which picture or question of the benchmark it is."""

    path: Path
    line: int
    image: str
    kinds: Mapping[str, str]


class Comparison:
    """Compares samples with the fingerprints of the benchmark; each picture is opened once."""

    def __init__(
        self,
        fingerprints: Fingerprints,
        pictures: PictureFolder | None = None,
        *,
        near_bits: int = NEAR_BITS,
        perceptual: bool = True,
    ) -> None:
        self._fingerprints = fingerprints
        self._pictures = pictures
        self._near_bits = near_bits
        self._perceptual = perceptual
        self._by_picture: dict[str, Mapping[str, str]] = {}
        #: Rows by kind of overlap, and rows in all.
        self.counts: Counter[str] = Counter()
        self.rows = 0
        #: Pictures whose file could not be looked at, though a folder was named.
        self.unseen = 0

    def kinds(self, sample: Sample) -> Mapping[str, str]:
        """How the sample overlaps: by kind, with what. Empty where it does not."""
        if sample.image not in self._by_picture:
            self._by_picture[sample.image] = self._of_picture(sample.image)
        found = {**self._by_picture[sample.image], **self._fingerprints.by_question(sample)}
        self.rows += 1
        self.counts.update(found.keys())
        return found

    @property
    def overlapping_pictures(self) -> int:
        """How many distinct pictures overlap by anything but a similar path."""
        return sum(bool(found.keys() & set(DROPPED)) for found in self._by_picture.values())

    def _of_picture(self, image: str) -> Mapping[str, str]:
        found = self._fingerprints.by_path(image)
        if self._pictures is not None:
            file = self._pictures.path(image)
            look = look_at(file, perceptual=self._perceptual) if file else None
            if look is None:
                self.unseen += 1
            else:
                found |= self._fingerprints.by_look(look, self._near_bits)
        return found or _NOTHING


_NOTHING: Mapping[str, str] = {}


def overlaps(
    path: Path,
    comparison: Comparison,
    *,
    clean: Path | None = None,
    dropped: Collection[str] = DROPPED,
    progress: Progress = no_progress,
) -> Iterator[Overlap]:
    """The overlapping rows of a file, in its order.

    Once the last one was taken, ``clean`` holds all rows that overlap by none of the kinds ``dropped``, byte for byte
    as they stand in the file.

    Raises:
        InstructionError: the file cannot be read, a row is not in the released form, or ``clean`` is the file itself.
        BenchmarkError: the clean file cannot be written.
    """
    if clean is not None and clean.resolve() == path.resolve():
        raise InstructionError(f"{clean}: the clean file would replace the file it is made from; choose another name.")
    unwanted = set(dropped)
    with writing_beside(clean) if clean is not None else nullcontext() as stream:
        for row, sample in read_samples(path, progress):
            found = comparison.kinds(sample)
            if stream is not None and not unwanted & found.keys():
                stream.write(row.content.rstrip(b"\r\n") + b"\n")
            if found:
                yield Overlap(path, row.number, sample.image, found)
