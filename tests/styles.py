"""What made-up models say: the styles in which responses come, and one of them drawn by the request's text alone."""

from __future__ import annotations

import re
from collections.abc import Callable
from hashlib import sha256

from openai_stub import Failure, Messages, text_of

#: Responses that pick an option; {letter} and {option} are the option's.
PICKS = (
    "{letter}",
    "({letter})",
    "{letter}.",
    "Answer: {letter}",
    "The answer is {letter}.",
    "**{letter}. {option}**",
    "It is {option}.",
    "{letter}\r\nIt fits best.",
    "\\boxed{{{letter}}}",
    '{{"answer": "{letter}"}}',
    "<think>It could be A. Or B.</think>\n\n{letter}",
    "Final: {letter}\nExplanation: this option fits the picture best.",
)
REFUSAL = "I'm sorry, but I can't interpret medical images."
#: What makes sheets, or readers of letters, go wrong.
TREACHEROUS = (REFUSAL, "None", "N/A", "nan", "2", "=1+1", "https://example.org", "A or B", "I see a dark slice.", "")
OPEN_RESPONSE = "A solitary, lobulated lesion of medium size at the lower right."


def draw(*texts: str) -> bytes:
    """Bytes that seem drawn at random and depend on the texts alone."""
    return sha256("\0".join(texts).encode()).digest()


def styled(text: str) -> str:
    """A response to this text of a request, in one of many styles: most pick one of the options that it lists."""
    options = dict(re.findall(r"^([A-E])\. (.*)$", text, re.MULTILINE))
    if not options:
        return OPEN_RESPONSE
    drawn = draw(text)
    letter = sorted(options)[drawn[0] % len(options)]
    # What reads as no response at all is left to who counts failures: some hosts ask for it again.
    styles = (*PICKS, *(each for each in TREACHEROUS if each not in ("", "nan")))
    return styles[drawn[1] % len(styles)].format(letter=letter, option=options[letter])


def respond(messages: Messages, number: int) -> str:
    """``styled`` as an answer function of ``OpenAIStub``."""
    return styled(text_of(messages))


def respond_or_fail(status: int) -> Callable[[Messages, int], str | Failure]:
    """The same, of a model that never answers one request in twenty-five."""

    def respond_or_not(messages: Messages, number: int) -> str | Failure:
        return Failure(status) if draw(text_of(messages))[2] % 25 == 0 else respond(messages, number)

    return respond_or_not
