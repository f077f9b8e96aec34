"""The tasks of lm-evaluation-harness: each of its YAML files names ``Questions`` and one row of ``variants``.

A document is only the id of a request's first question. Models that take pictures in the text (``hf-multimodal``,
``vllm-vlm``) need the word ``<image>`` where the picture goes; to models behind an API lm-evaluation-harness sends the
picture before the text, and the word would only be noise there. The model's arguments tell the two apart.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from lm_eval.api.model import CachingLM
from lm_eval.api.task import ConfigurableTask

from ..benchmark import BenchmarkError
from ..scores import METRICS, TABLE_METRICS, ClosedScores, Run
from ..scores.open import OpenScores
from ..scores.open_registry import OPEN_METRICS_BY_NAME, OPEN_TABLE_METRICS
from .asking import Asking, asking
from .lm_eval import TESTED_VERSIONS, installed_version
from .lm_eval_kept import keep_as_they_come
from .lmms_eval_tasks import FIRST_METRIC, STDERR, metric_items, records_in, score_records
from .variants import variant_named
from .versions import warn_unless_tested

warn_unless_tested(installed_version(), TESTED_VERSIONS, "lm-evaluation-harness")

keep_as_they_come(CachingLM)

_PLACEHOLDER = "<image>"


class Questions(ConfigurableTask):  # type: ignore[misc]
    """The questions of one variant. ``config`` is what the YAML file says, with the model's arguments as metadata."""

    VERSION = "1"

    def __init__(self, config: Mapping[str, Any]) -> None:
        try:
            self.asked = asking(variant_named(config["task"]))
            self._placeholder = _placeholder(self.asked, config.get("metadata") or {})
        except BenchmarkError as error:
            raise SystemExit(f"mmneuroonco: {error}") from None
        self._model = _model_name(config.get("metadata") or {})
        self._scores: ClosedScores | OpenScores | None = None
        protocol = self.asked.protocol
        super().__init__(
            config={
                "task": config["task"],
                "metadata": {"version": self.VERSION},
                "output_type": "generate_until",
                "test_split": "test",
                # Only whether it is set counts: what it gives is overridden below, as all of this is.
                "doc_to_image": None if protocol.image == "none" else "picture",
                "description": protocol.system,
                "generation_kwargs": {
                    "until": ["<|endoftext|>"],
                    "do_sample": False,
                    "temperature": 0.0,
                    "max_gen_toks": protocol.max_new_tokens,
                },
                "metric_list": [],
            }
        )

    def download(self, *_: Any, **__: Any) -> None:
        """The documents; lm-evaluation-harness's own loading of data sets is not used."""
        from datasets import Dataset

        self.dataset = {"test": Dataset.from_list([{"qid": qids[0]} for qids in self.asked.requests()])}

    def doc_to_text(self, doc: Mapping[str, Any], *_: Any) -> str:
        """The text that the model is asked, with the picture's place where the model needs it."""
        text = self.asked.text(self._qids(doc))
        return text + self._placeholder if self.asked.protocol.image == "last" else self._placeholder + text

    def doc_to_image(self, doc: Mapping[str, Any], *_: Any) -> list[Any]:
        """The picture to show."""
        return [self.asked.image(self._qids(doc))]

    def doc_to_target(self, doc: Mapping[str, Any], *_: Any) -> str:
        """The keys, as they are shown, or the reference answer."""
        shown = [self.asked.shown[qid] for qid in self._qids(doc)]
        if self.asked.variant.task == "open":
            return str(shown[0].reference_answer)
        return " ".join(question.answer for question in shown)

    def process_results(self, doc: Mapping[str, Any], results: Sequence[Any]) -> dict[str, Any]:
        """One response: the full record under the first metric, with what `mmneuroonco score` says of the run."""
        metrics = metric_items(self.asked, self._qids(doc), results[0] if results else None)
        for record in records_in([metrics[FIRST_METRIC[self.asked.variant.task]]]):
            record["run"] = asdict(self._run())
        # Every name every time: lm-evaluation-harness warns of metrics that count fewer documents than others.
        return {name: metrics.get(name) for name in self.aggregation()}

    def aggregation(self) -> dict[str, Callable[[Sequence[Any]], float | str]]:
        """By metric and companion, its value over all answers. Companions come last: else N/A would replace them."""
        return {name + ending: self._aggregator(name, ending) for ending in ("", STDERR) for name in self._metrics}

    def higher_is_better(self) -> dict[str, bool | None]:
        """By metric, its direction."""
        known = OPEN_METRICS_BY_NAME if self.asked.variant.task == "open" else METRICS
        better = {"higher": True, "lower": False, "neither": None}
        return {name: better[known[name].direction] for name in self._metrics} | {
            name + STDERR: False for name in self._metrics
        }

    @property
    def _metrics(self) -> tuple[str, ...]:
        return OPEN_TABLE_METRICS if self.asked.variant.task == "open" else TABLE_METRICS

    def _qids(self, doc: Mapping[str, Any]) -> tuple[str, ...]:
        return self.asked.request_of(doc["qid"])

    def _aggregator(self, name: str, ending: str) -> Callable[[Sequence[Any]], float | str]:
        def aggregate(items: Sequence[Any]) -> float | str:
            # The first metric is aggregated first: its items are the records of all answers.
            if name + ending == self._metrics[0]:
                self._scores = self._score(items)
            assert self._scores is not None
            estimate = self._scores.metrics[name]
            if ending:
                return "N/A" if estimate.stderr is None else estimate.stderr
            return float("nan") if estimate.value is None else estimate.value

        return aggregate

    def _score(self, items: Sequence[Any]) -> ClosedScores | OpenScores:
        records = records_in(items)
        benchmark = self.asked.scored.restricted_to(record["qid"] for record in records)
        scores, result = score_records(self.asked, benchmark, records, self._run())
        print(f"\n{result['signature_line']}")
        return scores

    def _run(self) -> Run:
        """What the signature says of the run, ``--gen_kwargs`` included."""
        protocol, given = self.asked.protocol, dict(self.config.generation_kwargs)
        limit = given.pop("max_gen_toks", None)
        temperature = given.pop("temperature", 0.0)
        sampling = f"temperature={temperature}" if given.pop("do_sample", False) or temperature else "greedy"
        given.pop("until", None)
        return Run(
            prompt=self.asked.prompt_key,
            per=protocol.per,
            gen=f"{sampling}-{limit}{''.join(f'+{name}={value}' for name, value in sorted(given.items()))}",
            via=f"lm-eval-{installed_version()}",
            model=self._model,
        )


def _placeholder(asked: Asking, told: Mapping[str, Any]) -> str:
    """The word for the picture's place, or nothing.

    Raises:
        BenchmarkError: the protocol shows the picture last, which lm-evaluation-harness cannot do over an API.
    """
    if asked.protocol.image == "none":
        return ""
    if "base_url" not in told and ("pretrained" in told or "model" not in told):
        return _PLACEHOLDER
    if asked.protocol.image == "last":
        raise BenchmarkError(
            f"lm-evaluation-harness sends an API the picture first, and the protocol {asked.protocol.name} shows it "
            "last; choose another by MMNEUROONCO_PROTOCOL."
        )
    return ""


def _model_name(told: Mapping[str, Any]) -> str:
    return str(told.get("model") or told.get("pretrained") or "unknown")
