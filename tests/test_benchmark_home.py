"""The home: opaque names, a manifest of digests, and nothing half-written."""

from __future__ import annotations

import errno
import json
import os
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path

import pytest
from made_up import PATHS, picture_bytes, write_benchmark
from PIL import Image, ImageFile

from mmneuroonco_tasks.benchmark import BenchmarkError, load_benchmark
from mmneuroonco_tasks.benchmark.files import file_digest, remove_parts, write_bytes, write_json, writing_beside
from mmneuroonco_tasks.benchmark.home import FileRecord, Home
from mmneuroonco_tasks.benchmark.images import problem_in
from mmneuroonco_tasks.benchmark.prepare import prepare
from mmneuroonco_tasks.benchmark.records import Picture


@pytest.fixture
def prepared(tmp_path: Path) -> Home:
    """A home with the made-up benchmark."""
    made = write_benchmark(tmp_path / "mine")
    home = Home(tmp_path / "home")
    prepare(home, [made.closed, made.open], [made.images])
    return home


def test_the_variable_names_the_home_and_the_platform_does_without_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MMNEUROONCO_HOME", "~/benchmarks/neuro")
    assert Home.default().folder == Path.home() / "benchmarks" / "neuro"
    monkeypatch.delenv("MMNEUROONCO_HOME")
    assert Home.default().folder.name == "mmneuroonco"


def test_the_manifest_lists_every_file_with_its_digest(prepared: Home) -> None:
    listed = prepared.manifest()
    assert sorted(listed) == [
        "benchmark/closed.json",
        "benchmark/open.json",
        "images/0001.jpg",
        "images/0002.png",
        "images/0003.png",
        "images/0004.png",
    ]
    for name, record in listed.items():
        path = prepared.folder / name
        assert record.sha256 == file_digest(path) and record.size == path.stat().st_size


def test_nothing_in_the_home_but_the_annotations_tells_a_diagnosis(prepared: Home) -> None:
    names = [path.relative_to(prepared.folder).as_posix() for path in prepared.folder.rglob("*")]
    words = {word.lower() for path in PATHS.values() for word in path.split("/")[:2]}
    assert not [name for name in names if any(word in name.lower() for word in words)]
    manifest = prepared.manifest_path.read_text(encoding="utf-8")
    assert not [word for word in words if word in manifest.lower()]


def test_pictures_are_copied_byte_for_byte(prepared: Home) -> None:
    assert (prepared.images / "0001.jpg").read_bytes() == picture_bytes(1)
    assert (prepared.images / "0003.png").read_bytes() == picture_bytes(3)


