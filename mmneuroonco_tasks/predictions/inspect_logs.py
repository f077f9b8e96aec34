"""The logs of inspect_ai, ``.eval`` and ``.json``.

A ``.eval`` file is read by inspect_ai itself, for its form changes; a ``.json`` log (``inspect log convert --to json``)
without it. The questions in the log's data set were asked: one without a sample is missing, one whose sample ended in
an error has failed. Of several epochs the first is scored, as a result has one answer a question.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from ..benchmark.files import read_at_most
from .jsonl import Responses
from .table import Predictions, PredictionsError

#: A log without pictures has a hundredth of this; a larger one is not read into memory.
LARGEST_LOG_BYTES = 1024**3
#: Settings that change what a model says, beside the token limit and the temperature.
_SAMPLING = (
    "top_p",
    "top_k",
    "frequency_penalty",
    "presence_penalty",
    "stop_seqs",
    "best_of",
    "reasoning_effort",
    "reasoning_tokens",
    "system_message",
)


def is_inspect_log(path: Path) -> bool:
    """Whether a ``.json`` file begins as inspect_ai's logs do; nothing else of it is checked."""
    try:
        with path.open("rb") as stream:
            return re.match(rb'\s*\{\s*"version"\s*:\s*\d+\s*,\s*"status"\s*:', stream.read(200)) is not None
    except OSError:
        return False


def read_inspect_log(path: Path) -> Predictions:
    """The responses in a log of one of our tasks.

    Raises:
        PredictionsError: the log cannot be read, or is of no task of ours.
    """
    log = _from_json(path) if path.suffix.lower() == ".json" else _from_inspect(path)
    try:
        return _predictions(path, log)
    except (KeyError, TypeError, AttributeError, IndexError, StopIteration) as error:
        raise PredictionsError(
            f"{path}: lacks what inspect_ai's logs of our tasks hold ({error!r:.60}); name another log."
        ) from None


def _from_json(path: Path) -> Mapping[str, Any]:
    try:
        content = read_at_most(path, LARGEST_LOG_BYTES)
    except OSError as error:
        raise PredictionsError(f"{path}: cannot be read ({error.strerror}); check the path.") from None
    if content is None:
        raise _too_large(path)
    try:
        log: Any = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise PredictionsError(f"{path}: is no JSON ({error!s:.100}); run `inspect log convert` again.") from None
    if not isinstance(log, dict):
        raise PredictionsError(f"{path}: is no log of inspect_ai, which is an object; name another file.")
    return log


def _from_inspect(path: Path) -> Mapping[str, Any]:
    try:
        from inspect_ai.log import read_eval_log
    except ImportError:
        raise PredictionsError(
            f"{path}: reading .eval needs inspect_ai; run `pip install 'mmneuroonco-tasks[inspect]'`, or turn it into "
            "JSON by `inspect log convert --to json`."
        ) from None
    try:
        with ZipFile(path) as packed:
            unpacked = sum(entry.file_size for entry in packed.infolist())
    except Exception:  # inspect_ai will say what is wrong with it
        unpacked = 0
    if unpacked > LARGEST_LOG_BYTES:
        raise _too_large(path)
    try:
        log: Mapping[str, Any] = read_eval_log(str(path)).model_dump(
            mode="json", exclude={"samples": {"__all__": _BULK}}
        )
    except Exception as error:  # of a damaged file it raises whatever its zip and JSON readers do
        reason = " ".join(str(error).split())
        raise PredictionsError(f"{path}: inspect_ai cannot read it ({reason:.100}); name another log.") from None
    return log


def _too_large(path: Path) -> PredictionsError:
    return PredictionsError(
        f"{path}: holds more than 1 GB; run with --no-log-images, or turn it into JSON without them."
    )


#: Parts of a sample that hold most of its bytes and nothing that is scored.
_BULK = {"events", "events_data", "attachments", "messages", "input", "timelines", "store"}


def _predictions(path: Path, log: Mapping[str, Any]) -> Predictions:
    told = log["eval"]
    own = told.get("metadata") or {}
    task_name = str(told["task"]).rpartition("/")[2]
    if "mmneuroonco_prompt" not in own:
        raise PredictionsError(f"{path}: is of the task {task_name:.60}, which is none of ours; name another log.")
    samples = log.get("samples") or []
    if not samples:
        raise PredictionsError(f"{path}: holds no samples (its status is {log.get('status')}); name a finished log.")
    per_image = own["mmneuroonco_per"] == "image"
    responses = Responses(path)
    for sample in samples:
        if sample["epoch"] == 1:
            for qid in _qids(sample, per_image):
                responses.add(f"sample {sample['id']}", qid, _response(sample))
    return Predictions(
        "inspect_ai log",
        responses,
        _asked(told["dataset"]["sample_ids"], responses, per_image),
        task_name,
        {
            "prompt": str(own["mmneuroonco_prompt"]),
            "per": str(own["mmneuroonco_per"]),
            "gen": _generation(log["plan"]["config"]),
            "via": f"inspect-ai-{told['packages']['inspect_ai']}",
            "model": str(told["model"]),
        },
        remarks=_remarks(samples),
    )


def _qids(sample: Mapping[str, Any], per_image: bool) -> Iterable[str]:
    """The questions of a sample, which of a whole image only its score tells."""
    if not per_image:
        return (str(sample["id"]),)
    return tuple(next(iter(sample["scores"].values()))["metadata"]["answers"])


def _response(sample: Mapping[str, Any]) -> str | None:
    return None if sample.get("error") else str(sample["output"]["completion"])


def _asked(sample_ids: Iterable[str], responses: Responses, per_image: bool) -> tuple[str, ...] | None:
    if per_image:  # a request that has no sample does not tell its questions: then the scope was asked
        return tuple(responses) if set(sample_ids) <= responses.keys() else None
    return tuple(map(str, sample_ids))


def _generation(config: Mapping[str, Any]) -> str:
    """The settings as the signature names them.

    >>> _generation({"temperature": 0.0, "max_tokens": 16, "max_retries": 3})
    'greedy-16'
    >>> _generation({"temperature": 0.7, "top_p": 0.9})
    'temperature=0.7-unlimited+top_p=0.9'
    """
    temperature = config.get("temperature")
    sampling = "greedy" if temperature == 0 else f"temperature={'default' if temperature is None else temperature}"
    more = [f"+{name}={config[name]}" for name in _SAMPLING if config.get(name) is not None]
    return f"{sampling}-{config.get('max_tokens') or 'unlimited'}{''.join(more)}"


def _remarks(samples: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    epochs = max(sample["epoch"] for sample in samples)
    if epochs == 1:
        return ()
    return (f"the log has {epochs} epochs, of which the first is scored; inspect_ai's table has the mean over all",)
