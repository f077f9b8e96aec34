"""VLMEvalKit, unmodified from the package index or a checkout, runs our datasets as its users run any other."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from command import as_anybody, read_only
from frameworks import Finished, python_of, read_json
from made_up import CLOSED_QIDS, PATHS, write_benchmark, write_json
from openai_stub import Failure, Messages, OpenAIStub, images_of, text_of
from standins import draw_standins
from styles import draw, styled
from vlmeval_host import VlmEval

from mmneuroonco_tasks.answers import read_answer
from mmneuroonco_tasks.benchmark import ClosedBenchmark, ClosedQuestion, load_benchmark
from mmneuroonco_tasks.benchmark.home import Home
from mmneuroonco_tasks.benchmark.prepare import prepare
from mmneuroonco_tasks.cli.runs import score_predictions
from mmneuroonco_tasks.frameworks.variants import VARIANTS
from mmneuroonco_tasks.phantom import write_phantom
from mmneuroonco_tasks.predictions import read_predictions
from mmneuroonco_tasks.prompts import DIRECT, OPEN, read_protocol
from mmneuroonco_tasks.reference_reader import ReferenceReader
from mmneuroonco_tasks.scores import Run
from mmneuroonco_tasks.scoring import score_closed_run, score_open_run

pytestmark = pytest.mark.vlmeval
TESTS = Path(__file__).parent
PHANTOM = "MMNeuroOnco_Phantom"


@pytest.fixture(scope="module", params=["ms-vlmeval", "checkout"])
def host(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> VlmEval:
    """Either edition of VLMEvalKit, with the made-up benchmark and phantoms in its home."""
    root = os.environ.get("VLMEVALKIT_ROOT")
    if request.param == "checkout" and not root:
        pytest.skip("VLMEVALKIT_ROOT is not set: name a checkout of VLMEvalKit to run this test")
    python = python_of("MMNEUROONCO_VLMEVAL_PYTHON")
    folder = tmp_path_factory.mktemp("vlmeval")
    host = VlmEval(python, folder, Path(root) if root and request.param == "checkout" else None)
    made = write_benchmark(folder / "made")
    prepare(Home(host.home), [made.closed, made.open], [made.images])
    write_phantom(folder / "drawn", images=40)
    prepare(Home(host.home / "phantom"), [folder / "drawn"], [folder / "drawn"])
    return host


@pytest.fixture(scope="module")
def phantoms(host: VlmEval) -> ClosedBenchmark:
    return load_benchmark("closed", home=Home(host.home / "phantom"))


# What VLMEvalKit has of us, looked at from inside.


@pytest.fixture(scope="module")
def probe(host: VlmEval) -> tuple[dict[str, Any], Path]:
    """What ``vlmeval_probe.py`` found on the made-up benchmark, and the folder in which it worked."""
    folder = host.folder / "probe"
    made = write_benchmark(folder / "made")
    prepare(Home(folder / "home"), [made.closed], [made.images])
    template = {
        "name": "paper",
        "system": "Read.",
        "template": "{question} {options}",
        "max_new_tokens": 5,
        "image": "last",
    }
    write_json(folder / "paper.json", template)
    write_json(folder / "broken.json", {**template, "template": "{question}"})
    done = host.python_run(str(TESTS / "vlmeval_probe.py"), str(folder), MMNEUROONCO_HOME=str(folder / "home"))
    assert done.returncode == 0, done.output[-3000:]
    return read_json(folder / "probe.json"), folder


def test_registering_twice_adds_every_name_once(probe: tuple[dict[str, Any], Path]) -> None:
    found = probe[0]["registration"]
    assert sorted(found["added"]) == sorted(variant.vlmeval for variant in VARIANTS)
    assert (found["in_tables"], found["exported"]) == ([1, 1], 1)
    assert found["type"] == "MMNeuroOnco", "a type of our own, for which no model class has a prompt"
    assert found["models"] == ["mmneuroonco_reference", "mmneuroonco_always_e"]


def test_the_tested_version_is_silent_and_another_is_warned_of(probe: tuple[dict[str, Any], Path]) -> None:
    found = probe[0]["registration"]
    assert found["warned"] == []
    assert len(found["warned_of_version"]) == 1
    assert f"not {found['version']}" in found["warned_of_version"][0]


def test_prompts_are_the_protocols_and_pictures_go_by_opaque_paths(probe: tuple[dict[str, Any], Path]) -> None:
    found, folder = probe[0]["questions"], probe[1]
    benchmark = load_benchmark("closed", annotations=folder / "made" / "closed.json", images=folder / "made")
    assert found["qid"] == list(CLOSED_QIDS)
    assert found["same_from_a_row"]
    assert not {"image", "A", "B"} & set(found["columns"]), "no base64, and nothing to build another prompt from"
    assert len(set(found["index"])) == len(CLOSED_QIDS)
    for qid, message in zip(found["qid"], found["messages"], strict=True):
        assert [part["type"] for part in message] == ["image", "text"]
        assert message[1]["value"] == DIRECT.text(benchmark[qid])
        path = Path(message[0]["value"])
        assert path.parent == folder / "home" / "images"
        assert int(path.stem) == benchmark[qid].picture.id
    assert probe[0]["without_brats"] == [qid for qid in CLOSED_QIDS if qid[0] in "12"]


def test_a_papers_own_words_are_asked_and_signed(probe: tuple[dict[str, Any], Path]) -> None:
    found, folder = probe[0]["own_protocol"], probe[1]
    benchmark = load_benchmark("closed", annotations=folder / "made" / "closed.json", images=folder / "made")
    protocol = read_protocol(folder / "paper.json")
    assert [part["type"] for part in found["message"]] == ["text", "text", "image"]
    assert found["message"][0] == {"role": "system", "type": "text", "value": "Read."}
    assert found["message"][1]["value"] == protocol.text(benchmark.questions[0])
    assert f"|prompt:{protocol.key}|" in found["signature"]
    assert "template lacks {options}; correct the template." in found["stopped"]


@pytest.mark.parametrize("suffix", ["xlsx", "tsv", "csv", "json"])
def test_treacherous_responses_are_read_as_what_they_are(probe: tuple[dict[str, Any], Path], suffix: str) -> None:
    """A two-option question, E in several wordings, a refusal, an empty cell, an integer, NaN, a failure string."""
    found, folder = probe[0]["evaluation"][suffix], probe[1]
    result = read_json(folder / suffix / "m_MMNeuroOnco_result.json")
    assert {qid: (answer["outcome"], answer["letter"]) for qid, answer in result["answers"].items()} == {
        "1_q1": ("unparsed", None),
        "2_q1": ("answered", "B"),
        "2_q2": ("rejected", "E"),
        "3_q1": ("refused", None),
        "3_q2": ("failed", None),
        "3_q3": ("unparsed", None),
        "3_q4": ("failed", None),
        "3_q5": ("rejected", "E"),
        "3_q6": ("failed", None),
        "4_q1": ("rejected", "E"),
    }
    assert found["returned"]["accuracy"] == 2 / 10
    assert found["primary"] == {name: found["returned"][name] for name in ("accuracy", "h_score")}
    assert found["returned"]["signature"] == result["signature_line"]
    assert found["judge"] == {"failed": 0, "total": 0}
    names = ["m_MMNeuroOnco_acc.csv", "m_MMNeuroOnco_answers.xlsx", "m_MMNeuroOnco_result.json"]
    assert found["files"] == sorted([f"m_MMNeuroOnco.{suffix}", *names])
    table = (folder / suffix / "m_MMNeuroOnco_acc.csv").read_text(encoding="utf-8").splitlines()
    assert table[0].startswith('"category","n","accuracy","rejection_aware_accuracy"')
    assert [line.split(",")[0] for line in table[1:4]] == ['"Overall"', '"diagnosis"', '"modality"']


def test_e_in_every_wording_is_a_rejection(probe: tuple[dict[str, Any], Path]) -> None:
    read = probe[0]["rejections"]
    assert len(read) == 16
    assert {wording: outcomes for wording, outcomes in read.items() if set(outcomes) != {"rejected"}} == {}


def test_without_a_judge_one_line_says_how_to_have_one(probe: tuple[dict[str, Any], Path]) -> None:
    off = probe[0]["judge_off"]
    assert "give VLMEvalKit --judge <model>" in off["unnamed"]
    assert "set its key in OPENAI_API_KEY" in off["without a key"]
    assert "'gpt-4o' fails with NotImplementedError" in off["broken"]
    for line in off.values():
        assert line.startswith("The judge was off; to use one, ")
        assert "\n" not in line and "a-secret-key" not in line


@pytest.mark.parametrize("suffix", ["xlsx", "tsv", "csv", "json"])
def test_score_says_the_same_of_the_sheet(probe: tuple[dict[str, Any], Path], suffix: str) -> None:
    folder = probe[1]
    benchmark = load_benchmark("closed", annotations=folder / "made" / "closed.json")
    sheet = folder / suffix / f"m_MMNeuroOnco.{suffix}"
    scored = score_predictions(benchmark, read_predictions(sheet))
    told = read_json(folder / suffix / "m_MMNeuroOnco_result.json")
    assert {**scored, "signature": None, "signature_line": None} == {**told, "signature": None, "signature_line": None}
    assert scored["signature"]["via"] == told["signature"]["via"]


def test_nothing_is_lost_when_the_host_reads_its_own_sheet_again(probe: tuple[dict[str, Any], Path]) -> None:
    assert probe[0]["lost_in_reuse"] == {"xlsx": [], "tsv": []}


def test_asking_and_scoring_can_be_two_runs(probe: tuple[dict[str, Any], Path]) -> None:
    """`--mode infer`, then `--mode eval --reuse`."""
    found, folder = probe[0]["modes"], probe[1]
    assert found["infer"] == ["MMNeuroOnco.xlsx"]
    scored = ["MMNeuroOnco.xlsx", "MMNeuroOnco_acc.csv", "MMNeuroOnco_answers.xlsx", "MMNeuroOnco_result.json"]
    assert found["eval"] == scored
    (result,) = (path for path in folder.rglob("*_always_e_*_result.json") if not path.is_symlink())
    assert read_json(result)["counts"]["rejected"] == 9, "all but the one question that offers no E"


@pytest.mark.parametrize("mode", ["local", "api"])
def test_a_missing_picture_stops_the_run_with_one_sentence(probe: tuple[dict[str, Any], Path], mode: str) -> None:
    said = probe[0]["stopped"][mode]
    assert "image 3 is missing" in said
    assert "mmneuroonco prepare" in said
    assert "\n" not in said
    assert not any(path in said for path in PATHS.values())


# A model behind HTTP.


def fails(text: str) -> bool:
    """Whether this question is one of the tenth for which the model has a bad day."""
    return draw(text)[2] % 10 == 0


def metrics_of(benchmark: ClosedBenchmark, responses: Mapping[str, str]) -> dict[str, Any]:
    """Every metric with its interval, straight from our core, as result files hold them."""
    answers = {qid: read_answer(response, benchmark[qid].options) for qid, response in responses.items()}
    metrics: dict[str, Any] = score_closed_run(benchmark, answers, Run(), with_trust_rows=False)[1]["metrics"]
    return metrics


def expected_metrics(benchmark: ClosedBenchmark, failing: Callable[[str], bool] = lambda text: False) -> dict[str, Any]:
    texts = {question.qid: DIRECT.text(question) for question in benchmark.questions}
    return metrics_of(benchmark, {qid: "" if failing(text) else styled(text) for qid, text in texts.items()})


def test_failed_rows_and_a_killed_run_are_taken_up_again(host: VlmEval, phantoms: ClosedBenchmark) -> None:
    texts = [DIRECT.text(question) for question in phantoms.questions]
    at_once, half = 8, Event()
    served: list[str] = []

    def bad_day(messages: Messages, number: int) -> str | Failure:
        if number >= len(texts) // 2:
            half.set()
        return Failure(500) if fails(text_of(messages)) else good_day(messages, number)

    def good_day(messages: Messages, number: int) -> str:
        served.append(text_of(messages))
        return styled(text_of(messages))

    with OpenAIStub(bad_day) as stub:
        flags = (
            *("--model", "stub", "--base-url", stub.base_url, "--work-dir", "out", "--api-mode"),
            *("--api-nproc", str(at_once), "--retry", "1"),
            # An adapter that puts the picture after the text, where the dataset does not insist.
            *("--custom-prompt", "internvl2"),
            *("--data", PHANTOM),
        )
        host.run_until(half, *flags)
        assert any(request.status == 500 for request in stub.requests)

        second = host.run(*flags, "--reuse")
        after_kill = newest_result(host, second)
        assert sorted(set(served)) == sorted({text for text in texts if not fails(text)})
        assert len(served) <= sum(not fails(text) for text in texts) + 2 * at_once, "only what was under way again"
        assert after_kill["metrics"] == expected_metrics(phantoms, fails)
        assert after_kill["counts"]["failed"] == sum(map(fails, texts))
        assert f"({sum(map(fails, texts))}/{len(texts)})" in second.output, "VLMEvalKit's own count of failures agrees"

        stub.requests.clear()
        stub.answer = good_day
        # The open questions come along, with VLMEvalKit's own judge.
        opened = load_benchmark("open", home=Home(host.home))
        asked = [OPEN.text(question) for question in opened.questions]
        with OpenAIStub(full_marks) as judge:
            judged = ("--judge", "marker", "--judge-base-url", judge.base_url, "--judge-key", "not-a-key")
            third = host.run(*flags, "MMNeuroOnco_Open", "--reuse", *judged)
        assert sorted(request.text for request in stub.requests) == sorted([*filter(fails, texts), *asked])
        assert newest_result(host, third)["metrics"] == expected_metrics(phantoms)
        for request in stub.requests:
            assert request.order == ["image_url", "text"], "the picture comes first"
    assert re.search(r"accuracy +0\.\d+", third.output) and "h_score" in third.output, "the summary shows both"

    told = newest_result(host, third, "MMNeuroOnco_Open", ["attribute_balanced_accuracy", "keyword_f1"])
    ours = score_open_run(opened, {q.qid: styled(OPEN.text(q)) for q in opened.questions}, Run(), with_rows=False)[1]
    assert {name: told["metrics"][name] for name in ours["metrics"]} == ours["metrics"]
    assert told["metrics"]["judge_score"]["value"] == 1
    assert told["signature"]["judge"].startswith("marker-")
    assert re.search(r"MMNeuroOnco_Open +0\.00% \(0/5\) +0\.00% \(0/5\)", third.output), "nothing failed, nor the judge"


def full_marks(messages: Messages, number: int) -> str:
    """A judge that finds everything right."""
    (item,) = re.findall(r"^Item: (\w+)$", text_of(messages), re.MULTILINE)
    none = {"contradicts_reference": False, "unsupported_findings": False, "refused": False}
    return json.dumps({"item": item, "correctness": 4, **none})


def newest_result(
    host: VlmEval, done: Finished, dataset: str = PHANTOM, primary: Sequence[str] = ("accuracy", "h_score")
) -> dict[str, Any]:
    """Our result file of the newest run in ``out``, as VLMEvalKit's status file tells of it too."""
    runs = sorted((host.folder / "out" / "stub").glob("T*"))
    assert runs, done.output[-3000:]
    status = read_json(runs[-1] / "status.json")["datasets"][dataset]
    assert status.get("primary_metric") == list(primary), done.output[-3000:]
    result = read_json(runs[-1] / f"stub_{dataset}_result.json")
    for name in primary:
        assert status["metrics"][name] == result["metrics"][name]["value"]
    return result


