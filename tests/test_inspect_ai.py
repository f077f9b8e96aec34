"""inspect_ai, unmodified from the package index, runs our tasks as its users run any other."""

from __future__ import annotations

import json
import math
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from command import as_anybody, read_only
from frameworks import Finished, LmmsEval, home_of_phantoms, only, python_of, read_json
from openai_stub import Messages, OpenAIStub, text_of
from styles import respond, respond_or_fail, styled

from mmneuroonco_tasks.answers import read_answer
from mmneuroonco_tasks.benchmark import ClosedBenchmark, load_benchmark
from mmneuroonco_tasks.benchmark.home import Home
from mmneuroonco_tasks.prompts import DIRECT
from mmneuroonco_tasks.scores import TABLE_METRICS, score_closed

pytestmark = pytest.mark.inspect_ai
IMAGES, LIMIT = 30, 60


@dataclass(frozen=True)
class InspectAI:
    """inspect_ai in its environment."""

    command: LmmsEval

    def run(self, stub: OpenAIStub, logs: str, *flags: str, **environment: str) -> Finished:
        """``inspect eval`` with the stub as the model, the log in the folder ``logs``."""
        return self.command.run(*self.eval(logs, *flags), **key_of(stub), **environment)

    @staticmethod
    def eval(logs: str, *flags: str) -> tuple[str, ...]:
        """The command of it."""
        model = ("--model", "openai-api/stub/stub", "--max-retries", "0")
        form = ("--display", "plain", "--log-dir", logs, "--no-log-images")
        return ("inspect", "eval", *flags, *model, *form)

    def folder(self, logs: str) -> Path:
        return self.command.home.parent / logs


def key_of(stub: OpenAIStub) -> dict[str, str]:
    """The variables by which inspect_ai finds the stub."""
    return {"STUB_API_KEY": "not-a-key", "STUB_BASE_URL": stub.base_url}


@pytest.fixture(scope="module")
def inspect_ai(tmp_path_factory: pytest.TempPathFactory) -> InspectAI:
    """Phantoms where the released questions would be."""
    folder = tmp_path_factory.mktemp("inspect")
    return InspectAI(LmmsEval(python_of("MMNEUROONCO_INSPECT_PYTHON"), home_of_phantoms(folder, IMAGES)))


@pytest.fixture(scope="module")
def questions(inspect_ai: InspectAI) -> ClosedBenchmark:
    return load_benchmark("closed", home=Home(inspect_ai.command.home))


def metrics_of(log: dict[str, Any]) -> dict[str, float]:
    """Our metrics by name, from a log's results."""
    (own,) = [score for score in log["results"]["scores"] if "reducer" not in score or score["reducer"] is None]
    return {name: metric["value"] for name, metric in own["metrics"].items()}


