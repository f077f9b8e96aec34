"""From a prompt as it reaches a model, and a picture, to an answer in text.

The reader knows the phantoms' vocabulary (``phantom.wordings``), as a person who reads English would; of the question
it gets nothing but the prompt, of the picture nothing but its grey values.
"""

from __future__ import annotations

import re
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..phantom.cases import HEALTHY, NONE
from ..phantom.wordings import REJECTION, STYLES, TWO_OPTIONS
from .seeing import Findings, look_at

if TYPE_CHECKING:
    from PIL.Image import Image

_OPTION = re.compile(r"^([A-E])\. (.+)$", re.MULTILINE)
_ITEM = re.compile(r"^Q(\d+)\. ", re.MULTILINE)
#: Where the phantom cuts a released class finer (``phantom.cases``).
ROUND_UP_TO_ELONGATION, VERY_LARGE_FROM = 1.2, 7.0
#: By question type, the meaning of every text that an option may have.
_MEANINGS = {
    question_type: {text: value for style in styles for value, text in style.items()}
    for question_type, styles in STYLES.items()
}


class ReferenceReader:
    """Answers closed and open questions about phantoms from their pictures, with classical image processing.

    It calibrates a benchmark run: near the ceiling with pictures, at chance without. Shown no picture it picks one of
    the offered letters by a hash of the prompt, so that it is the same on every machine and knows nothing.

    >>> prompt = "Which is it?\\n\\nOptions:\\nA. Healthy\\nB. Abnormal\\n\\nAnswer with the option letter only."
    >>> ReferenceReader().answer(None, prompt) in ("A", "B")
    True
    """

    def __init__(self) -> None:
        self._last: tuple[bytes, Findings] | None = None

    def answer(self, picture: Image | Path | str | None, prompt: str) -> str:
        """The answer to a prompt: a letter, lines such as "Q1: C" for several questions, or sentences without options.

        Args:
            picture: the slice, or its file; ``None`` where the reader is shown none.
            prompt: the text as it reaches a model.
        """
        findings = None if picture is None else self._findings(picture)
        starts = [found.start() for found in _ITEM.finditer(prompt)]
        if not starts:
            return answer_one(findings, prompt)
        items = [prompt[start:end] for start, end in zip(starts, [*starts[1:], len(prompt)], strict=True)]
        return "\n".join(f"Q{number}: {answer_one(findings, item)}" for number, item in enumerate(items, 1))

    def _findings(self, picture: Image | Path | str) -> Findings:
        from PIL import Image as pillow

        if isinstance(picture, (str, Path)):
            with pillow.open(picture) as opened:
                grey = opened.convert("L")
        else:
            grey = picture.convert("L")
        content = grey.tobytes()
        # The questions of a picture come one after another; it is looked at once.
        if self._last is None or self._last[0] != content:
            self._last = (content, look_at(np.asarray(grey, dtype=np.float64)))
        return self._last[1]


def answer_one(findings: Findings | None, prompt: str) -> str:
    """The answer to one question, closed or open."""
    options: dict[str, str] = dict(_OPTION.findall(prompt))
    if not options:
        return describe(findings)
    if findings is None:
        drawn = int.from_bytes(sha256(prompt.encode()).digest(), "big")
        return sorted(options)[drawn % len(options)]
    seen = values_of(findings)
    for letter, text in options.items():
        if _meaning(options, text) in seen:
            return letter
    return next((letter for letter, text in options.items() if text == REJECTION), "E")


def _meaning(options: dict[str, str], text: str) -> tuple[str, str] | None:
    """Question type and value that an option stands for, the type told by all the options together."""
    listed = [each for each in options.values() if each != REJECTION]
    if set(listed) == set(TWO_OPTIONS):
        return ("health", text)
    for question_type, meanings in _MEANINGS.items():
        if all(each in meanings for each in listed) and text in meanings:
            return (question_type, meanings[text])
    return None


def values_of(findings: Findings) -> set[tuple[str, str]]:
    """What is seen, in the phantom's values, by question type."""
    lesion = findings.lesion
    seen = {("modality", findings.modality), ("diagnosis", findings.diagnosis)}
    seen.add(("health", "Healthy" if findings.diagnosis == HEALTHY else "Abnormal"))
    if lesion is None:
        return seen | {(question_type, NONE) for question_type in ("size", "shape", "spread", "location")}
    size = {"Small/Focal": "small", "Medium": "medium", "Large/Extensive": "large"}[lesion.size]
    oval = "oval" if lesion.elongation > ROUND_UP_TO_ELONGATION else "round"
    shape = {"Round/Oval": oval, "Lobulated": "lobulated", "Irregular/Spiculated": "irregular"}[lesion.shape]
    several = "pair" if lesion.components == 2 else "multifocal"
    spreads = {"Solitary Lesion": "solitary", "Dominant Core with Satellites": "satellites"}
    return seen | {
        ("size", "very large" if lesion.area_percent > VERY_LARGE_FROM else size),
        ("shape", shape),
        ("spread", spreads.get(lesion.spread, several)),
        ("location", lesion.sector),
    }


def describe(findings: Findings | None) -> str:
    """What is seen of the lesion, as an answer to an open question."""
    if findings is None:
        return "Without a picture nothing can be said of the lesion."
    lesion = findings.lesion
    if lesion is None:
        return "There is no lesion in this slice."
    x, y = (round(position) for position in lesion.centroid)
    shape = {
        "Round/Oval": "round to oval",
        "Lobulated": "lobulated",
        "Irregular/Spiculated": "irregular and spiculated",
    }
    spread = {
        "Solitary Lesion": "It is a solitary lesion.",
        "Dominant Core with Satellites": "There is a dominant core with satellites.",
        "Scattered/Multifocal": "It is multifocal.",
    }
    return (
        f"The lesion is {shape[lesion.shape]} (circularity {lesion.circularity:.2f}). It lies in the "
        f"{lesion.sector.lower()}, centroid at x={x}, y={y}. It is {lesion.size.lower()}, covering "
        f"{lesion.area_percent:.2f} % of the image area. {spread[lesion.spread]}"
    )