# Models in the process.


@pytest.fixture(scope="module")
def enabled(host: VlmEval) -> VlmEval:
    """An environment in which ``mmneuroonco enable`` has been run; nothing else there knows of us."""
    return host.enabled()


def test_enabled_the_hosts_own_command_runs_our_models_and_a_real_tiny_one(host: VlmEval, enabled: VlmEval) -> None:
    """By a ``--config`` file, which names our class and VLMEvalKit's class of an Idefics3 with random weights."""
    host.python_run(str(TESTS / "tiny_vlm.py"), str(host.folder / "tiny"))
    tiny = {"class": "DOCLING", "model_path": str(host.folder / "tiny"), "max_new_tokens": 4}
    models = {"mmneuroonco_reference": {}, "tiny": tiny}
    data = {"MMNeuroOnco": {"class": "MMNeuroOncoClosed", "dataset": "MMNeuroOnco"}}
    (host.folder / "config.json").write_text(json.dumps({"model": models, "data": data}), encoding="utf-8")
    flags = ("--config", "config.json", "--work-dir", "one")
    with read_only(host.home):  # as a home that many users share
        done = enabled.python_run(str(TESTS / "vlmeval_launch.py"), *flags, first=as_anybody)

    assert result_of(host.folder / "one", "mmneuroonco_reference_MMNeuroOnco", done)["counts"]["asked"] == 10
    noise = result_of(host.folder / "one", "tiny_MMNeuroOnco", done)
    assert noise["counts"]["asked"] == 10
    assert noise["counts"]["failed"] == noise["counts"]["missing"] == 0
    assert noise["signature"]["model"] == "tiny"


