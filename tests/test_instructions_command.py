"""`mmneuroonco instructions …` as a user runs it: output, reports and exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from mmneuroonco_tasks.cli import app
from mmneuroonco_tasks.phantom import write_phantom


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["instructions", *map(str, arguments)])


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made")
    done = run("phantom", folder, "--pictures", 12)
    assert done.exit_code == 0 and "72 rows" in done.output
    return folder


def files_in(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.jsonl"))


def test_check_tells_what_it_found_and_its_exit_code_says_whether(made: Path, tmp_path: Path) -> None:
    sound = run("check", *files_in(made), "--images", made / "images")
    assert (sound.exit_code, sound.output) == (0, "180 rows (closed_cot 72, closed 72, open 36) of 12 pictures\n")
    broken, report = tmp_path / "broken.jsonl", tmp_path / "report.jsonl"
    broken.write_bytes(files_in(made)[0].read_bytes() + b"{\n" * 30)
    done = run("check", broken, "--report", report)
    assert done.exit_code == 1
    assert f"{broken}, line 73: not valid JSON" in done.output and "      30  json: no JSON" in done.output
    assert "line 93" not in done.output, "only the first twenty are printed"
    assert [json.loads(line)["line"] for line in report.read_text().splitlines()] == list(range(73, 103))
    counts = json.loads(run("check", broken, "--json").output)
    assert (counts["rows"], counts["problems"]) == (102, {"json": 30})


def test_overlap_reports_and_writes_the_file_without_the_overlapping_rows(made: Path, tmp_path: Path) -> None:
    benchmark = write_phantom(tmp_path / "benchmark", images=6)
    records = json.loads(benchmark.closed.read_text(encoding="utf-8"))
    path = next(record["image_path"] for record in records if "BraTS" not in record["image_path"])
    first = files_in(made)[0].read_text(encoding="utf-8")
    planted = json.dumps(json.loads(first.splitlines()[0]) | {"images": [path]})
    file, report = tmp_path / "rows.jsonl", tmp_path / "report.jsonl"
    file.write_text(first + planted + "\n", encoding="utf-8")
    against = ("--annotations", benchmark.closed, "--annotations", benchmark.open)
    found = run("overlap", file, *against, "--report", report)
    assert found.exit_code == 1
    assert "73 rows, 1 of them overlap with the benchmark" in found.output
    assert json.loads(report.read_text(encoding="utf-8"))["kinds"].keys() == {"path"}
    pictures = ("--images", made / "images", "--benchmark-images", benchmark.images)
    cleaned = run("overlap", file, *against, *pictures, "--clean", tmp_path / "clean", "--json")
    counts = json.loads(cleaned.output)
    assert (cleaned.exit_code, counts["overlapping"], counts["pictures_not_compared"]) == (0, 1, 1)
    assert (tmp_path / "clean" / "rows.jsonl").read_text(encoding="utf-8") == first


def test_split_and_export_write_what_they_say(made: Path, tmp_path: Path) -> None:
    done = run("split", *files_in(made), "--output", tmp_path, "--share", "0.3", "--seed", 3)
    assert done.exit_code == 0, done.output
    parts = files_in(tmp_path)
    assert len(parts) == 6 and all(str(part) in done.output for part in parts)
    rows = sum(len(part.read_text(encoding="utf-8").splitlines()) for part in parts)
    assert rows == 180
    out = tmp_path / "exported"
    exported = run("export", *parts, "--to", "llama-factory", "--output", out, "--images", made / "images")
    assert exported.exit_code == 0, exported.output
    assert {path.name for path in out.iterdir()} == {*(p.name for p in parts), "README.md", "dataset_info.json"}
