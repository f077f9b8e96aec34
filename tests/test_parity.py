"""The same responses through the real lmms-eval and VLMEvalKit: one number, in every metric, to the last digit.

VLMEvalKit's own run is compared with our core, which needs its environment alone; the two frameworks with each other
where both environments are named, as `make test` does. One process a framework asks everything: the phantoms, all of
them, in every variant (lmms-eval, which needs 60 ms to encode a picture, in those that are read differently), and the
open questions with a judge. Where the released files are named, their 3,190 closed and 1,215 open questions go through
both too, with stand-in pictures.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from frameworks import Finished, LmmsEval, only, python_of, read_json
from knowing_model import KnowingModel, marks, request_key
from openai_stub import Failure, OpenAIStub
from standins import draw_standins
from vlmeval_host import VlmEval

from mmneuroonco_tasks.benchmark.home import Home
from mmneuroonco_tasks.benchmark.prepare import prepare
from mmneuroonco_tasks.frameworks.asking import Asking, asking
from mmneuroonco_tasks.frameworks.variants import VARIANTS, variant_named
from mmneuroonco_tasks.judge import Judge
from mmneuroonco_tasks.phantom import write_phantom
from mmneuroonco_tasks.scores import Run
from mmneuroonco_tasks.scores.signature import Signature, differences
from mmneuroonco_tasks.scoring import score_closed_run, score_open_run

pytestmark = pytest.mark.vlmeval
RELEASED_TASKS = ("mmneuroonco_closed", "mmneuroonco_open")
#: Of the variants, those that lmms-eval asks too.
ENDINGS_IN_BOTH = ("_closed", "_batch", "_blind", "_shuffled", "_open")
TOKENS = 16
JUDGE = "marker"


@dataclass(frozen=True)
class Source:
    """Where questions and pictures lie before they are prepared."""

    annotations: tuple[Path, ...]
    pictures: Path
    phantom: bool

    def into(self, home: Path) -> Path:
        """The user's home, with these in it."""
        prepare(Home(home / "phantom" if self.phantom else home), self.annotations, [self.pictures])
        return home


@dataclass(frozen=True)
class Questions:
    """Some tasks, loaded, and a model that knows them."""

    source: Source
    tasks: Mapping[str, Asking]
    model: KnowingModel

    def requests(self, names: Iterable[str]) -> list[tuple[str, str]]:
        """Picture and text of every request of these tasks, once each, sorted."""
        return sorted({request_key(self.tasks[name], qids) for name in names for qids in self.tasks[name].requests()})


@dataclass
class Through:
    """What one framework made of the questions."""

    #: By task, our result file, and the framework's own file of responses.
    results: dict[str, dict[str, Any]] = field(default_factory=dict)
    files: dict[str, Path] = field(default_factory=dict)
    #: By task, what `mmneuroonco score` says of that file.
    scored: dict[str, dict[str, Any]] = field(default_factory=dict)
    #: Picture and text of every request that arrived, once each, sorted.
    arrived: list[tuple[str, str]] = field(default_factory=list)


@pytest.fixture(scope="module", params=["phantom", "released"])
def questions(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Questions]:
    folder = tmp_path_factory.mktemp("questions")
    if request.param == "phantom":
        source = Source((folder / "drawn",), folder / "drawn", phantom=True)
        write_phantom(folder / "drawn")
        names = tuple(variant.lmms_eval for variant in VARIANTS if variant.phantom)
    else:
        released: Path = request.getfixturevalue("released") / "benchmark"
        files = [released / f"mm-neuroonco_benchmark_{task}_v1.0.json" for task in ("closed", "open")]
        source = Source(tuple(files), folder / "drawn", phantom=False)
        draw_standins(files[0], folder / "drawn")
        names = RELEASED_TASKS
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MMNEUROONCO_HOME", str(source.into(folder / "home")))
        tasks = {name: asking(variant_named(name)) for name in names}
        yield Questions(source, tasks, KnowingModel(tasks.values()))


