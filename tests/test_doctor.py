"""``mmneuroonco doctor`` says what is there, what is missing and how to get it, and what can run."""

from __future__ import annotations

import importlib.util
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from command import Finished, run_here
from frameworks import LmmsEval, python_of
from made_up import MadeUp, picture_bytes, write_benchmark, write_bytes
from vlmeval_host import VlmEval

from mmneuroonco_tasks.benchmark.home import Home
from mmneuroonco_tasks.benchmark.prepare import prepare
from mmneuroonco_tasks.frameworks import lmms_eval, plugin_hook, vlmeval

Run = Callable[..., Finished]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, home: Path) -> Run:
    """The command, in an environment without frameworks and without our line in its site-packages."""
    for module in ("mmneuroonco_tasks.diagnosis", "mmneuroonco_tasks.frameworks.vlmeval"):
        monkeypatch.setattr(f"{module}.find_spec", lambda _name: None)
    monkeypatch.delenv(vlmeval.ROOT_VARIABLE, raising=False)
    (tmp_path / "site").mkdir()
    monkeypatch.setattr(plugin_hook, "site_packages", lambda: tmp_path / "site")
    return lambda *arguments: run_here(capsys, "doctor", *arguments)


@pytest.fixture
def made(tmp_path: Path, home: Path) -> MadeUp:
    """The made-up benchmark, prepared."""
    made = write_benchmark(tmp_path / "mine")
    prepare(Home(home), [made.closed, made.open], [made.images])
    return made


def found(done: Finished) -> Any:
    """The findings."""
    return json.loads(done.out)


def test_an_empty_home_cannot_run_and_each_gap_has_its_remedy(run: Run, home: Path) -> None:
    done = run()
    assert done.code == 1 and f"Data in {home}" in done.out
    assert "✗ closed annotations  are missing" in done.out
    assert "the closed annotations are missing\n     → `mmneuroonco prepare` gets them from the hub, " in done.out
    assert "`mmneuroonco prepare --annotations PATH` takes your own" in done.out
    assert not home.exists()


def test_a_complete_home_can_run_every_scope(run: Run, made: MadeUp) -> None:
    done = run()
    assert done.code == 0
    assert "✓ closed annotations  10 questions, data " in done.out and "✓ open annotations    5 questions" in done.out
    assert "✓ pictures            4 of 4 (by size and time; --verify reads them all)" in done.out
    assert "✓ closed full            10 questions  lmms-eval --tasks mmneuroonco_closed\n" in done.out
    assert "✓ closed nobrats          3 questions  lmms-eval --tasks mmneuroonco_closed_nobrats\n" in done.out
    # All pictures of the open part are BraTS slices: there is nothing to run without them.
    assert [(s["task"], s["scope"], s["can_run"]) for s in found(run("--json"))["scopes"]] == [
        ("closed", "full", True),
        ("closed", "nobrats", True),
        ("open", "full", True),
    ]


def test_missing_brats_slices_leave_nobrats_and_are_asked_for(run: Run, tmp_path: Path, home: Path) -> None:
    made = write_benchmark(tmp_path / "mine", images=(1, 2))
    prepare(Home(home), [made.closed], [made.images])
    done = run()
    assert done.code == 0
    assert "      2 missing     glioma/s3_mask\n" in done.out
    assert "✗ closed full            10 questions  lacks 2 of its pictures" in done.out
    assert "✓ closed nobrats" in done.out
    assert "2 BraTS slices are missing (glioma/s3_mask: 2), which are not redistributed" in done.out
    assert "→ `mmneuroonco prepare --brats PATH` takes your own; the scope nobrats needs none" in done.out


def test_other_missing_pictures_are_counted_by_source(run: Run, made: MadeUp, home: Path) -> None:
    (home / "images" / "0001.jpg").unlink()
    state = found(run("--json"))
    assert state["pictures"]["missing_by_source"] == {"healthy/s1_t2": 1} and state["can_run"]
    assert [(s["scope"], s["can_run"]) for s in state["scopes"] if s["task"] == "closed"] == [
        ("full", False),
        ("nobrats", False),
    ]
    assert {"what": "1 picture is missing (healthy/s1_t2: 1)", "remedy": _remedy("--images")} in state["gaps"]


def _remedy(option: str) -> str:
    return f"`mmneuroonco prepare` gets them from the hub, `mmneuroonco prepare {option} PATH` takes your own"