def test_two_processes_give_what_one_gives(host: VlmEval, enabled: VlmEval, phantoms: ClosedBenchmark) -> None:
    """One process of VLMEvalKit on the made-up questions, none but ours on the phantoms: to the last digit."""
    launch = ("-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2", str(TESTS / "vlmeval_launch.py"))
    flags = ("--data", "MMNeuroOnco", PHANTOM, "--model", "mmneuroonco_reference", "--work-dir", "two")
    done = enabled.python_run(*launch, *flags)
    two = result_of(host.folder / "two", "mmneuroonco_reference_MMNeuroOnco", done)
    one = result_of(host.folder / "one", "mmneuroonco_reference_MMNeuroOnco", done)
    assert two == one

    reader = ReferenceReader()
    seen = {q.qid: reader.answer(phantoms.images.open(q.picture), DIRECT.text(q)) for q in phantoms.questions}
    drawn = result_of(host.folder / "two", f"mmneuroonco_reference_{PHANTOM}", done)
    assert drawn["metrics"] == metrics_of(phantoms, seen)
    assert drawn["metrics"]["h_score"]["value"] > 0.9, "the reference reader sees the pictures through VLMEvalKit"


def result_of(folder: Path, stem: str, done: Finished) -> dict[str, Any]:
    """Our result file beside a prediction sheet; links to it do not count."""
    found = [path for path in folder.rglob(f"{stem}_result.json") if not path.is_symlink()]
    assert len(found) == 1, done.output[-5000:]
    return read_json(found[0])


