"""Predictions are taken in every form that people have: each is recognised, and each says what it cannot tell."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mmneuroonco_tasks.predictions import FORMATS, PredictionsError, read_predictions, recognise
from mmneuroonco_tasks.predictions.rows import BARE_LETTERS, LETTERS_ONLY

RUN_KEYS = ("prompt", "per", "gen", "via", "model")
TWO = [{"qid": "3_q1", "response": "It is C."}, {"qid": "3_q2", "response": None}]


def write_lines(path: Path, records: Iterable[Any]) -> Path:
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return path


def write_csv(path: Path, records: Iterable[Mapping[str, Any]], delimiter: str = ",") -> Path:
    rows = list(records)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), delimiter=delimiter)
        writer.writeheader()
        writer.writerows(rows)
    return path


def write_parquet(path: Path, records: Iterable[Mapping[str, Any]]) -> Path:
    pytest.importorskip("pyarrow", reason="pyarrow is not installed: Parquet cannot be written here")
    import pyarrow
    from pyarrow import parquet

    parquet.write_table(pyarrow.Table.from_pylist(list(records)), path)
    return path


# --- The plain forms ---------------------------------------------------------------------------------


def test_jsonl_csv_tsv_and_parquet_of_the_same_rows_read_alike(tmp_path: Path) -> None:
    paths = {
        "plain JSONL": write_lines(tmp_path / "a.jsonl", TWO),
        "plain CSV": write_csv(tmp_path / "a.csv", TWO),
        "plain TSV": write_csv(tmp_path / "a.tsv", TWO, "\t"),
        "plain Parquet": write_parquet(tmp_path / "a.parquet", TWO),
    }
    for title, path in paths.items():
        read = read_predictions(path)
        assert (read.format, dict(read.responses)) == (title, {"3_q1": "It is C.", "3_q2": None})
        # Nothing is known of what was asked beyond the scope, so what the file lacks is missing.
        assert read.asked is None and not read.letters_only and read.remarks == ()


@pytest.mark.parametrize("text", ["None", "N/A", "nan", "null", '"quoted", and\nbroken', " B "])
def test_texts_that_look_like_nothing_stay_texts_in_every_plain_form(tmp_path: Path, text: str) -> None:
    rows = [{"qid": "3_q1", "response": text}]
    for path in (write_csv(tmp_path / "a.csv", rows), write_parquet(tmp_path / "a.parquet", rows)):
        assert read_predictions(path).responses == {"3_q1": text}


def test_the_number_nan_in_a_parquet_file_is_no_response(tmp_path: Path) -> None:
    path = write_parquet(tmp_path / "a.parquet", [{"qid": "3_q1", "response": float("nan")}])
    assert read_predictions(path).responses == {"3_q1": None}


@pytest.mark.parametrize(
    "row",
    [
        {"qid": "12_q3", "response": "B, since"},
        {"qid": "12_q3", "prediction": "B, since"},
        {"question_id": "12_q3", "prediction": "B, since"},
        {"id": 12, "q_index": 3, "raw": "B, since"},
        {"id": "12", "q_index": 3.0, "response": "B, since"},
        {"qid": "12_q3", "response": "B, since", "pred": "E"},
    ],
)
def test_questions_and_responses_go_by_the_names_that_people_use(tmp_path: Path, row: dict[str, Any]) -> None:
    assert read_predictions(write_lines(tmp_path / "a.jsonl", [row]), "jsonl").responses == {"12_q3": "B, since"}


def test_a_file_of_letters_says_that_refusals_cannot_be_told(tmp_path: Path) -> None:
    read = read_predictions(
        write_csv(tmp_path / "a.csv", [{"qid": "1_q1", "letter": "C"}, {"qid": "1_q2", "letter": ""}])
    )
    assert read.letters_only and read.remarks == (LETTERS_ONLY,)
    assert read.responses == {"1_q1": "C", "1_q2": None}


def test_responses_that_are_all_bare_letters_are_remarked_upon_but_read_as_responses(tmp_path: Path) -> None:
    read = read_predictions(write_lines(tmp_path / "a.jsonl", [{"qid": "1_q1", "response": " C"}]))
    assert not read.letters_only and read.remarks == (BARE_LETTERS,)


# --- Recognition -------------------------------------------------------------------------------------

SAMPLE = {"filtered_resps": ["C"], "accuracy": {"qid": "3_q1", "task": "mmneuroonco_closed", "score": 1}}
RELEASED = {"id": 3, "q_index": 1, "pred": "C"}


@pytest.mark.parametrize(
    ("record", "name"),
    [
        (SAMPLE, "lmms-eval"),
        (RELEASED, "released"),
        ({"image_path": "a/b.png", "pred": "C", "raw": "C"}, "released"),
        ({"image_path": "a/b.png", "error": "missing_image"}, "released"),
        ({"qid": "3_q1", "response": "C"}, "jsonl"),
        ({"question_id": "3_q1", "prediction": "C"}, "jsonl"),
    ],
)
def test_a_jsonl_file_is_recognised_by_its_first_record(tmp_path: Path, record: dict[str, Any], name: str) -> None:
    assert recognise(write_lines(tmp_path / "any.name", [record])) == name


def test_a_table_with_vlmevalkits_columns_is_its_sheet_and_any_other_a_plain_one(tmp_path: Path) -> None:
    sheet = write_csv(tmp_path / "a.csv", [{"index": 301, "qid": "3_q1", "prediction": "C"}])
    assert (recognise(sheet), read_predictions(sheet).format) == ("vlmevalkit", "VLMEvalKit sheet")
    assert recognise(write_csv(tmp_path / "b.csv", [{"qid": "3_q1", "prediction": "C"}])) == "csv"


def test_a_named_format_overrides_recognition(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "a.jsonl", [RELEASED | {"raw": "It is B."}])
    assert read_predictions(path).format == "released evaluator's JSONL"
    assert read_predictions(path, "jsonl").format == "plain JSONL"
    with pytest.raises(PredictionsError, match="no format is called yaml; use one of lmms-eval, vlmevalkit"):
        read_predictions(path, "yaml")


# --- What cannot be read says so in a sentence -------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.jsonl", b"", "holds no prediction"),
        ("a.jsonl", b"[1, 2]\n", "line 1: expected an object"),
        ("a.jsonl", b'{"qid": "3_q1"\n', "line 1: not valid JSON"),
        ("a.jsonl", b'{"foo": 1}\n', "of no known format .its first record has foo."),
        ("a.jsonl", b'{"qid": "3_q1"}\n', "line 1: has no response"),
        ("a.jsonl", b'{"qid": 3, "response": "C"}\n', "line 1: the qid is 3, not a text such as '3_q1'"),
        ("a.jsonl", b'{"qid": "three", "response": "C"}\n', "line 1: the qid is 'three'"),
        ("a.jsonl", b'{"qid": "3_q1", "response": "C"}\n{"qid": "3_q1", "response": "D"}\n', "answered twice"),
        ("a.jsonl", b'{"qid": "3_q1", "response": "C"}\n{"qid": "3_q2", "pred": "D"}\n', "line 2: has no response"),
        ("a.csv", b"", "names no question|holds no prediction"),
        ("a.csv", b"qid,response\n", "holds no prediction"),
        ("a.csv", b"qid,response\n3_q1,C,D\n", "row 2: has 3 cells under 2 columns"),
        ("a.csv", b'qid,response\n3_q1,"C\n', "is no CSV or TSV"),
        ("a.csv", b"qid,response\n3_q1,\xff\xfe\n", "is no CSV or TSV in UTF-8"),
        ("a.csv", b"question,response\nWhat?,C\n", "row 2: names no question"),
        ("a.parquet", b"PAR1", "cannot be read as Parquet"),
        ("a.json", b'{"schema": "mmneuroonco-result/1"}', "is a result, scored already"),
    ],
)
def test_a_file_that_cannot_be_used_says_where_and_what_to_do(
    tmp_path: Path, name: str, content: bytes, sentence: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(PredictionsError, match=sentence) as caught:
        read_predictions(path)
    assert str(path) in str(caught.value) and "\n" not in str(caught.value)


def test_a_file_that_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(PredictionsError, match="there is no such file"):
        read_predictions(tmp_path / "gone.jsonl")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
KNOWN = ("qid", "question_id", "id", "q_index", "response", "prediction", "raw", "raw_batch", "pred", "letter")
MORE = ("image_path", "error", "filtered_resps", "accuracy")
RECORDS = st.lists(st.dictionaries(st.sampled_from(KNOWN + MORE), JSON, max_size=6), max_size=4)


@given(records=RECORDS, format=st.sampled_from([None, "lmms-eval", "released", "jsonl"]))
@settings(max_examples=100)
def test_any_records_are_read_or_refused_in_a_sentence(
    tmp_path_factory: pytest.TempPathFactory, records: list[dict[str, Any]], format: str | None
) -> None:
    path = write_lines(tmp_path_factory.mktemp("any") / "a.jsonl", records)
    try:
        read = read_predictions(path, format, image_ids=lambda: {"": 1})
    except PredictionsError as error:
        assert str(path) in str(error)
    else:
        assert all(isinstance(qid, str) for qid in read.responses)
        assert all(response is None or isinstance(response, str) for response in read.responses.values())


@given(content=st.binary(max_size=300), format=st.sampled_from([None, *FORMATS]))
@settings(max_examples=40)
@pytest.mark.parametrize("suffix", ["jsonl", "csv", "tsv", "parquet", "json", "xlsx"])
def test_any_bytes_are_read_or_refused_in_a_sentence(
    tmp_path_factory: pytest.TempPathFactory, suffix: str, content: bytes, format: str | None
) -> None:
    path = tmp_path_factory.mktemp("any") / f"a.{suffix}"
    path.write_bytes(content)
    try:
        read_predictions(path, format)
    except PredictionsError as error:
        assert str(path) in str(error)


# --- lmms-eval's samples -----------------------------------------------------------------------------


def test_a_sample_of_a_whole_image_gives_its_reply_to_each_of_its_questions(tmp_path: Path) -> None:
    told = [
        {"qid": f"3_q{n}", "task": "mmneuroonco_closed_batch", "outcome": "answered", "letter": "A"} for n in (1, 2)
    ]
    path = write_lines(tmp_path / "a.jsonl", [{"filtered_resps": ["Q1: A\nQ2: A"], "accuracy": told}])
    read = read_predictions(path)
    assert read.responses == {"3_q1": "Q1: A\nQ2: A", "3_q2": "Q1: A\nQ2: A"}
    assert read.run == {"per": "image"} and read.task_name == "mmneuroonco_closed_batch"


def test_a_sample_of_an_open_question_is_known_by_its_own_metric(tmp_path: Path) -> None:
    told = {"qid": "3_q1", "task": "mmneuroonco_open", "response": "A large one."}
    record = {"filtered_resps": ["A large one."], "attribute_balanced_accuracy": told}
    beside = {"answers": {"3_q1": {"outcome": "answered"}}, "signature": dict.fromkeys(RUN_KEYS, "told")}
    (tmp_path / "20260101_000000_mmneuroonco_open_result.json").write_text(json.dumps(beside), encoding="utf-8")
    read = read_predictions(write_lines(tmp_path / "a.jsonl", [record]))
    assert read.responses == {"3_q1": "A large one."} and read.task_name == "mmneuroonco_open"
    assert read.run == dict.fromkeys(RUN_KEYS, "told")
