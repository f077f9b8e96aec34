"""A held-out part of the instruction data as a benchmark: asked in its own words, scored by the same readers.

A closed row becomes a closed question, whose type is read from its wording (``question_types``) and which is a trap
where its answer is E, "None of the above"; an open row becomes an open question with the assistant's text as reference
and with keywords by the released rule. Rows whose option E is another answer cannot be scored so and are left out: the
benchmark is then partial, and every number says so.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from ..benchmark.hashing import data_hash
from ..benchmark.home import Home
from ..benchmark.images import ImageStore
from ..benchmark.layouts import opaque_name
from ..benchmark.loading import ALLOW_MISSING_VARIABLE
from ..benchmark.records import (
    BRATS_PATIENT,
    REJECTION_LETTER,
    Benchmark,
    OpenQuestion,
    Picture,
    Task,
    make_qid,
)
from ..scores.keywords import KEYWORDS
from .own_words import IMAGES_VARIABLE, INSTRUCTIONS_VARIABLE, SCOPE, InstructionQuestion
from .pictures import PictureFolder
from .question_types import closed_type, open_type
from .reading import read_samples
from .samples import InstructionError, Sample

#: VLMEvalKit's sheets number the questions of an image with two digits.
_MOST_QUESTIONS = 99


def instruction_benchmark(task: Task, files: Sequence[Path], images: Path | None = None) -> Benchmark[Any]:
    """The questions of a task in instruction files, in file order; rows of the other task are passed over.

    Args:
        task: ``closed`` or ``open``.
        files: instruction files, such as the held-out part of a split.
        images: the folder of the pictures; without it, none has a file.

    Raises:
        InstructionError: a file cannot be read, a row is not in the released form, or no row can be asked.
        BenchmarkError: the folder of pictures does not exist.
    """
    samples = [
        sample for file in files for _, sample in read_samples(file) if (sample.form is None) == (task == "open")
    ]
    named = ", ".join(map(str, files))
    if not samples:
        raise InstructionError(f"{named}: holds no {task} sample; name a file of that variant.")
    asked = [sample for sample in samples if task == "open" or _is_scorable(sample)]
    if len(asked) < len(samples):
        said = (
            f'{len(samples) - len(asked)} of the {len(samples)} closed rows offer an E that is not "None of the above"'
        )
        if not asked:
            raise InstructionError(f"{named}: {said}; nothing is left to ask.")
        warnings.warn(f"{said}; these are not asked, so the result is partial.", stacklevel=2)
    pictures = _pictures(sample.image for sample in asked)
    questions = tuple(_questions(asked, pictures))
    benchmark: Benchmark[Any] = Benchmark(task, SCOPE, questions, len(samples), _data_hash(questions))
    if images is None:
        return benchmark
    folder = PictureFolder(images)
    found = {picture.id: folder.path(path) for path, picture in pictures.items()}
    return replace(benchmark, images=ImageStore({number: path for number, path in found.items() if path is not None}))


def named_benchmark(task: Task) -> Benchmark[Any]:
    """The benchmark of the files and pictures that the variables name, pictures under opaque names.

    Raises:
        BenchmarkError: a variable is not set, or names what cannot be used: one sentence with the remedy.
    """
    named, images = os.environ.get(INSTRUCTIONS_VARIABLE), os.environ.get(IMAGES_VARIABLE)
    if not named or not images:
        raise InstructionError(
            f"{INSTRUCTIONS_VARIABLE} and {IMAGES_VARIABLE} must name the instruction file to ask (such as a held-out "
            "part from `mmneuroonco instructions split`) and the folder of its pictures."
        )
    files = [Path(each).expanduser() for each in named.split(os.pathsep) if each]
    benchmark = instruction_benchmark(task, files, Path(images).expanduser())
    found = {picture.id: benchmark.images.find(picture) for picture in benchmark.pictures}
    missing = sum(file is None for file in found.values())
    if missing and os.environ.get(ALLOW_MISSING_VARIABLE) != "1":
        raise InstructionError(
            f"{images}: lacks {missing} of the {len(found)} pictures; name the folder that holds them "
            f"by {IMAGES_VARIABLE}, or set {ALLOW_MISSING_VARIABLE}=1 to ask the rest, marked PARTIAL."
        )
    # A picture's path names the diagnosis, and some ways to a model hand the path over.
    folder = Home.default().folder / "instruction_images" / f"{task}-{benchmark.data_hash}"
    links = {image_id: opaque_link(file, folder, image_id) for image_id, file in found.items() if file is not None}
    return replace(benchmark, images=ImageStore(links))


def opaque_link(file: Path, folder: Path, image_id: int) -> Path:
    """A link to a picture (a copy where links cannot be made), whose name says nothing of the diagnosis.

    Raises:
        InstructionError: the folder cannot be written.
    """
    link = folder / opaque_name(image_id, file.suffix)
    target = file.resolve()
    if link.exists() and link.samefile(target):
        return link
    try:
        folder.mkdir(parents=True, exist_ok=True)
        link.unlink(missing_ok=True)
        try:
            link.symlink_to(target)
        except FileExistsError:
            pass  # another process was first
        except (OSError, NotImplementedError):
            link.write_bytes(target.read_bytes())
    except OSError as error:
        raise InstructionError(
            f"{link}: cannot be written ({error.strerror}); choose another home by MMNEUROONCO_HOME."
        ) from None
    return link


def _is_scorable(sample: Sample) -> bool:
    form = sample.form
    return form is not None and (REJECTION_LETTER not in form.options or form.offers_rejection)


def _pictures(images: Iterable[str]) -> dict[str, Picture]:
    """By path, a picture with a number in order of appearance; slices of a BraTS patient are one cluster."""
    pictures: dict[str, Picture] = {}
    first_of: dict[str, int] = {}
    for image in images:
        if image not in pictures:
            number = len(pictures) + 1
            patient = BRATS_PATIENT.search(image)
            cluster = first_of.setdefault(patient.group(), number) if patient else number
            pictures[image] = Picture(number, image, cluster)
    return pictures


def _questions(
    samples: Sequence[Sample], pictures: Mapping[str, Picture]
) -> Iterator[InstructionQuestion | OpenQuestion]:
    asked: dict[int, int] = {}
    for sample in samples:
        picture = pictures[sample.image]
        position = asked[picture.id] = asked.get(picture.id, 0) + 1
        if position > _MOST_QUESTIONS:
            raise InstructionError(f"{sample.image}: has more than {_MOST_QUESTIONS} questions; hold fewer rows out.")
        yield _question(sample, picture, make_qid(picture.id, position))


def _question(sample: Sample, picture: Picture, qid: str) -> InstructionQuestion | OpenQuestion:
    if sample.form is None or sample.answer is None:
        reference = sample.response.lower()
        keywords = tuple(keyword for keyword in KEYWORDS if keyword in reference)
        kind = open_type(sample.text, sample.meta)
        return OpenQuestion(qid, picture, kind, sample.text, sample.response, keywords)
    return InstructionQuestion(
        qid=qid,
        picture=picture,
        question_type=closed_type(sample.form.stem, sample.form.options.values()),
        question=sample.form.stem,
        options=sample.form.options,
        answer=sample.answer,
        trap=sample.answer == REJECTION_LETTER,
        prompt=sample.text,
    )


def _data_hash(questions: Sequence[InstructionQuestion | OpenQuestion]) -> str:
    """The records' hash, prompts included: with and without explanation it is not the same data."""
    digest = sha256(data_hash(questions).encode())
    for question in questions:
        if isinstance(question, InstructionQuestion):
            digest.update(question.prompt.encode() + b"\0")
    return digest.hexdigest()[:8]
