"""Our questions as VLMEvalKit datasets, one class a task: what is asked, and what its predictions come to.

Departures from VLMEvalKit's own multiple-choice sets, and why:

- ``TYPE`` is our own and ``question`` holds the whole prompt, so that no model class rewrites it; API mode, which
  ignores ``force_use_dataset_prompt``, is made to honour it for our datasets.
- Pictures go by path, under opaque names; there is no base64 and no option column.
- Responses are read by our reader from the sheet as it was written: no letter is drawn at random, and no judge is
  asked about closed questions.
"""

from __future__ import annotations

import sys
from abc import abstractmethod
from collections.abc import Mapping
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

import pandas as pd
from vlmeval.dataset.image_base import ImageBaseDataset
from vlmeval.smp import dump, get_intermediate_file_path, get_logger

from ..answers import Answer
from ..benchmark import Benchmark, BenchmarkError, ClosedQuestion, OpenQuestion, Task
from ..collecting import without_collecting
from ..predictions.vlmeval_sheets import read_vlmeval_sheet
from ..scores import BREAKDOWN_METRICS, TABLE_METRICS, Run, read_result, write_result
from ..scores.open_registry import OPEN_BREAKDOWN_METRICS, OPEN_TABLE_METRICS
from ..scoring import score_closed_run, score_open_run
from .asking import Asking, asking
from .variants import VARIANTS, variant_named
from .versions import vlmeval_version
from .vlmeval_frame import PredictionFrame, kept_as_text
from .vlmeval_mends import mend_host
from .vlmeval_tsv import sheet_index

#: By qid of a request's first question, the response to it.
Responses = Mapping[str, "str | None"]