def test_the_tsv_runs_in_a_plain_vlmevalkit_and_score_takes_its_sheet(host: VlmEval, phantoms: ClosedBenchmark) -> None:
    """Without any plugin VLMEvalKit asks in its own words; what it predicts is scored by ours."""
    own_home = {"MMNEUROONCO_HOME": str(host.home / "phantom")}
    command = str(host.python.parent / "mmneuroonco")
    exported = host.python_run(command, "export", "vlmeval-tsv", **own_home)
    assert "--data MMNeuroOnco_TSV --model" in exported.output
    by_picture: dict[str, list[ClosedQuestion]] = {}
    for question in phantoms.questions:
        by_picture.setdefault(phantoms.images.path(question.picture).name, []).append(question)

    def right(messages: Messages, number: int) -> str:
        (url,) = images_of(messages)
        asked = [q for q in by_picture[Path(str(url)).name] if q.question in text_of(messages)]
        return asked[0].answer

    with OpenAIStub(right) as stub:
        flags = ("--data", "MMNeuroOnco_TSV", "--model", "stub", "--base-url", stub.base_url, "--local-media")
        done = host.python_run(
            *(str(TESTS / "vlmeval_launch.py"), *flags, "--api-nproc", "32", "--judge", "exact_matching"),
            *("--mode", "infer", "--work-dir", "plain"),
        )
    sheets = [path for path in (host.folder / "plain").rglob("stub_MMNeuroOnco_TSV.xlsx") if not path.is_symlink()]
    assert len(sheets) == 1, done.output[-3000:]
    told = host.python_run(command, "score", str(sheets[0]), "-o", "plain_result.json", **own_home)
    assert told.returncode == 0, told.output
    scored = read_json(host.folder / "plain_result.json")
    assert scored["metrics"]["accuracy"]["value"] == 1
    assert scored["counts"]["asked"] == len(phantoms)


