"""Overlaps with a benchmark, planted into phantom instruction files at known lines."""

from __future__ import annotations

import json
import random
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import Any

from PIL import Image

from mmneuroonco_tasks.benchmark import ClosedBenchmark, OpenBenchmark, Picture
from mmneuroonco_tasks.instructions.phantom import PhantomInstructions, instruction_row
from mmneuroonco_tasks.prompts import DIRECT, option_lines

#: Ways in which a copied picture is changed and must still be known.
CHANGES = {
    "jpeg": lambda picture: _saved(picture, "JPEG", quality=60),
    "smaller": lambda picture: _saved(picture.resize((picture.width // 2, picture.height // 2)), "PNG"),
    "square": lambda picture: _saved(picture.resize((224, 224)), "PNG"),
    "brighter": lambda picture: _saved(picture.point(lambda value: min(255, int(1.15 * value + 6))), "PNG"),
    "colour": lambda picture: _saved(picture.convert("RGB"), "WEBP", quality=80),
}


def _saved(picture: Image.Image, form: str, **settings: Any) -> bytes:
    stream = BytesIO()
    picture.save(stream, form, **settings)
    return stream.getvalue()


def plant(
    made: PhantomInstructions, closed: ClosedBenchmark, open_: OpenBenchmark, *, each: int = 2, seed: int = 0
) -> dict[tuple[str, int], str]:
    """Insert rows that overlap, and say by file name and line which kind each is. Decoys that do not go in too."""
    chance = random.Random(seed)
    pictures = list(closed.pictures)
    chance.shuffle(pictures)
    rows: list[tuple[str, str, dict[str, Any]]] = []
    for number in range(each):
        picture = pictures[number]
        rows.append(("closed", "path", _asked(_other_picture(made, f"moved/{picture.path}", number))))
        rows.append(("closed_cot", "path", _explained(picture.path)))
        rows.append(("closed", "digest", _asked(_copy(closed, picture, made, f"glioma/new/copy_{number}.png"))))
        rows.append(("open", "question", _worded(open_, chance, made, number)))
        rows.append(("closed", "question", _asked_as(closed, chance, made, number)))
        patient = next(each.patient for each in pictures[number:] if each.patient)
        slice_ = _other_picture(made, f"glioma/16_mask/{patient}/{patient}_slice_{number}.png", number)
        rows.append(("open", "patient", instruction_row(slice_, "Say what you see here.", "A slice.", {"id": number})))
        rows += [("closed", kind, row) for kind, row in _decoys(closed, made, number)]
    for number, (name, change) in enumerate(CHANGES.items()):
        path = f"glioma/new/{name}.png"
        with Image.open(closed.images.path(pictures[-1 - number])) as original:
            _write(made, path, change(original))
        rows.append(("closed", "perceptual", _asked(path)))
    return _insert(made, rows, chance)


def _decoys(closed: ClosedBenchmark, made: PhantomInstructions, number: int) -> list[tuple[str, dict[str, Any]]]:
    """Rows that come near: a neighbour in a benchmark picture's folder, its name with another extension, and the
    wording of a question with other options."""
    picture = [picture for picture in closed.pictures if picture.patient is None][number]
    path = PurePosixPath(picture.path)
    question = closed.questions[number]
    others = question.options | {"A": "Something that the benchmark does not offer"}
    text = f"{question.question}\n\nOptions:\n{option_lines(others)}"
    return [
        ("clean", _asked(_other_picture(made, f"{path.parent}/next_to_{path.name}", number))),
        ("similar_path", _asked(_other_picture(made, f"{path.parent}/{path.stem}.jpeg", number))),
        ("clean", instruction_row(_other_picture(made, f"glioma/03_t1/decoy {number}.png", number), text, "A")),
    ]


def _insert(
    made: PhantomInstructions, rows: list[tuple[str, str, dict[str, Any]]], chance: random.Random
) -> dict[tuple[str, int], str]:
    planted: dict[tuple[str, int], str] = {}
    for path in made.files:
        lines: list[tuple[str, str | None]] = [(line, None) for line in path.read_text(encoding="utf-8").splitlines()]
        for variant, kind, row in rows:
            if made.file(variant) == path:  # type: ignore[arg-type]
                lines.insert(chance.randrange(len(lines)), (json.dumps(row), kind))
        path.write_text("".join(line + "\n" for line, _ in lines), encoding="utf-8")
        planted |= {
            (path.name, number): kind for number, (_, kind) in enumerate(lines, 1) if kind not in (None, "clean")
        }
    return planted


def _asked(image: str) -> dict[str, Any]:
    options = option_lines({"A": "Glioma", "B": "Something else", "E": "None of the above"}).replace("E.", "C.")
    return instruction_row(image, f"Which of these do you see planted here?\n\nOptions:\n{options}", "A")


def _explained(image: str) -> dict[str, Any]:
    text = "Which of these is planted here?\nOptions:\nA. Glioma\nB. Nothing"
    return instruction_row(image, text, "Final: A\nExplanation: It was planted.")


def _asked_as(closed: ClosedBenchmark, chance: random.Random, made: PhantomInstructions, number: int) -> dict[str, Any]:
    question = chance.choice(closed.questions)
    image = _other_picture(made, f"glioma/03_t1/worded closed {number}.png", number)
    return instruction_row(image, DIRECT.text(question).upper().replace("OPTIONS:", "Options:"), question.answer)


def _worded(open_: OpenBenchmark, chance: random.Random, made: PhantomInstructions, number: int) -> dict[str, Any]:
    question = chance.choice(open_.questions).question
    image = _other_picture(made, f"glioma/03_t1/worded {number}.png", number)
    return instruction_row(image, f"Question: {question.lower()}", "An answer.", {"id": number})


def _other_picture(made: PhantomInstructions, path: str, number: int) -> str:
    """A training picture of the phantoms, mirrored and turned so that it is nobody else's."""
    originals = sorted(each for each in made.images.rglob("train_*.png"))
    with Image.open(originals[number % len(originals)]) as original:
        turned = original.transpose(Image.Transpose.ROTATE_90)
    _write(made, path, _saved(turned, "PNG"))
    return path


def _copy(closed: ClosedBenchmark, picture: Picture, made: PhantomInstructions, path: str) -> str:
    _write(made, path, closed.images.path(picture).read_bytes())
    return path


def _write(made: PhantomInstructions, path: str, content: bytes) -> None:
    target: Path = made.images / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)
