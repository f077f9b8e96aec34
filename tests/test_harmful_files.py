"""Files made to do harm: each is one sentence, in a process that may use little memory and time."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from faults import (
    bomb,
    chunk,
    limited,
    link_entry,
    nested,
    overlapping,
    packed_text,
    parquet,
    png,
    told,
    workbook,
    zipped,
)
from made_up import PATHS, MadeUp, closed_annotations, picture_bytes, write_benchmark, write_json

from mmneuroonco_tasks.benchmark import BenchmarkError
from mmneuroonco_tasks.benchmark.home import Home
from mmneuroonco_tasks.benchmark.prepare import prepare


@pytest.fixture
def made(tmp_path: Path) -> MadeUp:
    return write_benchmark(tmp_path / "mine")


@pytest.mark.parametrize("content", [nested(), b'[{"id":' + b"9" * 100_000 + b"}]"])
def test_annotations_that_are_no_annotations_are_one_sentence(content: bytes, home: Path, tmp_path: Path) -> None:
    path = tmp_path / "closed.json"
    path.write_bytes(content)
    assert str(path) in told(limited("prepare", "--annotations", path, "--images", tmp_path))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("nested.jsonl", nested() + b"\n"),
        ("long.jsonl", b'{"qid": "1_q1", "response": "' + b"A" * 200_000_000 + b'"}\n'),
        ("long.csv", b"qid,response\n1_q1," + b"A" * 200_000_000 + b"\n"),
        ("numbers.jsonl", b'{"qid": "1_q1", "response": ' + b"9" * 1_000_000 + b"}\n"),
    ],
)
def test_predictions_made_to_do_harm_are_one_sentence(
    name: str, content: bytes, made: MadeUp, home: Path, tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    assert str(path) in told(limited("score", path, "--annotations", made.closed, megabytes=1500))


@pytest.mark.parametrize("size", [(60_000, 60_000), (2**31 - 1, 1), (9_000, 9_000)])
def test_a_picture_that_claims_to_be_huge_is_named_and_not_placed(
    size: tuple[int, int], made: MadeUp, home: Path
) -> None:
    made.picture(2).write_bytes(bomb(*size))
    done = limited("prepare", "--annotations", made.closed, "--images", made.images, "--json")
    report: dict[str, Any] = json.loads(done.out)
    assert "Traceback" not in done.err and "0002" not in str(list((home / "images").iterdir()))
    assert report["placed"] == 3, report


def test_a_zip_that_unpacks_without_end_is_one_sentence(made: MadeUp, home: Path, tmp_path: Path) -> None:
    packed = tmp_path / "bomb.zip"
    with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        archive.writestr("meningioma/s2_t1/slice 2.png", bytes(400 << 20))
    assert packed.stat().st_size < 1 << 20
    sentence = told(limited("prepare", "--annotations", made.closed, "--images", packed))
    assert "claims more than 256 MB; do not use this zip" in sentence


def test_annotations_in_a_zip_bomb_are_one_sentence(home: Path, tmp_path: Path) -> None:
    packed = tmp_path / "mm-neuroonco_benchmark_closed.zip"
    with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        archive.writestr("mm-neuroonco_benchmark_closed_v1.0.json", b"[" * (300 << 20))
    assert "256 MB" in told(limited("prepare", "--annotations", packed, "--images", tmp_path))


@pytest.mark.parametrize(
    "path", ["/etc/passwd", "../../secret.png", "a/../../b.png", "C:\\x.png", "a\\..\\b.png", "~/x.png", "a/\0.png"]
)
def test_an_annotated_path_that_leaves_the_folder_is_one_sentence(path: str, home: Path, tmp_path: Path) -> None:
    records = closed_annotations()
    records[0]["image_path"] = path
    with pytest.raises(BenchmarkError, match="image 1, field image_path"):
        prepare(Home(home), [write_json(tmp_path / "closed.json", records)], [tmp_path])


@pytest.mark.parametrize("kind", [b"iTXt", b"zTXt", b"iCCP"])
def test_text_that_unpacks_without_end_in_a_picture_is_named(kind: bytes, made: MadeUp, home: Path) -> None:
    made.picture(2).write_bytes(png(packed_text(kind)))
    done = limited("prepare", "--annotations", made.closed, "--images", made.images, "--json", megabytes=700)
    assert "damaged or cut off" in json.loads(done.out)["unusable"]["2"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (png(bits=16), "has more than 8 bits a channel"),
        (picture_bytes(2)[:60], "damaged or cut off"),
        (png()[:40], "is no image file"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "is no image file"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "is no image file"),
        (b"", "is empty"),
    ],
)
def test_what_is_no_picture_of_eight_bits_is_named(content: bytes, said: str, made: MadeUp, tmp_path: Path) -> None:
    made.picture(2).write_bytes(content)
    report = prepare(Home(tmp_path / "home"), [made.closed], [made.images])
    assert said in report.unusable[2][1] and report.placed == 3


def test_of_a_picture_that_moves_the_first_frame_is_shown_and_the_rest_is_not_unpacked(
    made: MadeUp, tmp_path: Path
) -> None:
    frames = chunk(b"acTL", (2**31 - 1).to_bytes(4, "big") + bytes(4))
    made.picture(2).write_bytes(png(frames))
    assert prepare(Home(tmp_path / "home"), [made.closed], [made.images]).placed == 4


def test_a_link_in_a_zip_is_not_followed(made: MadeUp, tmp_path: Path) -> None:
    secret = tmp_path / "secret.png"
    secret.write_bytes(picture_bytes(2))
    packed = zipped(tmp_path / "pictures.zip", link_entry(PATHS[2], str(secret)))
    report = prepare(Home(tmp_path / "home"), [made.closed], [packed])
    assert report.placed == 0 and "is no image file" in report.unusable[2][1]


@pytest.mark.parametrize("name", ["../" + PATHS[2], "/" + PATHS[2], "C:\\" + PATHS[2], "a\\..\\..\\b.png"])
def test_an_entry_that_leaves_its_folder_is_one_sentence(name: str, made: MadeUp, tmp_path: Path) -> None:
    packed = zipped(tmp_path / "pictures.zip", (name, picture_bytes(2)))
    with pytest.raises(BenchmarkError, match="leaves the folder it is unpacked to; get the zip again"):
        prepare(Home(tmp_path / "home"), [made.closed], [packed])
    assert not list((tmp_path / "home").rglob("*.png"))


def test_a_name_with_a_null_byte_in_a_zip_ends_there(made: MadeUp, tmp_path: Path) -> None:
    packed = tmp_path / "pictures.zip"
    content = zipped(packed, (PATHS[2] + "X/../../x.png", picture_bytes(2))).read_bytes()
    packed.write_bytes(content.replace(b"slice 2.pngX", b"slice 2.png\0"))
    report = prepare(Home(tmp_path / "home"), [made.closed], [packed])
    assert [path.name for path in (tmp_path / "home" / "images").iterdir()] == ["0002.png"] and report.placed == 1


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_of_two_entries_of_one_name_the_last_counts_as_for_every_unpacker(made: MadeUp, tmp_path: Path) -> None:
    packed = zipped(tmp_path / "pictures.zip", (PATHS[2], b"none"), (PATHS[2], picture_bytes(2)))
    assert prepare(Home(tmp_path / "home"), [made.closed], [packed]).placed == 1


def test_entries_that_overlap_are_one_sentence(made: MadeUp, tmp_path: Path) -> None:
    packed = overlapping(tmp_path / "pictures.zip", "a/" + PATHS[3], PATHS[2], picture_bytes(2))
    with pytest.raises(
        BenchmarkError, match=r"entry meningioma/s2_t1/slice 2\.png: cannot be unpacked \(.*\); get the zip"
    ):
        prepare(Home(tmp_path / "home"), [made.closed], [packed])


def test_a_workbook_that_unpacks_to_millions_of_rows_is_one_sentence(made: MadeUp, home: Path, tmp_path: Path) -> None:
    path = workbook(tmp_path / "m_MMNeuroOnco.xlsx", b"<worksheet><sheetData>" + b"<row/>" * 30_000_000)
    assert path.stat().st_size < 1 << 20
    assert "has more than 2,000,000 tags" in told(limited("score", path, "--annotations", made.closed))


@pytest.mark.parametrize(
    ("rows", "characters", "said"), [(900, 50_000_000, "longer than 4,000,000"), (2_000_000, 4, "1,000,000 records")]
)
def test_a_parquet_file_that_repeats_itself_is_one_sentence(
    rows: int, characters: int, said: str, made: MadeUp, home: Path, tmp_path: Path
) -> None:
    pytest.importorskip("pyarrow")
    path = parquet(tmp_path / "p.parquet", rows, "A" * characters)
    assert path.stat().st_size < 1 << 20
    # pyarrow alone reserves more than a gigabyte of addresses.
    assert said in told(limited("score", path, "--annotations", made.closed, megabytes=4000))
