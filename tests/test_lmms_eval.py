"""lmms-eval, unmodified from the package index, runs our tasks as its users run any other."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from command import as_anybody, read_only
from frameworks import LmmsEval, only, python_of, read_json
from openai_stub import Failure, Messages, OpenAIStub, images_of, pixels, text_of
from standins import draw_standins
from styles import PICKS

from mmneuroonco_tasks.benchmark import ClosedBenchmark, ClosedQuestion, load_benchmark
from mmneuroonco_tasks.benchmark.home import Home
from mmneuroonco_tasks.prompts import BATCH, DIRECT
from mmneuroonco_tasks.scores import TABLE_METRICS

pytestmark = pytest.mark.lmms_eval
PHANTOM = "mmneuroonco_phantom_closed"


@pytest.fixture(scope="module")
def lmms(tmp_path_factory: pytest.TempPathFactory) -> LmmsEval:
    return LmmsEval(python_of("MMNEUROONCO_LMMS_EVAL_PYTHON"), tmp_path_factory.mktemp("lmms") / "home")


@pytest.fixture(scope="module")
def phantoms(lmms: LmmsEval) -> ClosedBenchmark:
    """The phantom benchmark, which the first run draws into the home."""
    done = lmms.run("lmms-eval", "--tasks", PHANTOM, "--model", "dummy", "--limit", "2")
    assert PHANTOM in done.output
    return load_benchmark("closed", home=Home(lmms.home / "phantom"))


def test_every_way_of_starting_lmms_eval_finds_the_tasks(lmms: LmmsEval, phantoms: ClosedBenchmark) -> None:
    listed = lmms.run("lmms-eval", "--tasks", "list").output
    for task in ("mmneuroonco_closed", "mmneuroonco_closed_nobrats", PHANTOM):
        assert f"- {task}\n" in listed
    options = ("--tasks", PHANTOM, "--model", "dummy", "--limit", "7")
    assert "accuracy" in lmms.run("lmms-eval", "eval", *options).table(PHANTOM)
    # The open questions come along: a judge is named, and lmms-eval has no key for it.
    opened = "mmneuroonco_phantom_open"
    options = ("--tasks", f"{PHANTOM},{opened}", *options[2:])
    done = lmms.run("python", "-m", "lmms_eval", *options, MMNEUROONCO_JUDGE_MODEL="marker", OPENAI_API_KEY="")
    assert "accuracy" in done.table(PHANTOM)
    assert done.table(opened)["attribute_balanced_accuracy"][0] == "0"
    assert done.output.count("The judge was off; to use one, set OPENAI_API_KEY") == 1


def test_simple_evaluate_finds_the_tasks(lmms: LmmsEval, phantoms: ClosedBenchmark) -> None:
    code = (
        "from lmms_eval.evaluator import simple_evaluate\n"
        f"results = simple_evaluate(model='dummy', tasks=['{PHANTOM}'], limit=7)\n"
        f"print('ACCURACY', results['results']['{PHANTOM}']['accuracy,none'])\n"
    )
    expected = sum(question.answer == "A" for question in phantoms.questions[:7]) / 7
    with read_only(lmms.home):  # as a home that many users share
        assert f"ACCURACY {expected}" in lmms.run("python", "-c", code, first=as_anybody).output


def test_sub_commands_that_load_no_plugin_find_the_tasks_by_include_path(lmms: LmmsEval) -> None:
    folder = lmms.run("mmneuroonco", "paths", "tasks").output.strip()
    assert "mmneuroonco_closed" in lmms.run("lmms-eval", "tasks", "list", "--include-path", folder).output
    assert "site-packages" in folder, "the installed package carries its YAML files"


def test_a_name_that_does_not_exist_is_not_found(lmms: LmmsEval) -> None:
    done = lmms.run("lmms-eval", "--tasks", "mmneuroonco_nothing", "--model", "dummy")
    assert "not found" in done.output


def test_the_released_questions_through_dummy(lmms: LmmsEval, released: Path, tmp_path: Path) -> None:
    """A everywhere is 714 of 3,190, in the table, in the logs, in our file and by `score`, to the last digit."""
    draw_standins(released / "benchmark" / "mm-neuroonco_benchmark_closed_v1.0.json", tmp_path / "pictures")
    home = LmmsEval(lmms.python, tmp_path / "home")
    prepared = home.run(
        "mmneuroonco", "prepare", "--annotations", str(released), "--images", str(tmp_path / "pictures")
    )
    assert prepared.returncode == 0, prepared.output
    tasks = ("mmneuroonco_closed", "mmneuroonco_closed_nobrats")
    done = home.run(
        *("lmms-eval", "--tasks", ",".join(tasks), "--model", "dummy", "--output_path", "out", "--log_samples")
    )
    values = read_json(only(tmp_path / "out", "*_results.json"))["results"]
    assert values["mmneuroonco_closed"]["accuracy,none"] == 714 / 3190
    assert done.table("mmneuroonco_closed")["accuracy"] == ("0.2238", "0.0070")
    assert done.table("mmneuroonco_closed")["trap_accuracy"][0] == "0"

    for task in tasks:
        samples = only(tmp_path / "out", f"*_samples_{task}.jsonl")
        stored = read_json(only(tmp_path / "out", f"*_{task}_result.json"))
        scored = home.score(samples)
        assert scored == stored
        for name in TABLE_METRICS:
            assert values[task][f"{name},none"] == scored["metrics"][name]["value"], name
            assert values[task][f"{name}_stderr,none"] == scored["metrics"][name]["stderr"], name
    assert stored["signature_line"] in done.output

    written = "".join(path.read_text(encoding="utf-8") for path in (tmp_path / "out").rglob("*") if path.is_file())
    for picture in load_benchmark("closed", home=Home(home.home)).pictures:
        assert picture.path not in written, "a released path names the diagnosis"


def test_lmms_evals_own_clustered_error_agrees_with_ours(lmms: LmmsEval, phantoms: ClosedBenchmark) -> None:
    code = (
        "from lmms_eval.evaluator import simple_evaluate\n"
        f"results = simple_evaluate(model='dummy', tasks=['{PHANTOM}'])['results']['{PHANTOM}']\n"
        "for name in ('accuracy', 'rejection_aware_accuracy', 'answerable_accuracy', 'accuracy_diagnosis'):\n"
        "    print('ERRORS', results[name + '_stderr,none'], results[name + '_stderr_clustered,none'])\n"
    )
    pairs = re.findall(r"ERRORS (\S+) (\S+)", lmms.run("python", "-c", code).output)
    assert len(pairs) == 4
    for ours, theirs in pairs:
        # Theirs divides by n − 1 within clusters, ours by n: the ratio goes to 1 with the number of questions.
        assert float(ours) == pytest.approx(float(theirs), rel=0.01)


def test_two_ranks_give_what_one_gives(lmms: LmmsEval, phantoms: ClosedBenchmark, tmp_path: Path) -> None:
    options = ("--tasks", PHANTOM, "--model", "mmneuroonco_reference", "--log_samples", "--output_path")
    one = lmms.run("lmms-eval", *options, str(tmp_path / "one"))
    two = lmms.run(
        *("torchrun", "--standalone", "--nproc_per_node=2", "-m", "lmms_eval", *options, str(tmp_path / "two"))
    )
    assert one.table(PHANTOM)
    assert two.table(PHANTOM) == one.table(PHANTOM)
    first, second = (read_json(only(tmp_path / name, "*_result.json")) for name in ("one", "two"))
    assert first == second
    assert first["counts"]["asked"] == len(phantoms)


class StyledModel:
    """Answers from the key in many styles; knows the question by its picture and its text.

    Of ten questions one gets a wrong letter, one a refusal, one an empty answer, one never gets an answer; the others
    are right, the first try of one of them failing.
    """

    def __init__(self, benchmark: ClosedBenchmark) -> None:
        self.question_of: dict[tuple[str, str], ClosedQuestion] = {
            (pixels(benchmark.images.open(question.picture)), DIRECT.text(question)): question
            for question in benchmark.questions
        }
        self.asked: list[str] = []

    @staticmethod
    def kind(qid: str) -> int:
        return sha256(qid.encode()).digest()[0] % 10

    def __call__(self, messages: Messages, number: int) -> str | Failure:
        (picture,) = images_of(messages)
        question = self.question_of[pixels(picture), text_of(messages)]
        first_time = question.qid not in self.asked
        self.asked.append(question.qid)
        kind = self.kind(question.qid)
        if kind == 9 or (kind == 8 and first_time):
            return Failure(500)
        if kind == 7:
            return ""
        if kind == 6:
            return "I'm sorry, but I can't interpret medical images."
        letters = list(question.options)
        letter = question.answer if kind != 5 else letters[letters.index(question.answer) - 1]
        styles = [style for style in PICKS if "{letter}" in style]
        style = styles[len(self.asked) % len(styles)]
        return style.format(letter=letter, option=question.options[letter])


@pytest.fixture(scope="module")
def styled(lmms: LmmsEval, phantoms: ClosedBenchmark) -> Iterator[tuple[OpenAIStub, StyledModel]]:
    model = StyledModel(phantoms)
    with OpenAIStub(model) as stub:
        yield stub, model


def test_styles_refusals_and_failures_are_counted_as_what_they_are(
    lmms: LmmsEval, phantoms: ClosedBenchmark, styled: tuple[OpenAIStub, StyledModel], tmp_path: Path
) -> None:
    stub, model = styled
    done = lmms.run(
        *("lmms-eval", "--tasks", PHANTOM, "--model", "openai", "--output_path", "out", "--log_samples"),
        *("--model_args", "model=stub,max_retries=2,retry_backoff_s=0,timeout=60,num_concurrent=4"),
        OPENAI_API_KEY="not-a-key",
        OPENAI_API_BASE=stub.base_url,
        OPENAI_BASE_URL=stub.base_url,
    )
    result = read_json(only(lmms.home.parent / "out", "*_result.json"))
    kinds = [model.kind(question.qid) for question in phantoms.questions]
    right = sum(kind in (0, 1, 2, 3, 4, 8) for kind in kinds)
    assert result["metrics"]["accuracy"]["value"] == right / len(phantoms), done.output[-3000:]
    counts = result["counts"]
    assert counts["refused"] == kinds.count(6)
    assert counts["failed"] == kinds.count(7) + kinds.count(9)
    assert counts["unparsed"] == counts["ambiguous"] == counts["missing"] == 0
    assert f"failed:{counts['failed']}" in done.signature
    assert set(model.asked) == {question.qid for question in phantoms.questions}
    for request in stub.requests:
        assert request.order == ["image_url", "text"], "the picture comes first"
        assert request.body["max_tokens"] == DIRECT.max_new_tokens
    assert lmms.score(only(lmms.home.parent / "out", "*_samples_*.jsonl"))["metrics"] == result["metrics"]


def test_one_request_an_image_scores_as_one_a_question(
    lmms: LmmsEval, phantoms: ClosedBenchmark, tmp_path: Path
) -> None:
    """The same picks, asked 3.19 times as often: B where it is right or the picture's number is even, else E."""

    def pick(question: ClosedQuestion) -> str:
        return "B" if question.answer == "B" or question.picture.id % 2 == 0 else "E"

    by_picture: dict[str, list[ClosedQuestion]] = {}
    for question in phantoms.questions:
        by_picture.setdefault(pixels(phantoms.images.open(question.picture)), []).append(question)

    def answer(messages: Messages, number: int) -> str:
        questions = by_picture[pixels(images_of(messages)[0])]
        if BATCH.text(*questions) == text_of(messages):
            return "\n".join(f"Q{place}: {pick(question)}" for place, question in enumerate(questions, 1))
        (asked,) = (question for question in questions if DIRECT.text(question) == text_of(messages))
        return pick(asked)

    results = {}
    with OpenAIStub(answer) as stub:
        for task in (PHANTOM, f"{PHANTOM}_batch"):
            stub.requests.clear()
            lmms.run(
                *("lmms-eval", "--tasks", task, "--model", "openai", "--output_path", str(tmp_path / task)),
                *("--model_args", "model=stub,max_retries=1", "--log_samples"),
                OPENAI_API_KEY="not-a-key",
                OPENAI_BASE_URL=stub.base_url,
                OPENAI_API_BASE=stub.base_url,
            )
            results[task] = read_json(only(tmp_path / task, "*_result.json"))
            assert stub.count == (len(phantoms) if task == PHANTOM else len(phantoms.pictures))
    direct, batch = results.values()
    assert batch["metrics"] == direct["metrics"]
    assert batch["signature"]["per"] == "image" and direct["signature"]["per"] == "question"
    assert lmms.score(only(tmp_path / f"{PHANTOM}_batch", "*_samples_*.jsonl"))["metrics"] == direct["metrics"]