def test_a_changed_picture_is_found_by_its_size_or_time(run: Run, made: MadeUp, home: Path) -> None:
    (home / "images" / "0002.png").write_bytes(picture_bytes(3))
    state = found(run("--json"))
    assert state["pictures"]["problems"] == {"2": "has changed since it was prepared"}
    assert "1 unusable" in run().out


def test_only_verify_finds_what_changed_behind_size_and_time(run: Run, made: MadeUp, home: Path) -> None:
    path = home / "images" / "0002.png"
    status = path.stat()
    path.write_bytes(bytes(status.st_size))
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert found(run("--json"))["pictures"]["problems"] == {}
    state = found(run("--verify", "--json"))
    assert state["pictures"]["problems"] == {"2": "has changed since it was prepared"} and state["pictures"]["verified"]


@pytest.mark.parametrize(
    ("content", "problem"),
    [(b"{", "cannot be read: "), (None, "are missing"), (b"changed", "have changed since they were prepared")],
)
def test_annotations_that_are_not_as_prepared_are_said(
    run: Run, made: MadeUp, home: Path, content: bytes | None, problem: str
) -> None:
    path = home / "benchmark" / "closed.json"
    whole = path.read_bytes()
    path.unlink()
    if content is not None:
        path.write_bytes(whole + b"\n" if content == b"changed" else content)
    state = found(run("--json"))
    assert state["annotations"]["closed"]["problem"].startswith(problem)
    assert any(gap["remedy"] == _remedy("--annotations") for gap in state["gaps"])
    assert state["annotations"]["open"]["problem"] is None and state["can_run"]


def test_a_damaged_manifest_is_said(run: Run, made: MadeUp, home: Path) -> None:
    (home / "manifest.json").write_text("{}")
    done = run("--json")
    assert done.code == 1 and "not a manifest of this version" in found(done)["gaps"][0]["what"]


def test_without_a_framework_one_is_asked_for(run: Run, made: MadeUp) -> None:
    done = run()
    assert "– lmms-eval           not here: `pip install 'mmneuroonco-tasks[lmms-eval]'`" in done.out
    assert "– VLMEvalKit          not here: `pip install 'mmneuroonco-tasks[vlmeval]'`" in done.out
    assert "no framework is installed here\n     → `pip install 'mmneuroonco-tasks[lmms-eval]'`" in done.out


@pytest.fixture
def framework(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], Path]:
    """Puts a made-up framework of a version into the environment; the folder of its package."""

    def install(name: str, version: str) -> Path:
        package = write_bytes(
            tmp_path / "packages" / name / "__init__.py", f'__version__ = "{version}"\n'.encode()
        ).parent
        write_bytes(package / "run.py", b"")
        spec = importlib.util.spec_from_file_location(name, package / "__init__.py")
        for module in ("mmneuroonco_tasks.diagnosis", "mmneuroonco_tasks.frameworks.vlmeval"):
            monkeypatch.setattr(f"{module}.find_spec", lambda wanted: spec if wanted == name else None)
        monkeypatch.setattr(lmms_eval, "installed_version", lambda: version)
        monkeypatch.setattr("mmneuroonco_tasks.diagnosis.version", lambda _distribution: version)
        return package

    return install


def test_a_tested_lmms_eval_is_told_from_an_untested_one(framework: Callable[[str, str], Path], run: Run) -> None:
    framework("lmms_eval", lmms_eval.TESTED_VERSIONS[0])
    assert found(run("--json"))["frameworks"]["lmms-eval"]["tested"]
    framework("lmms_eval", "9.9")
    state = found(run("--json"))
    assert not state["frameworks"]["lmms-eval"]["tested"]
    assert "lmms-eval 9.9 is not a version that was tested" in [gap["what"] for gap in state["gaps"]]


