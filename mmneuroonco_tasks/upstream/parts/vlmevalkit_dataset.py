"""MM-NeuroOnco: multiple-choice questions about brain-tumour MR images, a fifth of which have no right option listed.

Paper: https://arxiv.org/abs/2602.22955
Data: https://huggingface.co/datasets/gfnnnb/MM-NeuroOnco-Images (gated)

There is no TSV to download, since access to the pictures is granted by hand: ``utils/mmneuroonco/data.py`` gets the
files with the user's own token or from a local folder, and says in one sentence what is missing. Pictures go to
``$LMUData/images/MMNeuroOnco`` under numbers, for the released paths name the diagnosis.

``question`` holds the whole prompt and ``TYPE`` is its own, so that every model is asked the same. Answers are read by
fixed rules, without a judge and without a random choice: "None of the above" (E) is an answer, a refusal is not.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from vlmeval.dataset.image_base import ImageBaseDataset
from vlmeval.smp import LMUDataRoot, dump, get_intermediate_file_path

from ...answers.outcome import Answer
from ...answers.single import read_answer
from ...benchmark.layouts import opaque_name
from ...benchmark.records import CLOSED_TYPES, BenchmarkError, ClosedQuestion
from ...frameworks.vlmeval_frame import PredictionFrame, kept_as_text
from ...frameworks.vlmeval_tsv import sheet_index
from ...predictions.vlmeval_sheets import sheet_responses
from ...prompts import DIRECT, option_lines
from ...scores.counting import closed_columns
from ...scores.registry import BREAKDOWN_METRICS, METRICS, TABLE_METRICS
from .data import Benchmark, load_benchmark

PROMPT_FORM = DIRECT.template
#: Names of ``--data`` and which questions they ask: 113 of the 1,000 pictures are BraTS slices.
SCOPES = {"MMNeuroOnco": "full", "MMNeuroOnco_NoBraTS": "nobrats"}


class MMNeuroOnco(ImageBaseDataset):  # type: ignore[misc]
    """The closed questions: diagnosis, sequence, and the size, shape, spread and location of the lesion."""

    TYPE = "MMNeuroOnco"
    MODALITY = "IMAGE"
    force_use_dataset_prompt = True

    @classmethod
    def supported_datasets(cls) -> list[str]:
        """The names to give to ``--data``."""
        return list(SCOPES)

    @property
    def _benchmark(self) -> Benchmark:
        return load_benchmark(SCOPES[self.dataset_name])

    def load_data(self, dataset: str) -> PredictionFrame:
        """One row a question. Everything is checked here; bad data end the run with one line, before any request."""
        try:
            questions, paths = self._benchmark.questions, self._place_pictures()
        except (BenchmarkError, OSError) as error:
            raise SystemExit(f"MM-NeuroOnco: {error}") from None
        rows = [
            {
                "index": sheet_index(question.qid),
                "qid": question.qid,
                "category": question.question_type,
                "image_path": paths[question.picture.id],
                "question": PROMPT_FORM.format(question=question.question, options=option_lines(question.options)),
                "answer": question.answer,
            }
            for question in questions
        ]
        return PredictionFrame(rows)

    def _place_pictures(self) -> dict[int, str]:
        """By image id, the path of the picture's file under its number, copied as it is."""
        folder, benchmark = Path(LMUDataRoot()).absolute() / "images" / "MMNeuroOnco", self._benchmark
        paths = {}
        for image_id in dict.fromkeys(question.picture.id for question in benchmark.questions):
            content, suffix = benchmark.picture_bytes(image_id)
            path = folder / opaque_name(image_id, suffix)
            if not path.is_file() or path.read_bytes() != content:
                path.parent.mkdir(parents=True, exist_ok=True)
                beside = path.with_name(f"{path.name}.{os.getpid()}")  # nothing half-written stays under the name
                beside.write_bytes(content)
                beside.replace(path)
            paths[image_id] = str(path)
        return paths

    def evaluate(self, eval_file: str, **judge_kwargs: Any) -> dict[str, float | None]:
        """Every metric by its name; None where no question counts for it. Settings of a judge are ignored.

        Beside the sheet it writes ``_detailed`` (how each response was read), ``_acc`` (by category) and ``_score``.
        """
        asked = set(self.data["qid"])
        questions = [question for question in self._benchmark.questions if question.qid in asked]
        responses, _ = sheet_responses(Path(eval_file))
        answers = {
            question.qid: read_answer(responses[question.qid], question.options) if question.qid in responses else None
            for question in questions
        }
        columns = closed_columns(questions, answers)
        scores = metric_values(TABLE_METRICS, columns)
        parts = {"Overall": metric_values(BREAKDOWN_METRICS, columns)}
        for name in CLOSED_TYPES:
            own = {column: values * columns[name] for column, values in columns.items()}
            parts[name] = metric_values(BREAKDOWN_METRICS, own)
        counts = {"Overall": len(questions), **{name: int(columns[name].sum()) for name in CLOSED_TYPES}}
        table = pd.DataFrame([{"category": name, "n": counts[name], **values} for name, values in parts.items()])
        dump(detailed(questions, responses, answers), get_intermediate_file_path(eval_file, "_detailed"))
        dump(table, get_intermediate_file_path(eval_file, "_acc"))
        dump(scores, get_intermediate_file_path(eval_file, "_score", "json"))
        return scores

    @classmethod
    def report_primary_metric(cls, metrics: Mapping[str, Any] | None) -> dict[str, float]:
        """What the summary of a run shows."""
        return {name: metrics[name] for name in ("accuracy", "h_score") if metrics and metrics.get(name) is not None}

    @classmethod
    def report_judge_err(cls, prediction_file: Any, **_: Any) -> dict[str, int]:
        """There is no judge, so none that failed."""
        return {"failed": 0, "total": 0}


def metric_values(names: Sequence[str], columns: Mapping[str, Any]) -> dict[str, float | None]:
    """The metrics as plain numbers; None for 0/0."""
    totals = {name: np.float64(values.sum()) for name, values in columns.items()}
    values = {name: float(METRICS[name].compute(totals)) for name in names}
    return {name: None if np.isnan(value) else value for name, value in values.items()}


def detailed(
    questions: Sequence[ClosedQuestion], responses: Mapping[str, str | None], answers: Mapping[str, Answer | None]
) -> pd.DataFrame:
    """One row a question: its key, the response, how it was read, and whether that is right."""
    rows = []
    for question in questions:
        answer = answers[question.qid]
        rows.append(
            {
                "index": sheet_index(question.qid),
                "qid": question.qid,
                "category": question.question_type,
                "answer": question.answer,
                "response": kept_as_text(responses.get(question.qid)),
                "outcome": str(answer.outcome) if answer else "missing",
                "letter": answer.letter if answer else None,
                "rule": answer.rule if answer else None,
                "hit": int(answer is not None and answer.letter == question.answer),
            }
        )
    return pd.DataFrame(rows)
