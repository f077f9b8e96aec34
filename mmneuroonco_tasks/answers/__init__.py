"""From a model's text to an outcome: one response to one question, or one response to all questions of an image.

The way of a response: `normalise` (characters) → `failures` → `reasoning` (tags, turns) → `structured` (fields) →
`markup` → `rewriting` (with `options`, `letters`, `concepts`, `rejection`: mentions) → `claims` (with `phrases`,
`refusals`) → `decision`. `single` and `batch` put it together; `labels` finds the numbers of several questions.
Every table of words stands in the file of its name. A change of any of them is a new ``EXTRACT_VERSION``.
"""

from __future__ import annotations

from .batch import read_batch
from .outcome import EXTRACT_VERSION, Answer, Outcome
from .single import read_answer

__all__ = ["EXTRACT_VERSION", "Answer", "Outcome", "read_answer", "read_batch"]
