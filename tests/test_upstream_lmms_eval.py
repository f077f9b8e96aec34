"""The pull request in lmms-eval's own files, run by the real lmms-eval where our package is not."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from frameworks import Finished, LmmsEval, home_of_phantoms, only, python_of, read_json
from openai_stub import OpenAIStub
from standins import draw_standins
from styles import respond_or_fail
from upstream_trees import checkout_of_package, git, without_our_package

from mmneuroonco_tasks.answers import Answer
from mmneuroonco_tasks.benchmark import load_benchmark
from mmneuroonco_tasks.benchmark.home import Home
from mmneuroonco_tasks.benchmark.prepare import prepare
from mmneuroonco_tasks.cli.runs import Choices, score_file
from mmneuroonco_tasks.prompts import DIRECT
from mmneuroonco_tasks.scores import TABLE_METRICS, score_closed
from mmneuroonco_tasks.upstream.description import describe
from mmneuroonco_tasks.upstream.lmms_eval import PROJECT
from mmneuroonco_tasks.upstream.project import write_pull_request
from mmneuroonco_tasks.upstream.validation import validated

pytestmark = pytest.mark.lmms_eval
CLOSED, NOBRATS = PROJECT.tasks


class InTree:
    """lmms-eval's files with the pull request, and lmms-eval's environment without our package."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.python = python_of("MMNEUROONCO_LMMS_EVAL_PYTHON")
        self.checkout = checkout_of_package(self.python, "lmms_eval", folder / "checkout")
        self.written = write_pull_request(PROJECT, self.checkout)

    def run(self, *command: str, home: Path, **more: str) -> Finished:
        """Run a command of the environment, in the folder of the run."""
        environment = without_our_package(self.folder, self.checkout)
        environment |= {"HF_HOME": str(self.folder / "hf"), "COLUMNS": "200", "MMNEUROONCO_HOME": str(home), **more}
        done = subprocess.run(
            [str(self.python.parent / command[0]), *command[1:]],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=900,
            cwd=self.folder,
            check=False,
        )
        return Finished(done.returncode, done.stdout.decode("utf-8", "replace"))


@pytest.fixture(scope="module")
def in_tree(tmp_path_factory: pytest.TempPathFactory) -> InTree:
    return InTree(tmp_path_factory.mktemp("upstream"))


@pytest.fixture(scope="module")
def home(in_tree: InTree) -> Path:
    """Phantoms where the released questions would be."""
    return home_of_phantoms(in_tree.folder, 40)


def test_their_own_test_passes_where_our_package_is_not(in_tree: InTree, home: Path) -> None:
    """The environment is the one of all runs below."""
    ours = in_tree.run("python", "-c", "import mmneuroonco_tasks", home=home)
    assert ours.returncode == 1 and "No module named 'mmneuroonco_tasks'" in ours.output
    test = in_tree.checkout / "test/eval/test_mmneuroonco_utils.py"
    done = in_tree.run("python", "-m", "pytest", "-q", "-p", "no:cacheprovider", str(test), home=home)
    assert done.returncode == 0, done.output[-3000:]
    assert re.search(r"\d\d passed", done.output)


def test_the_numbers_are_those_of_our_plugin_to_the_last_digit(in_tree: InTree, home: Path) -> None:
    """Values and standard errors of both tasks, the plugin and the pull request asking the same model."""
    model = "model=stub,max_retries=1,retry_backoff_s=0,timeout=60,num_concurrent=4"
    command = ("lmms-eval", "--model", "openai", "--model_args", model, "--tasks", f"{CLOSED},{NOBRATS}")
    with OpenAIStub(respond_or_fail(400)) as stub:
        key = {"OPENAI_API_KEY": "not-a-key", "OPENAI_API_BASE": stub.base_url, "OPENAI_BASE_URL": stub.base_url}
        done = in_tree.run(*command, "--log_samples", "--output_path", "theirs", home=home, **key)
        requests = list(stub.requests)
        stub.requests.clear()
        plugin = LmmsEval(in_tree.python, home)
        ours = plugin.run(*command, "--log_samples", "--output_path", "ours", **key)
        asked_by_plugin = list(stub.requests)
    benchmark = load_benchmark("closed", home=Home(home))
    assert {request.text for request in requests} == {DIRECT.text(question) for question in benchmark.questions}
    for request in requests:
        assert request.order == ["image_url", "text"], "the picture comes first"
        assert request.body["max_tokens"] == DIRECT.max_new_tokens
    pictures = [sorted((each.text, each.images[0]) for each in asked) for asked in (requests, asked_by_plugin)]
    assert pictures[0] == pictures[1], "the same text with the same picture"

    results = [read_json(only(in_tree.folder / name, "*_results.json"))["results"] for name in ("theirs", "ours")]
    for task in PROJECT.tasks:
        theirs, plugins = (result[task] for result in results)
        assert 0 < theirs["accuracy,none"] < 1 and theirs["failure_rate,none"] > 0, done.output[-3000:]
        assert {name: value for name, value in theirs.items() if name != "alias"} == {
            name: value for name, value in plugins.items() if name != "alias"
        }, ours.output[-3000:]
        assert done.table(task) == ours.table(task)
        assert set(TABLE_METRICS) <= set(done.table(task))
    assert re.search(r"MM-NeuroOnco h_score: 0\.\d+ \[0\.\d+, 0\.\d+\], n = \d+", done.output)