def expected(asked: Asking, model: KnowingModel) -> dict[str, Any]:
    """The result of the same responses straight from our core."""
    responses = {}
    for qids in asked.requests():
        said = model.response(*request_key(asked, qids))
        responses[qids] = "Failed to obtain answer via API." if isinstance(said, Failure) else said
    if asked.variant.task == "open":
        judge = Judge(marks, JUDGE, pause=lambda seconds: None)
        return score_open_run(asked.scored, {qids[0]: text for qids, text in responses.items()}, Run(), judge=judge)[1]
    answers = {qid: answer for qids, text in responses.items() for qid, answer in asked.read(qids, text).items()}
    return score_closed_run(asked.scored, answers, Run())[1]


def numbers(result: Mapping[str, Any]) -> dict[str, Any]:
    """All of a result but how it came about; of what failed, not the words of the framework's failure."""
    answers = {
        qid: {**answer, "rule": None} if answer["outcome"] == "failed" else answer
        for qid, answer in result["answers"].items()
    }
    left_out = ("signature", "signature_line")
    return {**{name: part for name, part in result.items() if name not in left_out}, "answers": answers}


def score(python: Path, environment: Mapping[str, str], files: Mapping[str, Path]) -> dict[str, dict[str, Any]]:
    """`mmneuroonco score` of all the files, in the framework's environment."""
    command = [str(python.parent / "mmneuroonco"), "score", *map(str, files.values()), "--json"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return dict(zip(files, json.loads(done.stdout), strict=True))


def arrived(stub: OpenAIStub, model: KnowingModel) -> list[tuple[str, str]]:
    return sorted({(model.picture(request.messages), request.text) for request in stub.requests})


@pytest.fixture(scope="module")
def through_lmms_eval(questions: Questions, tmp_path_factory: pytest.TempPathFactory) -> Through:
    folder = tmp_path_factory.mktemp("lmms")
    lmms = LmmsEval(python_of("MMNEUROONCO_LMMS_EVAL_PYTHON"), questions.source.into(folder / "home"))
    through = Through()
    tasks = [name for name in questions.tasks if name.endswith(ENDINGS_IN_BOTH)]
    with OpenAIStub(questions.model) as stub, OpenAIStub(marks) as judge:
        # lmms-eval's judge has a key of the same name; the model's address is told apart by its own variables.
        servers = {"OPENAI_API_KEY": "not-a-key", "OPENAI_BASE_URL": stub.base_url, "OPENAI_API_BASE": stub.base_url}
        judging = {"MMNEUROONCO_JUDGE_MODEL": JUDGE, "OPENAI_API_URL": judge.base_url}
        done = lmms.run(
            *("lmms-eval", "--tasks", ",".join(tasks), "--model", "openai", "--output_path", "out"),
            *("--model_args", "model=stub,max_retries=1,num_concurrent=8", "--log_samples"),
            **servers,
            **judging,
        )
        through.arrived = arrived(stub, questions.model)
        assert f"judge: {JUDGE}-" in done.output, done.output[-3000:]
        assert judge.count > 0
        for task in tasks:
            through.results[task] = read_json(only(folder / "out", f"*[0-9]_{task}_result.json"))
            through.files[task] = only(folder / "out", f"*_samples_{task}.jsonl")
        through.scored = score(lmms.python, lmms.environment(**own_judge(judge)), through.files)
    return through


def own_judge(judge: OpenAIStub) -> dict[str, str]:
    """The variables by which `mmneuroonco score` asks the same judge."""
    return {"MMNEUROONCO_JUDGE_MODEL": JUDGE, "MMNEUROONCO_JUDGE_URL": judge.base_url}


@pytest.fixture(scope="module", params=["ms-vlmeval", "checkout"])
def through_vlmevalkit(
    questions: Questions, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Through:
    root = os.environ.get("VLMEVALKIT_ROOT")
    if request.param == "checkout" and not root:
        pytest.skip("VLMEVALKIT_ROOT is not set: name a checkout of VLMEvalKit to run this test")
    folder = tmp_path_factory.mktemp("vlmeval")
    python = python_of("MMNEUROONCO_VLMEVAL_PYTHON")
    host = VlmEval(python, folder, Path(root) if root and request.param == "checkout" else None)
    questions.source.into(host.home)
    through = Through()
    datasets = {task: asked.variant.vlmeval for task, asked in questions.tasks.items()}
    with OpenAIStub(questions.model) as stub, OpenAIStub(marks) as judge:
        done = host.run(
            *("--data", *datasets.values(), "--model", "stub", "--base-url", stub.base_url, "--api-mode"),
            *("--api-nproc", "32", "--retry", "2", "--local-media", "--max-tokens", str(TOKENS), "--work-dir", "out"),
            *("--judge", JUDGE, "--judge-base-url", judge.base_url, "--judge-key", "not-a-key"),
        )
        through.arrived = arrived(stub, questions.model)
        assert judge.count > 0, done.output[-3000:]
        for task, name in datasets.items():
            through.results[task] = read_json(written(host, f"stub_{name}_result.json", done))
            through.files[task] = written(host, f"stub_{name}.xlsx", done)
        through.scored = score(python, host.environment(**own_judge(judge)), through.files)
    return through


def written(host: VlmEval, name: str, done: Finished) -> Path:
    """The file of this name in VLMEvalKit's folder; links to it do not count."""
    found = [path for path in (host.folder / "out").rglob(name) if not path.is_symlink()]
    assert len(found) == 1, done.output[-5000:]
    return found[0]


def test_every_variant_through_vlmevalkit_is_what_our_core_says(
    questions: Questions, through_vlmevalkit: Through
) -> None:
    """Each request arrives with its own text and picture, or none; shuffled letters and joint replies come home."""
    assert through_vlmevalkit.arrived == questions.requests(questions.tasks)
    for task, asked in questions.tasks.items():
        result = through_vlmevalkit.results[task]
        assert numbers(result) == numbers(expected(asked, questions.model)), task
        assert result["counts"]["failed"] > 0, "and some requests failed"
        told = result["signature"]
        assert (told["prompt"], told["per"], told["gen"]) == (asked.prompt_key, asked.protocol.per, f"greedy-{TOKENS}")


def test_both_frameworks_ask_and_say_the_same(
    questions: Questions, through_lmms_eval: Through, through_vlmevalkit: Through
) -> None:
    assert through_lmms_eval.arrived == questions.requests(through_lmms_eval.results)
    for task in through_lmms_eval.results:
        one, other = (through.results[task] for through in (through_lmms_eval, through_vlmevalkit))
        assert numbers(one) == numbers(other), task
        # VLMEvalKit has one token limit for all tasks; nothing else of what makes numbers comparable differs.
        signed = [Signature.from_dict(result["signature"]) for result in (one, other)]
        allowed = () if signed[0].gen == f"greedy-{TOKENS}" else ("gen",)
        assert tuple(differences(*signed)) == allowed, task


def test_score_says_the_same_of_each_frameworks_own_files(
    questions: Questions, through_lmms_eval: Through, through_vlmevalkit: Through
) -> None:
    for through in (through_lmms_eval, through_vlmevalkit):
        for task, scored in through.scored.items():
            assert numbers(scored) == numbers(through.results[task]), through.files[task].name


def test_the_judges_misbehaviour_left_some_unjudged_and_none_wrong(
    questions: Questions, through_lmms_eval: Through, through_vlmevalkit: Through
) -> None:
    opened = next(task for task, asked in questions.tasks.items() if asked.variant.task == "open")
    for through in (through_lmms_eval, through_vlmevalkit):
        metrics = through.results[opened]["metrics"]
        assert 0 < metrics["judge_score"]["n"] < metrics["judge_score_low"]["n"]
        assert (
            metrics["judge_score_low"]["value"] < metrics["judge_score"]["value"] < metrics["judge_score_high"]["value"]
        )