def test_a_run_is_scored_as_mmneuroonco_score_scores_its_log(inspect_ai: InspectAI, questions: ClosedBenchmark) -> None:
    """What arrives at the model, every number, the log's explanations, and nothing that names a diagnosis."""
    with OpenAIStub(respond_or_fail(400)) as stub:
        done = inspect_ai.run(stub, "closed", "mmneuroonco_tasks/mmneuroonco_closed", "--limit", str(LIMIT))
    asked = questions.questions[:LIMIT]
    assert {request.text for request in stub.requests} == {DIRECT.text(question) for question in asked}, done.output
    pictures = {(request.text, request.images[0]) for request in stub.requests}
    assert pictures == {(DIRECT.text(each), questions.images.path(each.picture).read_bytes()) for each in asked}
    for request in stub.requests:
        assert request.order == ["image_url", "text"], "the picture comes first"
        assert (request.body["max_tokens"], request.body["temperature"]) == (DIRECT.max_new_tokens, 0)

    eval_log = only(inspect_ai.folder("closed"), "*.eval")
    scored = inspect_ai.command.score(eval_log)
    converted = ("--to", "json", "--output-dir", "json")
    inspect_ai.command.run("inspect", "log", "convert", str(eval_log), *converted)
    json_log = only(inspect_ai.folder("json"), "*.json")
    assert scored == inspect_ai.command.score(json_log), "either form of the log"
    log = read_json(json_log)
    ours = metrics_of(log)
    for name in TABLE_METRICS:
        told = scored["metrics"][name]
        assert (ours.get(name), ours.get(f"{name}_stderr")) == (told["value"], told["stderr"]), name
    assert 0 < ours["accuracy"] < 1 and ours["failure_rate"] > 0 and ours["refusal_rate"] > 0
    assert f"|n:{LIMIT}/{len(questions)}|prompt:{DIRECT.key}|per:question|gen:greedy-16|" in scored["signature_line"]
    assert "|via:inspect-ai-" in scored["signature_line"] and "|model:openai-api/stub/stub|" in scored["signature_line"]

    (theirs,) = [score["metrics"] for score in log["results"]["scores"] if score.get("reducer") == "mean"]
    clusters = len({question.picture.cluster for question in asked})
    assert theirs["accuracy"]["value"] == ours["accuracy"]
    # inspect_ai corrects for the number of clusters; the formula is else the same.
    corrected = ours["accuracy_stderr"] * math.sqrt(clusters / (clusters - 1))
    assert theirs["stderr"]["value"] == pytest.approx(corrected, rel=1e-12)

    scores = {sample["id"]: sample["scores"]["mmneuroonco_closed"] for sample in log["samples"]}
    assert {"C", "I", "N"} == {score["value"] for score in scores.values()}
    reasons = {score.get("reason") for score in scores.values()}
    assert reasons == {None, "refusal", "invalid_response_format", "no_response"}
    assert all(f"Key: {each.answer}. " in scores[each.qid]["explanation"] for each in asked)
    text = json.dumps(log)
    assert not any(picture.path in text for picture in questions.pictures)
    assert log["status"] == "error", "what failed is counted as wrong, and `inspect eval-retry` asks it again"


def test_epochs_are_pooled_and_every_kind_of_task_runs(inspect_ai: InspectAI) -> None:
    """Two epochs of three tasks in one process: blind, one request an image, and open."""
    seen: dict[str, int] = {}

    def changing(messages: Messages, number: int) -> str:
        text = text_of(messages)
        seen[text] = seen.get(text, 0) + 1
        if "Q1." in text:
            return "\n".join(f"Q{each}: A" for each in range(1, 7))
        return "It is small, round, solitary and central." if "Options" not in text else "AE"[seen[text] - 1]

    tasks = [f"mmneuroonco_tasks/mmneuroonco_phantom_{name}" for name in ("closed_blind", "closed_batch", "open")]
    with OpenAIStub(changing) as stub:
        flags = ("--limit", "12", "--epochs", "2", "--log-format", "json", "--max-tasks", "1")
        done = inspect_ai.run(stub, "epochs", *tasks, *flags)
    logs = {log["eval"]["dataset"]["name"]: log for log in map(read_json, inspect_ai.folder("epochs").glob("*.json"))}
    assert len(logs) == 3 and all(log["status"] == "success" for log in logs.values()), done.output[-3000:]
    blind, batch, opened = (logs[name.partition("/")[2]] for name in tasks)

    assert not any(
        request.images
        for request in stub.requests
        if seen.get(request.text) and "Q1." not in request.text and "Options" in request.text
    )
    answers = [sample["target"] for sample in blind["samples"] if sample["epoch"] == 1]
    shares = [sum(answer == letter for answer in answers) / len(answers) for letter in "AE"]
    assert metrics_of(blind)["accuracy"] == pytest.approx(sum(shares) / 2)

    benchmark = load_benchmark("closed", home=Home(inspect_ai.command.home / "phantom"))
    images = [sample["metadata"]["image_id"] for sample in batch["samples"] if sample["epoch"] == 1]
    of_images = [question for question in benchmark.questions if question.picture.id in images]
    assert metrics_of(batch)["accuracy"] == sum(question.answer == "A" for question in of_images) / len(of_images)
    scored = inspect_ai.command.score(only(inspect_ai.folder("epochs"), "*batch*.json"))
    assert scored["metrics"]["accuracy"]["value"] == metrics_of(batch)["accuracy"]
    assert scored["metrics"]["accuracy"]["n"] == len(of_images)

    scored = inspect_ai.command.score(only(inspect_ai.folder("epochs"), "*open*.json"))
    assert 0 < scored["metrics"]["attribute_accuracy"]["value"] < 1
    for name, value in metrics_of(opened).items():
        if not name.endswith("_stderr") and name != "bleu":
            assert value == pytest.approx(scored["metrics"][name]["value"], rel=1e-12), name
    assert "reference: " in json.dumps([sample["scores"] for sample in opened["samples"]])


