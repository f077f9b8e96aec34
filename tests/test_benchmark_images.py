"""Every picture is decoded before the first question, and once for consecutive questions."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_up import picture_bytes, write_benchmark

from mmneuroonco_tasks.benchmark import BenchmarkError, load_benchmark, with_usable_pictures
from mmneuroonco_tasks.benchmark.images import ImageStore, by_source, open_picture, picture_problem, problem_in
from mmneuroonco_tasks.benchmark.records import Picture


def _png_header(width: int, height: int) -> bytes:
    """A PNG that claims a size and holds nothing."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".bmp"])
def test_a_sound_picture_has_no_problem(suffix: str) -> None:
    assert problem_in(picture_bytes(2, suffix)) is None


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "is empty (zero bytes)"),
        (b"not a picture", "is no image file"),
        (picture_bytes(2, ".png")[:-30], "is damaged or cut off"),
        (picture_bytes(2, ".jpg")[:-200], "is damaged or cut off"),
        (_png_header(24, 20), "is damaged or cut off"),
        (_png_header(9000, 9000), "claims 9000 × 9000 pixels, which no slice has"),
        (_png_header(60000, 60000), "claims more pixels than any slice has"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "is no image file"),
    ],
)
def test_what_is_wrong_with_a_picture_is_said(content: bytes, problem: str) -> None:
    assert str(problem_in(content)).startswith(problem)


def test_a_file_that_is_not_there_or_is_a_folder_is_said(tmp_path: Path) -> None:
    assert picture_problem(tmp_path / "none.png") == "is missing"
    assert picture_problem(tmp_path) == "cannot be read (Is a directory)"


@given(st.binary(max_size=400), st.integers(0, 200))
def test_any_bytes_are_a_picture_or_a_problem(noise: bytes, position: int) -> None:
    for content in (noise, picture_bytes(2, ".png")[:position] + noise):
        problem = problem_in(content)
        assert problem is None or problem.startswith(("is ", "claims "))


def test_pictures_are_opened_as_rgb(tmp_path: Path) -> None:
    (tmp_path / "grey.png").write_bytes(picture_bytes(1, ".png"))
    assert open_picture(tmp_path / "grey.png").mode == "RGB"
    (tmp_path / "empty.png").write_bytes(b"")
    with pytest.raises(
        BenchmarkError, match=r"empty\.png: the image is empty \(zero bytes\); run `mmneuroonco prepare`"
    ):
        open_picture(tmp_path / "empty.png")


def test_consecutive_questions_of_a_picture_decode_it_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = write_benchmark(tmp_path)
    benchmark = load_benchmark("closed", annotations=made.closed, images=made.images)
    decoded = []

    def counted(path: Path) -> Any:
        decoded.append(path.name)
        return open_picture(path)

    monkeypatch.setattr("mmneuroonco_tasks.benchmark.images.open_picture", counted)
    for question in benchmark.questions:
        benchmark.images.open(question.picture)
    assert decoded == ["scan (1).jpg", "slice 2.png", "BraTS2021_90001_t1ce.png", "BraTS2021_90001_flair.png"]


def test_what_a_caller_draws_into_a_picture_is_not_seen_by_the_next(tmp_path: Path) -> None:
    made = write_benchmark(tmp_path)
    benchmark = load_benchmark("closed", annotations=made.closed, images=made.images)
    picture = benchmark.pictures[0]
    before = benchmark.images.open(picture).tobytes()
    benchmark.images.open(picture).paste((255, 0, 0), (0, 0, 9, 9))
    assert benchmark.images.open(picture).tobytes() == before


def test_all_problems_are_found_before_anything_is_asked(tmp_path: Path) -> None:
    made = write_benchmark(tmp_path, images=(1, 2, 4))
    made.picture(1).write_bytes(b"")
    benchmark = load_benchmark("closed", annotations=made.closed, images=made.images)
    with pytest.raises(BenchmarkError) as caught:
        with_usable_pictures(benchmark)
    assert str(caught.value) == (
        "2 of the pictures cannot be used (image 1 is empty (zero bytes); image 3 is missing) — by source folder "
        "healthy/s1_t2: 1, glioma/s3_mask: 1. Run `mmneuroonco prepare` with the folder that has them, or set "
        "MMNEUROONCO_ALLOW_MISSING=1 to run the rest, marked PARTIAL."
    )


def test_with_leave_to_miss_some_the_rest_is_asked_and_partial(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MMNEUROONCO_ALLOW_MISSING", "1")
    made = write_benchmark(tmp_path, images=(1, 4))
    benchmark = with_usable_pictures(load_benchmark("closed", annotations=made.closed, images=made.images))
    assert [question.qid for question in benchmark.questions] == ["1_q1", "4_q1"] and benchmark.partial


def test_without_any_picture_even_leave_does_not_help(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MMNEUROONCO_ALLOW_MISSING", "1")
    made = write_benchmark(tmp_path, images=())
    with pytest.raises(BenchmarkError, match="no picture at all can be used"):
        with_usable_pictures(load_benchmark("closed", annotations=made.closed, images=made.images))


def test_asking_the_store_for_a_picture_it_has_not_is_an_error() -> None:
    with pytest.raises(BenchmarkError, match="image 5 is missing; run `mmneuroonco doctor`"):
        ImageStore({}).path(Picture(5, "a/b/c.png", 5))


def test_a_picture_is_checked_once(tmp_path: Path) -> None:
    path = tmp_path / "0002.png"
    path.write_bytes(picture_bytes(2, ".png"))
    store, picture = ImageStore({2: path}), Picture(2, "a/b/c.png", 2)
    assert store.problems([picture]) == {}
    path.unlink()
    assert store.problems([picture]) == {}
    assert ImageStore({2: path}).problems([picture]) == {2: (picture, "is missing")}


def test_pictures_are_counted_by_source_folder_most_first() -> None:
    pictures = [
        Picture(1, "a/x/1.png", 1),
        Picture(2, "b/y/2.png", 2),
        Picture(3, "b/y/3.png", 3),
        Picture(4, "c.png", 4),
    ]
    assert list(by_source(pictures).items()) == [("b/y", 2), ("a/x", 1), ("c.png", 1)]
