"""What a run by lmms-eval was: which questions it asked, how, of which model, and where its results go."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..benchmark import Benchmark
from ..benchmark.home import Home
from ..scores import Run, write_result
from .asking import Asking

if TYPE_CHECKING:
    from ..judge import Judge

#: The tasks whose number this process has reported.
reported: set[str] = set()


def report(asked: Asking, result: dict[str, Any], args: Any) -> None:
    """Print the signature, and store the full result beside lmms-eval's files where it stores any."""
    print(f"\n{result['signature_line']}")
    folder = output_folder(args)
    if folder is not None:
        stamp = datetime.now(timezone.utc).strftime("%Y%m%d_%H%M%S")
        path = folder / f"{stamp}_{asked.variant.lmms_eval}_result.json"
        write_result(path, result)
        print(f"full result: {path}")
    reported.add(asked.variant.lmms_eval)


def asked_questions(asked: Asking, args: Any, answered: Sequence[str]) -> Benchmark[Any]:
    """What lmms-eval asked under ``--limit`` and ``--offset``, which count requests; without them, what came back.

    The two differ where lmms-eval drops questions silently (a token budget that ran out): these count as missing.
    """
    if args is None:
        return asked.scored.restricted_to(answered)
    limit, offset = getattr(args, "limit", None), int(getattr(args, "offset", 0) or 0)
    requests = asked.requests()
    if limit is None or limit == -1:
        chosen = requests[offset:]
    else:
        count = math.ceil(len(requests) * limit) if 0 < limit < 1 else int(limit)
        chosen = requests[offset : offset + count]
    return asked.scored.restricted_to(qid for qids in chosen for qid in qids)


def run_of(asked: Asking, args: Any) -> Run:
    """What the signature says of the run: prompt, generation, framework and model."""
    overridden = getattr(args, "gen_kwargs", None)
    generation = asked.protocol.generation
    return Run(
        prompt=asked.prompt_key,
        per=asked.protocol.per,
        gen=f"{generation}+{overridden}" if overridden else generation,
        via=f"lmms-eval-{version('lmms-eval')}",
        model=model_name(args),
    )


def model_name(args: Any) -> str:
    """The model as the signature names it: the checkpoint if the arguments name one, else lmms-eval's model class."""
    if args is None:
        return "unknown"
    for part in str(getattr(args, "model_args", "") or "").split(","):
        key, _, value = part.partition("=")
        if key.strip() in ("pretrained", "model", "model_version", "model_name") and value.strip():
            # A local folder's name says enough, and its path is nobody's business.
            return Path(value.strip()).name if Path(value.strip()).exists() else value.strip()
    return str(getattr(args, "model", "unknown"))


def output_folder(args: Any) -> Path | None:
    """The folder in which lmms-eval stores this run's results, or ``None`` where it stores none."""
    output = getattr(args, "output_path", None)
    if not output:
        return None
    from lmms_eval.loggers.evaluation_tracker import GeneralConfigTracker
    from lmms_eval.utils import sanitize_model_name

    named = GeneralConfigTracker._get_model_name(str(getattr(args, "model_args", "") or ""))
    return Path(output) / str(sanitize_model_name(named))


def lmms_eval_judge() -> Judge:
    """The judge through lmms-eval's own plumbing.

    ``MMNEUROONCO_JUDGE_MODEL`` turns it on; provider, URL and key are lmms-eval's (``API_TYPE``, ``OPENAI_API_URL``,
    ``OPENAI_API_KEY``).

    Raises:
        JudgeOff: no model is named, or lmms-eval has nobody to ask.
    """
    from ..judge import MODEL_VARIABLE, Judge, JudgeOff

    model = os.environ.get(MODEL_VARIABLE, "").strip()
    if not model:
        raise JudgeOff(f"name its model in {MODEL_VARIABLE}; lmms-eval asks it with OPENAI_API_KEY at OPENAI_API_URL.")
    from lmms_eval.llm_judge import Request, ServerConfig, get_server

    provider = os.environ.get("API_TYPE", "openai")
    # Our judge retries by itself, with its own pauses.
    config = ServerConfig(model_name=model, temperature=0.0, num_retries=1, retry_delay=0)
    try:
        server = get_server(provider, config)
        available = server.is_available()
    except Exception:  # some providers raise where a key is missing; what they say might hold one
        available = False
    if not available:
        raise JudgeOff(
            f"set OPENAI_API_KEY, and OPENAI_API_URL to its …/v1: lmms-eval's provider {provider!r} (API_TYPE) has "
            "nobody to ask."
        )

    def ask(messages: Sequence[Mapping[str, str]]) -> str:
        return str(server.evaluate(Request(messages=[dict(message) for message in messages], config=config)).content)

    return Judge(ask, model, Home.default().folder / "judge" / "verdicts.jsonl")
