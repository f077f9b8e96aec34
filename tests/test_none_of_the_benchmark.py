"""Nothing of the released files stands in the project: no path, no patient, no question, no sentence of a reference."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import pytest

ROOT = Path(__file__).parent.parent
#: Whatever a maintainer would commit; environments and caches hold what tests have written.
PLACES = ("mmneuroonco_tasks", "task_yamls", "tests", "docs", "bench", "*.md", "*.py", "*.toml", "*.yml", "*.cff")
#: So many words in a row are a sentence of theirs; fewer are how anybody would say it.
RUN = 9
_WORD = re.compile(r"\w+")


def files() -> Iterator[Path]:
    for place in PLACES:
        for found in ROOT.glob(place):
            yield from (found.rglob("*") if found.is_dir() else [found])


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    """Every text file of the project, by its path."""
    read = {}
    for path in files():
        if path.is_file() and "__pycache__" not in path.parts and ".hypothesis" not in path.parts:
            try:
                read[str(path.relative_to(ROOT))] = path.read_text(encoding="utf-8").lower()
            except UnicodeDecodeError:
                continue
    assert "README.md" in read and "docs/data.md" in read
    return read


def records(released: Path) -> Iterator[tuple[str, list[str]]]:
    """Of each released image, its path and every sentence asked or answered about it."""
    for task in ("closed", "open"):
        (path,) = (released / "benchmark").glob(f"*{task}*.json")
        for image in json.loads(path.read_text(encoding="utf-8")):
            pairs = image.get("vqa_pairs") or image.get("qa_pairs")
            said = [pair[name] for pair in pairs for name in ("question", "reference_answer") if name in pair]
            yield image["image_path"].lower(), said


def runs(text: str) -> set[tuple[str, ...]]:
    words = _WORD.findall(text.lower())
    return {tuple(words[start : start + RUN]) for start in range(len(words) - RUN + 1)}


def test_no_released_path_and_no_patient_stands_anywhere(released: Path, texts: dict[str, str]) -> None:
    paths = {path for path, _ in records(released)}
    patients = {found.group() for path in paths if (found := re.search(r"brats2021_\d{5}", path))}
    # Names such as "1.jpg" are nobody's; the rest of a released name tells one.
    names = {name for path in paths if len(name := PurePosixPath(path).name) > len("1234.jpeg")}
    found = [(file, each) for file, text in texts.items() for each in paths | patients | names if each in text]
    assert found == []
    assert len(patients) == 109


def test_no_released_sentence_stands_anywhere(released: Path, texts: dict[str, str]) -> None:
    said = {sentence for _, sentences in records(released) for sentence in sentences}
    theirs = set().union(*(runs(sentence) for sentence in said))
    found = [(file, " ".join(run)) for file, text in texts.items() for run in runs(text) & theirs]
    assert found == []
    questions = {sentence.lower() for sentence in said if len(sentence.split()) > 3 and len(sentence) < 200}
    assert [(file, each) for file, text in texts.items() for each in questions if each in text] == []
