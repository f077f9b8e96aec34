"""``mmneuroonco prepare`` from a user's own files: what is right is placed, what is wrong is one sentence."""

from __future__ import annotations

import json
import shutil
import struct
from collections.abc import Callable
from pathlib import Path

import pytest
from command import Finished, run_here
from made_up import (
    PATHS,
    MadeUp,
    closed_annotations,
    open_annotations,
    picture_bytes,
    pictures_zip,
    write_benchmark,
    write_bytes,
    write_json,
    zip_bytes,
)

from mmneuroonco_tasks.benchmark import load_benchmark
from mmneuroonco_tasks.benchmark.home import Home

Run = Callable[..., Finished]


@pytest.fixture
def made(tmp_path: Path) -> MadeUp:
    """The made-up benchmark as a user's own files."""
    return write_benchmark(tmp_path / "mine")


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], home: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The command, which must not ask the network."""
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    return lambda *arguments: run_here(capsys, *arguments)


def contents(folder: Path) -> dict[str, bytes]:
    """Every file below a folder but the lock."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != ".lock"
    }


def test_own_files_are_placed_and_every_scope_can_run(run: Run, made: MadeUp, home: Path) -> None:
    done = run("prepare", "--annotations", made.closed, "--annotations", made.open, "--images", made.images)
    assert done.code == 0 and "4 pictures placed, 0 already there." in done.out
    assert "Complete: every scope can run." in done.out
    assert sorted(contents(home)) == [
        "benchmark/closed.json",
        "benchmark/open.json",
        "images/0001.jpg",
        "images/0002.png",
        "images/0003.png",
        "images/0004.png",
        "manifest.json",
    ]
    benchmark = load_benchmark("closed")
    assert benchmark.images.problems(benchmark.pictures) == {} and benchmark.images_hash != "unknown"


def test_doing_it_again_changes_no_byte(run: Run, made: MadeUp, home: Path) -> None:
    run("prepare", "--annotations", made.closed, "--images", made.images)
    before = contents(home)
    times = {path: path.stat().st_mtime_ns for path in (home / "images").iterdir()}
    again = run("prepare", "--annotations", made.closed, "--images", made.images)
    assert again.code == 0 and "0 pictures placed, 4 already there." in again.out
    assert contents(home) == before
    assert {path: path.stat().st_mtime_ns for path in (home / "images").iterdir()} == times


def test_the_same_files_give_the_same_home_wherever_they_come_from(
    run: Run, made: MadeUp, home: Path, tmp_path: Path
) -> None:
    run("prepare", "--annotations", made.closed, "--images", made.images)
    from_folder = contents(home)
    shutil.rmtree(home)
    zipped = write_bytes(tmp_path / "images.zip", pictures_zip("Benchmark_Images/Benchmark_Images/"))
    annotations = write_bytes(tmp_path / "a.zip", zip_bytes({"x/Benchmark_VQA_Closed.json": made.closed.read_bytes()}))
    assert run("prepare", "--annotations", annotations, "--images", zipped).code == 0
    from_zips = contents(home)
    assert {name: from_zips[name] for name in from_zips if name != "manifest.json"} == {
        name: from_folder[name] for name in from_folder if name != "manifest.json"
    }


def test_other_extensions_and_case_are_found_and_bytes_stay_as_they_are(run: Run, made: MadeUp, home: Path) -> None:
    shutil.rmtree(made.images)
    write_bytes(made.images / "Healthy/S1_T2/SCAN (1).PNG", picture_bytes(1, ".png"))
    write_bytes(made.images / "meningioma/s2_t1/slice 2.bmp", picture_bytes(2, ".bmp"))
    done = run("prepare", "--annotations", made.closed, "--images", made.images)
    assert (home / "images" / "0001.png").read_bytes() == picture_bytes(1, ".png")
    assert (home / "images" / "0002.bmp").read_bytes() == picture_bytes(2, ".bmp")
    assert done.code == 0 and "Complete for the scope nobrats, which can run" in done.out


