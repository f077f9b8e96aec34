"""Bad days: kills, a full disk, other locales and clocks, and odd paths.

Whatever happens, nothing that was whole is lost, the next run comes to the same number, and the user reads one
sentence. Files made to do harm are in ``test_harmful_files.py``.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
from pathlib import Path
from zipfile import ZipFile

import pytest
from command import as_anybody, read_only, run_apart, started
from faults import DIE_AT_DISK_CALL, FULL_DISK, told
from made_up import CLOSED_QIDS, MadeUp, write_benchmark

from mmneuroonco_tasks.benchmark import load_benchmark
from mmneuroonco_tasks.benchmark.home import Home
from mmneuroonco_tasks.benchmark.prepare import prepare
from mmneuroonco_tasks.frameworks.kept_responses import KeptResponses, kept_responses


@pytest.fixture
def made(tmp_path: Path) -> MadeUp:
    return write_benchmark(tmp_path / "mine")


@pytest.fixture
def predictions(tmp_path: Path) -> Path:
    lines = (json.dumps({"qid": qid, "response": "The answer is A."}) for qid in CLOSED_QIDS)
    path = tmp_path / "predictions.jsonl"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


# Kills


@pytest.mark.parametrize("number", sorted(random.Random(0).sample(range(1, 20), 3)))
def test_prepare_killed_at_any_change_of_the_disk_is_completed_by_the_next(
    number: int, made: MadeUp, home: Path, tmp_path: Path
) -> None:
    call = ("prepare", "--annotations", made.closed, "--annotations", made.open, "--images", made.images)
    killed = run_apart(*call, before=DIE_AT_DISK_CALL.format(number=number))
    assert killed.code == -signal.SIGKILL
    assert run_apart(*call).code == 0
    untouched = Home(tmp_path / "untouched")
    prepare(untouched, [made.closed, made.open], [made.images])
    benchmark, expected = load_benchmark("closed"), load_benchmark("closed", home=untouched)
    assert benchmark.images.problems(benchmark.pictures) == {}
    assert (benchmark.data_hash, benchmark.images_hash) == (expected.data_hash, expected.images_hash)
    left = [path.name for path in home.rglob("*") if path.is_file() and path.name not in (".lock", "manifest.json")]
    assert sorted(left) == sorted(path.name for path in [*untouched.images.iterdir(), made.closed, made.open])


@pytest.mark.parametrize("number", [1, 2])
def test_score_killed_while_it_writes_leaves_the_old_result_or_the_new_one(
    number: int, made: MadeUp, home: Path, predictions: Path, tmp_path: Path
) -> None:
    prepare(Home(home), [made.closed], [made.images])
    result = tmp_path / "result.json"
    call = ("score", predictions, "--output", result)
    assert run_apart(*call).code == 0
    before = result.read_bytes()
    assert run_apart(*call, before=DIE_AT_DISK_CALL.format(number=number)).code == -signal.SIGKILL
    assert result.read_bytes() == before
    assert run_apart(*call).code == 0 and result.read_bytes() == before


def test_report_killed_while_it_writes_leaves_the_old_page_or_the_new_one(
    made: MadeUp, home: Path, predictions: Path, tmp_path: Path
) -> None:
    pytest.importorskip("matplotlib")
    prepare(Home(home), [made.closed], [made.images])
    result, page = tmp_path / "result.json", tmp_path / "page.html"
    assert run_apart("score", predictions, "--output", result).code == 0
    assert run_apart("report", result, "-o", page).code == 0
    before = page.read_bytes()
    killed = run_apart("report", result, "-o", page, before=DIE_AT_DISK_CALL.format(number=2))
    assert killed.code == -signal.SIGKILL and page.read_bytes() == before
    assert run_apart("report", result, "-o", page).code == 0 and page.read_bytes() == before


# Disks


@pytest.mark.parametrize("limit", [10, 3000])
def test_a_disk_that_is_full_is_one_sentence_and_what_was_there_stays(limit: int, made: MadeUp, home: Path) -> None:
    call = ("prepare", "--annotations", made.closed, "--images", made.images)
    sentence = told(run_apart(*call, before=FULL_DISK.format(bytes=limit)))
    assert "cannot be written" in sentence or "the disk is full" in sentence
    assert not list(home.rglob("*.part"))
    assert run_apart(*call).code == 0


@pytest.mark.parametrize("command", ["score", "report"])
def test_a_result_or_page_that_does_not_fit_on_the_disk_leaves_what_was_there(
    command: str, made: MadeUp, home: Path, predictions: Path, tmp_path: Path
) -> None:
    if command == "report":
        pytest.importorskip("matplotlib")
    prepare(Home(home), [made.closed], [made.images])
    result, written = tmp_path / "result.json", tmp_path / ("page.html" if command == "report" else "result.json")
    assert run_apart("score", predictions, "--output", result).code == 0
    call = ("report", result, "-o", written) if command == "report" else ("score", predictions, "--output", written)
    assert run_apart(*call).code == 0
    before = written.read_bytes()
    done = run_apart(*call, before=FULL_DISK.format(bytes=3000))
    assert done.code == 1 and "Traceback" not in done.err, done.err[-2000:]
    assert f"{written}: cannot be written (File too large); " in done.sentence
    assert written.read_bytes() == before and not list(tmp_path.glob(".*.part"))


def test_a_home_that_cannot_be_written_costs_time_and_not_the_score(
    made: MadeUp, predictions: Path, tmp_path: Path
) -> None:
    forbidden = tmp_path / "file"
    forbidden.write_bytes(b"a home cannot be here")
    environment = {**os.environ, "MMNEUROONCO_HOME": str(forbidden / "home")}
    call = ("score", predictions, "--annotations", made.closed, "--json")
    done = run_apart(*call, environment=environment)
    assert done.code == 0 and json.loads(done.out)["counts"]["asked"] == len(CLOSED_QIDS)
    assert "cannot be written" in told(
        run_apart("prepare", "--annotations", made.closed, "--images", made.images, environment=environment)
    )


def test_a_shared_home_that_only_its_owner_may_write_serves_everybody(
    made: MadeUp, home: Path, predictions: Path, tmp_path: Path
) -> None:
    """As on a cluster: nobody needs a lock, a cache or a folder of their own in it."""
    prepare(Home(home), [made.closed, made.open], [made.images])
    assert run_apart("score", predictions, "--output", tmp_path / "expected.json").code == 0
    expected = (tmp_path / "expected.json").read_bytes()
    shutil.rmtree(home / "cache")
    asking = (
        "from mmneuroonco_tasks.frameworks.asking import asking\n"
        "from mmneuroonco_tasks.frameworks.lmms_eval_kept import responses_folder\n"
        "from mmneuroonco_tasks.frameworks.variants import variant_named\n"
        "asked = asking(variant_named('mmneuroonco_closed'))\n"
        "print(len(asked.requests()), asked.image(asked.requests()[0]).size, responses_folder())\n"
        "raise SystemExit\n"
    )
    own = {**os.environ, "XDG_DATA_HOME": str(tmp_path / "own")}
    with read_only(home):
        score = run_apart("score", predictions, "--output", tmp_path / "result.json", first=as_anybody)
        asked = run_apart(environment=own, before=asking, first=as_anybody)
        doctor = run_apart("doctor", first=as_anybody)
        refused = run_apart("prepare", "--images", made.images, first=as_anybody)
    assert score.code == 0 and (tmp_path / "result.json").read_bytes() == expected, score.err
    assert asked.out == f"10 (24, 20) {tmp_path / 'own' / 'mmneuroonco' / 'responses'}\n", asked.err
    assert doctor.code == 0, doctor.out + doctor.err
    assert f"{home}: cannot be written (Permission denied)" in told(refused)


# Company


def test_two_processes_that_first_need_the_phantoms_share_them(home: Path) -> None:
    code = (
        "from mmneuroonco_tasks.frameworks.variants import variant_named\n"
        "loaded = variant_named('mmneuroonco_phantom_closed').load()\n"
        "loaded.images.check(loaded.pictures)\n"
        "print(loaded.data_hash, loaded.images_hash, flush=True)\n"
        "raise SystemExit\n"
    )
    both = [started(before=code) for _ in range(2)]
    hashes = {process.communicate(timeout=300)[0] for process in both}
    assert len(hashes) == 1 and all(process.returncode == 0 for process in both)
    assert hashes.pop().strip()


def test_two_runs_at_once_in_one_home_come_to_the_number_of_one(
    made: MadeUp, home: Path, predictions: Path, tmp_path: Path
) -> None:
    """Scores that fill one cache, and responses of two models that are kept side by side."""
    prepare(Home(home), [made.closed], [made.images])
    results = [tmp_path / f"{number}.json" for number in range(2)]
    both = [started("score", predictions, "--output", result) for result in results]
    assert [process.communicate(timeout=120)[1] and process.returncode for process in both] == [0, 0]
    assert run_apart("score", predictions, "--output", tmp_path / "alone.json").code == 0
    assert {result.read_bytes() for result in results} == {(tmp_path / "alone.json").read_bytes()}
    files = [home / "responses" / f"{model}.jsonl" for model in "xy"]
    with kept_responses(files[0]) as first, kept_responses(files[1]) as second:
        first.add([("r", "1_q1", "A")])
        second.add([("r", "1_q1", "B")])
    assert [KeptResponses(file).get("r") for file in files] == ["A", "B"]


# Clocks, locales, paths


@pytest.mark.parametrize("when", [0, 4_000_000_000])
def test_a_clock_that_jumped_makes_pictures_looked_at_again_and_nothing_else(
    when: int, made: MadeUp, home: Path
) -> None:
    prepare(Home(home), [made.closed], [made.images])
    expected = load_benchmark("closed")
    for path in Home(home).images.iterdir():
        os.utime(path, (when, when))
    benchmark = load_benchmark("closed")
    assert benchmark.images.problems(benchmark.pictures) == {}
    assert benchmark.images_hash == expected.images_hash


@pytest.mark.parametrize(
    "variables",
    [
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "TZ": "Pacific/Kiritimati"},
        {"LC_ALL": "tr_TR.ISO-8859-9", "PYTHONIOENCODING": "ascii"},
    ],
)
def test_the_number_is_the_same_in_every_locale_and_time_zone(
    variables: dict[str, str], made: MadeUp, home: Path, predictions: Path, tmp_path: Path
) -> None:
    call = ("score", predictions, "--annotations", made.closed, "--output", tmp_path / "result.json")
    here = run_apart(*call)
    expected = (tmp_path / "result.json").read_bytes()
    there = run_apart(*call, environment={**os.environ, **variables})
    assert here.code == there.code == 0, there.err[-2000:]
    assert (tmp_path / "result.json").read_bytes() == expected


@pytest.mark.parametrize("folder", ["Größe é 脳 ", 'C:\\Users\\me; $(x)\'s "new"'])
def test_folders_may_be_called_anything(folder: str, tmp_path: Path) -> None:
    made = write_benchmark(tmp_path / folder / "mine")
    predictions = tmp_path / folder / "vorhersagen ü.jsonl"
    predictions.write_text(json.dumps({"qid": "1_q1", "response": "B"}) + "\n", encoding="utf-8")
    environment = {**os.environ, "MMNEUROONCO_HOME": str(tmp_path / folder / "home")}
    done = run_apart("prepare", "--annotations", made.closed, "--images", made.images, environment=environment)
    assert done.code == 0, done.err
    done = run_apart("score", predictions, "--json", environment=environment)
    assert done.code == 0 and json.loads(done.out)["counts"]["asked"] == len(CLOSED_QIDS), done.err


def test_a_zip_packed_by_windows_is_read(made: MadeUp, home: Path, tmp_path: Path) -> None:
    packed = tmp_path / "pictures.zip"
    with ZipFile(packed, "w") as archive:
        for path in sorted(made.images.rglob("*.*")):
            archive.writestr(str(path.relative_to(made.images)).replace("/", "\\"), path.read_bytes())
    done = run_apart("prepare", "--annotations", made.closed, "--images", packed)
    assert done.code == 0 and "Complete: every scope can run." in done.out, done.out + done.err
