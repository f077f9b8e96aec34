"""lm-evaluation-harness, unmodified from the package index, runs our tasks by ``--include_path``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from frameworks import Finished, LmmsEval, home_of_phantoms, only, python_of, read_json
from openai_stub import OpenAIStub, pixels
from styles import respond, styled

from mmneuroonco_tasks.answers import read_answer
from mmneuroonco_tasks.benchmark import load_benchmark
from mmneuroonco_tasks.benchmark.home import Home
from mmneuroonco_tasks.benchmark.images import open_picture
from mmneuroonco_tasks.prompts import DIRECT, FORMS
from mmneuroonco_tasks.scores import TABLE_METRICS, score_closed
from mmneuroonco_tasks.scores.open_registry import OPEN_TABLE_METRICS

pytestmark = pytest.mark.lm_eval
CLOSED, BLIND, OPEN = "mmneuroonco_closed", "mmneuroonco_phantom_closed_blind", "mmneuroonco_open"
IMAGES = 25


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> LmmsEval:
    """Phantoms where the released questions would be, and an environment with lm-evaluation-harness."""
    folder = tmp_path_factory.mktemp("lm_eval")
    return LmmsEval(python_of("MMNEUROONCO_LM_EVAL_PYTHON"), home_of_phantoms(folder, IMAGES))


def lm_eval(environment: LmmsEval, stub: OpenAIStub, *flags: str, **more: str) -> Finished:
    """``lm_eval --include_path "$(mmneuroonco paths lm-eval)"`` with the stub as the model."""
    return environment.run(*command_of(environment, stub, *flags), **more)


def command_of(environment: LmmsEval, stub: OpenAIStub, *flags: str) -> tuple[str, ...]:
    """The same as a command."""
    path = environment.run("mmneuroonco", "paths", "lm-eval").output.strip()
    model = f"model=stub,base_url={stub.base_url}/chat/completions,max_retries=1,num_concurrent=4"
    command = ("lm_eval", "--include_path", path, "--model", "local-chat-completions", "--model_args", model)
    return (*command, "--apply_chat_template", *flags)


def assert_scored_anew(environment: LmmsEval, done: Finished, folder: Path, task: str, names: Sequence[str]) -> None:
    """Every value and error of a task is what `mmneuroonco score` reads from the samples, as is the signature."""
    scored = environment.score(only(folder, f"samples_{task}_*.jsonl"))
    assert scored["signature_line"] in re.findall(r"^mmneuroonco\|.*$", done.output, re.M), done.output[-3000:]
    results = read_json(only(folder, "results_*.json"))["results"][task]
    for name in names:
        told = scored["metrics"][name]
        value, stderr = (results[f"{name}{ending},none"] for ending in ("", "_stderr"))
        assert value == told["value"] or (value != value and told["value"] is None), name
        assert (None if stderr == "N/A" else stderr) == told["stderr"], name
    assert 0 < results[f"{names[0]},none"] < 1


def test_the_numbers_are_those_of_mmneuroonco_score(environment: LmmsEval) -> None:
    """What arrives at the model, and every metric of a closed and an open task in one process."""
    flags = ("--tasks", f"{CLOSED},{OPEN}", "--log_samples", "--output_path", "out", "--gen_kwargs", "top_p=1")
    with OpenAIStub(respond) as stub:
        done = lm_eval(environment, stub, *flags)
    closed = load_benchmark("closed", home=Home(environment.home))
    asked = [request for request in stub.requests if "Options" in request.text]
    assert sorted(request.text for request in asked) == sorted(map(DIRECT.text, closed.questions)), done.output[-3000:]
    arrived = {(request.text, pixels(request.images[0])) for request in asked}
    for question in closed.questions:
        own = pixels(open_picture(closed.images.path(question.picture)))
        assert (DIRECT.text(question), own) in arrived
    for request in stub.requests:
        assert request.order == ["image_url", "text"], "the picture comes first"
        assert request.body["temperature"] == 0
    assert {request.body["max_tokens"] for request in asked} == {DIRECT.max_new_tokens}

    folder = environment.home.parent / "out"
    assert_scored_anew(environment, done, folder, CLOSED, TABLE_METRICS)
    assert_scored_anew(environment, done, folder, OPEN, OPEN_TABLE_METRICS)
    assert re.search(r"^mmneuroonco\|task:closed\|.*\|gen:greedy-16\+top_p=1\|", done.output, re.M)
    samples = only(folder, f"samples_{CLOSED}_*.jsonl").read_text(encoding="utf-8")
    assert not any(picture.path in samples for picture in closed.pictures)


def test_the_blind_control_shows_no_picture(environment: LmmsEval) -> None:
    """In a run of its own: lm-evaluation-harness cannot mix tasks with pictures and tasks without."""
    with OpenAIStub(respond) as stub:
        done = lm_eval(environment, stub, "--tasks", BLIND, "--limit", "40", "--log_samples", "--output_path", "blind")
    blind = load_benchmark("closed", home=Home(environment.home / "phantom"))
    assert sorted(request.text for request in stub.requests) == sorted(map(DIRECT.text, blind.questions[:40]))
    assert not any(request.images for request in stub.requests)
    assert_scored_anew(environment, done, environment.home.parent / "blind", BLIND, TABLE_METRICS)


def test_killed_and_run_again_it_asks_what_is_missing_and_ends_with_the_same_number(environment: LmmsEval) -> None:
    """``--use_cache`` is lm-evaluation-harness's own way to go on."""
    flags = ("--tasks", CLOSED, "--limit", "60", "--use_cache", "cache", "--log_samples", "--output_path", "killed")
    with OpenAIStub(respond) as stub:
        environment.killed(stub, 30, *command_of(environment, stub, *flags))
        stub.requests.clear()
        done = lm_eval(environment, stub, *flags)
    # Parts of 4 and of 16 had been answered.
    assert stub.count <= 60 - 20, f"what was kept is not asked again: {done.output[-3000:]}"
    folder = environment.home.parent / "killed"
    assert_scored_anew(environment, done, folder, CLOSED, TABLE_METRICS)
    benchmark = load_benchmark("closed", home=Home(environment.home))
    asked = benchmark.questions[:60]
    answers = {q.qid: read_answer(styled(DIRECT.text(q)), q.options) for q in asked}
    expected = score_closed(benchmark.restricted_to(answers), answers).metrics["accuracy"].value
    assert read_json(only(folder, "results_*.json"))["results"][CLOSED]["accuracy,none"] == expected