def test_a_picture_that_comes_again_with_another_extension_replaces_the_first(
    run: Run, made: MadeUp, home: Path
) -> None:
    run("prepare", "--annotations", made.closed, "--images", made.images)
    made.picture(2).rename(made.picture(2).with_suffix(".jpg"))
    made.picture(2).with_suffix(".jpg").write_bytes(picture_bytes(2, ".jpg"))
    run("prepare", "--images", made.images)
    assert not (home / "images" / "0002.png").exists()
    assert (home / "images" / "0002.jpg").read_bytes() == picture_bytes(2, ".jpg")
    assert "images/0002.png" not in Home(home).manifest()


def test_missing_pictures_are_counted_by_source_folder(run: Run, made: MadeUp) -> None:
    made.picture(1).unlink()
    made.picture(4).unlink()
    done = run("prepare", "--annotations", made.closed, "--images", made.images)
    assert done.code == 1
    assert "2 pictures are missing (healthy/s1_t2: 1, glioma/s3_mask: 1)." in done.out
    assert "No scope is complete; name more pictures by --images." in done.out


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "is empty (zero bytes)"),
        (b"<html>Not found</html>", "is no image file"),
        (picture_bytes(2)[:60], "is damaged or cut off"),
    ],
)
def test_an_unusable_picture_is_named_and_not_placed(
    run: Run, made: MadeUp, home: Path, content: bytes, problem: str
) -> None:
    made.picture(2).write_bytes(content)
    done = run("prepare", "--annotations", made.closed, "--images", made.images)
    assert done.code == 1 and "1 of the pictures cannot be used (image 2 " + problem in done.out
    assert str(made.picture(2)) in done.out and "Get these files again" in done.out
    assert not (home / "images" / "0002.png").exists()
    assert (home / "images" / "0001.jpg").exists()


def test_a_damaged_picture_does_not_replace_a_sound_one(run: Run, made: MadeUp, home: Path) -> None:
    run("prepare", "--annotations", made.closed, "--images", made.images)
    made.picture(2).write_bytes(b"")
    done = run("prepare", "--images", made.images)
    assert done.code == 0 and (home / "images" / "0002.png").read_bytes() == picture_bytes(2)


def test_a_second_folder_gives_what_the_first_has_not_or_has_damaged(run: Run, made: MadeUp, tmp_path: Path) -> None:
    other = write_benchmark(tmp_path / "other")
    made.picture(1).unlink()
    made.picture(2).write_bytes(b"")
    done = run("prepare", "--annotations", made.closed, "--images", made.images, "--images", other.images)
    assert done.code == 0 and "Complete: every scope can run." in done.out


def test_a_folder_with_none_of_the_pictures_is_remarked(run: Run, made: MadeUp, tmp_path: Path) -> None:
    write_bytes(tmp_path / "holidays" / "beach.jpg", picture_bytes(1))
    done = run("prepare", "--annotations", made.closed, "--images", tmp_path / "holidays")
    assert done.code == 1
    assert "holidays: holds none of the benchmark's pictures; name the folder or zip that does." in done.out
    packed = write_bytes(tmp_path / "images.tar.gz", b"x")
    done = run("prepare", "--images", packed)
    assert "images.tar.gz: is packed; unpack it, or pack it as a zip, and name that." in done.out


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda made: made.closed.unlink(), "closed.json: no such file or folder; check the path."),
        (lambda made: made.closed.write_text('[{"id": 1,'), "closed.json: not valid JSON"),
        (lambda made: made.closed.write_text("[]"), "closed.json: expected a list of images, found an empty list"),
        (lambda made: write_json(made.closed, closed_annotations() * 2), "the same id stands in the file twice"),
        (lambda made: write_json(made.closed, _with(answer="F")), "'F' is not one of the offered letters"),
        (lambda made: write_json(made.closed, _with(options={"A": "x", "G": "y"})), "unknown letter 'G'"),
        (lambda made: write_json(made.closed, _with_path("../../secret.png")), "leaves the image folder"),
        (lambda made: write_json(made.closed, _with_path("/etc/passwd.png")), "is absolute"),
    ],
)
def test_wrong_annotations_stop_it_before_anything_is_written(
    run: Run, made: MadeUp, home: Path, spoil: Callable[[MadeUp], object], sentence: str
) -> None:
    spoil(made)
    done = run("prepare", "--annotations", made.closed, "--images", made.images)
    assert done.code == 1 and done.out == "" and sentence in done.sentence
    assert done.sentence.startswith("mmneuroonco: ") and str(made.closed) in done.sentence
    assert "Traceback" not in done.err and contents(home) == {}


