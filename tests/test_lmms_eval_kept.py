"""`mmneuroonco run lmms-eval`, killed in the middle and run again: the real lmms-eval against a stub endpoint."""

from __future__ import annotations

import json
import subprocess
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from frameworks import LmmsEval, only, python_of, read_json
from openai_stub import Messages, OpenAIStub, text_of

from mmneuroonco_tasks.answers import read_answer
from mmneuroonco_tasks.benchmark import load_benchmark
from mmneuroonco_tasks.benchmark.home import Home
from mmneuroonco_tasks.scores import score_closed

pytestmark = pytest.mark.lmms_eval
TASK = "mmneuroonco_phantom_closed"
ASKED = 60


def letter(text: str) -> str:
    """What the stub answers: always the same to the same question, right or wrong."""
    return "ABCDE"[sha256(text.encode()).digest()[0] % 5]


def test_killed_in_the_middle_it_asks_only_what_is_missing_and_ends_with_the_same_number(tmp_path: Path) -> None:
    lmms = LmmsEval(python_of("MMNEUROONCO_LMMS_EVAL_PYTHON"), tmp_path / "home")
    running: list[subprocess.Popen[bytes]] = []

    def answer(messages: Messages, number: int) -> str:
        if number == 30 and running:
            running[0].kill()
        return letter(text_of(messages))

    with OpenAIStub(answer) as stub:
        command = [
            *(str(lmms.python.parent / "mmneuroonco"), "run", "lmms-eval", "--tasks", TASK, "--limit", str(ASKED)),
            *("--model", "openai", "--model_args", "model=stub", "--output_path", "out", "--log_samples"),
        ]
        environment = lmms.environment(OPENAI_API_KEY="x", OPENAI_BASE_URL=stub.base_url, OPENAI_API_BASE=stub.base_url)
        running.append(subprocess.Popen(command, env=environment, cwd=tmp_path, stdout=subprocess.DEVNULL))
        assert running[0].wait(timeout=600) == -9
        running.clear()
        kept = only(tmp_path / "home" / "responses", "*.jsonl").read_bytes().count(b"\n")
        assert 0 < kept <= 30
        stub.requests.clear()
        done = lmms.run(
            "mmneuroonco",
            *command[1:],
            OPENAI_API_KEY="x",
            OPENAI_BASE_URL=stub.base_url,
            OPENAI_API_BASE=stub.base_url,
        )
        assert done.returncode == 0 and stub.count == ASKED - kept, done.output[-3000:]

    assert f"{kept} of {ASKED} responses are kept in" in done.output and "about 0 s left" in done.output
    benchmark = load_benchmark("closed", home=Home(tmp_path / "home" / "phantom"))
    asked = benchmark.restricted_to(question.qid for question in benchmark.questions[:ASKED])
    result = read_json(only(tmp_path / "out", "*_result.json"))
    texts = {sample["doc_id"]: sample["filtered_resps"] for sample in samples(tmp_path / "out")}
    answers = {
        question.qid: read_answer(texts[number][0], question.options) for number, question in enumerate(asked.questions)
    }
    expected = score_closed(asked, answers)
    assert result["metrics"]["accuracy"] == expected.metrics["accuracy"].to_dict()
    assert result["counts"]["missing"] == result["counts"]["failed"] == 0
    # Put by once the number is there: the next run asks anew, and the file can be scored.
    finished = only(tmp_path / "home" / "responses", "*.finished-*.jsonl")
    assert finished.read_bytes().count(b"\n") == ASKED
    assert "|model:stub|" in done.signature


def samples(folder: Path) -> list[dict[str, Any]]:
    """The lines of lmms-eval's log of samples."""
    return [json.loads(line) for line in only(folder, "*_samples_*.jsonl").read_text(encoding="utf-8").splitlines()]


def test_several_processes_are_refused_with_the_way_to_run_them(tmp_path: Path) -> None:
    lmms = LmmsEval(python_of("MMNEUROONCO_LMMS_EVAL_PYTHON"), tmp_path / "home")
    done = lmms.run("mmneuroonco", "run", "lmms-eval", "--tasks", TASK, "--model", "dummy", WORLD_SIZE="2")
    assert done.returncode == 1 and "start `lmms-eval` itself under torchrun" in done.output