def test_killed_and_retried_it_asks_what_is_missing_and_ends_with_the_same_number(
    inspect_ai: InspectAI, questions: ClosedBenchmark
) -> None:
    """``inspect eval`` killed half way, then ``inspect eval-retry``: inspect_ai's own way to go on."""
    task, first, command = "mmneuroonco_tasks/mmneuroonco_closed", LIMIT // 2, inspect_ai.command
    with OpenAIStub(respond) as stub:
        # Each sample is in the log as it is answered.
        flags = ("--limit", str(LIMIT), "--log-buffer", "1", "--max-connections", "2")
        command.killed(stub, first, *inspect_ai.eval("killed", task, *flags), **key_of(stub))
        log = only(inspect_ai.folder("killed"), "*.eval")
        stub.requests.clear()
        retry = ("inspect", "eval-retry", str(log), "--log-dir", "retried", "--display", "plain")
        done = command.run(*retry, **key_of(stub))
    asked = questions.questions[:LIMIT]
    answers = {q.qid: read_answer(styled(DIRECT.text(q)), q.options) for q in asked}
    expected = score_closed(questions.restricted_to(answers), answers)
    scored = command.score(only(inspect_ai.folder("retried"), "*.eval"))
    assert scored["metrics"]["accuracy"] == expected.metrics["accuracy"].to_dict(), done.output[-3000:]
    assert scored["counts"]["missing"] == 0
    assert stub.count <= LIMIT - first + 10, "what was in the log is not asked again"


def test_the_reference_reader_is_a_model_that_sees(inspect_ai: InspectAI) -> None:
    flags = ("--model", "mmneuroonco/reference", "--limit", "24", "--log-dir", "reader", "--log-format", "json")
    task = "mmneuroonco_tasks/mmneuroonco_closed"
    call = ("inspect", "eval", task, *flags, "--display", "plain", "--no-log-images")
    with read_only(inspect_ai.command.home):  # as a home that many users share
        done = inspect_ai.command.run(*call, first=as_anybody)
    assert metrics_of(read_json(only(inspect_ai.folder("reader"), "*.json")))["accuracy"] > 0.9, done.output[-3000:]
    assert "WARNING" not in done.output


def test_missing_data_end_a_run_with_one_line(inspect_ai: InspectAI, tmp_path: Path) -> None:
    with OpenAIStub(respond_or_fail(400)) as stub:
        task = "mmneuroonco_tasks/mmneuroonco_closed"
        done = inspect_ai.run(stub, "none", task, MMNEUROONCO_HOME=str(tmp_path / "empty"))
    lines = [line for line in done.output.splitlines() if line.startswith("mmneuroonco: ")]
    assert len(lines) == 1 and "the closed annotations are not there yet" in lines[0], done.output[-3000:]
    assert done.returncode == 1 and stub.count == 0 and "Traceback" not in done.output


def test_the_core_does_not_import_it(inspect_ai: InspectAI) -> None:
    code = (
        "import sys, mmneuroonco_tasks.cli, mmneuroonco_tasks.predictions, mmneuroonco_tasks.scoring\n"
        "import mmneuroonco_tasks.diagnosis\n"
        "assert 'inspect_ai' not in sys.modules and 'lm_eval' not in sys.modules\n"
    )
    subprocess.run([str(inspect_ai.command.python), "-c", code], check=True, cwd=inspect_ai.command.home.parent)
