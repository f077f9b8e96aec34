"""lmms-eval's model for OpenAI-compatible endpoints, which also asks for the probabilities of the first token.

    lmms-eval --tasks mmneuroonco_closed --model mmneuroonco_openai \
        --model_args model=my-model,base_url=http://localhost:8000/v1 --log_samples

The score then has AUROC of p(E), risk against coverage and calibration too. Whatever lmms-eval's own ``openai`` takes
(``num_concurrent``, ``timeout``, ``max_retries``, ``api_key``, …) works here too, and the responses are the same.
Protocols that reason first or answer for a whole image have no letter at the first token, and no probabilities.
"""

from __future__ import annotations

from typing import Any

from lmms_eval.models.chat.openai import OpenAICompatible

from .token_probabilities import AnswerText, probabilities_told

#: As many as OpenAI's interface allows; an endpoint that allows fewer says so in its error.
MOST_LOGPROBS = 20


class OpenAIWithProbabilities(OpenAICompatible):  # type: ignore[misc]
    """The same client; each response carries the probabilities of the letters where the endpoint tells them."""

    def __init__(self, *args: Any, top_logprobs: int = MOST_LOGPROBS, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        completions = self.client.chat.completions
        create = completions.create

        def create_with_probabilities(**payload: Any) -> Any:
            response = create(**payload, logprobs=True, top_logprobs=int(top_logprobs))
            choice = response.choices[0]
            probabilities = probabilities_told(choice.logprobs)
            if probabilities:
                choice.message.content = AnswerText(choice.message.content or "", probabilities)
            return response

        completions.create = create_with_probabilities
