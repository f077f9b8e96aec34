"""MM-NeuroOnco: multiple-choice questions about brain-tumour MR images, a fifth of which have no right option listed.

Paper: https://arxiv.org/abs/2602.22955
Data: https://huggingface.co/datasets/gfnnnb/MM-NeuroOnco-Images (gated)

``data.py`` gets and checks the files, ``answers`` reads responses, ``scores`` has the metrics. lmms-eval runs this
module anew for every name that a YAML file takes from it, so whatever must be kept is kept in the others.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ...benchmark.records import BenchmarkError
from ...prompts import DIRECT, option_lines
from ...scores.registry import TABLE_METRICS
from .data import annotations_file, load_benchmark, open_picture
from .lmms_eval_scoring import PER_RUN, offered, question_scores, record_of, scores_of_run

QUESTION_FORM = DIRECT.template.partition("{options}")[0] + "{options}"
_AGGREGATE = "mmneuroonco_aggregate_"
_STDERR = "_stderr"
#: Which questions a task asks: 113 of the 1,000 pictures are BraTS slices.
SCOPES = {"mmneuroonco_closed": "full", "mmneuroonco_closed_nobrats": "nobrats"}
#: What is also logged with its interval.
_LOGGED = ("accuracy", "rejection_aware_accuracy", "answerable_accuracy", "trap_accuracy", "h_score")


def __getattr__(name: str) -> Any:
    """What YAML files name and is made on demand.

    ``mmneuroonco_annotations`` is the file of questions, looked for (or downloaded) only when a task is loaded;
    ``mmneuroonco_aggregate_<metric>`` and ``mmneuroonco_aggregate_<metric>_stderr`` are functions.
    """
    if name == "mmneuroonco_annotations":
        return str(_or_exit(annotations_file))
    metric = name.removeprefix(_AGGREGATE)
    if name.startswith(_AGGREGATE) and metric.removesuffix(_STDERR) in TABLE_METRICS:
        return _aggregator(metric)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def _or_exit(load: Callable[..., Any], *arguments: str) -> Any:
    """What the function returns. Bad data ends the run with one clean line; an exception would be tried five times."""
    try:
        return load(*arguments)
    except BenchmarkError as error:
        raise SystemExit(f"MM-NeuroOnco: {error}") from None


def mmneuroonco_process_docs(_dataset: Any) -> Any:
    """All questions, each with what asking and scoring need; the path is not in it, for it names the diagnosis."""
    return _documents("mmneuroonco_closed")


def mmneuroonco_process_docs_nobrats(_dataset: Any) -> Any:
    """The same without the questions about BraTS slices."""
    return _documents("mmneuroonco_closed_nobrats")


def _documents(task: str) -> Any:
    from datasets import Dataset

    return Dataset.from_list(
        [
            {
                "number": number,
                "qid": question.qid,
                "task": task,
                "image_id": question.picture.id,
                "cluster": question.picture.cluster,
                "question_type": question.question_type,
                "question": question.question,
                "options": dict(question.options),
                "answer": question.answer,
                "trap": question.trap,
            }
            for number, question in enumerate(_or_exit(load_benchmark, SCOPES[task]).questions)
        ]
    )


def mmneuroonco_doc_to_visual(doc: Mapping[str, Any]) -> list[Any]:
    """The picture, decoded once for consecutive questions about it."""
    return [open_picture(load_benchmark(SCOPES[doc["task"]]), doc["image_id"])]


def mmneuroonco_doc_to_text(doc: Mapping[str, Any], lmms_eval_specific_kwargs: Mapping[str, str] | None = None) -> str:
    """Question and options between the prompts that the YAML file sets."""
    prompts = lmms_eval_specific_kwargs or {}
    question = QUESTION_FORM.format(question=doc["question"], options=option_lines(offered(doc)))
    return f"{prompts.get('pre_prompt', '')}{question}{prompts.get('post_prompt', '')}"


def mmneuroonco_doc_to_messages(
    doc: Mapping[str, Any], lmms_eval_specific_kwargs: Mapping[str, str] | None = None
) -> list[dict[str, Any]]:
    """The chat for a model: the picture first, then the text."""
    pictures = [{"type": "image", "url": picture} for picture in mmneuroonco_doc_to_visual(doc)]
    text = {"type": "text", "text": mmneuroonco_doc_to_text(doc, lmms_eval_specific_kwargs)}
    return [{"role": "user", "content": [*pictures, text]}]


def mmneuroonco_process_results(doc: Mapping[str, Any], results: Sequence[Any]) -> dict[str, Any]:
    """The response read: the full record under ``accuracy``, a score for every other metric that counts the question.

    ``cluster`` is the patient where the data tell (BraTS), else the image: questions about one are not independent.
    """
    response = results[0] if results else None
    if isinstance(response, list):
        response = response[0] if response else None
    record = record_of(doc, response)
    scored = question_scores(record).items()
    metrics: dict[str, Any] = {name: {"score": score, "cluster": record["cluster"]} for name, score in scored}
    metrics["accuracy"] = {**record, **metrics["accuracy"]}
    metrics |= dict.fromkeys(PER_RUN)
    # A companion fills the Stderr column of its metric; it has to be met after it.
    return metrics | {name + _STDERR: None for name in metrics}


def _aggregator(metric: str) -> Callable[[Sequence[Any]], float | None]:
    """The function that gives a metric's value, or its standard error, for a whole run."""
    name = metric.removesuffix(_STDERR)

    def aggregate(items: Sequence[Any]) -> float | None:
        # ``accuracy`` is the first metric of the list, and the only one whose items are the records.
        scores = scores_of_run(items if metric == "accuracy" else None)
        if metric == "accuracy":
            _log(scores)
        return scores[name].stderr if metric.endswith(_STDERR) else scores[name].value

    aggregate.__name__ = f"{_AGGREGATE}{metric}"
    return aggregate


def _log(scores: Mapping[str, Any]) -> None:
    from loguru import logger as eval_logger  # type: ignore[import-not-found, unused-ignore]

    for name in _LOGGED:
        found = scores[name]
        if found.value is not None:
            interval = f" [{found.low:.4f}, {found.high:.4f}]" if found.low is not None else ""
            eval_logger.info(f"MM-NeuroOnco {name}: {found.value:.4f}{interval}, n = {found.n}")
