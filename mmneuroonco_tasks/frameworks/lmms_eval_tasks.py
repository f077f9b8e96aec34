"""The functions that our lmms-eval YAML files name: documents, prompts, pictures, readings, aggregates.

A document is only the id of a request's first question and its task's name; everything else is looked up in the
loaded benchmark. So what lands in lmms-eval's samples log is the qid, never a path, which would name the diagnosis.

The YAML tag ``!function`` takes a module attribute. Names that hold a task or a metric (``annotations_<task>``,
``documents_<task>``, ``tokens_<task>``, ``aggregate_<metric>``, ``aggregate_<metric>_stderr``) are made on demand by
``__getattr__``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..answers import Answer, Outcome
from ..benchmark import Benchmark, BenchmarkError, ClosedQuestion
from ..collecting import without_collecting
from ..scores import METRICS, TABLE_METRICS, ClosedScores, Run
from ..scores.counting import closed_columns
from ..scores.open_registry import OPEN_TABLE_METRICS
from ..scoring import score_closed_run, score_open_run
from .asking import Asking, asking
from .lmms_eval_run import asked_questions, lmms_eval_judge, report, run_of
from .variants import Variant, variant_named

if TYPE_CHECKING:
    from ..judge import Judge
    from ..scores.open import OpenScores

STDERR = "_stderr"
#: Metrics of single questions: lmms-eval gets each question's 0 or 1, so that its own errors are right too.
_PER_QUESTION = tuple(name for name in TABLE_METRICS if METRICS[name].kind == "mean" and name != "image_accuracy")
#: What has no value for a single question: computed by us from all the answers.
_PER_RUN = tuple(name for name in TABLE_METRICS if name not in _PER_QUESTION)


def __getattr__(name: str) -> Any:
    """The attributes that YAML files name, by task or metric."""
    kind, _, subject = name.partition("_")
    if kind == "annotations":
        return _annotations_file(variant_named(subject))
    if kind == "documents":
        return partial(_documents, subject)
    if kind == "tokens":
        return variant_named(subject).protocol.max_new_tokens
    if kind == "aggregate" and subject.removesuffix(STDERR) in (*TABLE_METRICS, *OPEN_TABLE_METRICS):
        return _aggregator(subject)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


_ONE_DOCUMENT = Path(__file__).with_name("one_document.json")


def _annotations_file(variant: Variant) -> str:
    """The file that lmms-eval loads. Everything is checked here, before the model is asked anything.

    A ``SystemExit`` is one clean line; any other exception lmms-eval would retry and wrap.
    """
    try:
        asking(variant)
        # What it holds is not used; instruction files have rows of changing kinds, which lmms-eval could not load.
        return str(_ONE_DOCUMENT if variant.instructions else variant.home().annotations(variant.task))
    except BenchmarkError as error:
        raise SystemExit(f"mmneuroonco: {error}") from None


@without_collecting()
def _documents(task_name: str, _loaded: Any) -> Any:
    """One document a request; lmms-eval's own reading of the annotation file is not used."""
    from datasets import Dataset

    asked = _asked[task_name] = asking(variant_named(task_name))
    return Dataset.from_list([{"qid": qids[0], "task": task_name} for qids in asked.requests()])


#: By task, what its documents were made of: looking variables up for every document would cost more than its prompt.
_asked: dict[str, Asking] = {}


def _request(document: Mapping[str, Any]) -> tuple[Asking, tuple[str, ...]]:
    asked = _asked.get(document["task"]) or asking(variant_named(document["task"]))
    return asked, asked.request_of(document["qid"])


def prompt(document: Mapping[str, Any], lmms_eval_specific_kwargs: Any = None) -> str:
    """The text that the model is asked."""
    asked, qids = _request(document)
    return asked.text(qids)


def pictures(document: Mapping[str, Any]) -> list[Any]:
    """The picture to show, opened now; the same one is decoded once for consecutive questions."""
    asked, qids = _request(document)
    image = asked.image(qids)
    return [] if image is None else [image]


def messages(document: Mapping[str, Any], lmms_eval_specific_kwargs: Any = None) -> list[dict[str, Any]]:
    """The chat that the model is given. lmms-eval drops ``--system_instruction`` here, so the protocol has its own."""
    asked, qids = _request(document)
    protocol = asked.protocol
    shown = [{"type": "image", "url": picture} for picture in pictures(document)]
    text = [{"type": "text", "text": asked.text(qids)}]
    content = text + shown if protocol.image == "last" else shown + text
    system = [{"role": "system", "content": [{"type": "text", "text": protocol.system}]}] if protocol.system else []
    return [*system, {"role": "user", "content": content}]


def target(document: Mapping[str, Any]) -> str:
    """The key, as it is shown, or the reference answer."""
    asked, qids = _request(document)
    if asked.variant.task == "open":
        return str(asked.shown[qids[0]].reference_answer)
    return " ".join(asked.shown[qid].answer for qid in qids)


def process_results(document: Mapping[str, Any], results: Sequence[Any]) -> dict[str, Any]:
    """One response: the full record under the task's first metric, the question's score under those that have one.

    A metric's standard error must be aggregated after the metric: lmms-eval then puts ours in its column. It goes by
    which name it met first, so a question brings the error of those metrics only that it counts for.
    """
    asked, qids = _request(document)
    response = results[0] if results else None
    if isinstance(response, list):
        response = response[0] if response else None
    return metric_items(asked, qids, response)


def metric_items(asked: Asking, qids: Sequence[str], response: Any) -> dict[str, Any]:
    """By metric and companion, in the order in which they are aggregated, the item of a request's response."""
    task_name = asked.variant.lmms_eval
    if asked.variant.task == "open":
        record = {"qid": qids[0], "task": task_name, "response": response}
        metrics: dict[str, Any] = {**dict.fromkeys(OPEN_TABLE_METRICS), FIRST_METRIC["open"]: record}
    else:
        metrics = _closed_metrics(asked, qids, response, task_name)
    return metrics | _no_errors(tuple(metrics))


