"""The pull request in VLMEvalKit's own files, run by the real VLMEvalKit where our package is not."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
from frameworks import Finished, home_of_phantoms, python_of, read_json
from openai_stub import OpenAIStub
from styles import respond_or_fail
from upstream_trees import checkout_of_package, committed, git, without_our_package

from mmneuroonco_tasks.benchmark import ClosedBenchmark, load_benchmark
from mmneuroonco_tasks.benchmark.home import Home
from mmneuroonco_tasks.cli.runs import Choices, score_file
from mmneuroonco_tasks.prompts import DIRECT
from mmneuroonco_tasks.scores import TABLE_METRICS
from mmneuroonco_tasks.upstream.description import describe
from mmneuroonco_tasks.upstream.project import write_pull_request
from mmneuroonco_tasks.upstream.validation import validated
from mmneuroonco_tasks.upstream.vlmevalkit import PROJECT

pytestmark = pytest.mark.vlmeval
FULL, NOBRATS = PROJECT.tasks


@dataclass(frozen=True)
class InTree:
    """VLMEvalKit's files with the pull request, and its environment without our package."""

    python: Path
    folder: Path
    checkout: Path

    @property
    def home(self) -> Path:
        return self.folder / "home"

    def run(self, *flags: str, **more: str) -> Finished:
        """The checkout's own ``python run.py FLAGS``; the PyPI edition has it within the package."""
        runner = ["run.py"] if (self.checkout / "run.py").is_file() else ["-m", "vlmeval"]
        environment = {**without_our_package(self.folder, self.checkout), "LMUData": str(self.folder / "lmu")}
        (self.folder / "lmu").mkdir(exist_ok=True)
        done = subprocess.run(
            [str(self.python), *runner, *flags],
            env={**environment, "MMNEUROONCO_HOME": str(self.home), **more},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=900,
            cwd=self.checkout,
            check=False,
        )
        return Finished(done.returncode, done.stdout.decode("utf-8", "replace"))

    def written(self, work_dir: str, name: str) -> Path:
        """The newest file of this name in a run's folder; links to it do not count."""
        found = [path for path in (self.folder / work_dir).rglob(name) if not path.is_symlink()]
        assert found, f"no {name} in {work_dir}"
        return max(found)


@pytest.fixture(scope="module", params=["ms-vlmeval", "checkout"])
def in_tree(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> InTree:
    """Either edition, with phantoms where the released questions would be."""
    root = os.environ.get("VLMEVALKIT_ROOT")
    if request.param == "checkout" and not root:
        pytest.skip("VLMEVALKIT_ROOT is not set: name a checkout of VLMEvalKit to run this test")
    python = python_of("MMNEUROONCO_VLMEVAL_PYTHON")
    folder = tmp_path_factory.mktemp("upstream")
    if root and request.param == "checkout":
        shutil.copytree(root, folder / "tree", ignore=shutil.ignore_patterns(".git", "__pycache__"))
        checkout = committed(folder / "tree")
    else:
        checkout = checkout_of_package(python, "vlmeval", folder / "tree")
    made = write_pull_request(PROJECT, checkout)
    assert (made.remarks, len(made.changed)) == ((), len(made.files))
    home_of_phantoms(folder, 40)
    return InTree(python, folder, checkout)


@pytest.fixture(scope="module")
def phantoms(in_tree: InTree) -> ClosedBenchmark:
    return load_benchmark("closed", home=Home(in_tree.home))


@pytest.mark.parametrize(
    ("dataset", "scope", "mode", "sheet"),
    [(FULL, "full", ("--api-mode",), "xlsx"), (NOBRATS, "nobrats", (), "tsv")],
)
def test_the_numbers_are_ours_to_the_last_digit(
    in_tree: InTree,
    phantoms: ClosedBenchmark,
    monkeypatch: pytest.MonkeyPatch,
    dataset: str,
    scope: str,
    mode: tuple[str, ...],
    sheet: str,
) -> None:
    """In API and in local mode: what arrives at the model, and every metric, our package reading the sheet anew."""
    benchmark = load_benchmark("closed", home=Home(in_tree.home), scope=scope)
    work_dir = str(in_tree.folder / scope)
    with OpenAIStub(respond_or_fail(500)) as stub:
        flags = ("--data", dataset, "--model", "stub", "--base-url", stub.base_url, "--local-media", "--retry", "1")
        done = in_tree.run(*flags, "--api-nproc", "8", "--work-dir", work_dir, *mode, PRED_FORMAT=sheet)
    asked = {(request.text, Path(str(request.images[0])).name) for request in stub.requests}
    assert asked == {
        (DIRECT.text(question), benchmark.images.path(question.picture).name) for question in benchmark.questions
    }, done.output[-3000:]
    assert all(request.order == ["image_url", "text"] for request in stub.requests)

    predictions = in_tree.written(scope, f"stub_{dataset}.{sheet}")
    monkeypatch.setenv("MMNEUROONCO_HOME", str(in_tree.home))
    result = score_file(predictions, Choices(), with_trust_rows=False).result
    theirs = read_json(in_tree.written(scope, f"stub_{dataset}_score.json"))
    assert theirs == {name: result["metrics"][name]["value"] for name in TABLE_METRICS}
    assert 0 < theirs["accuracy"] < 1 and theirs["failure_rate"] > 0 and theirs["refusal_rate"] > 0
    run = validated(predictions, result)
    assert (run.model, run.task, run.questions, run.differing) == ("stub", dataset, len(benchmark), ())
    assert f"{dataset} {len(benchmark):,}" in describe(PROJECT, [run])
    table = in_tree.written(scope, f"stub_{dataset}_acc.csv").read_text(encoding="utf-8").splitlines()
    assert [line.split(",")[0].strip('"') for line in table[1:3]] == ["Overall", "diagnosis"]


def test_missing_pictures_end_the_run_with_one_line_before_any_request(in_tree: InTree) -> None:
    bare = in_tree.folder / "bare" / "benchmark"
    bare.mkdir(parents=True)
    (bare / "closed.json").write_bytes((in_tree.home / "benchmark" / "closed.json").read_bytes())
    with OpenAIStub(respond_or_fail(500)) as stub:
        flags = ("--data", FULL, "--model", "stub", "--base-url", stub.base_url)
        done = in_tree.run(*flags, "--work-dir", str(in_tree.folder / "none"), MMNEUROONCO_HOME=str(bare.parent))
    lines = [line for line in done.output.splitlines() if line.startswith("MM-NeuroOnco: ")]
    assert len(lines) == 1, done.output[-3000:]
    assert "is missing" in lines[0] and "MMNEUROONCO_HOME" in lines[0]
    assert stub.count == 0


def test_a_second_time_changes_nothing(in_tree: InTree) -> None:
    before = git(in_tree.checkout, "status", "--porcelain", "-uall")
    assert write_pull_request(PROJECT, in_tree.checkout).changed == ()
    assert git(in_tree.checkout, "status", "--porcelain", "-uall") == before
