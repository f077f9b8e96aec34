"""VLMEvalKit's judge, asked by our rubric: whom it asks is VLMEvalKit's business, what counts is ours."""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from typing import Any

from vlmeval.dataset.utils import build_judge

from ..benchmark.home import Home
from ..judge import MODEL_VARIABLE, RUBRIC, Judge, JudgeOff, TransientJudgeError


def vlmeval_judge(settings: Mapping[str, Any]) -> Judge:
    """The judge of ``--judge`` (or of ``MMNEUROONCO_JUDGE_MODEL``).

    ``settings`` are what VLMEvalKit gives ``evaluate``: model, api_base, key, nproc, timeout, and others of its own.

    Raises:
        JudgeOff: no model is named, or VLMEvalKit has nobody to ask.
    """
    model = settings.get("model") or os.environ.get(MODEL_VARIABLE, "").strip()
    if not model:
        raise JudgeOff("give VLMEvalKit --judge <model>, its key in OPENAI_API_KEY, and --judge-base-url <…/v1>.")
    # Our judge retries by itself, with its own pauses.
    ours = {"model": model, "system_prompt": RUBRIC, "temperature": 0, "retry": 1, "verbose": False}
    log = logging.getLogger("vlmeval.api.gpt")
    level = log.level
    log.setLevel(logging.WARNING)  # it would log the key
    try:
        server = build_judge(**{**settings, **ours})
    except Exception as error:  # what it says might hold the key
        raise JudgeOff(f"see that VLMEvalKit has it: its judge {model!r} fails with {type(error).__name__}.") from None
    finally:
        log.setLevel(level)
    # A server of one's own may need no key.
    if getattr(server, "key", "none needed") == "" and "//api.openai.com/" in server.api_base:
        raise JudgeOff("set its key in OPENAI_API_KEY, or give VLMEvalKit --judge-base-url <…/v1>.")

    def ask(messages: list[dict[str, str]]) -> str:
        user = [{"type": "text", "value": message["content"]} for message in messages if message["role"] == "user"]
        reply = str(server.generate(user))
        if server.fail_msg.strip() in reply:
            raise TransientJudgeError("VLMEvalKit's judge gave no answer; its log says why.")
        return reply

    # LOCAL_LLM overrides the name that was asked for, and VLMEvalKit dates some.
    name = str(getattr(server, "model", model))
    return Judge(ask, name, Home.default().folder / "judge" / "verdicts.jsonl", workers=settings.get("nproc") or 4)
