"""Models of ours for VLMEvalKit: the reference reader of pixels, and the one that rejects every question.

mmneuroonco run vlmeval --data MMNeuroOnco_Phantom --model mmneuroonco_reference
"""

from __future__ import annotations

from functools import partial
from typing import Any

from PIL import Image
from vlmeval.vlm.base import BaseModel

from ..reference_reader import ReferenceReader


class Reference(BaseModel):  # type: ignore[misc]
    """The reference reader. ``blind=True`` (in a ``--config`` file) gives it the text without the picture."""

    INSTALL_REQ = False
    INTERLEAVE = True

    def __init__(self, blind: bool = False, **_ignored: Any) -> None:
        super().__init__()
        self._blind = blind
        self._reader = ReferenceReader()

    def generate_inner(self, message: list[dict[str, str]], dataset: str | None = None) -> str:
        """Answer from the first picture and the text of a message."""
        text = "\n".join(part["value"] for part in message if part["type"] == "text")
        paths = [part["value"] for part in message if part["type"] == "image"]
        if self._blind or not paths:
            return self._reader.answer(None, text)
        with Image.open(paths[0]) as picture:
            return self._reader.answer(picture.convert("RGB"), text)


class Constant(BaseModel):  # type: ignore[misc]
    """Says the same whatever is asked, and opens no picture."""

    INSTALL_REQ = False
    INTERLEAVE = True

    def __init__(self, response: str = "E", **_ignored: Any) -> None:
        super().__init__()
        self._response = response

    def generate_inner(self, message: list[dict[str, str]], dataset: str | None = None) -> str:
        """The response."""
        return self._response


#: By the name for ``--model``, how the model is made.
MODELS = {"mmneuroonco_reference": partial(Reference), "mmneuroonco_always_e": partial(Constant)}
