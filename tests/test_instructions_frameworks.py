"""A held-out part of the instruction data in both frameworks: its own words arrive, one number comes out."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from frameworks import LmmsEval, only, python_of, read_json
from openai_stub import Messages, OpenAIStub, text_of
from vlmeval_host import VlmEval

from mmneuroonco_tasks.answers import read_answer
from mmneuroonco_tasks.benchmark import Benchmark, load_benchmark
from mmneuroonco_tasks.instructions import parse_sample
from mmneuroonco_tasks.instructions.phantom import PhantomInstructions, write_phantom_instructions
from mmneuroonco_tasks.scores import Run
from mmneuroonco_tasks.scoring import score_closed_run, score_open_run

TESTS = Path(__file__).parent
LMMS_TASKS = ("mmneuroonco_instruction_closed", "mmneuroonco_instruction_open")
VLM_NAMES = ("MMNeuroOnco_Instruction", "MMNeuroOnco_Instruction_Open")


@pytest.fixture(scope="module")
def held_out(tmp_path_factory: pytest.TempPathFactory) -> PhantomInstructions:
    return write_phantom_instructions(tmp_path_factory.mktemp("held_out"), pictures=5, seed=4)


def variables(held_out: PhantomInstructions) -> dict[str, str]:
    """Both tasks over the explained closed file and the open one."""
    files = f"{held_out.file('closed_cot')}:{held_out.file('open')}"
    return {"MMNEUROONCO_INSTRUCTIONS": files, "MMNEUROONCO_INSTRUCTION_IMAGES": str(held_out.images)}


def answer(messages: Messages, number: int = 0) -> str:
    """A response that depends on the question's text alone."""
    text = text_of(messages)
    if "Options:" not in text:
        return "A small, round and solitary lesion in the upper left part."
    letter = "ABCDE"[sha256(text.encode()).digest()[0] % 5]
    return f"Final: {letter}\nExplanation: It could also be A, B, C or D."


def texts_of(path: Path) -> list[str]:
    return [parse_sample(json.loads(line)).text for line in path.read_text(encoding="utf-8").splitlines()]


def expected(held_out: PhantomInstructions) -> tuple[dict[str, Any], dict[str, Any]]:
    """The metrics of the same responses straight from our core."""

    def responses(benchmark: Benchmark[Any], path: Path) -> dict[str, str]:
        asked = zip(benchmark.questions, texts_of(path), strict=True)
        return {question.qid: answer([{"role": "user", "content": text}]) for question, text in asked}

    paths = held_out.file("closed_cot"), held_out.file("open")
    closed = load_benchmark("closed", annotations=paths[0])
    answers = {qid: read_answer(text, closed[qid].options) for qid, text in responses(closed, paths[0]).items()}
    opened = load_benchmark("open", annotations=paths[1])
    return (
        score_closed_run(closed, answers, Run(), with_trust_rows=False)[1]["metrics"],
        score_open_run(opened, responses(opened, paths[1]), Run(), with_rows=False)[1]["metrics"],
    )


def check_what_arrived(stub: OpenAIStub, held_out: PhantomInstructions) -> None:
    asked = texts_of(held_out.file("closed_cot")) + texts_of(held_out.file("open"))
    assert sorted(request.text for request in stub.requests) == sorted(asked), "the instruction's own words"
    assert all(request.order == ["image_url", "text"] for request in stub.requests), "the picture comes first"


