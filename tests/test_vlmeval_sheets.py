"""VLMEvalKit's prediction sheets are read as they were written: no text becomes nothing, no number is lost."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from mmneuroonco_tasks.predictions import PredictionsError, vlmeval_sheets
from mmneuroonco_tasks.predictions.vlmeval_sheets import XLSX_CELL_LIMIT, read_vlmeval_sheet

COLUMNS = ("index", "qid", "category", "prediction")
#: Texts that spreadsheets and pandas are fond of taking for something else.
TREACHEROUS = ("None", "N/A", "NA", "nan", "NaN", "null", "NULL", "<NA>", "#N/A", "TRUE", "007", "1e5", "=1+1", " B ")


def write_xlsx(path: Path, predictions: list[Any]) -> Path:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(COLUMNS)
    for number, prediction in enumerate(predictions, start=1):
        sheet.append((100 * number + 1, f"{number}_q1", "size", prediction))
    book.save(path)
    return path


def write_delimited(path: Path, predictions: list[Any]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter="\t" if path.suffix == ".tsv" else ",", quoting=csv.QUOTE_ALL)
        writer.writerow(COLUMNS)
        for number, prediction in enumerate(predictions, start=1):
            writer.writerow((100 * number + 1, f"{number}_q1", "size", "" if prediction is None else prediction))
    return path


def write_json(path: Path, predictions: list[Any]) -> Path:
    rows = [
        dict(zip(COLUMNS, (100 * number + 1, f"{number}_q1", "size", prediction), strict=True))
        for number, prediction in enumerate(predictions, start=1)
    ]
    path.write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")
    return path


Writer = Callable[[Path, list[Any]], Path]
FORMATS = [("xlsx", write_xlsx), ("tsv", write_delimited), ("csv", write_delimited), ("json", write_json)]
each_format = pytest.mark.parametrize(("suffix", "write"), FORMATS, ids=[name for name, _ in FORMATS])


def responses(path: Path) -> list[str | None]:
    return list(read_vlmeval_sheet(path).responses.values())


@each_format
def test_texts_stay_texts(tmp_path: Path, suffix: str, write: Writer) -> None:
    assert responses(write(tmp_path / f"m_MMNeuroOnco.{suffix}", list(TREACHEROUS))) == list(TREACHEROUS)


@each_format
def test_an_empty_cell_is_no_response_and_numbers_become_text(tmp_path: Path, suffix: str, write: Writer) -> None:
    assert responses(write(tmp_path / f"m_MMNeuroOnco.{suffix}", [None, 2, 2.5, "E"])) == [None, "2", "2.5", "E"]


def test_a_number_that_is_nan_is_no_response_and_a_whole_float_is_an_integer(tmp_path: Path) -> None:
    assert responses(write_json(tmp_path / "m_MMNeuroOnco.json", [float("nan"), 2.0])) == [None, "2"]


@each_format
@settings(max_examples=25)
@given(
    texts=st.lists(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cn", "Cs"]), min_size=1), min_size=1)
)
def test_any_printable_text_survives(
    tmp_path_factory: pytest.TempPathFactory, suffix: str, write: Writer, texts: list[str]
) -> None:
    path = write(tmp_path_factory.mktemp("sheet") / f"m_MMNeuroOnco.{suffix}", texts)
    # openpyxl writes a lone "=" and such as text or formula; either way the source is what comes back.
    assert responses(path) == texts


def test_carriage_returns_that_xlsx_escapes_are_given_back(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "m_MMNeuroOnco.xlsx", ["B_x000D_\nbecause it is round"])
    assert responses(path) == ["B\r\nbecause it is round"]


@pytest.mark.parametrize("shape", ["columns and data", "lists by column"])
def test_the_other_json_shapes_that_vlmevalkit_knows(tmp_path: Path, shape: str) -> None:
    path = tmp_path / "m_MMNeuroOnco.json"
    content: dict[str, Any] = {"qid": ["1_q1", "1_q2"], "prediction": ["None", "B"]}
    if shape == "columns and data":
        content = {"columns": list(content), "data": [list(row) for row in zip(*content.values(), strict=True)]}
    path.write_text(json.dumps(content), encoding="utf-8")
    assert read_vlmeval_sheet(path).responses == {"1_q1": "None", "1_q2": "B"}


def test_a_cell_that_is_cut_at_the_limit_is_said(tmp_path: Path) -> None:
    whole, cut = "x" * (XLSX_CELL_LIMIT - 1), "x" * XLSX_CELL_LIMIT
    read = read_vlmeval_sheet(write_xlsx(tmp_path / "m_MMNeuroOnco.xlsx", [whole, cut]))
    assert len(read.remarks) == 1
    assert read.remarks[0].startswith("1 response (the first: 2_q1)")
    assert "PRED_FORMAT=tsv" in read.remarks[0]
    long = read_vlmeval_sheet(write_delimited(tmp_path / "m_MMNeuroOnco.tsv", [cut * 10]))
    assert long.remarks == ()
    assert long.responses["1_q1"] == cut * 10


@pytest.mark.parametrize(
    ("stem", "model", "dataset"),
    [
        ("gpt-4o_MMNeuroOnco", "gpt-4o", "MMNeuroOnco"),
        ("llava_v1.5_7b_MMNeuroOnco_NoBraTS", "llava_v1.5_7b", "MMNeuroOnco_NoBraTS"),
        ("m_MMNeuroOnco_Phantom_CoT", "m", "MMNeuroOnco_Phantom_CoT"),
    ],
)
def test_the_file_name_tells_model_and_dataset(tmp_path: Path, stem: str, model: str, dataset: str) -> None:
    read = read_vlmeval_sheet(write_delimited(tmp_path / f"{stem}.tsv", ["A"]))
    assert (read.run, read.task_name) == ({"model": model}, dataset)
    assert read.asked == ("1_q1",), "the rows are what was asked"


@pytest.mark.parametrize(("stem", "run"), [("gpt-4o_mine", {}), ("gpt-4o_MMNeuroOnco_TSV", {"model": "gpt-4o"})])
def test_a_sheet_of_an_exported_tsv_names_no_registered_task(tmp_path: Path, stem: str, run: dict[str, str]) -> None:
    read = read_vlmeval_sheet(write_delimited(tmp_path / f"{stem}.tsv", ["A"]))
    assert (read.run, read.task_name, read.asked) == (run, None, ("1_q1",))


def test_the_result_file_beside_a_sheet_tells_how_it_came_about(tmp_path: Path) -> None:
    signature = {"prompt": "direct-00000000", "per": "question", "gen": "greedy-16", "via": "ms-vlmeval", "model": "m"}
    (tmp_path / "m_MMNeuroOnco_result.json").write_text(json.dumps({"signature": signature}), encoding="utf-8")
    assert read_vlmeval_sheet(write_delimited(tmp_path / "m_MMNeuroOnco.tsv", ["A"])).run == signature


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("s.tsv", b"index\tprediction\n1\tA\n", "has no column qid"),
        ("s.csv", b"qid,answer\n1_q1,A\n", "has no column prediction"),
        ("s.tsv", b"qid\tprediction\n1_q1\tA\n1_q1\tB\n", "row 3: 1_q1 is answered twice"),
        ("s.tsv", b"qid\tprediction\n\tA\n", "row 2: has no question id"),
        ("s.tsv", b"qid\tprediction\n1_q1\t\xff\xfe\n", "is no CSV or TSV in UTF-8"),
        ("s.tsv", b'qid\tprediction\n1_q1\t"A\n', "is no CSV or TSV in UTF-8"),
        ("s.tsv", b"", "has no column qid"),
        ("s.xlsx", b"PK\x03\x04 not a workbook", "cannot be read as a xlsx sheet"),
        ("s.xlsx", b"", "cannot be read as a xlsx sheet"),
        ("s.json", b'[{"qid": "1_q1", "prediction"', "cannot be read as a json sheet"),
        ("s.json", b"[" * 100_000, "cannot be read as a json sheet"),
        ("s.json", b"[1, 2]", "cannot be read as a json sheet"),
        ("s.pkl", b"\x80\x04N.", "no prediction sheet"),
    ],
)
def test_what_is_no_sheet_gets_one_sentence(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(PredictionsError, match=said) as raised:
        read_vlmeval_sheet(path)
    assert str(raised.value).startswith(str(path))
    assert "\n" not in str(raised.value)


def test_a_workbook_that_unpacks_to_too_much_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "m_MMNeuroOnco.xlsx"
    with ZipFile(path, "w", ZIP_DEFLATED) as packed:
        packed.writestr("xl/sharedStrings.xml", bytes(1_000_000))
    monkeypatch.setattr(vlmeval_sheets, "LARGEST_SHEET_BYTES", 999_999)
    with pytest.raises(PredictionsError, match="unpacks to more than 256 MB"):
        read_vlmeval_sheet(path)


def test_a_file_that_is_not_there_gets_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(PredictionsError, match="there is no such file"):
        read_vlmeval_sheet(tmp_path / "m_MMNeuroOnco.xlsx")
