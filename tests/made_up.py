"""A tiny made-up benchmark in the released schema: four pictures, ten closed questions, five open ones.

Picture 1 has the two-option question, picture 2 a trap, pictures 3 and 4 are two BraTS slices of one patient, picture 3
with all six types. Every call returns new objects, so a test may damage what it gets.

    made = write_benchmark(tmp_path)
    load_benchmark("closed", annotations=made.closed, images=made.images)
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import Any
from zipfile import ZipFile

#: By picture id, the annotated path. It names the diagnosis, as the released ones do, and has a blank and brackets.
PATHS = {
    1: "healthy/s1_t2/scan (1).jpg",
    2: "meningioma/s2_t1/slice 2.png",
    3: "glioma/s3_mask/BraTS2021_90001/BraTS2021_90001_t1ce.png",
    4: "glioma/s3_mask/BraTS2021_90001/BraTS2021_90001_flair.png",
}
BRATS_IDS = (3, 4)
CLOSED_QIDS = ("1_q1", "2_q1", "2_q2", "3_q1", "3_q2", "3_q3", "3_q4", "3_q5", "3_q6", "4_q1")
OPEN_QIDS = ("3_q1", "3_q2", "3_q3", "3_q4", "3_q5")
NONE_OF_THE_ABOVE = "None of the above"


def closed_annotations() -> list[dict[str, Any]]:
    """The closed file's content."""
    diagnoses = ["Glioma", "Meningioma", "Schwannoma", "Metastasis"]
    trap = _closed("modality", "How was this made?", ["T2", "FLAIR", "T1CE", "Ultrasound"], "E")
    pairs = {
        1: [_closed("diagnosis", "Is anything wrong here?", ["Healthy", "Abnormal"], "A", rejection=False)],
        2: [_closed("diagnosis", "What grows here?", diagnoses, "B"), trap | {"meta_original_answer": "T1"}],
        3: [
            _closed("diagnosis", "Which tumour is it?", diagnoses, "A"),
            _closed("modality", "Which sequence is it?", ["T1", "T2", "FLAIR", "T1CE"], "D"),
            _closed("size", "How big is it?", ["Focal", "Medium", "Extensive", "Not visible"], "C"),
            _closed("shape", "What form has it?", ["Round/Oval", "Lobulated", "Spiculated", "Linear"], "B"),
            _closed("spread", "Is there one or many?", ["Solitary", "Scattered", "With satellites", "Diffuse"], "A"),
            _closed("location", "Where is it?", ["Centre", "Upper left", "Lower left", "Lower right"], "D"),
        ],
        4: [_closed("diagnosis", "What is this growth?", diagnoses, "A")],
    }
    return [{"id": i, "image_path": path, "vqa_pairs": pairs[i]} for i, path in PATHS.items()]


def _closed(
    question_type: str, question: str, texts: list[str], answer: str, *, rejection: bool = True
) -> dict[str, Any]:
    options = dict(zip("ABCDE", [*texts, NONE_OF_THE_ABOVE] if rejection else texts, strict=False))
    pair = {"question_type": question_type, "question": question, "options": options, "answer": answer}
    return pair | ({"meta_trap": True} if answer == "E" else {})


def open_annotations() -> list[dict[str, Any]]:
    """The open file's content: the questions of picture 3."""
    asked = [
        ("Detail", "Describe the edge.", "The edge has small lobes.", []),
        ("Detail", "How many are there?", "One alone, a solitary one.", ["solitary"]),
        ("Detail", "How large is it?", "A large one of 6.2 % of the picture.", ["large"]),
        ("Location", "Say where it lies.", "It lies at the lower right.", ["lower", "right"]),
        ("Reasoning", "Why is that so?", "It takes up contrast, as a glioma may.", ["glioma"]),
    ]
    pairs = [
        {"question_id": f"3_q{n}", "question_type": kind, "question": q, "reference_answer": a, "eval_keywords": words}
        for n, (kind, q, a, words) in enumerate(asked, start=1)
    ]
    return [{"id": 3, "image_path": PATHS[3], "qa_pairs": pairs}]


def picture_bytes(image_id: int, suffix: str | None = None) -> bytes:
    """A small grey picture, another for each id, in the format of the annotated or the given extension."""
    from PIL import Image

    suffix = suffix or PurePosixPath(PATHS[image_id]).suffix
    picture = Image.new("L", (24, 20), 10 * image_id)
    picture.paste(200, (4, 4, 4 + image_id, 12))
    stream = BytesIO()
    picture.save(stream, {".jpg": "JPEG", ".jpeg": "JPEG", ".bmp": "BMP"}.get(suffix.lower(), "PNG"))
    return stream.getvalue()


@dataclass(frozen=True)
class MadeUp:
    """Where the files were written."""

    closed: Path
    open: Path
    images: Path

    def picture(self, image_id: int) -> Path:
        """The picture's file."""
        return self.images / PATHS[image_id]


def write_benchmark(folder: Path, *, images: tuple[int, ...] = tuple(PATHS)) -> MadeUp:
    """Both annotation files and the pictures below a folder."""
    made = MadeUp(folder / "closed.json", folder / "open.json", folder / "pictures")
    write_json(made.closed, closed_annotations())
    write_json(made.open, open_annotations())
    made.images.mkdir(parents=True, exist_ok=True)
    for image_id in images:
        write_bytes(made.picture(image_id), picture_bytes(image_id))
    return made


def write_json(path: Path, content: Any) -> Path:
    """Write JSON as the released files are written."""
    return write_bytes(path, json.dumps(content, ensure_ascii=False, indent=2).encode())


def write_bytes(path: Path, content: bytes) -> Path:
    """Write a file, its folders too."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def zip_bytes(entries: dict[str, bytes]) -> bytes:
    """A zip with these entries."""
    stream = BytesIO()
    with ZipFile(stream, "w") as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return stream.getvalue()


def pictures_zip(prefix: str = "", *, images: tuple[int, ...] = tuple(PATHS)) -> bytes:
    """The pictures as a zip, their paths below ``prefix``."""
    return zip_bytes({f"{prefix}{PATHS[image_id]}": picture_bytes(image_id) for image_id in images})