@pytest.mark.lmms_eval
def test_lmms_eval_asks_it_in_its_own_words_and_scores_it(held_out: PhantomInstructions, tmp_path: Path) -> None:
    lmms = LmmsEval(python_of("MMNEUROONCO_LMMS_EVAL_PYTHON"), tmp_path / "home")
    with OpenAIStub(answer) as stub:
        done = lmms.run(
            *("lmms-eval", "--tasks", ",".join(LMMS_TASKS), "--model", "openai", "--output_path", "out"),
            *("--model_args", "model=stub,max_retries=1", "--log_samples"),
            OPENAI_API_KEY="not-a-key",
            OPENAI_BASE_URL=stub.base_url,
            OPENAI_API_BASE=stub.base_url,
            **variables(held_out),
        )
        check_what_arrived(stub, held_out)
    for task, metrics in zip(LMMS_TASKS, expected(held_out), strict=True):
        result = read_json(only(tmp_path / "out", f"*{task}_result.json"))
        assert {name: result["metrics"][name] for name in metrics} == metrics, done.output[-3000:]
    assert done.output.count("The judge was off; to use one, name its model in MMNEUROONCO_JUDGE_MODEL") == 1
    samples = only(tmp_path / "out", f"*_samples_{LMMS_TASKS[0]}.jsonl")
    scored = lmms.score(samples, "--annotations", str(held_out.file("closed_cot")))
    assert scored["metrics"] == expected(held_out)[0], "score reads the same file to the same number"


@pytest.mark.vlmeval
def test_vlmevalkit_asks_it_in_its_own_words_and_scores_it(held_out: PhantomInstructions, tmp_path: Path) -> None:
    host = VlmEval(python_of("MMNEUROONCO_VLMEVAL_PYTHON"), tmp_path)
    with OpenAIStub(answer) as stub:
        done = host.python_run(
            *("-m", "mmneuroonco_tasks", "run", "vlmeval"),
            *("--data", *VLM_NAMES, "--model", "stub", "--base-url", stub.base_url, "--work-dir", "out"),
            *("--api-mode", "--api-nproc", "4"),
            **variables(held_out),
        )
        check_what_arrived(stub, held_out)
    for name, metrics in zip(VLM_NAMES, expected(held_out), strict=True):
        results = sorted((tmp_path / "out").rglob(f"stub_{name}_result.json"))
        assert results, done.output[-3000:]
        result = read_json(results[-1])
        assert {metric: result["metrics"][metric] for metric in metrics} == metrics
    assert done.output.count("The judge was off; to use one, give VLMEvalKit --judge") == 1


@pytest.mark.lmms_eval
def test_an_unset_variable_stops_the_run_with_one_sentence(tmp_path: Path) -> None:
    lmms = LmmsEval(python_of("MMNEUROONCO_LMMS_EVAL_PYTHON"), tmp_path / "home")
    done = lmms.run("lmms-eval", "--tasks", LMMS_TASKS[0], "--model", "dummy")
    assert "mmneuroonco: MMNEUROONCO_INSTRUCTIONS and MMNEUROONCO_INSTRUCTION_IMAGES must name" in done.output
    assert done.returncode == 1


@pytest.mark.lmms_eval
def test_a_lora_adapter_is_scored_through_lmms_evals_own_arguments(
    held_out: PhantomInstructions, tmp_path: Path
) -> None:
    """The adapter's folder as ``pretrained`` is base and adapter; what the base says alone is something else."""
    lmms = LmmsEval(python_of("MMNEUROONCO_LMMS_EVAL_PYTHON"), tmp_path / "home")
    if lmms.run("python", "-c", "import peft").returncode:
        pytest.skip("peft is not in lmms-eval's environment: install it there to run this test")
    models = tmp_path / "models"
    made = lmms.run("python", str(TESTS / "tiny_models.py"), str(models / "base"))
    made = lmms.run("python", str(TESTS / "tiny_adapter.py"), str(models))
    assert made.returncode == 0, made.output[-3000:]
    said = {}
    for name in ("base", "adapter"):
        settings = f"pretrained={models / name},device_map=cpu,max_pixels=50176,min_pixels=784"
        done = lmms.run(
            *("lmms-eval", "--tasks", LMMS_TASKS[0], "--model", "qwen2_5_vl", "--model_args", settings),
            *("--device", "cpu", "--limit", "2", "--gen_kwargs", "max_new_tokens=6"),
            *("--output_path", str(tmp_path / name), "--log_samples"),
            **variables(held_out),
        )
        assert f"model:{name}|" in done.signature
        rows = only(tmp_path / name, "*_samples_*.jsonl").read_text(encoding="utf-8").splitlines()
        said[name] = [json.loads(row)["filtered_resps"] for row in rows]
    assert len(said["adapter"]) == 2 and all(one != two for one, two in zip(*said.values(), strict=True))
