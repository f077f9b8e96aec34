"""The TSV for a plain VLMEvalKit: every question, its picture by an opaque path, nothing that names the diagnosis."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from command import run_here
from made_up import CLOSED_QIDS, PATHS, write_benchmark

from mmneuroonco_tasks.benchmark import ClosedBenchmark, load_benchmark
from mmneuroonco_tasks.benchmark.home import Home
from mmneuroonco_tasks.benchmark.prepare import prepare
from mmneuroonco_tasks.frameworks.vlmeval_tsv import data_folder, sheet_index, write_vlmeval_tsv


@pytest.fixture
def benchmark(tmp_path: Path) -> ClosedBenchmark:
    made = write_benchmark(tmp_path / "made")
    prepare(Home(tmp_path / "home"), [made.closed], [made.images])
    return load_benchmark("closed", home=Home(tmp_path / "home"))


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def test_rows_are_the_questions(benchmark: ClosedBenchmark, tmp_path: Path) -> None:
    write_vlmeval_tsv(benchmark, tmp_path / "lmu" / "mine.tsv")
    rows = read(tmp_path / "lmu" / "mine.tsv")
    assert [row["qid"] for row in rows] == list(CLOSED_QIDS)
    for row, question in zip(rows, benchmark.questions, strict=True):
        assert {letter: row[letter] for letter in "ABCDE" if row[letter]} == dict(question.options)
        assert (row["question"], row["answer"], row["category"]) == (
            question.question,
            question.answer,
            question.question_type,
        )
    assert len({row["index"] for row in rows}) == len(rows)


def test_pictures_are_absolute_paths_that_tell_nothing(benchmark: ClosedBenchmark, tmp_path: Path) -> None:
    write_vlmeval_tsv(benchmark, tmp_path / "mine.tsv")
    for row in read(tmp_path / "mine.tsv"):
        picture = Path(row["image_path"])
        assert picture.is_absolute() and picture.is_file()
        assert picture.stem.isdecimal() and len(picture.stem) == 4
    written = (tmp_path / "mine.tsv").read_text(encoding="utf-8")
    assert not any(path in written for path in PATHS.values())


def test_no_two_questions_share_an_index() -> None:
    qids = [f"{image}_q{position}" for image in range(1, 1001) for position in range(1, 7)]
    assert len({sheet_index(qid) for qid in qids}) == len(qids)


def test_the_folder_is_the_one_vlmevalkit_uses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LMUData", str(tmp_path))
    assert data_folder() == tmp_path
    monkeypatch.setenv("LMUData", str(tmp_path / "not there"))
    assert data_folder() == Path.home() / "LMUData", "VLMEvalKit ignores a folder that does not exist"


def test_the_command_writes_it_where_vlmevalkit_looks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    made = write_benchmark(tmp_path / "made")
    prepare(Home(tmp_path / "home"), [made.closed], [made.images])
    monkeypatch.setenv("MMNEUROONCO_HOME", str(tmp_path / "home"))
    (tmp_path / "lmu").mkdir()
    monkeypatch.setenv("LMUData", str(tmp_path / "lmu"))
    done = run_here(capsys, "export", "vlmeval-tsv")
    assert done.code == 0, done.err
    assert [row["qid"] for row in read(tmp_path / "lmu" / "MMNeuroOnco_TSV.tsv")] == list(CLOSED_QIDS)
    assert "python run.py --data MMNeuroOnco_TSV --model <model>" in done.out

    without_brats = run_here(capsys, "export", "vlmeval-tsv", "-o", tmp_path / "mine.tsv", "--scope", "nobrats")
    assert [row["qid"][0] for row in read(tmp_path / "mine.tsv")] == [qid[0] for qid in CLOSED_QIDS if qid[0] in "12"]
    assert "run.py" not in without_brats.out, "VLMEvalKit would not find it there"


def test_the_command_stops_where_a_picture_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    made = write_benchmark(tmp_path / "made")
    prepare(Home(tmp_path / "home"), [made.closed], [made.images])
    monkeypatch.setenv("MMNEUROONCO_HOME", str(tmp_path / "home"))
    next((tmp_path / "home" / "images").glob("0003.*")).unlink()
    done = run_here(capsys, "export", "vlmeval-tsv", "-o", tmp_path / "mine.tsv")
    assert done.code == 1 and "image 3" in done.sentence
    assert not (tmp_path / "mine.tsv").exists()