# The released questions, with stand-in pictures.


@pytest.fixture(scope="module")
def released_host(host: VlmEval, released: Path) -> VlmEval:
    """The same with the released questions in a home of their own."""
    annotations = released / "benchmark" / "mm-neuroonco_benchmark_closed_v1.0.json"
    own = replace(host, folder=host.folder / "released")
    draw_standins(annotations, own.folder / "standins")
    prepare(Home(own.home), [annotations], [own.folder / "standins"])
    return own


@pytest.mark.parametrize(
    ("dataset", "scope", "mode", "questions"),
    [
        ("MMNeuroOnco", "full", ["--api-mode"], 3190),
        ("MMNeuroOnco", "full", [], 3190),
        ("MMNeuroOnco_NoBraTS", "nobrats", ["--api-mode"], 2512),
    ],
    ids=["api", "local", "nobrats"],
)
def test_every_released_prompt_arrives_as_it_is_and_the_number_is_ours(
    released_host: VlmEval, dataset: str, scope: str, mode: list[str], questions: int
) -> None:
    """In API and in local mode: text, picture and order of each request; every metric to the last digit."""
    host = released_host
    folder = f"{dataset}{'-'.join(mode)}"
    benchmark = load_benchmark("closed", home=Home(host.home), scope=scope)
    assert len(benchmark) == questions
    with OpenAIStub(lambda messages, number: styled(text_of(messages))) as stub:
        flags = ("--data", dataset, "--model", "stub", "--base-url", stub.base_url, "--local-media", "--retry", "1")
        done = host.run(*flags, "--api-nproc", "32", "--work-dir", folder, *mode)
    arrived = sorted((str(request.images[0]), request.text) for request in stub.requests)
    assert arrived == sorted(
        (f"file://{benchmark.images.path(question.picture).resolve()}", DIRECT.text(question))
        for question in benchmark.questions
    ), done.output[-3000:]
    assert all(request.order == ["image_url", "text"] for request in stub.requests)
    result = result_of(host.folder / folder, f"stub_{dataset}", done)
    assert result["metrics"] == expected_metrics(benchmark)
    assert (result["signature"]["n"], result["signature"]["scope"]) == (questions, scope)
