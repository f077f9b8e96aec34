"""Models of ours for lmms-eval: the reference reader of pixels.

    lmms-eval --tasks mmneuroonco_phantom_closed --model mmneuroonco_reference
    lmms-eval --tasks mmneuroonco_phantom_closed --model mmneuroonco_reference --model_args blind=True

lmms-eval's own ``dummy`` (``--model_args response=E``) is the model that always rejects.
"""

from __future__ import annotations

from typing import Any

import torch
from lmms_eval.api.model import lmms

from ..reference_reader import ReferenceReader


class ReferenceReaderModel(lmms):  # type: ignore[misc]
    """The reference reader as a chat model. ``blind=True`` gives it the text without the picture."""

    is_simple = False

    def __init__(self, blind: bool | str = False, **_ignored: Any) -> None:
        super().__init__()
        self.device = torch.device("cpu")  # lmms-eval asks for it when several ranks run
        self._blind = str(blind).lower() in ("true", "1")
        self._reader = ReferenceReader()

    def generate_until(self, requests: list[Any]) -> list[str]:
        """Answer each request from its picture and its text."""
        return [self._answer(*request.args) for request in requests]

    def _answer(self, context: str, doc_to_messages: Any, _generation: Any, doc_id: int, task: str, split: str) -> str:
        parts = [
            part for message in doc_to_messages(self.task_dict[task][split][doc_id]) for part in message["content"]
        ]
        text = "\n".join(part["text"] for part in parts if part["type"] == "text")
        pictures = [part["url"] for part in parts if part["type"] == "image"]
        answer: str = self._reader.answer(pictures[0] if pictures and not self._blind else None, text)
        return answer

    def loglikelihood(self, requests: list[Any]) -> list[tuple[float, bool]]:
        """Not offered: the reader has no probabilities."""
        raise NotImplementedError("mmneuroonco_reference answers in text; use a generate_until task.")

    def generate_until_multi_round(self, requests: list[Any]) -> list[str]:
        """Not offered: our tasks have one round."""
        raise NotImplementedError("mmneuroonco_reference answers in one round.")
