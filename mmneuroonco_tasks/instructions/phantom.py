"""Phantom instruction files in the released form: pictures drawn by the project, answers true of them.

They show what the commands do, and the tests use them. Pictures, patients and wordings are none of the phantom
benchmark's, so nothing in them overlaps with it until somebody plants it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ..benchmark.files import write_bytes, writing_beside
from ..phantom.cases import Case, deal_cases
from ..phantom.closed import closed_records
from ..prompts import DIRECT, option_lines
from .samples import IMAGE_MARK, Variant

#: File names as the data's README lists them.
FILE_NAMES: dict[Variant, str] = {
    "open": "instruction_open_train.jsonl",
    "closed": "instruction_closed_nocot_train.jsonl",
    "closed_cot": "instruction_closed_cot_train.jsonl",
}
_STEMS = {
    "diagnosis": "Say which diagnosis the sign of the lesion in this training slice stands for.",
    "modality": "Say in which sequence this training slice seems to be made.",
    "size": "Say how large the lesion of this training slice is.",
    "shape": "Say what shape the outline of the lesion has in this training slice.",
    "spread": "Say how many lesions this training slice has and how they are spread.",
    "location": "Say where in this training slice the lesion is centred.",
}
#: Of the open questions: question type and subtype of the meta field, wording, and the answer where there is a lesion.
_OPEN = (
    (
        ("analysis", "global"),
        "Describe the lesion of this training slice: its size, its shape and how it is spread.",
        "The lesion is {size} in size and {shape} in shape; its spread is {spread}.",
    ),
    (
        ("location", "lesion"),
        "Describe where the lesion of this training slice lies.",
        "The lesion lies in the {location}.",
    ),
    (
        ("reasoning", "diagnosis"),
        "Explain which diagnosis this training slice stands for, and why.",
        "The sign of the lesion is that of {diagnosis}, seen on {modality}; it is {shape} and {spread}.",
    ),
)
#: Patients of the phantom benchmark have numbers from 90000 on.
_FIRST_PATIENT = 80000


@dataclass(frozen=True)
class PhantomInstructions:
    """Where the files were written, and how many rows each variant has."""

    folder: Path
    rows: dict[Variant, int]

    def file(self, variant: Variant) -> Path:
        """The file of a variant."""
        return self.folder / FILE_NAMES[variant]

    @property
    def files(self) -> tuple[Path, ...]:
        """All three files."""
        return tuple(map(self.file, FILE_NAMES))

    @property
    def images(self) -> Path:
        """The folder of the pictures."""
        return self.folder / "images"


def write_phantom_instructions(
    folder: Path, *, pictures: int = 40, seed: int = 0, draw_pictures: bool = True
) -> PhantomInstructions:
    """Write the three variants below a folder: six closed questions a picture, with and without explanation, and three
    open ones. Without ``draw_pictures`` only the files are written, which is quick for any number of rows.

    Raises:
        BenchmarkError: a file cannot be written.
    """
    cases = training_cases(pictures, seed)
    if draw_pictures:
        for case in cases:
            write_bytes(folder / "images" / case.path, _png(case))
    rows: dict[Variant, int] = dict.fromkeys(FILE_NAMES, 0)
    for variant, name in FILE_NAMES.items():
        with writing_beside(folder / name) as stream:
            for row in _open_rows(cases) if variant == "open" else _closed_rows(cases, seed, variant == "closed_cot"):
                stream.write(json.dumps(row, ensure_ascii=False).encode() + b"\n")
                rows[variant] += 1
    return PhantomInstructions(folder, rows)


def training_cases(pictures: int, seed: int) -> list[Case]:
    """The cases that are drawn, all asked six closed questions; a third are slices of patients, two a patient.

    >>> sum("BraTS2021_8" in case.path for case in training_cases(12, seed=0))
    4
    """
    # A seed of another kind than the benchmark's: no benchmark has these cases, whatever its seed.
    dealt = [replace(case, questions=6, two_options=False) for case in deal_cases(pictures, -1 - seed)]
    return [replace(case, path=_path(case)) for case in dealt]


def instruction_row(image: str, text: str, response: str, meta: dict[str, Any] | None = None) -> dict[str, Any]:
    """A row in the released form."""
    messages = [
        {"role": "user", "content": f"{IMAGE_MARK}\n{text}"},
        {"role": "assistant", "content": response},
    ]
    return {"images": [image], "messages": messages, **({"meta": meta} if meta is not None else {})}


def _path(case: Case) -> str:
    sequence = case.modality.lower()
    patient_number, slice_number = divmod(case.id - 1, 6)
    if slice_number > 1:
        return f"{case.diagnosis}/03_{sequence}/train_{sequence} ({case.id}).png"
    patient = f"BraTS2021_{_FIRST_PATIENT + patient_number:05d}"
    # The id keeps the two slices of a patient apart where they are of one sequence.
    return f"{case.diagnosis}/16_t1_t2_t1ce_flair_mask/{patient}/{patient}_{sequence}_{case.id}.png"


def _png(case: Case) -> bytes:
    from io import BytesIO

    from PIL import Image

    from ..phantom.drawing import draw

    stream = BytesIO()
    Image.fromarray(draw(case).picture).save(stream, "PNG")
    return stream.getvalue()


def _closed_rows(cases: Iterable[Case], seed: int, explained: bool) -> Iterator[dict[str, Any]]:
    cases = list(cases)
    for case, record in zip(cases, closed_records(cases, seed), strict=True):
        for pair in record["vqa_pairs"]:
            stem, options, answer = _STEMS[pair["question_type"]], pair["options"], pair["answer"]
            if explained:
                seen = case.truth(pair["question_type"])
                text = f"{stem}\nOptions:\n{option_lines(options)}\n\nGive the letter first, then explain it."
                response = f"Final: {answer}\nExplanation: What is drawn here is: {seen}."
            else:
                text = DIRECT.template.replace("{question}", stem).replace("{options}", option_lines(options))
                response = answer
            yield instruction_row(case.path, text, response)


def _open_rows(cases: Iterable[Case]) -> Iterator[dict[str, Any]]:
    for case in cases:
        seen = {question_type: case.truth(question_type) for question_type in _STEMS}
        for index, ((question_type, subtype), question, answer) in enumerate(_OPEN):
            response = answer.format(**seen) if case.has_lesion else "No lesion is seen in this slice."
            meta = {"id": case.id, "pair_index": index, "question_type": question_type, "subtype": subtype}
            yield instruction_row(case.path, f"Question: {question}", response, {**meta, "source": "Phantom"})