class MMNeuroOncoDataset(ImageBaseDataset):  # type: ignore[misc]
    """What our datasets have in common. A class is for one task, under each name that the table of variants lists."""

    TYPE = "MMNeuroOnco"
    MODALITY = "IMAGE"
    force_use_dataset_prompt = True

    TASK: Task
    #: Metrics that VLMEvalKit's summary and status.json show.
    PRIMARY_METRICS: tuple[str, ...]
    #: Metrics that ``evaluate`` returns, and those that the table by type has.
    TABLE_METRICS: tuple[str, ...]
    BREAKDOWN_METRICS: tuple[str, ...]

    @classmethod
    def supported_datasets(cls) -> list[str]:
        """The names to give to ``--data``."""
        return [variant.vlmeval for variant in VARIANTS if variant.task == cls.TASK]

    @cached_property
    def _asked(self) -> Asking:
        return asking(variant_named(self.dataset_name))

    def __getstate__(self) -> dict[str, Any]:
        """For the process in which VLMEvalKit evaluates: what is asked is made anew there."""
        return {name: value for name, value in self.__dict__.items() if name != "_asked"}

    @without_collecting()
    def load_data(self, dataset: str) -> PredictionFrame:
        """One row a request. Everything is checked here, before the model is asked anything.

        A ``SystemExit`` stops the run with one line; any other exception VLMEvalKit would log and go on.
        """
        mend_host(MMNeuroOncoDataset)
        self.generation = generation_of(sys.argv)
        try:
            asked = self._asked = asking(variant_named(dataset))
        except BenchmarkError as error:
            raise SystemExit(f"mmneuroonco: {error}") from None
        rows = []
        for qids in asked.requests():
            shown = [asked.shown[qid] for qid in qids]
            rows.append(
                {
                    "index": sheet_index(qids[0]),
                    # A request with all questions of an image has the first one's id.
                    "qid": qids[0],
                    "category": shown[0].question_type if len(qids) == 1 else "image",
                    "question": asked.text(qids),
                    "answer": " ".join(self.key_of(question) for question in shown),
                }
            )
        frame: PredictionFrame = PredictionFrame(rows)
        return frame

    def dump_image(self, line: Mapping[str, Any]) -> list[str]:
        """The path of the picture to show, absolute and opaque, or none; nothing is written."""
        asked = self._asked
        picture = asked.picture(asked.request_of(line["qid"]))
        # Not resolved: where a home holds links, their targets may name the diagnosis.
        return [str(asked.shown.images.path(picture).absolute())] if picture else []

    def build_prompt(self, line: int | Mapping[str, Any]) -> list[dict[str, str]]:
        """The message of one request: system text, picture and text as the protocol has them."""
        if isinstance(line, int):
            return self.build_prompt(self.data.iloc[line])
        asked = self._asked
        protocol = asked.protocol
        pictures = [{"type": "image", "value": path} for path in self.dump_image(line)]
        text = [{"type": "text", "value": asked.text(asked.request_of(line["qid"]))}]
        system = [{"role": "system", "type": "text", "value": protocol.system}] if protocol.system else []
        return [*system, *(text + pictures if protocol.image == "last" else pictures + text)]

    @without_collecting()
    def evaluate(self, eval_file: str, **judge_kwargs: Any) -> dict[str, float | str | None]:
        """Score a prediction sheet: metrics by name, the signature, and remarks where there is something to say.

        Beside the sheet it writes ``…_answers`` (how each response was read), ``…_acc`` (a table by type) and
        ``…_result.json`` (our result file). ``judge_kwargs`` are VLMEvalKit's settings of a judge.

        Raises:
            BenchmarkError, PredictionsError: the benchmark or the sheet cannot be used.
        """
        asked, sheet = self._asked, Path(eval_file)
        predictions = read_vlmeval_sheet(sheet)
        requests = {qid: asked.request_of(qid) for qid in self.data["qid"]}
        benchmark = asked.scored.restricted_to(qid for qids in requests.values() for qid in qids)
        responses = {qid: text for qid, text in predictions.responses.items() if qid in requests}
        run = Run(
            prompt=asked.prompt_key,
            per=asked.protocol.per,
            gen=self.generation,
            via=vlmeval_version(),
            model=sheet.stem.removesuffix(f"_{self.dataset_name}"),
        )
        result, remarks = self.result_of(asked, benchmark, responses, run, judge_kwargs)

        of_question = {qid: responses.get(first) for first, qids in requests.items() for qid in qids}
        rows = [self.answer_row(question, of_question[question.qid], result) for question in benchmark.questions]
        dump(pd.DataFrame(rows), get_intermediate_file_path(eval_file, "_answers"))
        dump(pd.DataFrame(self.table_of(result)), get_intermediate_file_path(eval_file, "_acc"))
        write_result(Path(get_intermediate_file_path(eval_file, "_result", "json")), result)
        remarks += predictions.remarks
        if others := predictions.responses.keys() - requests.keys():
            remarks.append(f"{len(others)} rows of the sheet are of questions that were not asked: they do not count.")
        for remark in remarks:
            get_logger("mmneuroonco").warning(remark)
        names = [*self.TABLE_METRICS, *(name for name in result["metrics"] if name.startswith("judge_"))]
        shown = {name: result["metrics"][name]["value"] for name in names}
        # Said here too: in API mode warnings go to a log file of the evaluation, and this to the terminal.
        said = {"remarks": " ".join(remarks)} if remarks else {}
        return shown | {"signature": result["signature_line"]} | said

    def table_of(self, result: Mapping[str, Any]) -> list[dict[str, Any]]:
        """The breakdown's metrics over all questions and by type; n is the number of questions asked of it."""
        return [
            {
                "category": name,
                "n": estimates[self.BREAKDOWN_METRICS[0]]["n"],
                **{metric: estimates[metric]["value"] for metric in self.BREAKDOWN_METRICS},
            }
            for name, estimates in {"Overall": result["metrics"], **result["by_type"]}.items()
        ]

    @classmethod
    def report_primary_metric(cls, metrics: Mapping[str, Any] | None) -> dict[str, float]:
        """What VLMEvalKit shows in its summary."""
        return {name: metrics[name] for name in cls.PRIMARY_METRICS if metrics and metrics.get(name) is not None}

    @classmethod
    def report_judge_err(cls, prediction_file: Any, **_: Any) -> dict[str, int]:
        """No judge, so none that failed. VLMEvalKit would take the failures in our answer sheet for a judge's."""
        return {"failed": 0, "total": 0}

    @abstractmethod
    def key_of(self, question: Any) -> str:
        """What the sheets' column ``answer`` says."""

    @abstractmethod
    def result_of(
        self, asked: Asking, benchmark: Benchmark[Any], responses: Responses, run: Run, judge: Mapping[str, Any]
    ) -> tuple[dict[str, Any], list[str]]:
        """The full result of the responses to the asked questions, and what to say of it."""

    def answer_row(self, question: Any, response: str | None, result: Mapping[str, Any]) -> dict[str, Any]:
        """The row of a question in the answer sheet."""
        told = result["answers"][question.qid]
        return {
            "index": sheet_index(question.qid),
            "qid": question.qid,
            "category": question.question_type,
            "answer": self.key_of(question),
            "response": kept_as_text(response),
            "outcome": told["outcome"],
        }


