"""VLMEvalKit's judge, asked by our rubric: whom it asks is VLMEvalKit's business, what counts is ours."""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from typing import Any

from vlmeval.dataset.utils import build_judge

from ..benchmark.home import Home
from ..judge import MODEL_VARIABLE, RUBRIC, Judge, TransientJudgeError


def vlmeval_judge(settings: Mapping[str, Any]) -> Judge | None:
    """The judge of ``--judge`` (or of ``MMNEUROONCO_JUDGE_MODEL``), else ``None``: the judge is off by default.

    ``settings`` are what VLMEvalKit gives ``evaluate``: model, api_base, key, nproc, timeout, and others of its own.
    """
    model = settings.get("model") or os.environ.get(MODEL_VARIABLE, "").strip()
    if not model:
        return None
    # Our judge retries by itself, with its own pauses.
    ours = {"model": model, "system_prompt": RUBRIC, "temperature": 0, "retry": 1, "verbose": False}
    log = logging.getLogger("vlmeval.api.gpt")
    level = log.level
    log.setLevel(logging.WARNING)  # it would log the key
    try:
        server = build_judge(**{**settings, **ours})
    finally:
        log.setLevel(level)

    def ask(messages: list[dict[str, str]]) -> str:
        user = [{"type": "text", "value": message["content"]} for message in messages if message["role"] == "user"]
        reply = str(server.generate(user))
        if server.fail_msg.strip() in reply:
            raise TransientJudgeError("VLMEvalKit's judge gave no answer; its log says why.")
        return reply

    # LOCAL_LLM overrides the name that was asked for, and VLMEvalKit dates some.
    name = str(getattr(server, "model", model))
    return Judge(ask, name, Home.default().folder / "judge" / "verdicts.jsonl", workers=settings.get("nproc") or 4)