def _with(**changes: object) -> list[dict[str, object]]:
    data = closed_annotations()
    data[1]["vqa_pairs"][0].update(changes)
    return data


def _with_path(path: str) -> list[dict[str, object]]:
    data = closed_annotations()
    data[1]["image_path"] = path
    return data


def test_files_of_two_origins_that_disagree_on_a_picture_are_refused(run: Run, made: MadeUp, home: Path) -> None:
    data = open_annotations()
    data[0]["image_path"] = PATHS[4]
    write_json(made.open, data)
    done = run("prepare", "--annotations", made.closed, "--annotations", made.open)
    assert "image 3 has another path in the other file; get both from one origin." in done.sentence
    assert contents(home) == {}


def test_two_different_files_of_one_task_are_refused(run: Run, made: MadeUp, tmp_path: Path) -> None:
    other = write_json(tmp_path / "other.json", closed_annotations()[:2])
    done = run("prepare", "--annotations", made.closed, "--annotations", other)
    assert done.code == 1 and f"{other} differs from {made.closed}; name only one of the two." in done.sentence


def test_a_place_without_annotations_is_refused(run: Run, made: MadeUp) -> None:
    done = run("prepare", "--annotations", made.images)
    assert done.code == 1 and "holds no annotation file; name the file itself." in done.sentence


@pytest.mark.parametrize(
    "name", ["../outside.png", "/etc/outside.png", "a/../../outside.png", "C:/outside.png", "..\\x.png"]
)
def test_a_zip_that_leaves_its_folder_is_refused_whole(
    run: Run, made: MadeUp, home: Path, tmp_path: Path, name: str
) -> None:
    entries = {PATHS[image_id]: picture_bytes(image_id) for image_id in PATHS}
    slip = write_bytes(tmp_path / "slip.zip", zip_bytes(entries | {name: b"x"}))
    done = run("prepare", "--annotations", made.closed, "--images", slip)
    assert done.code == 1 and "leaves the folder it is unpacked to; get the zip again." in done.sentence
    assert contents(home) == {} and not (tmp_path / "outside.png").exists()


def test_an_encrypted_zip_is_refused(run: Run, made: MadeUp, tmp_path: Path) -> None:
    locked = bytearray(pictures_zip())
    # The first bit of each entry's flags says that it is encrypted: in its header and in the directory.
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = locked.find(signature)
        while at >= 0:
            locked[at + offset] |= 1
            at = locked.find(signature, at + 4)
    path = write_bytes(tmp_path / "locked.zip", bytes(locked))
    done = run("prepare", "--annotations", made.closed, "--images", path)
    assert done.code == 1 and "is encrypted; unpack the zip yourself and name the folder." in done.sentence


def test_a_zip_entry_that_claims_to_be_huge_is_refused(run: Run, made: MadeUp, tmp_path: Path) -> None:
    bomb = bytearray(pictures_zip())
    directory = bomb.find(b"PK\x01\x02")
    bomb[directory + 24 : directory + 28] = struct.pack("<I", 2**31)
    path = write_bytes(tmp_path / "bomb.zip", bytes(bomb))
    done = run("prepare", "--annotations", made.closed, "--images", path)
    assert done.code == 1 and "claims more than 256 MB; do not use this zip" in done.sentence


