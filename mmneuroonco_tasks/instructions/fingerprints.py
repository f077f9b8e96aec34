"""What a benchmark picture or question is recognised by in a training file: path, patient, digest, look, wording."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..benchmark.concepts import normalised
from ..benchmark.images import problem_in
from ..benchmark.layouts import picture_key
from ..benchmark.records import BRATS_PATIENT, Benchmark, ClosedQuestion, OpenQuestion
from .samples import InstructionError, Sample

#: Side of the perceptual hash: 16 × 16 = 256 bits. On phantoms, re-encoded and resized copies differ in at most 8 of
#: them and brighter ones in at most 18, while different phantoms differ in 42 or more; 64 bits overlap (8 and 4).
HASH_SIDE = 16
#: Pictures at most this many bits apart count as the same.
NEAR_BITS = 16
#: Grey-value spread below which a picture is a plain surface, whose hash says nothing.
_PLAIN = 2.0

Bits = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Look:
    """A picture file: the SHA-256 of its bytes and its perceptual hash, if it has one."""

    digest: str
    bits: Bits | None


def look_at(path: Path, *, perceptual: bool = True) -> Look | None:
    """The look of a picture file, or ``None`` where it is missing or cannot be decoded.

    Raises:
        InstructionError: a perceptual hash is wanted and imagehash is not installed.
    """
    try:
        content = path.read_bytes()
    except OSError:
        return None
    if problem_in(content) is not None:
        return None
    return Look(sha256(content).hexdigest(), _perceptual_bits(content) if perceptual else None)


def _perceptual_bits(content: bytes) -> Bits | None:
    """The DCT hash ("pHash") of imagehash, as 256 booleans; ``None`` for a plain surface."""
    from PIL import Image

    try:
        import imagehash
    except ImportError:
        raise InstructionError(
            "perceptual hashes need imagehash: run `pip install 'mmneuroonco-tasks[instructions]'`, or leave them out "
            "by --no-perceptual."
        ) from None
    with Image.open(BytesIO(content)) as image:
        grey = image.convert("L")
    if float(np.asarray(grey).std()) < _PLAIN:
        return None
    bits: Bits = imagehash.phash(grey, hash_size=HASH_SIDE).hash.ravel()
    return bits


def question_key(stem: str, options: Iterable[str]) -> tuple[str, tuple[str, ...]]:
    """A question as it is compared: wording without case and punctuation, options in any order.

    >>> question_key("Question: Which is it?", ["B.", "a"]) == question_key("which is it", ["A", "b"])
    True
    """
    return normalised(stem).removeprefix("question "), tuple(sorted(map(normalised, options)))


@dataclass
class Fingerprints:
    """What the pictures and questions of benchmarks are recognised by. Values name image ids and qids."""

    #: By released path, exactly as annotated.
    paths: dict[str, int] = field(default_factory=dict)
    #: By path without letter case and extension: another file of the same name, or the same one converted.
    similar_paths: dict[tuple[str, ...], int] = field(default_factory=dict)
    patients: dict[str, int] = field(default_factory=dict)
    digests: dict[str, int] = field(default_factory=dict)
    #: Image ids and hashes of the pictures that have one.
    looks: list[tuple[int, Bits]] = field(default_factory=list)
    questions: dict[tuple[str, tuple[str, ...]], str] = field(default_factory=dict)
    #: Pictures whose file could not be looked at: only their paths can be compared.
    unseen: int = 0

    @classmethod
    def of(cls, benchmarks: Sequence[Benchmark[Any]], *, perceptual: bool = True, see: bool = True) -> Fingerprints:
        """The fingerprints of all questions and pictures; with ``see`` the picture files are opened, each once.

        Raises:
            InstructionError: perceptual hashes are wanted and imagehash is not installed.
        """
        prints = cls()
        for benchmark in benchmarks:
            for picture in benchmark.pictures:
                if picture.path in prints.paths:
                    continue
                prints.paths[picture.path] = picture.id
                prints.similar_paths.setdefault(picture_key(picture.path), picture.id)
                if picture.patient:
                    prints.patients.setdefault(picture.patient.lower(), picture.id)
                file = benchmark.images.find(picture) if see else None
                prints._add_look(picture.id, look_at(file, perceptual=perceptual) if file else None)
            for question in benchmark.questions:
                prints.questions.setdefault(_key_of(question), f"{benchmark.task} {question.qid}")
        return prints

    def _add_look(self, image_id: int, look: Look | None) -> None:
        if look is None:
            self.unseen += 1
            return
        self.digests.setdefault(look.digest, image_id)
        if look.bits is not None:
            self.looks.append((image_id, look.bits))

    @cached_property
    def _all_bits(self) -> Bits:
        return np.array([bits for _, bits in self.looks], dtype=bool).reshape(-1, HASH_SIDE * HASH_SIDE)

    def nearest(self, bits: Bits) -> tuple[int, int] | None:
        """The benchmark picture that looks most alike: its image id and the number of bits that differ."""
        if not self.looks:
            return None
        distances = (self._all_bits ^ bits).sum(axis=1)
        nearest = int(distances.argmin())
        return self.looks[nearest][0], int(distances[nearest])

    def by_path(self, image: str) -> dict[str, str]:
        """Overlaps that the path alone tells: ``path``, ``patient``, and ``similar_path`` where neither."""
        parts = image.replace("\\", "/").removeprefix("./").split("/")
        # An archive may add folders above the released path, so every end of the path is looked up.
        ends = ("/".join(parts[start:]) for start in range(len(parts)))
        found: dict[str, str] = {}
        exact = next((self.paths[end] for end in ends if end in self.paths), None)
        if exact is not None:
            found["path"] = f"image {exact}"
        patient = BRATS_PATIENT.search(image)
        if patient and patient.group().lower() in self.patients:
            found["patient"] = f"{patient.group()}, image {self.patients[patient.group().lower()]}"
        if not found:
            key = picture_key(image)
            similar = (self.similar_paths.get(key[start:]) for start in range(len(key)))
            alike = next((image_id for image_id in similar if image_id is not None), None)
            found |= {} if alike is None else {"similar_path": f"image {alike}"}
        return found

    def by_look(self, look: Look, near_bits: int = NEAR_BITS) -> dict[str, str]:
        """Overlaps that the picture file tells: ``digest``, else ``perceptual``."""
        if look.digest in self.digests:
            return {"digest": f"image {self.digests[look.digest]}"}
        nearest = self.nearest(look.bits) if look.bits is not None else None
        if nearest is None or nearest[1] > near_bits:
            return {}
        return {"perceptual": f"image {nearest[0]}, {nearest[1]} of {HASH_SIDE * HASH_SIDE} bits differ"}

    def by_question(self, sample: Sample) -> Mapping[str, str]:
        """Overlap that the wording tells: ``question``."""
        options = sample.form.options.values() if sample.form else ()
        same = self.questions.get(question_key(sample.question, options))
        return {} if same is None else {"question": same}


def _key_of(question: ClosedQuestion | OpenQuestion) -> tuple[str, tuple[str, ...]]:
    options = question.options.values() if isinstance(question, ClosedQuestion) else ()
    return question_key(question.question, options)