#: lmms-eval asks a model for its device when several ranks run, and its dummy has none.
TWO_RANKS = """\
import torch
from lmms_eval.__main__ import cli_evaluate
from lmms_eval.models.simple.dummy import Dummy

Dummy.device = torch.device("cpu")
cli_evaluate()
"""


def test_two_ranks_give_what_our_scores_say(in_tree: InTree, home: Path) -> None:
    """A everywhere, on questions that two processes share between them."""
    script = in_tree.folder / "two_ranks.py"
    script.write_text(TWO_RANKS, encoding="utf-8")
    ranks = ("torchrun", "--standalone", "--nproc_per_node=2", str(script))
    flags = ("--tasks", CLOSED, "--model", "dummy", "--limit", "40", "--output_path", str(in_tree.folder / "two"))
    done = in_tree.run(*ranks, *flags, home=home)
    questions = load_benchmark("closed", home=Home(home)).questions[:40]
    asked = load_benchmark("closed", home=Home(home)).restricted_to(question.qid for question in questions)
    expected = score_closed(asked, {question.qid: Answer.of_letter("A") for question in questions}).metrics
    found = read_json(only(in_tree.folder / "two", "*_results.json"))["results"][CLOSED]
    for name in TABLE_METRICS:
        assert found[f"{name},none"] == expected[name].value, done.output[-3000:]


def test_missing_pictures_end_the_run_with_one_line(in_tree: InTree, home: Path) -> None:
    bare = in_tree.folder / "bare"
    (bare / "benchmark").mkdir(parents=True)
    (bare / "benchmark" / "closed.json").write_bytes((home / "benchmark" / "closed.json").read_bytes())
    done = in_tree.run("lmms-eval", "--tasks", CLOSED, "--model", "dummy", home=bare)
    lines = [line for line in done.output.splitlines() if line.startswith("MM-NeuroOnco: ")]
    assert done.returncode == 1, done.output[-3000:]
    assert len(lines) == 1 and "is missing" in lines[0] and "MMNEUROONCO_HOME" in lines[0]
    assert "Traceback" not in done.output


def test_the_released_questions_validate_the_pull_request(
    in_tree: InTree, released: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A everywhere is 714 of 3,190; the description is filled from the run, our package scoring it a second time."""
    annotations = released / "benchmark" / "mm-neuroonco_benchmark_closed_v1.0.json"
    draw_standins(annotations, in_tree.folder / "standins")
    home = in_tree.folder / "released"
    prepare(Home(home), [annotations], [in_tree.folder / "standins"])
    flags = ("--tasks", f"{CLOSED},{NOBRATS}", "--model", "dummy", "--log_samples", "--output_path", "dummy")
    done = in_tree.run("lmms-eval", *flags, home=home)
    assert "holds other questions than the released ones" not in done.output
    values = read_json(only(in_tree.folder / "dummy", "*_results.json"))["results"]
    assert values[CLOSED]["accuracy,none"] == 714 / 3190
    monkeypatch.setenv("MMNEUROONCO_HOME", str(home))
    runs = [
        validated(path, score_file(path, Choices(), with_trust_rows=False).result)
        for path in sorted((in_tree.folder / "dummy").rglob("*_samples_*.jsonl"))
    ]
    assert [run.differing for run in runs] == [(), ()]
    text = describe(PROJECT, runs)
    assert "| dummy | `mmneuroonco_closed` | 3,190 | 0.2238 |" in text
    assert "mmneuroonco_closed: accuracy 0.2238, pass" in text
    assert text.count("not run yet") == 2, "their own test, whose report is not here, and the models of others"


def test_the_checkout_has_no_more_than_the_pull_request(in_tree: InTree) -> None:
    assert write_pull_request(PROJECT, in_tree.checkout).changed == ()
    changed = {line[3:] for line in git(in_tree.checkout, "status", "--porcelain", "-uall").splitlines()}
    assert changed == set(in_tree.written.files)
