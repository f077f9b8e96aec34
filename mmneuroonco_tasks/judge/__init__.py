"""The optional judge: a language model that marks an open answer against its reference.

Off unless asked for; every deterministic score comes without it. The judge sees question, reference and response, and
never a path or an image. A fixed rubric, hashed into the signature, asks for JSON at temperature 0. A judge that fails
leaves an item *unjudged*, which is not wrong. Verdicts are kept in a file that is appended to at once; it holds hashes
and verdicts, no text. Any OpenAI-compatible endpoint can be asked, or any function from messages to text, such as the
judge of a framework.
"""

from __future__ import annotations

from mmneuroonco_tasks.scores.judgement import Judgement

from .endpoint import (
    JUDGE_OFF,
    KEY_VARIABLE,
    MODEL_VARIABLE,
    URL_VARIABLE,
    Endpoint,
    judge_from_environment,
)
from .errors import JudgeError, JudgeOff, TransientJudgeError
from .judging import Ask, Judge
from .rubric import RUBRIC, judge_messages, rubric_hash
from .verdict import read_verdict

__all__ = [
    "JUDGE_OFF",
    "KEY_VARIABLE",
    "MODEL_VARIABLE",
    "RUBRIC",
    "URL_VARIABLE",
    "Ask",
    "Endpoint",
    "Judge",
    "JudgeError",
    "JudgeOff",
    "Judgement",
    "TransientJudgeError",
    "judge_from_environment",
    "judge_messages",
    "read_verdict",
    "rubric_hash",
]
