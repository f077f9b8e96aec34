"""`mmneuroonco demo`, with stand-ins for the frameworks: commands, tables, what is said where something is missing.

The real frameworks run it in ``test_demo_frameworks``.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from command import Finished, run_here
from rich.console import Console

from mmneuroonco_tasks import prompts
from mmneuroonco_tasks.answers import Answer, read_answer
from mmneuroonco_tasks.benchmark import load_benchmark
from mmneuroonco_tasks.benchmark.home import Home
from mmneuroonco_tasks.benchmark.prepare import prepare
from mmneuroonco_tasks.cli.demo import closed_table, open_table
from mmneuroonco_tasks.cli.demo_runs import BLIND, CLOSED, OPEN, REJECTING, Framework
from mmneuroonco_tasks.frameworks.lmms_eval import TESTED_VERSIONS
from mmneuroonco_tasks.phantom import write_phantom
from mmneuroonco_tasks.prompts import DIRECT, Protocol
from mmneuroonco_tasks.scores import Run, write_result
from mmneuroonco_tasks.scores.pairs import vision_gain
from mmneuroonco_tasks.scoring import score_closed_run, score_open_run

#: An interpreter that knows what the probes ask, and answers a run with prepared result files.
STAND_IN = """#!{python}
import json, os, shutil, sys
from pathlib import Path
told = json.loads(Path({told!r}).read_text())
words = sys.argv[1:]
with open(told["calls"], "a") as calls:
    calls.write(json.dumps([words, {{name: os.environ.get(name) for name in told["variables"]}}]) + "\\n")
if words[0] == "-c":
    print(told["version"])
    sys.exit()
def after(flag):
    rest = words[words.index(flag) + 1 :]
    return rest[: next((at for at, word in enumerate(rest) if word.startswith("--")), len(rest))]
tasks = after("--tasks")[0].split(",") if "--tasks" in words else after("--data")
folder = Path(after("--output_path" if "--tasks" in words else "--work-dir")[0])
folder.mkdir(parents=True, exist_ok=True)
model = after("--model")[0]
for task in tasks:
    prepared = told["results"].get(model + "/" + task)
    if prepared:
        shutil.copyfile(prepared, folder / ("20260101_" + task + "_result.json"))
print("the framework's own words")
"""
MODELS = {"mmneuroonco_reference": "reference", "dummy": "always-E", "mmneuroonco_always_e": "always-E"}


class StandIns:
    """Interpreters that stand for environments with a framework, in a folder of the test's own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.results = self._results()

    def _results(self) -> dict[str, str]:
        """By model and task, a result file as the frameworks write it for six phantoms."""
        drawn = self.folder / "drawn"
        write_phantom(drawn, images=6, seed=2)
        prepare(Home(self.folder / "demo" / "home" / "phantom"), [drawn], [drawn])
        closed = load_benchmark("closed", annotations=drawn, images=drawn)
        opened = load_benchmark("open", annotations=drawn, images=drawn)
        right = {question.qid: Answer.of_letter(question.answer) for question in closed.questions}
        all_a = {question.qid: Answer.of_letter("A") for question in closed.questions}
        all_e = {
            question.qid: Answer.of_letter("E" if question.offers_rejection else "A") for question in closed.questions
        }
        references = {question.qid: question.reference_answer for question in opened.questions}

        def run(prompt: str) -> Run:
            return Run(prompt=prompt, model="made-up")

        made = {
            "reference/closed": score_closed_run(closed, right, run("direct-00000000"))[1],
            "reference/blind": score_closed_run(closed, all_a, run("blind-00000000"))[1],
            "always-E/closed": score_closed_run(closed, all_e, run("direct-00000000"))[1],
            "reference/open": score_open_run(opened, references, run("open-00000000"))[1],
        }
        paths = {}
        for name, result in made.items():
            path = self.folder / f"{name.replace('/', '_')}.json"
            write_result(path, result)
            paths[name] = str(path)
        names = {
            "closed": ("mmneuroonco_phantom_closed", "MMNeuroOnco_Phantom"),
            "blind": ("mmneuroonco_phantom_closed_blind", "MMNeuroOnco_Phantom_Blind"),
            "open": ("mmneuroonco_phantom_open", "MMNeuroOnco_Phantom_Open"),
        }
        return {
            f"{model}/{task}": paths[f"{role}/{kind}"]
            for model, role in MODELS.items()
            for kind, tasks in names.items()
            for task in tasks
            if f"{role}/{kind}" in paths
        }

    def python(self, name: str, version: str, results: dict[str, str] | None = None) -> Path:
        """A stand-in whose framework has this version (or path)."""
        told = {
            "version": version,
            "results": self.results if results is None else results,
            "calls": str(self.folder / f"{name}.calls"),
            "variables": ["MMNEUROONCO_HOME", "HF_HUB_OFFLINE", "MMNEUROONCO_JUDGE_MODEL", "LMUData"],
        }
        (self.folder / f"{name}.json").write_text(json.dumps(told), encoding="utf-8")
        script = self.folder / name
        script.write_text(
            STAND_IN.format(python=sys.executable, told=str(self.folder / f"{name}.json")), encoding="utf-8"
        )
        script.chmod(0o755)
        return script

    def calls(self, name: str) -> list[Any]:
        """What it was called with: words and variables, probes left out."""
        lines = (self.folder / f"{name}.calls").read_text(encoding="utf-8").splitlines()
        return [call for call in map(json.loads, lines) if call[0][0] != "-c"]


