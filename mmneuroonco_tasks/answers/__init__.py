"""From a model's text to an outcome: one response to one question, or one response to all questions of an image.

The way of a response, a file a step:

1. `normalise`: one spelling of every character; `failures`: strings that are no response.
2. `reasoning`: text between reasoning tags and turns of other speakers go; `structured`: JSON, tags and boxes;
   `markup`: what is left becomes plain lines.
3. `rewriting`: every mention of an option becomes one character (`mentions`), whether by letter (`letters`), by text
   (`options`), by a synonym of the benchmark (`concepts`) or by words for none-of-the-above (`rejection`).
4. `sentences` and `clauses`: what the text claims (`claims`), by the tables of `turning`, `refusals`, `denying`,
   `picking` and `words`.
5. `decision`: the plainest claim wins, after the last change of mind.

Every pattern stands behind a gate (`gates`): it is searched for only in texts that hold the words without which it has
no match. `needed` tells these words from the pattern, `vocabulary` those of a text. What models say again and again
(`sentences`, option texts) is read once.

`single` and `batch` put the steps together; `labels` finds the numbers of several questions. A change of any rule or
table is a new ``EXTRACT_VERSION``.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from .outcome import EXTRACT_VERSION, Answer, Outcome

if TYPE_CHECKING:
    from .batch import read_batch
    from .single import read_answer

__all__ = ["EXTRACT_VERSION", "Answer", "Outcome", "read_answer", "read_batch"]

#: Loaded when first used: compiling the tables takes longer than everything else at start-up.
_READERS = {"read_answer": "single", "read_batch": "batch"}


def __getattr__(name: str) -> Any:
    if name in _READERS:
        return getattr(import_module(f"{__name__}.{_READERS[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
