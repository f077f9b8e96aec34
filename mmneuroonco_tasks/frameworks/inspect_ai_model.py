"""The reference reader as a model of inspect_ai.

inspect eval mmneuroonco_tasks/mmneuroonco_phantom_closed --model mmneuroonco/reference
inspect eval mmneuroonco_tasks/mmneuroonco_phantom_closed --model mmneuroonco/reference -M blind=true
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from io import BytesIO
from typing import Any

from inspect_ai.model import ChatMessage, ContentImage, GenerateConfig, ModelAPI, ModelOutput, modelapi
from PIL import Image

from ..reference_reader import ReferenceReader


@modelapi(name="mmneuroonco")
class ReferenceReaderAPI(ModelAPI):  # type: ignore[misc]
    """The reference reader. ``blind`` gives it the text without the picture."""

    def __init__(
        self,
        model_name: str,
        base_url: str | None = None,
        api_key: str | None = None,
        config: GenerateConfig = GenerateConfig(),  # noqa: B008
        blind: bool = False,
        **_ignored: Any,
    ) -> None:
        super().__init__(model_name, base_url, api_key, [], config)
        self._blind = blind
        self._reader = ReferenceReader()

    async def generate(self, input: Sequence[ChatMessage], **_unused: Any) -> ModelOutput:
        """Answer from the first picture and the text of a chat."""
        contents = [each for message in input for each in message.content if not isinstance(message.content, str)]
        pictures = [each.image for each in contents if isinstance(each, ContentImage)]
        text = "\n".join(message.text for message in input)
        picture = None if self._blind or not pictures else _opened(pictures[0])
        return ModelOutput.from_content(self.model_name, self._reader.answer(picture, text))


def _opened(image: str) -> Image.Image:
    """A picture that a message names by its path, or holds as a data URL."""
    if image.startswith("data:"):
        return Image.open(BytesIO(base64.b64decode(image.partition(",")[2]))).convert("RGB")
    return Image.open(image).convert("RGB")