@pytest.fixture
def stand_ins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> StandIns:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    for name in ("MMNEUROONCO_LMMS_EVAL_PYTHON", "MMNEUROONCO_VLMEVAL_PYTHON"):
        monkeypatch.delenv(name, raising=False)
    return StandIns(tmp_path)


def demo(capsys: pytest.CaptureFixture[str], *arguments: object) -> Finished:
    return run_here(capsys, "demo", *arguments)


def test_one_framework_gives_two_tables_and_what_to_type_next(
    stand_ins: StandIns, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MMNEUROONCO_JUDGE_MODEL", "costly")
    python = stand_ins.python("lmms", "0.7.3")
    done = demo(capsys, "--framework", "lmms-eval", "--lmms-eval-python", python)
    assert done.code == 0, done.err
    assert max(map(len, done.out.split("mmneuroonco|")[0].splitlines())) <= 80
    for words in ("reference: reads the", "1.000", "blind: shown no", "always-E: rejects", "recites the 19 keywords"):
        assert words in done.out
    assert "The judge, which is optional, is off" in done.out
    assert "Everything is in demo:" in done.out
    assert [words[1:4] for words, _ in stand_ins.calls("lmms")] == [
        [
            "lmms_eval",
            "--tasks",
            "mmneuroonco_phantom_closed,mmneuroonco_phantom_closed_blind,mmneuroonco_phantom_open",
        ],
        ["lmms_eval", "--tasks", "mmneuroonco_phantom_closed"],
    ]
    for _, variables in stand_ins.calls("lmms"):
        assert variables["MMNEUROONCO_HOME"] == str(stand_ins.folder / "demo" / "home")
        assert variables["HF_HUB_OFFLINE"] == "1"
        assert variables["MMNEUROONCO_JUDGE_MODEL"] is None, "nobody's key is used up by a demo"


def test_the_next_line_makes_a_report(stand_ins: StandIns, capsys: pytest.CaptureFixture[str]) -> None:
    python = stand_ins.python("lmms", "0.7.3")
    out = demo(capsys, "--lmms-eval-python", python, "--framework", "lmms-eval").out
    (line,) = [line for line in out.splitlines() if " report " in line]
    words = line.partition("#")[0].split()
    done = run_here(capsys, *words[1:])
    assert done.code == 0, done.err
    assert done.err.splitlines()[-1] == "report.html: 4 results"
    assert Path("report.html").read_text(encoding="utf-8").count("made-up") > 3


def test_both_show_their_numbers_side_by_side_and_that_they_are_equal(
    stand_ins: StandIns, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each in an environment of its own, named by options or by variables."""
    monkeypatch.setenv("MMNEUROONCO_VLMEVAL_PYTHON", str(stand_ins.python("vlm", "/somewhere/vlmeval/run.py")))
    done = demo(capsys, "--framework", "both", "--lmms-eval-python", stand_ins.python("lmms", "0.7.3"))
    assert done.code == 0, done.err
    assert "lmms-eval and vlmeval agree to the last digit in all" in done.out
    assert done.out.count("│ vlmeval") == 4
    assert [words[:4] for words, _ in stand_ins.calls("vlm")] == [
        ["-m", "mmneuroonco_tasks", "run", "vlmeval"],
    ] * 2
    assert all(variables["LMUData"].startswith(str(stand_ins.folder)) for _, variables in stand_ins.calls("vlm"))


def test_a_number_that_differs_is_named_and_the_exit_code_says_so(
    stand_ins: StandIns, capsys: pytest.CaptureFixture[str]
) -> None:
    result = json.loads(Path(stand_ins.results["mmneuroonco_reference/MMNeuroOnco_Phantom"]).read_text("utf-8"))
    result["metrics"]["h_score"]["value"] = 0.9999999999999999
    changed = stand_ins.folder / "changed.json"
    changed.write_text(json.dumps(result), encoding="utf-8")
    vlm = stand_ins.python(
        "vlm", "/somewhere/run.py", {**stand_ins.results, "mmneuroonco_reference/MMNeuroOnco_Phantom": str(changed)}
    )
    done = demo(
        capsys, "--framework", "both", "--lmms-eval-python", stand_ins.python("lmms", "0.7.3"), "--vlmeval-python", vlm
    )
    assert done.code == 1
    assert "agree to the last digit" not in done.out
    assert done.sentence.startswith(
        "mmneuroonco: the frameworks differ in h_score of mmneuroonco_phantom_closed (reference);"
    )


def test_a_run_that_leaves_nothing_is_told_with_its_log(
    stand_ins: StandIns, capsys: pytest.CaptureFixture[str]
) -> None:
    done = demo(capsys, "--framework", "lmms-eval", "--lmms-eval-python", stand_ins.python("lmms", "0.7.3", {}))
    log = Path("demo/runs/lmms-eval/reference/log.txt")
    assert done.code == 1
    assert done.sentence == (f"mmneuroonco: lmms-eval wrote no result of mmneuroonco_phantom_closed; {log} says why.")
    assert "the framework's own words" in log.read_text(encoding="utf-8")


def test_results_of_an_earlier_demo_are_not_taken_for_those_of_this_one(
    stand_ins: StandIns, capsys: pytest.CaptureFixture[str]
) -> None:
    assert demo(capsys, "--framework", "lmms-eval", "--lmms-eval-python", stand_ins.python("lmms", "0.7.3")).code == 0
    for path in Path("demo/runs").rglob("*_result.json"):
        os.utime(path, (1_000_000_000, 1_000_000_000))
    done = demo(capsys, "--framework", "lmms-eval", "--lmms-eval-python", stand_ins.python("lmms", "0.7.3", {}))
    assert done.code == 1
    assert "wrote no result" in done.sentence


@pytest.mark.parametrize(
    ("version", "sentence"),
    [
        ("9.9.9", "lmms-eval 9.9.9 is not one that the demo knows; install 0.7.3."),
        ("", "lmms-eval is not installed in the environment of "),
    ],
)
def test_an_environment_without_a_known_version_is_refused_before_anything_is_written(
    stand_ins: StandIns, capsys: pytest.CaptureFixture[str], version: str, sentence: str
) -> None:
    python = stand_ins.python("lmms", version)
    done = demo(capsys, "--framework", "lmms-eval", "--lmms-eval-python", python, "--output", "elsewhere")
    assert done.code == 1
    assert sentence in done.sentence
    assert not Path("elsewhere").exists()


def test_an_interpreter_that_is_none_is_one_sentence(stand_ins: StandIns, capsys: pytest.CaptureFixture[str]) -> None:
    done = demo(capsys, "--framework", "vlmeval", "--vlmeval-python", "no/such/python")
    assert done.code == 1
    assert done.sentence == (
        "mmneuroonco: no/such/python: cannot be run (No such file or directory); name an environment's interpreter."
    )


def test_the_readme_shows_what_the_default_phantoms_give(
    default_phantoms: Home, reader_responses: dict[str, dict[str, str]]
) -> None:
    """Both tables and both signatures, to the last character, scored here without a framework."""
    closed = load_benchmark("closed", home=default_phantoms)
    opened = load_benchmark("open", home=default_phantoms)

    def run(protocol: Protocol) -> Run:
        via, model = f"lmms-eval-{TESTED_VERSIONS[-1]}", "mmneuroonco_reference"
        return Run(prompt=protocol.key, per=protocol.per, gen=protocol.generation, via=via, model=model)

    def read(responses: Mapping[str, str]) -> dict[str, Answer | None]:
        return {qid: read_answer(text, closed[qid].options) for qid, text in responses.items()}

    def scored(responses: Mapping[str, str], protocol: Protocol) -> dict[str, Any]:
        return score_closed_run(closed, read(responses), run(protocol), with_trust_rows=False)[1]

    results = {
        CLOSED: scored(reader_responses["closed"], DIRECT),
        BLIND: scored(reader_responses["blind"], prompts.BLIND),
        REJECTING: scored({question.qid: "E" for question in closed.questions}, DIRECT),
        OPEN: score_open_run(opened, reader_responses["open"], run(prompts.OPEN))[1],
    }
    readme = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
    found = {Framework.LMMS_EVAL: results}
    for table in (closed_table(found), open_table(found)):
        console = Console(width=80)
        with console.capture() as captured:
            console.print(table)
        assert "\n".join(line.rstrip() for line in captured.get().splitlines()).strip() in readme
    for asked in (CLOSED, OPEN):
        assert results[asked]["signature_line"] in readme
    gain = vision_gain(closed, read(reader_responses["closed"]), read(reader_responses["blind"])).value
    assert f"to look gains it {gain:.3f} in accuracy" in readme