def test_a_local_model_is_told_where_the_picture_goes(environment: LmmsEval) -> None:
    """By the model's arguments: ``pretrained`` names one that reads the word; an API gets the text alone."""
    code = (
        "from mmneuroonco_tasks.frameworks.lm_eval_tasks import Questions\n"
        "for told in ({'pretrained': 'x/y'}, {'model': 'm', 'base_url': 'http://localhost'}):\n"
        f"    task = Questions({{'task': '{CLOSED}', 'metadata': told}})\n"
        "    print('TEXT', repr(task.doc_to_text(task.task_docs[0])))\n"
    )
    question = load_benchmark("closed", home=Home(environment.home)).questions[0]
    last = FORMS["radiologist-image-last"]
    for form, local in ((DIRECT, "<image>" + DIRECT.text(question)), (last, last.text(question) + "<image>")):
        done = environment.run("python", "-c", code, MMNEUROONCO_PROTOCOL=form.name)
        texts = re.findall(r"^TEXT (.*)$", done.output, re.M)
        assert texts[0] == repr(local), done.output[-3000:]
        if form is DIRECT:
            assert texts[1] == repr(DIRECT.text(question))
        else:
            assert len(texts) == 1 and "sends an API the picture first" in done.output.splitlines()[-1]


def test_missing_data_end_a_run_with_one_line(environment: LmmsEval, tmp_path: Path) -> None:
    with OpenAIStub(respond) as stub:
        done = lm_eval(environment, stub, "--tasks", CLOSED, MMNEUROONCO_HOME=str(tmp_path / "empty"))
    lines = [line for line in done.output.splitlines() if line.startswith("mmneuroonco: ")]
    assert len(lines) == 1 and "mmneuroonco prepare" in lines[0], done.output[-3000:]
    assert done.returncode == 1 and stub.count == 0 and "Traceback" not in done.output
