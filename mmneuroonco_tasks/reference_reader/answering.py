"""From a prompt as it reaches a model, and a picture, to an answer in text."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..benchmark.mask_rules import SECTORS, SHAPES, SIZES, SPREADS
from .reading import NO_LESION, Asked, asked_attributes, meanings_of, questions_of
from .seeing import Findings, look_at

if TYPE_CHECKING:
    from PIL.Image import Image

#: Where phantom options are finer than the released classes: an oval's elongation, a very large lesion's percent.
OVAL_FROM, VERY_LARGE_FROM = 1.2, 7.0
_SIZES = dict(zip(SIZES, ("small", "medium", "large"), strict=True))
_SHAPES = dict(zip(SHAPES, ("round to oval", "lobulated", "irregular and spiculated"), strict=True))
_SPREADS = dict(zip(SPREADS, ("solitary", "a dominant core with satellites", "multifocal"), strict=True))
_CLASSES = {"shape": SHAPES, "location": SECTORS, "size": SIZES, "spread": SPREADS}


class ReferenceReader:
    """Answers closed and open questions about phantoms from their pictures, with classical image processing.

    It calibrates a run: near the ceiling with pictures, at chance without. Shown no picture it draws lots with a hash
    of the question and its options, so that a blind run is the same on every machine and knows nothing.

    >>> prompt = "Which is it?\\n\\nOptions:\\nA. Healthy\\nB. Abnormal\\n\\nAnswer with the option letter only."
    >>> ReferenceReader().answer(None, prompt) in ("A", "B")
    True
    """

    def __init__(self) -> None:
        self._last: tuple[tuple[tuple[int, int], bytes], Findings] | None = None

    def answer(self, picture: Image | Path | str | None, prompt: str) -> str:
        """The answer to a prompt: a letter; "Final: B" and an explanation where the prompt asks for that; lines such as
        "Q1: C" for several questions; sentences where no options are offered.

        Args:
            picture: the slice, or its file; ``None`` where the reader is shown none.
            prompt: the text as it reaches a model.
        """
        findings = None if picture is None else self._findings(picture)
        questions = questions_of(prompt)
        if questions[0].number is not None:
            return "\n".join(f"Q{asked.number}: {_answer_one(findings, asked)}" for asked in questions)
        answer = _answer_one(findings, questions[0])
        if questions[0].options and "Final:" in prompt:
            return f"Final: {answer}\nExplanation: {_explanation(findings)}"
        return answer

    def _findings(self, picture: Image | Path | str) -> Findings:
        from PIL import Image as pillow

        if isinstance(picture, (str, Path)):
            with pillow.open(picture) as opened:
                grey = opened.convert("L")
        else:
            grey = picture.convert("L")
        content = (grey.size, grey.tobytes())
        # The questions of a picture come one after another; it is looked at once.
        if self._last is None or self._last[0] != content:
            self._last = (content, look_at(np.asarray(grey, dtype=np.float64)))
        return self._last[1]


def _answer_one(findings: Findings | None, asked: Asked) -> str:
    if not asked.options:
        return _describe(findings, asked.text)
    letters = list(asked.options)
    offered = [letter for letter in letters if letter != asked.rejection]
    if findings is not None:
        question_type, meanings = meanings_of([asked.options[letter] for letter in offered])
        seen = _seen(findings)[question_type]
        matching = [letter for letter, meaning in zip(offered, meanings, strict=True) if meaning == seen]
        if matching or asked.rejection:
            return matching[0] if matching else str(asked.rejection)
    # The lot is drawn from question and options, not from what a protocol puts round them.
    drawn = _lot(asked.text.split("\n", 1)[0], *asked.options.values())
    return letters[drawn % len(letters)]


def _lot(*texts: str) -> int:
    return int.from_bytes(sha256("\n".join(texts).encode()).digest()[:8], "big")


def _seen(findings: Findings) -> dict[str, str]:
    """What is seen, by question type, in the words of ``reading``."""
    lesion = findings.lesion
    health = {"health": "healthy" if lesion is None else "abnormal"}
    seen = {"modality": findings.modality, "diagnosis": findings.diagnosis, **health}
    if lesion is None:
        return seen | dict.fromkeys(_CLASSES, NO_LESION)
    size = "very large" if lesion.area_percent >= VERY_LARGE_FROM else _SIZES[lesion.size]
    round_or_oval = "oval" if lesion.elongation > OVAL_FROM else "round"
    shape = dict(zip(SHAPES, (round_or_oval, "lobulated", "irregular"), strict=True))[lesion.shape]
    scattered = "pair" if lesion.components == 2 else "multifocal"
    spread = dict(zip(SPREADS, ("solitary", "satellites", scattered), strict=True))[lesion.spread]
    row, column = divmod(SECTORS.index(lesion.sector), 3)
    return seen | {"size": size, "shape": shape, "spread": spread, "location": f"{row},{column}"}


def _explanation(findings: Findings | None) -> str:
    if findings is None:
        return "No picture was shown, so the answer is a lot drawn."
    sequence = f"The slice looks like {findings.modality}"
    return f"{sequence}, without a lesion." if findings.lesion is None else f"{sequence}, with a lesion in it."


def _describe(findings: Findings | None, question: str) -> str:
    """Sentences on what an open question asks about; drawn by lot where there is no picture."""
    attributes = asked_attributes(question)
    if findings is None:
        classes = {name: _CLASSES[name][_lot(name, question) % len(_CLASSES[name])] for name in attributes}
        return " ".join(_sentence(name, value) for name, value in classes.items())
    lesion = findings.lesion
    if lesion is None:
        return "There is no lesion in this slice."
    x, y = (round(position) for position in lesion.centroid)
    values = {"shape": lesion.shape, "location": lesion.sector, "size": lesion.size, "spread": lesion.spread}
    measured = {
        "shape": f" with a circularity of {lesion.circularity:.2f}",
        "location": f", with its centroid at (x={x}, y={y})",
        "size": f" and covers {lesion.area_percent:.2f}% of the image area",
        "spread": "",
    }
    return " ".join(_sentence(name, values[name], measured[name]) for name in attributes)


def _sentence(attribute: str, value: str, measured: str = "") -> str:
    if attribute == "shape":
        return f"The lesion is {_SHAPES[value]}{measured}."
    if attribute == "location":
        place = "center of the image" if value == "Center of the Image" else value.lower()
        return f"It lies in the {place}{measured}."
    if attribute == "size":
        return f"It is {_SIZES[value]}{measured}."
    return f"It is {_SPREADS[value]}{measured}."