def test_pictures_that_are_as_they_were_placed_are_not_decoded_again(
    prepared: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    decoded = []
    monkeypatch.setattr("mmneuroonco_tasks.benchmark.images.picture_problem", lambda path: decoded.append(path.name))
    benchmark = load_benchmark("closed", home=prepared)
    assert benchmark.images.problems(benchmark.pictures) == {} and decoded == []
    os.utime(prepared.images / "0002.png", ns=(1, 1))
    benchmark = load_benchmark("closed", home=prepared)
    assert benchmark.images.problems(benchmark.pictures) == {} and decoded == ["0002.png"]


def test_another_picture_in_the_place_of_one_is_found(prepared: Home) -> None:
    """The images hash in the signature is that of what was prepared, so it must be what is shown."""
    (prepared.images / "0002.png").write_bytes(picture_bytes(3))
    benchmark = load_benchmark("closed", home=prepared)
    problems = benchmark.images.problems(benchmark.pictures)
    assert {image_id: problem for image_id, (_, problem) in problems.items()} == {
        2: "has changed since it was prepared"
    }


def test_a_cut_picture_is_found_in_a_process_that_tolerates_them(
    prepared: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """lmms-eval sets Pillow so for its whole process."""
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)
    path = prepared.images / "0002.png"
    path.write_bytes(path.read_bytes()[:-40])
    benchmark = load_benchmark("closed", home=prepared)
    assert "damaged or cut off" in benchmark.images.problems(benchmark.pictures)[2][1]
    assert ImageFile.LOAD_TRUNCATED_IMAGES, "the process keeps its setting"


def test_a_cut_file_is_refused_in_every_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = BytesIO()
    Image.effect_noise((200, 200), 40).save(whole, "PNG")
    contents = [whole.getvalue(), whole.getvalue()[: len(whole.getvalue()) // 2]] * 60
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)
    with ThreadPoolExecutor(8) as pool:
        problems = list(pool.map(problem_in, contents))
    assert problems[::2] == [None] * 60
    assert all(problem and "cut off" in problem for problem in problems[1::2])
    assert ImageFile.LOAD_TRUNCATED_IMAGES, "the process keeps its setting"


def test_a_picture_that_was_damaged_in_the_home_is_found(prepared: Home) -> None:
    (prepared.images / "0002.png").write_bytes(b"")
    benchmark = load_benchmark("closed", home=prepared)
    problems = benchmark.images.problems(benchmark.pictures)
    assert {image_id: problem for image_id, (_, problem) in problems.items()} == {2: "is empty (zero bytes)"}


def test_the_images_hash_is_that_of_the_asked_pictures_or_unknown(prepared: Home, tmp_path: Path) -> None:
    full, nobrats = (load_benchmark("closed", home=prepared, scope=scope).images_hash for scope in ("full", "nobrats"))
    assert len(full) == len(nobrats) == 8 and full != nobrats
    assert prepared.images_hash([Picture(99, "a/b/c.png", 99)]) == "unknown"
    made = write_benchmark(tmp_path / "again")
    again = Home(tmp_path / "other")
    prepare(again, [made.closed], [made.images])
    assert load_benchmark("closed", home=again).images_hash == full


@pytest.mark.parametrize(
    ("change", "problem"),
    [(None, None), ("delete", "is missing"), ("append", "has changed since it was prepared")],
)
def test_what_became_of_a_listed_file_is_said(prepared: Home, change: str | None, problem: str | None) -> None:
    path = prepared.images / "0003.png"
    if change == "delete":
        path.unlink()
    if change == "append":
        path.write_bytes(path.read_bytes() + b"x")
    assert prepared.problem("images/0003.png", prepared.manifest()["images/0003.png"]) == problem


def test_annotations_that_were_changed_by_hand_count_as_not_prepared(prepared: Home) -> None:
    assert prepared.prepared_annotations() == [prepared.annotations("closed"), prepared.annotations("open")]
    prepared.annotations("open").write_text("[]")
    assert prepared.prepared_annotations() == [prepared.annotations("closed")]


@pytest.mark.parametrize(
    "content", ["", "[]", "{}", '{"schema": "other/1", "files": {}}', '{"schema": 1}', "[" * 99_999]
)
def test_a_damaged_manifest_is_refused_and_prepare_replaces_it(prepared: Home, tmp_path: Path, content: str) -> None:
    whole = prepared.manifest()
    prepared.manifest_path.write_text(content)
    with pytest.raises(BenchmarkError, match=r"not a manifest of this version .*run `mmneuroonco prepare` again"):
        prepared.manifest()
    prepare(prepared, [tmp_path / "mine"], [tmp_path / "mine"])
    assert {name: record.sha256 for name, record in prepared.manifest().items()} == {
        name: record.sha256 for name, record in whole.items()
    }


def test_a_file_record_knows_size_and_time(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"one")
    record = FileRecord.of(path)
    assert record.unchanged(path) and record.size == 3
    path.write_bytes(b"four")
    assert not record.unchanged(path) and not record.unchanged(tmp_path / "none")


def test_a_file_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    target = tmp_path / "deep" / "file"
    with pytest.raises(RuntimeError), writing_beside(target) as stream:
        stream.write(b"half")
        raise RuntimeError
    assert list(target.parent.iterdir()) == []
    write_bytes(target, b"whole")
    assert target.read_bytes() == b"whole" and list(target.parent.iterdir()) == [target]


def test_a_full_disk_and_a_forbidden_folder_are_one_sentence_each(tmp_path: Path) -> None:
    full = pytest.raises(BenchmarkError, match="the disk is full; make room and run the command again")
    with full, writing_beside(tmp_path / "file"):
        raise OSError(errno.ENOSPC, "No space left on device")
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "taken").write_bytes(b"")
    with pytest.raises(
        BenchmarkError, match=r"cannot be written .*; choose another folder, for the home by MMNEUROONCO_HOME"
    ):
        write_bytes(tmp_path / "taken" / "file", b"x")


def test_json_is_stable_and_has_no_nan(tmp_path: Path) -> None:
    write_json(tmp_path / "a", {"é": [1, 2.5]})
    assert json.loads((tmp_path / "a").read_text(encoding="utf-8")) == {"é": [1, 2.5]}
    with pytest.raises(ValueError, match="not JSON compliant"):
        write_json(tmp_path / "a", float("nan"))


def test_what_killed_writers_left_is_removed_and_nothing_else(tmp_path: Path) -> None:
    for name in (".0001.png.ab12.part", "0002.png", "mine.part"):
        (tmp_path / name).write_bytes(b"")
    remove_parts(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["0002.png", "mine.part"]
