"""The probabilities of options from the log-probabilities of an answer's first token."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from ..benchmark.records import LETTERS

#: What rounding may add to a sum of probabilities.
MOST_ABOVE_ONE = 1e-6
#: What may stand around a letter in its token or before it: blanks, brackets, emphasis, quotation marks, a full stop.
_AROUND = " \t\r\n()[]{}*_`\"'.:#▁Ġ"


class AnswerText(str):
    """A response that knows the probabilities of the letters that it could have begun with.

    lmms-eval hands a model's text on to the task as it is but for blanks around it, so what it knows gets there too.

    >>> AnswerText(" B\\n", {"B": 0.9}).strip().probabilities
    {'B': 0.9}
    """

    probabilities: Mapping[str, float]

    def __new__(cls, text: str, probabilities: Mapping[str, float] = MappingProxyType({})) -> AnswerText:
        """The text, with the probability of each letter; a copy begins without."""
        made = super().__new__(cls, text)
        made.probabilities = dict(probabilities)
        return made

    def strip(self, chars: str | None = None, /) -> AnswerText:
        """The same without blanks around it."""
        return AnswerText(super().strip(chars), self.probabilities)


def letter_probabilities(tokens: Sequence[tuple[str, Mapping[str, float]]]) -> dict[str, float] | None:
    """The probability of each letter at an answer's first token; ``None`` where it does not begin with a letter.

    Args:
        tokens: the answer's tokens in order, each with the log-probabilities of the tokens that could have stood in
            its place, as far as the endpoint tells them (``top_logprobs``).

    Returns:
        By letter, the sum over its spellings (``A``, `` A``, ``(A``). They add up to less than 1: other tokens have the
        rest. Letters beyond the endpoint's list are not in it.

    A reasoning model, or one that begins with "The answer is", has no letter there: its first token says nothing of
    the options, and is not taken for a probability.

    >>> from math import log
    >>> told = letter_probabilities([("B", {"B": log(0.5), " B": log(0.25), "E": log(0.1), "The": log(0.15)})])
    >>> {letter: round(value, 6) for letter, value in told.items()}
    {'B': 0.75, 'E': 0.1}
    >>> letter_probabilities([("**", {"**": 0.0}), ("E", {"E": log(0.5), "C": log(0.5)})])
    {'C': 0.5, 'E': 0.5}
    >>> letter_probabilities([("The", {"The": -0.1, "A": -3.0})]) is None
    True
    """
    for token, alternatives in tokens:
        word = token.strip(_AROUND)
        if word:
            return _of_letters(alternatives) if word in LETTERS else None
    return None


def _of_letters(alternatives: Mapping[str, float]) -> dict[str, float] | None:
    found = dict.fromkeys(LETTERS, 0.0)
    for token, logarithm in alternatives.items():
        if (letter := token.strip(_AROUND)) in LETTERS:
            found[letter] += math.exp(logarithm)
    # An endpoint may tell anything: what adds up to nothing or to more than 1 is no probability.
    told = 0 < math.fsum(found.values()) <= 1 + MOST_ABOVE_ONE
    return {letter: min(1.0, value) for letter, value in found.items() if value} if told else None


def probabilities_told(logprobs: Any) -> dict[str, float] | None:
    """The same from an OpenAI-compatible choice's ``logprobs``, which nobody has checked; ``None`` where they are none.

    >>> from types import SimpleNamespace as Told
    >>> alternatives = [Told(token="B", logprob=0.0), Told(token="E", logprob=-1000)]
    >>> probabilities_told(Told(content=[Told(token="B", top_logprobs=alternatives)]))
    {'B': 1.0}
    """
    try:
        return letter_probabilities(list(_tokens_of(logprobs)))
    except (AttributeError, TypeError, OverflowError):
        return None  # the answer itself is good all the same


def _tokens_of(logprobs: Any) -> Iterator[tuple[str, dict[str, float]]]:
    for token in getattr(logprobs, "content", None) or ():
        yield token.token, {each.token: min(each.logprob, 0.0) for each in token.top_logprobs or ()}
