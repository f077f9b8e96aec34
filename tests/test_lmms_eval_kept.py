"""`mmneuroonco run lmms-eval`, killed in the middle and run again: the real lmms-eval against a stub endpoint."""

from __future__ import annotations

import json
import os
import re
import signal
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


def children_of(process: subprocess.Popen[bytes]) -> list[int]:
    """The processes that a process has started and that still run."""
    listed = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text(encoding="ascii")
    return [int(child) for child in listed.split()]


@pytest.mark.parametrize("ranks", [1, 2])
def test_killed_in_the_middle_it_asks_only_what_is_missing_and_ends_with_the_same_number(
    ranks: int, tmp_path: Path
) -> None:
    lmms = LmmsEval(python_of("MMNEUROONCO_LMMS_EVAL_PYTHON"), tmp_path / "home")
    running: list[subprocess.Popen[bytes]] = []

    def answer(messages: Messages, number: int) -> str:
        if number == 30 and running:
            # As the kernel does where memory runs out: one process dies, and torchrun ends the others.
            os.kill(children_of(running[0])[-1] if ranks > 1 else running[0].pid, signal.SIGKILL)
        return letter(text_of(messages))

    ours = ("-m", "mmneuroonco_tasks", "run", "lmms-eval", "--tasks", TASK, "--limit", str(ASKED))
    to_stub = ("--model", "openai", "--model_args", "model=stub", "--output_path", "out", "--log_samples")
    start = ("torchrun", "--standalone", f"--nproc_per_node={ranks}") if ranks > 1 else ("python",)
    with OpenAIStub(answer) as stub:
        settings = {"OPENAI_API_KEY": "x", "OPENAI_BASE_URL": stub.base_url, "OPENAI_API_BASE": stub.base_url}
        running.append(
            subprocess.Popen(
                [str(lmms.python.parent / start[0]), *start[1:], *ours, *to_stub],
                env=lmms.environment(**settings),
                cwd=tmp_path,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        )
        assert running[0].wait(timeout=600) == (-signal.SIGKILL if ranks == 1 else 1)
        running.clear()
        files = list((tmp_path / "home" / "responses").glob("*.jsonl"))
        kept = sum(file.read_bytes().count(b"\n") for file in files)
        assert len(files) == ranks and 0 < kept <= 31
        stub.requests.clear()
        done = lmms.run(*start, *ours, *to_stub, **settings)
        assert done.returncode == 0 and stub.count == ASKED - kept, done.output[-3000:]

    told = re.findall(r"(\d+) of (\d+) responses are kept in", done.output)
    assert [sum(map(int, each)) for each in zip(*told, strict=True)] == [kept, ASKED]
    assert "about 0 s left" in done.output
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
    finished = only(tmp_path / "home" / "responses", "*.jsonl")
    assert ".finished-" in finished.name and finished.read_bytes().count(b"\n") == ASKED
    assert "|model:stub|" in done.signature


def samples(folder: Path) -> list[dict[str, Any]]:
    """The lines of lmms-eval's log of samples."""
    return [json.loads(line) for line in only(folder, "*_samples_*.jsonl").read_text(encoding="utf-8").splitlines()]