def test_a_damaged_picture_stops_the_run_before_the_first_request(
    lmms: LmmsEval, phantoms: ClosedBenchmark, styled: tuple[OpenAIStub, StyledModel], tmp_path: Path
) -> None:
    stub, _ = styled
    before = stub.count
    broken = LmmsEval(lmms.python, tmp_path / "home")
    subprocess.run(["cp", "-r", str(lmms.home), str(broken.home)], check=True)
    damaged = Home(broken.home / "phantom")
    picture = damaged.image_files(damaged.manifest())[3]
    picture.write_bytes(picture.read_bytes()[:200])
    done = broken.run(
        *("lmms-eval", "--tasks", PHANTOM, "--model", "openai", "--model_args", "model=stub"),
        OPENAI_API_KEY="not-a-key",
        OPENAI_API_BASE=stub.base_url,
    )
    assert done.returncode == 1
    assert "image 3 is damaged or cut off" in done.output
    assert "mmneuroonco prepare" in done.output
    assert "Traceback" not in done.output
    assert stub.count == before


@pytest.mark.parametrize("form", ["chat", "simple"])
def test_a_real_vision_language_model_with_random_weights(
    lmms: LmmsEval, phantoms: ClosedBenchmark, tmp_path: Path, form: str
) -> None:
    checkpoint = tmp_path / "tiny"
    lmms.run("python", str(Path(__file__).with_name("tiny_models.py")), str(checkpoint))
    done = lmms.run(
        *("lmms-eval", "--tasks", PHANTOM, "--model", "qwen2_5_vl", "--device", "cpu", "--limit", "6"),
        *("--model_args", f"pretrained={checkpoint},device_map=cpu,max_pixels=50176,min_pixels=784"),
        *("--output_path", str(tmp_path / "out"), "--log_samples"),
        *(["--force_simple"] if form == "simple" else []),
    )
    result = read_json(only(tmp_path / "out", "*_result.json"))
    assert result["counts"]["asked"] == 6, done.output[-3000:]
    assert result["signature"]["model"] == "tiny"
    assert "PARTIAL" in done.signature and "n:6/" in done.signature
    assert lmms.score(only(tmp_path / "out", "*_samples_*.jsonl")) == result
