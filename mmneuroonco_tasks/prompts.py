"""How a question is put to a model: the protocols, each defined once and named by a hash of what a model sees.

A protocol says who speaks, whether the picture comes first, the wording, how many questions one request holds, and
how many tokens an answer may have. Its hash stands in the signature of every score, so that two numbers that were
asked differently are never taken for one another.

Departures from the released protocol, and why: ``direct`` allows 16 tokens where the released script allows 8, since
8 cut "The answer is (B)" off before the letter for several tokenisers; the wording is the released one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from typing import Literal

from .benchmark.records import ClosedQuestion, OpenQuestion


def option_lines(options: Mapping[str, str]) -> str:
    """The options as they are listed in every protocol, one a line.

    >>> print(option_lines({"A": "Healthy", "B": "Abnormal"}))
    A. Healthy
    B. Abnormal
    """
    return "\n".join(f"{letter}. {text}" for letter, text in options.items())


@dataclass(frozen=True, slots=True)
class Protocol:
    """One way of asking.

    ``template`` may use ``{question}`` and ``{options}``; nothing else in it is filled in.
    """

    name: str
    template: str
    #: Longest answer, in tokens. Frameworks' own defaults run from 8 to 32,768, so our tasks always set it.
    max_new_tokens: int
    system: str = ""
    image: Literal["first", "last", "none"] = "first"
    per: Literal["question", "image"] = "question"

    def text(self, question: ClosedQuestion | OpenQuestion) -> str:
        """The user's text for one question, without the picture.

        >>> from mmneuroonco_tasks.benchmark import ClosedQuestion, Picture
        >>> options = {"A": "Healthy", "B": "Abnormal"}
        >>> asked = ClosedQuestion("1_q1", Picture(1, "a/b/c.png", 1), "diagnosis", "Which is it?", options, "A")
        >>> DIRECT.text(asked).splitlines()[-1]
        'Answer with the option letter only.'
        """
        options = option_lines(question.options) if isinstance(question, ClosedQuestion) else ""
        # One pass over the template's own fields: a question that contains "{options}" stays as it is.
        pieces = self.template.replace("{question}", "\0q\0").replace("{options}", "\0o\0").split("\0")
        return "".join({"q": question.question, "o": options}.get(piece, piece) for piece in pieces)

    @property
    def key(self) -> str:
        """The protocol as the signature names it: name and hash of everything that a model sees."""
        seen = {name: value for name, value in asdict(self).items() if name not in ("name", "max_new_tokens")}
        return f"{self.name}-{sha256(json.dumps(seen, sort_keys=True).encode()).hexdigest()[:8]}"

    @property
    def generation(self) -> str:
        """The generation settings as the signature names them: greedy, with the token limit."""
        return f"greedy-{self.max_new_tokens}"


#: The released Qwen3-VL evaluator's wording, which is also the form of the released training data.
DIRECT = Protocol("direct", "{question}\n\nOptions:\n{options}\n\nAnswer with the option letter only.", 16)
#: The same text without the picture: a model's own control run, from which its vision gain is taken.
BLIND = replace(DIRECT, name="blind", image="none")
#: Open questions are asked as they stand, as the released script does.
OPEN = Protocol("open", "{question}", 512)

PROTOCOLS: dict[str, Protocol] = {protocol.name: protocol for protocol in (DIRECT, BLIND, OPEN)}