class MMNeuroOncoClosed(MMNeuroOncoDataset):
    """The closed questions."""

    TASK = "closed"
    PRIMARY_METRICS = ("accuracy", "h_score")
    TABLE_METRICS = TABLE_METRICS
    BREAKDOWN_METRICS = BREAKDOWN_METRICS

    def key_of(self, question: ClosedQuestion) -> str:
        """The letter."""
        return question.answer

    def result_of(
        self, asked: Asking, benchmark: Benchmark[Any], responses: Responses, run: Run, judge: Mapping[str, Any]
    ) -> tuple[dict[str, Any], list[str]]:
        """Every response read by our reader, and the scores. The judge is not asked."""
        answers: dict[str, Answer] = {}
        for first, response in responses.items():
            answers |= asked.read(asked.request_of(first), response)
        return score_closed_run(benchmark, answers, run, annotations=asked.scored)[1], []

    def answer_row(self, question: ClosedQuestion, response: str | None, result: Mapping[str, Any]) -> dict[str, Any]:
        """How the response was read, and whether that is right."""
        told = result["answers"][question.qid]
        read = {"letter": told["letter"], "rule": told["rule"], "hedged": int(told["hedged"])}
        marks = {"trap": int(question.trap), "hit": int(told["letter"] == question.answer)}
        return super().answer_row(question, response, result) | read | marks


class MMNeuroOncoOpen(MMNeuroOncoDataset):
    """The open questions; a judge is asked where one is named."""

    TASK = "open"
    PRIMARY_METRICS = ("attribute_balanced_accuracy", "keyword_f1")
    TABLE_METRICS = OPEN_TABLE_METRICS
    BREAKDOWN_METRICS = OPEN_BREAKDOWN_METRICS

    def key_of(self, question: OpenQuestion) -> str:
        """The reference answer."""
        return question.reference_answer

    def result_of(
        self, asked: Asking, benchmark: Benchmark[Any], responses: Responses, run: Run, judge: Mapping[str, Any]
    ) -> tuple[dict[str, Any], list[str]]:
        """The scores of the responses, and whether a judge was asked."""
        from ..judge import JudgeOff
        from .vlmeval_judge import vlmeval_judge

        try:
            asked_judge, off = vlmeval_judge(judge), None
        except JudgeOff as error:
            asked_judge, off = None, str(error)
        result = score_open_run(benchmark, responses, run, judge=asked_judge)[1]
        remark = asked_judge.trouble if asked_judge else off
        return result, [remark] if remark else []

    @classmethod
    def report_judge_err(cls, prediction_file: Any, **_: Any) -> dict[str, int]:
        """How many responses the judge left unjudged, from our result file beside the sheet."""
        result = Path(f"{Path(prediction_file).with_suffix('')}_result.json") if prediction_file else None
        metrics = read_result(result)["metrics"] if result and result.is_file() else {}
        if "judge_score" not in metrics:
            return {"failed": 0, "total": 0}
        total = metrics["judge_score_low"]["n"]
        return {"failed": total - metrics["judge_score"]["n"], "total": total}


DATASET_CLASSES = (MMNeuroOncoClosed, MMNeuroOncoOpen)


def generation_of(command: list[str]) -> str:
    """Sampling and token limit in force, as the signature names them.

    VLMEvalKit lets no dataset set them. They are known where the command line does (``--base-url``, whose model class
    is greedy unless told otherwise); a model of its own list has its own.

    >>> generation_of(["run.py", "--base-url", "http://127.0.0.1/v1", "--max-tokens", "64"])
    'greedy-64'
    >>> generation_of(["run.py", "--model", "llava_v1.5_7b"])
    'model-default'
    """
    values = dict(pairwise(command))
    values |= dict(word.split("=", 1) for word in command if word.startswith("--") and "=" in word)
    if "--base-url" not in values:
        return "model-default"
    temperature = values.get("--temperature", "0")
    sampling = "greedy" if float(temperature) == 0 else f"t{temperature}"
    return f"{sampling}-{values.get('--max-tokens', 2**15)}"