@lru_cache(maxsize=256)
def _no_errors(names: tuple[str, ...]) -> dict[str, None]:
    """The errors of these metrics as a single question has them; few combinations of metrics exist."""
    return {name + STDERR: None for name in names}


def _closed_metrics(asked: Asking, qids: Sequence[str], response: Any, task_name: str) -> dict[str, Any]:
    """By metric, the item of the question; with one request an image, the list of its questions' items."""
    metrics: dict[str, Any] = {}
    answers = asked.read(qids, response)
    if asked.protocol.per == "image":
        for qid, answer in answers.items():
            for name, item in _question_items(asked.scored[qid], answer, task_name).items():
                metrics.setdefault(name, []).append(item)
    else:
        (qid,) = qids
        metrics = _question_items(asked.scored[qid], answers[qid], task_name)
        if probabilities := getattr(response, "probabilities", None):
            metrics[FIRST_METRIC["closed"]]["probabilities"] = probabilities
    return metrics | dict.fromkeys(_PER_RUN)


def _question_items(question: ClosedQuestion, answer: Answer, task_name: str) -> dict[str, dict[str, Any]]:
    cluster = question.picture.cluster
    items = {name: _item(score, cluster) for name, score in _question_scores(question, answer).items()}
    items["accuracy"] = dict(
        items["accuracy"],
        qid=question.qid,
        task=task_name,
        question_type=question.question_type,
        trap=question.trap,
        outcome=str(answer.outcome),
        letter=answer.letter,
        rule=answer.rule,
        hedged=answer.hedged,
    )
    return items


@lru_cache(maxsize=4096)
def _item(score: int, cluster: int) -> dict[str, Any]:
    """The item of a question under a metric, one object for all metrics that it is the same for."""
    return {"score": score, "cluster": cluster}


_known_scores: dict[tuple[Any, ...], dict[str, int]] = {}


def _question_scores(question: ClosedQuestion, answer: Answer) -> dict[str, int]:
    """By metric that counts this question, its 0 or 1. Few kinds of question and answer exist: each is counted once."""
    kind = (question.question_type, question.answer, question.offers_rejection, answer.outcome, answer.letter)
    if kind not in _known_scores:
        columns = closed_columns([question], {question.qid: answer})
        _known_scores[kind] = {
            name: int(METRICS[name].sum_numerator(columns)[0])
            for name in _PER_QUESTION
            if columns[METRICS[name].asked][0]
        }
    return _known_scores[kind]


#: The metric whose items hold the full records: every question has one, and it is aggregated first.
FIRST_METRIC = {"closed": TABLE_METRICS[0], "open": OPEN_TABLE_METRICS[0]}
_latest: ClosedScores | OpenScores | None = None


def _aggregator(subject: str) -> Callable[..., float | None]:
    """The aggregate of a metric or of its standard error, from one scoring of all the answers.

    lmms-eval aggregates a task's metrics one after another, in the order in which ``process_results`` names them (with
    several ranks, in alphabetical order): the first one's items hold every answer, so the run is scored and reported
    there.
    """
    name = subject.removesuffix(STDERR)

    def aggregate(items: Sequence[Any], args: Any = None) -> float | None:
        global _latest
        if subject in FIRST_METRIC.values():
            _latest = _score_and_report(items, args)
        if _latest is None:
            raise RuntimeError(
                f"{' or '.join(FIRST_METRIC.values())} must be the task's first metric; restore the YAML."
            )
        estimate = _latest.metrics[name]
        return estimate.stderr if subject.endswith(STDERR) else estimate.value

    aggregate.__name__ = f"aggregate_{subject}"
    return aggregate


@without_collecting()
def _score_and_report(items: Sequence[Any], args: Any) -> ClosedScores | OpenScores:
    records = records_in(items)
    asked = asking(variant_named(records[0]["task"]))
    benchmark = asked_questions(asked, args, [record["qid"] for record in records])
    judge, off = _judge() if asked.variant.task == "open" else (None, "")
    scores, result = score_records(asked, benchmark, records, run_of(asked, args), judge)
    if asked.variant.task == "open":
        print(f"\n{off if judge is None else judge.trouble or f'judge: {judge.signature}'}")
    report(asked, result, args)
    return scores


def _judge() -> tuple[Judge | None, str]:
    """The judge of the open questions, or why there is none."""
    from ..judge import JudgeOff

    try:
        return lmms_eval_judge(), ""
    except JudgeOff as error:
        return None, str(error)


def records_in(items: Sequence[Any]) -> list[Any]:
    """The records of all questions, from the items of the first metric."""
    return [record for item in items for record in (item if isinstance(item, list) else [item])]


def score_records(
    asked: Asking, benchmark: Benchmark[Any], records: Sequence[Mapping[str, Any]], run: Run, judge: Judge | None = None
) -> tuple[ClosedScores | OpenScores, dict[str, Any]]:
    """The scores and the full result of the records of the questions in ``benchmark``."""
    if asked.variant.task == "open":
        responses = {record["qid"]: record["response"] for record in records}
        return score_open_run(benchmark, responses, run, judge=judge)
    answers = {
        record["qid"]: Answer(Outcome(record["outcome"]), record["letter"], record["rule"], record["hedged"])
        for record in records
    }
    shown = {record["qid"]: record["probabilities"] for record in records if "probabilities" in record}
    told = asked.probabilities(shown)
    return score_closed_run(benchmark, answers, run, annotations=asked.scored, probabilities=told)