@pytest.mark.parametrize("cut", [10, 400, -30])
def test_a_zip_that_is_cut_off_is_refused(run: Run, made: MadeUp, tmp_path: Path, cut: int) -> None:
    path = write_bytes(tmp_path / "cut.zip", pictures_zip()[:cut])
    done = run("prepare", "--annotations", made.closed, "--images", path)
    assert done.code == 1 and "cut.zip: no readable zip" in done.sentence and "get it again." in done.sentence


def test_a_zip_entry_with_a_wrong_checksum_is_refused(run: Run, made: MadeUp, tmp_path: Path) -> None:
    content = bytearray(pictures_zip())
    content[content.find(b"\x89PNG") + 20] ^= 1
    path = write_bytes(tmp_path / "flipped.zip", bytes(content))
    done = run("prepare", "--annotations", made.closed, "--images", path)
    assert done.code == 1 and "flipped.zip, entry " in done.sentence and "get the zip again" in done.sentence


def test_a_home_that_cannot_be_written_is_one_sentence(
    run: Run, made: MadeUp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_bytes(tmp_path / "file", b"")
    monkeypatch.setenv("MMNEUROONCO_HOME", str(tmp_path / "file" / "home"))
    done = run("prepare", "--annotations", made.closed, "--images", made.images)
    assert (
        done.code == 1
        and "cannot be written (Not a directory); choose another home by MMNEUROONCO_HOME." in done.sentence
    )


def test_pictures_alone_are_added_to_what_was_prepared_before(run: Run, made: MadeUp, home: Path) -> None:
    first = run("prepare", "--annotations", made.closed, "--annotations", made.open)
    assert first.code == 1 and "4 pictures are missing" in first.out
    done = run("prepare", "--images", made.images)
    assert done.code == 0 and "Complete: every scope can run." in done.out
    assert contents(home)["benchmark/open.json"] == made.open.read_bytes()


def test_one_task_can_be_replaced_while_the_other_stays(run: Run, made: MadeUp, home: Path) -> None:
    run("prepare", "--annotations", made.closed, "--annotations", made.open, "--images", made.images)
    data = closed_annotations()
    data[0]["vqa_pairs"][0]["question"] = "Is this brain well?"
    write_json(made.closed, data)
    done = run("prepare", "--annotations", made.closed)
    assert done.code == 0 and "0 pictures placed, 4 already there." in done.out
    assert contents(home)["benchmark/closed.json"] == made.closed.read_bytes()
    assert contents(home)["benchmark/open.json"] == made.open.read_bytes()


def test_without_options_a_complete_home_is_checked_and_nothing_fetched(run: Run, made: MadeUp, home: Path) -> None:
    run("prepare", "--annotations", made.closed, "--annotations", made.open, "--images", made.images)
    done = run("prepare")
    assert done.code == 0 and "0 pictures placed, 4 already there." in done.out
    (home / "images" / "0003.png").write_bytes(b"changed")
    done = run("prepare")
    assert done.code == 1 and "HF_HUB_OFFLINE" in done.sentence


def test_the_outcome_as_json(run: Run, made: MadeUp, home: Path) -> None:
    made.picture(1).write_bytes(b"")
    made.picture(4).unlink()
    done = run("prepare", "--annotations", made.closed, "--images", made.images, "--json")
    outcome = json.loads(done.out)
    assert done.code == 1
    assert outcome["home"] == str(home) and outcome["placed"] == 2 and outcome["missing"] == [4]
    assert outcome["unusable"] == {"1": f"is empty (zero bytes) [{made.picture(1)}]"}
    assert outcome["missing_by_source"] == {"glioma/s3_mask": 1, "healthy/s1_t2": 1}
    assert outcome["complete_scopes"] == []
