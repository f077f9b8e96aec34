"""A run killed while VLMEvalKit writes leaves the file as it was; the files of other datasets are not our business."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mmneuroonco_tasks.frameworks.vlmeval_mends import dumping_whole_files


class Killed(BaseException):
    """Stands for the end of the process."""


def killed_half_way(data: Any, f: str) -> None:
    Path(f).write_text(data[: len(data) // 2])
    raise Killed


def test_what_was_there_survives_a_kill(tmp_path: Path) -> None:
    checkpoint = tmp_path / "stub_MMNeuroOnco_checkpoint.pkl"
    checkpoint.write_text("four answers")
    with pytest.raises(Killed):
        dumping_whole_files(killed_half_way)("five answers", str(checkpoint))
    assert checkpoint.read_text() == "four answers"
    assert [path.name for path in tmp_path.iterdir()] == [checkpoint.name]


def test_a_whole_file_takes_its_place(tmp_path: Path) -> None:
    def dump(data: Any, f: str, **options: Any) -> None:
        Path(f).write_text(f"{data} {options}")

    dumping_whole_files(dump)("five answers", str(tmp_path / "stub_MMNeuroOnco.tsv"), quoting=1)
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {
        "stub_MMNeuroOnco.tsv": "five answers {'quoting': 1}"
    }


def test_what_is_being_written_looks_like_no_file_of_the_hosts(tmp_path: Path) -> None:
    written: list[str] = []
    dumping_whole_files(lambda data, f: written.append(Path(f).name))("answers", str(tmp_path / "m_MMNeuroOnco.xlsx"))
    assert written[0].startswith(".") and written[0].endswith(".xlsx")
    assert "MMNeuroOnco" not in written[0]


def test_the_hosts_own_fallback_to_another_format_is_kept(tmp_path: Path) -> None:
    def only_pickles(data: Any, f: str) -> None:
        Path(f).with_suffix(".pkl").write_text(data)

    dumping_whole_files(only_pickles)("answers", str(tmp_path / "m_MMNeuroOnco.xlsx"))
    assert [path.name for path in tmp_path.iterdir()] == ["m_MMNeuroOnco.pkl"]


def test_other_datasets_are_left_alone(tmp_path: Path) -> None:
    other = tmp_path / "stub_MMBench_checkpoint.pkl"
    with pytest.raises(Killed):
        dumping_whole_files(killed_half_way)("five answers", str(other))
    assert other.read_text() == "five a"
