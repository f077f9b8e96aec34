"""What is wrong with instruction files, row by row: schema, form, answer, picture, duplicates."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path

from ..benchmark.images import picture_problem
from ..benchmark.records import LETTERS
from .pictures import PictureFolder
from .reading import Progress, Row, no_progress, scan
from .samples import Sample

#: What can be wrong with a row, and how tables say it.
PROBLEM_KINDS = {
    "json": "no JSON",
    "schema": "not in the released schema",
    "path": "an image path that leaves its folder",
    "form": "a question or answer not in the released form",
    "answer": "an answer that is not offered",
    "image": "a picture that is missing or cannot be opened",
    "duplicate": "the same sample as an earlier row",
    "contradiction": "the question of an earlier row, with another letter",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one row."""

    path: Path
    line: int
    kind: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}, line {self.line}: {self.message}"


@dataclass
class Checked:
    """What was counted while problems were listed."""

    rows: int = 0
    #: Rows by variant, of those in the released form.
    variants: Counter[str] = field(default_factory=Counter)
    #: Closed rows by the letter of their answer.
    answers: Counter[str] = field(default_factory=Counter)
    #: Problems by kind.
    problems: Counter[str] = field(default_factory=Counter)
    #: Distinct pictures that are named.
    pictures: int = 0


class Checker:
    """Checks files one after another; what is a duplicate is known across them.

    Pictures are opened, each once, where a folder is named; else their files are not looked for.
    """

    def __init__(self, pictures: PictureFolder | None = None) -> None:
        self.counted = Checked()
        self._pictures = pictures
        #: By picture, its number and what is wrong with it.
        self._known: dict[str, tuple[int, str | None]] = {}
        self._files: list[Path] = []
        #: By digest of a sample, and of a closed question, the place where it stood first, as ``_place`` packs it.
        self._samples: dict[int, int] = {}
        self._questions: dict[int, int] = {}

    def problems(self, path: Path, progress: Progress = no_progress) -> Iterator[Problem]:
        """The problems of a file, at most one a row, in the order of its lines.

        Raises:
            InstructionError: the file cannot be read or holds no sample.
        """
        self._files.append(path)
        for row in scan(path, progress):
            self.counted.rows += 1
            problem = self._problem(row)
            if problem is not None:
                self.counted.problems[problem[0]] += 1
                yield Problem(path, row.number, *problem)

    def _problem(self, row: Row) -> tuple[str, str] | None:
        if row.sample is None:
            return (row.problem.kind, str(row.problem)) if row.problem else None
        self.counted.variants[row.sample.variant] += 1
        if row.sample.answer is not None:
            self.counted.answers[row.sample.answer] += 1
        number, unusable = self._picture(row.sample)
        if unusable is not None:
            return "image", f"the image {row.sample.image} {unusable}"
        return self._repetition(row, row.sample, number)

    def _picture(self, sample: Sample) -> tuple[int, str | None]:
        known = self._known.get(sample.image)
        if known is None:
            known = self._known[sample.image] = (len(self._known), self._unusable(sample.image))
            self.counted.pictures = len(self._known)
        return known

    def _unusable(self, image: str) -> str | None:
        if self._pictures is None:
            return None
        path = self._pictures.path(image)
        return "is missing" if path is None else picture_problem(path)

    def _repetition(self, row: Row, sample: Sample, picture: int) -> tuple[str, str] | None:
        place = self._place(row.number, sample.answer)
        first = self._samples.setdefault(_digest(picture, sample.text, sample.response), place)
        if first != place:
            return "duplicate", f"the same sample stands in {self._named(first)}"
        if sample.form is None:
            return None
        # With and without explanation it is the same question, so the letters must agree across variants.
        question = _digest(picture, sample.form.stem, *sample.form.options.values())
        earlier = self._questions.setdefault(question, place)
        letter = _ANSWERS[earlier % len(_ANSWERS)]
        if letter != sample.answer:
            return "contradiction", f"{self._named(earlier)} answers the same question with {letter}"
        return None

    def _place(self, line: int, answer: str | None) -> int:
        # File, line and answer in one number, since two for every row of a large file stay in memory.
        return (line * _MOST_FILES + len(self._files) - 1) * len(_ANSWERS) + _ANSWERS.index(answer)

    def _named(self, place: int) -> str:
        line, file = divmod(place // len(_ANSWERS), _MOST_FILES)
        return f"{self._files[file]}, line {line}"


_ANSWERS = (None, *LETTERS)
_MOST_FILES = 1 << 16


def _digest(*parts: str | int) -> int:
    # Eight bytes: with 200,000 rows, the chance that any two differ and share a digest is one in a thousand million.
    return int.from_bytes(blake2b("\0".join(map(str, parts)).encode(), digest_size=8).digest(), "big")


def check_files(
    paths: Sequence[Path], pictures: PictureFolder | None = None, progress: Progress = no_progress
) -> tuple[Checked, list[Problem]]:
    """Check whole files and keep every problem; ``Checker`` streams them instead.

    Raises:
        InstructionError: a file cannot be read or holds no sample.
    """
    checker = Checker(pictures)
    problems = [problem for path in paths for problem in checker.problems(path, progress)]
    return checker.counted, problems
