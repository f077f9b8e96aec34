"""``prepare`` may be stopped at any moment, run twice at once, and run again."""

from __future__ import annotations

import json
import signal
from pathlib import Path

import pytest
from command import run_apart, run_here, started
from made_up import MadeUp, write_benchmark

from mmneuroonco_tasks.benchmark import BenchmarkError, Picture, load_benchmark
from mmneuroonco_tasks.benchmark.home import Home
from mmneuroonco_tasks.benchmark.prepare import prepare

#: Python that makes the process kill itself, as a power cut does, when it is about to put the nth file in its place.
DIE = """
import os, pathlib, signal
replace, calls = pathlib.Path.replace, []
def dying(self, target):
    calls.append(target)
    if len(calls) == {number}:
        os.kill(os.getpid(), signal.SIGKILL)
    return replace(self, target)
pathlib.Path.replace = dying
"""
#: Python that makes the process wait, once it has the home for itself, until it is told to go on.
WAIT = """
import sys
from mmneuroonco_tasks.benchmark import prepare as module
place = module._prepare
def waiting(*arguments):
    print("at work", flush=True)
    sys.stdin.readline()
    return place(*arguments)
module._prepare = waiting
"""


@pytest.fixture
def made(tmp_path: Path) -> MadeUp:
    """The made-up benchmark as a user's own files."""
    return write_benchmark(tmp_path / "mine")


def _files(home: Path) -> list[str]:
    return sorted(path.relative_to(home).as_posix() for path in home.rglob("*") if path.is_file())


@pytest.mark.parametrize("number", [1, 2, 4, 7])
def test_killed_while_it_writes_it_leaves_whole_files_and_the_next_run_completes(
    number: int, made: MadeUp, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call = ("prepare", "--annotations", made.closed, "--annotations", made.open, "--images", made.images)
    killed = run_apart(*call, before=DIE.format(number=number))
    assert killed.code == -signal.SIGKILL
    left = [name for name in _files(home) if name != ".lock"]
    whole = [name for name in left if not name.endswith(".part")]
    # A file that was about to be put in its place lies beside it, under a name that nobody reads; several threads are
    # at work, so there may be more than one.
    assert len(whole) < number <= len(left)
    assert all(Path(name).name.startswith(".") for name in left if name.endswith(".part"))
    for name in whole:
        if name.startswith("images/"):
            stem = int(Path(name).stem)
            assert (home / name).read_bytes() == made.picture(stem).read_bytes()
    done = run_here(capsys, *call)
    assert done.code == 0 and "Complete: every scope can run." in done.out
    assert not [name for name in _files(home) if name.endswith(".part")]
    benchmark = load_benchmark("closed")
    assert benchmark.images.problems(benchmark.pictures) == {}


def test_killed_while_it_replaces_it_is_told_and_mended_by_the_next_prepare(made: MadeUp, home: Path) -> None:
    prepare(Home(home), [made.closed], [made.images])
    made.picture(2).write_bytes(made.picture(3).read_bytes())
    killed = run_apart("prepare", "--images", made.images, before=DIE.format(number=2))
    assert killed.code == -signal.SIGKILL  # the picture was replaced, the manifest was not
    assert (home / "images" / "0002.png").read_bytes() == made.picture(2).read_bytes()
    benchmark = load_benchmark("closed")
    # The signature would tell of the picture that was there before.
    assert benchmark.images.problems(benchmark.pictures)[2][1] == "has changed since it was prepared"
    prepare(Home(home), [], [made.images])
    benchmark = load_benchmark("closed")
    assert benchmark.images.problems(benchmark.pictures) == {}


def test_stopped_between_pictures_what_was_placed_is_kept(made: MadeUp, tmp_path: Path) -> None:
    def stopping(pictures: list[Picture], _description: str, _total: int) -> object:
        yield from pictures[:2]
        raise KeyboardInterrupt

    home = Home(tmp_path / "home")
    with pytest.raises(KeyboardInterrupt):
        prepare(home, [made.closed], [made.images], progress=stopping)  # type: ignore[arg-type]
    assert sorted(home.manifest()) == ["benchmark/closed.json", "images/0001.jpg", "images/0002.png"]
    report = prepare(home, [made.closed], [made.images])
    assert (report.placed, report.unchanged) == (2, 2)


def test_two_at_once_wait_for_each_other_and_nothing_is_lost(made: MadeUp, home: Path, tmp_path: Path) -> None:
    other = write_benchmark(tmp_path / "other", images=(3, 4))
    prepare(Home(home), [made.closed], [])
    first = started("prepare", "--images", other.images, "--json", before=WAIT)
    assert first.stdout is not None and first.stdout.readline() == "at work\n"
    for image_id in (3, 4):
        made.picture(image_id).unlink()
    second = started("prepare", "--images", made.images, "--json")
    assert second.stderr is not None
    assert "another `mmneuroonco prepare` is at work; waiting for it." in second.stderr.readline()
    first_out, _ = first.communicate("go on\n", timeout=60)
    second_out, _ = second.communicate(timeout=60)
    assert json.loads(first_out)["placed"] == 2 and json.loads(second_out)["placed"] == 2
    assert len(Home(home).image_files(Home(home).manifest())) == 4
    assert json.loads(second_out)["complete_scopes"] == ["full", "nobrats"]


def test_a_prepare_that_was_killed_does_not_lock_the_next_one_out(made: MadeUp, home: Path) -> None:
    call = ("prepare", "--annotations", made.closed, "--images", made.images)
    holder = started(*call, before=WAIT)
    assert holder.stdout is not None and holder.stdout.readline() == "at work\n"
    holder.kill()
    holder.communicate(timeout=60)
    assert run_apart(*call).code == 0


def test_a_failing_run_leaves_an_earlier_home_as_it_was(made: MadeUp, tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    prepare(home, [made.closed], [made.images])
    before = home.manifest_path.read_bytes()
    broken = tmp_path / "broken.zip"
    broken.write_bytes(b"PK\x03\x04 no zip")
    with pytest.raises(BenchmarkError, match="no readable zip"):
        prepare(home, [made.closed], [broken])
    assert home.manifest_path.read_bytes() == before
    benchmark = load_benchmark("closed", home=home)
    assert benchmark.images.problems(benchmark.pictures) == {}
