"""Our questions as a VLMEvalKit dataset: what is asked, and what its predictions come to.

Departures from VLMEvalKit's own multiple-choice sets, and why:

- ``TYPE`` is our own and ``question`` holds the whole prompt, so that no model class rewrites it; API mode, which
  ignores ``force_use_dataset_prompt``, is made to honour it for our datasets.
- Pictures go by path, under opaque names; there is no base64 and no option column.
- Responses are read by our reader, without a judge and without a random choice, from the sheet as it was written.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import pandas as pd
from vlmeval.dataset.image_base import ImageBaseDataset
from vlmeval.smp import dump, get_intermediate_file_path, get_logger

from ..answers import Answer
from ..benchmark import Benchmark, BenchmarkError, ClosedQuestion
from ..predictions.vlmeval_sheets import read_vlmeval_sheet
from ..scores import BREAKDOWN_METRICS, TABLE_METRICS, ClosedScores, Run, write_result
from ..scoring import score_closed_run
from .asking import Asking, asking
from .variants import VARIANTS, variant_named
from .vlmeval import framework_version
from .vlmeval_frame import PredictionFrame, kept_as_text
from .vlmeval_tsv import sheet_index

#: What VLMEvalKit's summary and status.json show.
PRIMARY_METRICS = ("accuracy", "h_score")


class MMNeuroOncoClosed(ImageBaseDataset):  # type: ignore[misc]
    """The closed questions, each under the names that the table of variants lists."""

    TYPE = "MMNeuroOnco"
    MODALITY = "IMAGE"
    force_use_dataset_prompt = True

    @classmethod
    def supported_datasets(cls) -> list[str]:
        """The names to give to ``--data``."""
        return [variant.vlmeval for variant in VARIANTS if variant.task == "closed"]

    @property
    def _asked(self) -> Asking:
        return asking(variant_named(self.dataset_name))

    def load_data(self, dataset: str) -> PredictionFrame:
        """One row a request. Everything is checked here, before the model is asked anything.

        A ``SystemExit`` stops the run with one line; any other exception VLMEvalKit would log and go on.
        """
        honour_dataset_prompts()
        self.generation = generation_of(sys.argv)
        try:
            asked = self._asked
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
                    "answer": " ".join(question.answer for question in shown),
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

    def evaluate(self, eval_file: str, **judge_kwargs: Any) -> dict[str, float | str | None]:
        """Score a prediction sheet: metrics by name, and the signature.

        Beside the sheet it writes ``…_answers`` (how each response was read), ``…_acc`` (a table by type) and
        ``…_result.json`` (our result file). Judge settings are ignored: the closed part needs no judge.

        Raises:
            BenchmarkError, PredictionsError: the benchmark or the sheet cannot be used.
        """
        asked, sheet = self._asked, Path(eval_file)
        predictions = read_vlmeval_sheet(sheet)
        requests = {qid: asked.request_of(qid) for qid in self.data["qid"]}
        benchmark = asked.scored.restricted_to(qid for qids in requests.values() for qid in qids)
        responses: dict[str, str | None] = {}
        answers: dict[str, Answer] = {}
        for first, response in predictions.responses.items():
            qids = requests.get(first, ())
            responses |= dict.fromkeys(qids, response)
            answers |= asked.read(qids, response) if qids else {}
        run = Run(
            prompt=asked.prompt_key,
            per=asked.protocol.per,
            gen=self.generation,
            via=framework_version(),
            model=sheet.stem.removesuffix(f"_{self.dataset_name}"),
        )
        scores, result = score_closed_run(benchmark, answers, run, annotations=asked.scored)

        dump(answer_sheet(benchmark, responses, answers), get_intermediate_file_path(eval_file, "_answers"))
        dump(score_table(scores), get_intermediate_file_path(eval_file, "_acc"))
        write_result(Path(get_intermediate_file_path(eval_file, "_result", "json")), result)
        for remark in predictions.remarks:
            get_logger("mmneuroonco").warning(remark)
        return {name: scores.metrics[name].value for name in TABLE_METRICS} | {"signature": result["signature_line"]}

    @classmethod
    def report_primary_metric(cls, metrics: Mapping[str, Any] | None) -> dict[str, float]:
        """What VLMEvalKit's main branch shows in its summary."""
        return {name: metrics[name] for name in PRIMARY_METRICS if metrics and metrics.get(name) is not None}

    @classmethod
    def report_judge_err(cls, prediction_file: Any, **_: Any) -> dict[str, int]:
        """No judge, so none that failed: else the failures listed in our answer sheet would be taken for a judge's."""
        return {"failed": 0, "total": 0}


DATASET_CLASSES = (MMNeuroOncoClosed,)


def answer_sheet(
    benchmark: Benchmark[ClosedQuestion], responses: Mapping[str, str | None], answers: Mapping[str, Answer]
) -> pd.DataFrame:
    """One row a question: its key, the response, how it was read, and whether that is right."""
    rows = []
    for question in benchmark.questions:
        answer = answers.get(question.qid)
        rows.append(
            {
                "index": sheet_index(question.qid),
                "qid": question.qid,
                "category": question.question_type,
                "trap": int(question.trap),
                "answer": question.answer,
                "response": kept_as_text(responses.get(question.qid)),
                "outcome": str(answer.outcome) if answer else "missing",
                "letter": answer.letter if answer else None,
                "rule": answer.rule if answer else None,
                "hedged": int(answer.hedged) if answer else 0,
                "hit": int(answer is not None and answer.letter == question.answer),
            }
        )
    sheet: pd.DataFrame = pd.DataFrame(rows)
    return sheet


def score_table(scores: ClosedScores) -> pd.DataFrame:
    """The metrics that a part of the questions has, over all of them and by type; n is the number of questions."""
    rows = []
    for name, estimates in {"Overall": scores.metrics, **scores.by_type}.items():
        values = {metric: estimates[metric].value for metric in BREAKDOWN_METRICS}
        rows.append({"category": name, "n": estimates["accuracy"].n, **values})
    table: pd.DataFrame = pd.DataFrame(rows)
    return table


def honour_dataset_prompts() -> None:
    """Make VLMEvalKit's API mode honour ``force_use_dataset_prompt`` for our datasets, as its local mode does.

    Its producer asks the model first, and adapters such as ``internvl2`` then put the picture last.
    """
    pipeline = getattr(sys.modules.get("vlmeval.inference_api"), "APIEvalPipeline", None)
    produce = getattr(pipeline, "_produce_image_tasks", None)
    if pipeline is None or produce is None or getattr(produce, "honours_dataset_prompts", False):
        return

    async def produce_image_tasks(self: Any, config: Any, existing_results: Any) -> Any:
        if isinstance(config.dataset_obj, DATASET_CLASSES):
            config.model_obj.use_custom_prompt = lambda dataset: False  # a model object serves one dataset here
        return await produce(self, config, existing_results)

    produce_image_tasks.honours_dataset_prompts = True  # type: ignore[attr-defined]
    pipeline._produce_image_tasks = produce_image_tasks


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