def test_a_task_of_lmms_eval_that_shadows_ours_is_named(framework: Callable[[str, str], Path], run: Run) -> None:
    package = framework("lmms_eval", "0.7.3")
    shadow = write_bytes(package / "tasks" / "neuro" / "n.yaml", b"dataset_path: x\ntask: 'mmneuroonco_closed'\n")
    write_bytes(package / "tasks" / "neuro" / "other.yaml", b"task: mmneuroonco_closed_of_theirs\n")
    write_bytes(package / "tasks" / "neuro" / "group.yaml", b"group: theirs\ntask:\n  - mmneuroonco_closed_nobrats\n")
    write_bytes(package / "tasks" / "bytes.yaml", b"\xff\xfe")
    state = found(run("--json"))
    assert state["frameworks"]["lmms-eval"]["shadows"] == {"mmneuroonco_closed": str(shadow)}
    (gap,) = [gap for gap in state["gaps"] if "silently prefers" in gap["what"]]
    assert gap["what"].startswith("lmms-eval has a task mmneuroonco_closed of its own")
    assert gap["remedy"] == "remove that file, or do not call its numbers ours"
    assert "✗ lmms-eval" in run().out


def test_vlmevalkit_is_run_by_our_command_until_the_hook_is_on(
    framework: Callable[[str, str], Path], run: Run, made: MadeUp, tmp_path: Path
) -> None:
    framework("vlmeval", "0.0.20")
    done = run()
    assert "✓ VLMEvalKit          ms-vlmeval-0.0.20, tested, run it by `mmneuroonco run vlmeval`" in done.out
    assert "✓ closed full            10 questions  mmneuroonco run vlmeval --data MMNeuroOnco\n" in done.out
    plugin_hook.enable(tmp_path / "site")
    state = found(run("--json"))
    assert state["hook"] == "on" and state["frameworks"]["VLMEvalKit"]["registered"]
    assert "finds our tasks" in run().out
    (tmp_path / "site" / plugin_hook.PTH_NAME).write_text("import old\n")
    state = found(run("--json"))
    assert state["hook"] == "outdated" and not state["frameworks"]["VLMEvalKit"]["registered"]
    assert {"what": "the import hook is of another version", "remedy": "`mmneuroonco enable` writes it anew"} in state[
        "gaps"
    ]


def test_a_data_set_of_vlmevalkit_that_shadows_ours_is_named(framework: Callable[[str, str], Path], run: Run) -> None:
    package = framework("vlmeval", "0.0.20")
    shadow = write_bytes(package / "dataset" / "neuro.py", b'class X:\n    DATASET_URL = {"MMNeuroOnco": "u"}\n')
    assert found(run("--json"))["frameworks"]["VLMEvalKit"]["shadows"] == {"MMNeuroOnco": str(shadow)}


def test_a_checkout_of_vlmevalkit_is_recognised(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_bytes(tmp_path / "checkout" / "run.py", b"")
    write_bytes(tmp_path / "checkout" / "vlmeval" / "__init__.py", b"__version__ = '0.2rc1'\n")
    monkeypatch.setenv(vlmeval.ROOT_VARIABLE, str(tmp_path / "checkout"))
    state = found(run("--json"))["frameworks"]["VLMEvalKit"]
    assert (state["version"], state["tested"]) == ("vlmevalkit-0.2rc1", True)


def test_doctor_writes_nothing(run: Run, made: MadeUp, home: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in home.rglob("*")}
    run("--verify")
    assert {path: path.stat().st_mtime_ns for path in home.rglob("*")} == before


COMMAND = ("-c", "from mmneuroonco_tasks.cli import main; main()")


@pytest.mark.lmms_eval
def test_the_real_lmms_eval_is_seen_without_being_imported(tmp_path: Path) -> None:
    host = LmmsEval(python_of("MMNEUROONCO_LMMS_EVAL_PYTHON"), tmp_path / "home")
    done = host.run("python", "-X", "importtime", *COMMAND, "doctor", "--json")
    state = json.loads(done.output[done.output.index("{") :].split("\nimport time:")[0])["frameworks"]["lmms-eval"]
    assert state == {"version": "0.7.3", "tested": True, "registered": True, "shadows": {}}
    assert " lmms_eval\n" not in done.output and " torch\n" not in done.output


@pytest.mark.vlmeval
def test_the_real_vlmevalkit_is_seen_without_being_imported(tmp_path: Path) -> None:
    host = VlmEval(python_of("MMNEUROONCO_VLMEVAL_PYTHON"), tmp_path)
    done = host.python_run("-X", "importtime", *COMMAND, "doctor", "--json")
    state = json.loads(done.output[done.output.index("{") :].split("\nimport time:")[0])["frameworks"]["VLMEvalKit"]
    assert (state["version"], state["tested"], state["shadows"]) == ("ms-vlmeval-0.0.20", True, {})
    assert " vlmeval\n" not in done.output and " torch\n" not in done.output
