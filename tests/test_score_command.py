"""`mmneuroonco score` on everything people have: the same answers give the same number from every kind of file."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from command import Finished, run_here
from made_up import OPEN_QIDS, write_benchmark
from made_up_runs import letters_of, write_closed, write_predictions

from mmneuroonco_tasks.benchmark import load_benchmark
from mmneuroonco_tasks.benchmark.records import ClosedBenchmark
from mmneuroonco_tasks.scores import read_result


@pytest.fixture(scope="module")
def annotations(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_closed(tmp_path_factory.mktemp("made"), images=12)


@pytest.fixture(scope="module")
def benchmark(annotations: Path) -> ClosedBenchmark:
    return load_benchmark("closed", annotations=annotations)


Score = Callable[..., Finished]


@pytest.fixture
def score(annotations: Path, home: Path, capsys: pytest.CaptureFixture[str]) -> Score:
    return lambda *arguments: run_here(capsys, "score", *arguments, "--annotations", annotations)


def sentences(letters: dict[str, str]) -> dict[str, str]:
    return {qid: f"The answer is {letter}." for qid, letter in letters.items()}


# --- One number from every file ----------------------------------------------------------------------


def write_csv(path: Path, responses: dict[str, str]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("qid", "response"), *responses.items()])
    return path


def write_parquet(path: Path, responses: dict[str, str]) -> Path:
    pytest.importorskip("pyarrow", reason="pyarrow is not installed: Parquet cannot be written here")
    import pyarrow
    from pyarrow import parquet

    parquet.write_table(pyarrow.table({"qid": list(responses), "response": list(responses.values())}), path)
    return path


def write_sheet(path: Path, responses: dict[str, str]) -> Path:
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in [("index", "qid", "prediction"), *((i, *pair) for i, pair in enumerate(responses.items()))]:
        sheet.append(row)
    book.save(path)
    return path


def write_released(path: Path, responses: dict[str, str]) -> Path:
    lines = []
    for qid, response in responses.items():
        image, _, position = qid.partition("_q")
        # What the released script read off the response does not matter.
        lines.append({"id": int(image), "q_index": int(position), "pred": "A", "raw": response})
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return path


WRITERS: dict[str, tuple[str, Callable[[Path, Any], Path]]] = {
    "plain JSONL": ("a.jsonl", write_predictions),
    "plain CSV": ("a.csv", write_csv),
    "plain Parquet": ("a.parquet", write_parquet),
    "VLMEvalKit sheet": ("a.xlsx", write_sheet),
    "released evaluator's JSONL": ("preds_a.jsonl", write_released),
}


@pytest.mark.parametrize("format", WRITERS)
def test_the_same_responses_give_the_same_number_from_every_file(
    tmp_path: Path, benchmark: ClosedBenchmark, score: Score, format: str
) -> None:
    letters = letters_of(benchmark, 0.6, 1)
    name, write = WRITERS[format]
    done = score(write(tmp_path / name, sentences(letters)), "--json")
    assert done.code == 0, done.err
    right = sum(letters[question.qid] == question.answer for question in benchmark.questions)
    result = json.loads(done.out)
    assert result["metrics"]["accuracy"]["value"] == right / len(benchmark)
    # The format is told, apart from the result.
    assert f"a{Path(name).suffix}: {format}, {len(benchmark)} responses" in done.err


def test_a_file_of_letters_is_scored_and_says_what_it_cannot_tell(
    tmp_path: Path, benchmark: ClosedBenchmark, score: Score
) -> None:
    letters = {**letters_of(benchmark, 0.6, 1), benchmark.questions[0].qid: ""}
    path = tmp_path / "a.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("qid", "pred"), *letters.items()])
    done = score(path, "--json")
    assert "letters only" in done.err and "cannot be told apart" in done.err
    result = json.loads(done.out)
    first = benchmark.questions[0].qid
    assert result["answers"][first]["outcome"] == "unparsed"
    assert result["counts"]["unparsed"] == 1 and result["counts"]["failed"] == 0


def test_a_reply_to_all_questions_of_an_image_is_read_as_one(
    tmp_path: Path, benchmark: ClosedBenchmark, score: Score
) -> None:
    letters = letters_of(benchmark, 0.6, 1)
    lines = []
    for picture in benchmark.pictures:
        own = [question for question in benchmark.questions if question.picture == picture]
        reply = "\n".join(f"Q{number}: {letters[question.qid]}" for number, question in enumerate(own, 1))
        lines += [
            {"id": picture.id, "q_index": number, "pred": "A", "raw_batch": reply} for number in range(1, len(own) + 1)
        ]
    path = tmp_path / "preds_batch.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    result = json.loads(score(path, "--json").out)
    assert {qid: answer["letter"] for qid, answer in result["answers"].items()} == letters
    assert result["signature"]["per"] == "image"


def test_a_sheet_with_one_row_an_image_answers_all_its_questions(
    tmp_path: Path, benchmark: ClosedBenchmark, score: Score
) -> None:
    """VLMEvalKit keeps a reply to all questions of an image under the first; an image that was not asked has none."""
    letters = letters_of(benchmark, 0.6, 1)
    rows = {}
    for picture in benchmark.pictures[:-2]:
        own = [question.qid for question in benchmark.questions if question.picture == picture]
        rows[own[0]] = "\n".join(f"Q{number}: {letters[qid]}" for number, qid in enumerate(own, 1))
    path = tmp_path / "m_MMNeuroOnco_Batch.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("index", "qid", "prediction"), *((n, *row) for n, row in enumerate(rows.items()))])
    result = json.loads(score(path, "--json").out)
    asked = {question.qid for question in benchmark.questions if question.picture in benchmark.pictures[:-2]}
    assert {qid: answer["letter"] for qid, answer in result["answers"].items()} == {qid: letters[qid] for qid in asked}
    assert result["counts"]["asked"] == len(asked) > len(rows)
    assert result["signature"]["per"] == "image"


def test_open_responses_give_the_same_numbers_from_a_plain_file_and_a_sheet(
    tmp_path: Path, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    annotations = write_benchmark(tmp_path / "made").open
    texts = ("Lobulated.", "<think>Many?</think>A solitary one.", "None", "I cannot tell.", "")
    responses = dict(zip(OPEN_QIDS, texts, strict=True))
    plain = write_predictions(tmp_path / "plain.jsonl", responses)
    sheet = tmp_path / "m_MMNeuroOnco_Open.csv"
    with sheet.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(
            [("index", "qid", "prediction"), *((n, *row) for n, row in enumerate(responses.items()))]
        )
    found = []
    for named in ((plain, "--task", "open"), (sheet,)):
        done = run_here(capsys, "score", *named, "--annotations", annotations, "--json")
        assert "note: The judge was off; to use one, " in done.err
        found.append(json.loads(done.out))
    assert found[0]["metrics"] == found[1]["metrics"]
    assert found[0]["answers"] == found[1]["answers"]
    assert found[0]["metrics"]["refusal_rate"]["value"] == 1 / 5


def test_what_the_released_script_took_for_a_letter_is_read_for_what_it_is(
    tmp_path: Path, benchmark: ClosedBenchmark, score: Score
) -> None:
    raws = ["I cannot determine this from the image.", "API_ERROR: connection refused at B", "It is A or B."]
    lines = [
        {"id": 1, "q_index": position, "pred": "B", "raw": raw, "gt": "B"} for position, raw in enumerate(raws, start=1)
    ]
    path = tmp_path / "preds_x.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    answers = json.loads(score(path, "--json").out)["answers"]
    assert [answers[f"1_q{n}"]["outcome"] for n in (1, 2, 3)] == ["refused", "failed", "ambiguous"]
    assert all(answers[f"1_q{n}"]["letter"] is None for n in (1, 2, 3))


def test_what_a_released_script_would_have_said_is_marked_and_never_the_default(
    tmp_path: Path, benchmark: ClosedBenchmark, score: Score
) -> None:
    raws = ["I cannot determine this.", "API_ERROR: connection refused at B", "It is A or B."]
    lines = [{"id": 1, "q_index": n, "pred": "", "raw": raw} for n, raw in enumerate(raws, start=1)]
    path = tmp_path / "preds_x.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    letters = {"released-letter": ["E", "B", "A"], "released-first": [None, "B", "A"], None: [None, None, None]}
    for name, expected in letters.items():
        done = score(path, "--json", *(["--extract", name] if name else []))
        result = json.loads(done.out)
        assert [result["answers"][f"1_q{n}"]["letter"] for n in (1, 2, 3)] == expected
        assert f"|extract:{name or 1}|" in result["signature_line"]
        assert ("takes refusals and errors for letters" in done.err) == bool(name)


def test_a_released_script_for_whole_images_reads_their_replies_only(
    tmp_path: Path, benchmark: ClosedBenchmark, score: Score
) -> None:
    reply = "Q1: A\nI am not sure of the second, perhaps B, and C for the last."
    lines = [{"id": 1, "q_index": n, "pred": "", "raw_batch": reply} for n in (1, 2, 3)]
    path = tmp_path / "preds_x.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    for name, letters in {"released-batch-last": ["A", "B", "C"], "released-batch-first": ["A", "B", "C"]}.items():
        answers = json.loads(score(path, "--json", "--extract", name).out)["answers"]
        assert [answers[f"1_q{n}"]["letter"] for n in (1, 2, 3)] == letters, name
    done = score(path, "--extract", "released-letter")
    assert done.code == 1
    assert "reads responses to one question, which these are not; use --extract released-batch-last or" in done.sentence


@pytest.mark.parametrize(("column", "said"), [("pred", "letters only"), ("response", "all questions of an image")])
def test_a_released_script_that_could_not_have_read_the_file_is_refused(
    tmp_path: Path, benchmark: ClosedBenchmark, score: Score, column: str, said: str
) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"qid,{column}\n1_q1,A\n", encoding="utf-8")
    done = score(path, "--extract", "released-batch-last")
    assert done.code == 1 and said in done.sentence


def test_the_qwen3_scripts_file_needs_only_the_annotations(
    tmp_path: Path, benchmark: ClosedBenchmark, score: Score
) -> None:
    letters = letters_of(benchmark, 0.6, 1)
    path = tmp_path / "Preds.jsonl"
    lines = [
        {"image_path": question.picture.path, "pred": "A", "raw": letters[question.qid]}
        for question in benchmark.questions
    ]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    answers = json.loads(score(path, "--json").out)["answers"]
    assert {qid: answer["letter"] for qid, answer in answers.items()} == letters


# --- What was asked ----------------------------------------------------------------------------------


def test_questions_without_a_line_are_missing_and_those_without_a_response_failed(
    tmp_path: Path, benchmark: ClosedBenchmark, score: Score
) -> None:
    responses: dict[str, str | None] = dict(sentences(letters_of(benchmark, 1.0, 1)))
    gone, empty, *_ = list(responses)
    del responses[gone]
    responses[empty] = None
    result = json.loads(score(write_predictions(tmp_path / "a.jsonl", responses), "--json").out)
    assert (result["counts"]["missing"], result["counts"]["failed"]) == (1, 1)
    assert result["answers"][gone]["outcome"] == "missing"
    assert "PARTIAL" in result["signature_line"]


def test_a_list_of_what_was_asked_leaves_the_rest_out_and_says_so(
    tmp_path: Path, benchmark: ClosedBenchmark, score: Score
) -> None:
    path = write_predictions(tmp_path / "a.jsonl", sentences(letters_of(benchmark, 1.0, 1)))
    qids = [question.qid for question in benchmark.questions[:5]]
    (tmp_path / "asked.txt").write_text("\n".join(qids), encoding="utf-8")
    done = score(path, "--asked", tmp_path / "asked.txt", "--json")
    result = json.loads(done.out)
    assert list(result["answers"]) == qids and result["signature"]["partial"]
    assert f"{len(benchmark) - 5} responses are to questions that were not chosen, and left out" in done.err


def test_answers_to_unknown_questions_stop_with_the_first_of_them(tmp_path: Path, score: Score) -> None:
    done = score(write_predictions(tmp_path / "a.jsonl", {"1_q1": "A", "999_q1": "A", "999_q2": "B"}))
    assert done.code == 1
    assert "answers 999_q1, which is no question of closed/full (nor are 1 more)" in done.sentence


# --- Files and folders in, results out ---------------------------------------------------------------


def test_a_format_can_be_named_and_a_wrong_one_is_one_sentence(
    tmp_path: Path, benchmark: ClosedBenchmark, score: Score
) -> None:
    path = write_released(tmp_path / "a.txt", sentences(letters_of(benchmark, 0.6, 1)))
    assert score(path, "--format", "released").code == 0
    done = score(path, "--format", "lmms-eval")
    assert done.code == 1 and "line 1: no sample of an mmneuroonco task" in done.sentence
    assert score(path, "--format", "docx").code == 2


def test_a_folder_gives_a_result_for_each_run_in_it(tmp_path: Path, benchmark: ClosedBenchmark, score: Score) -> None:
    for tag, skill in (("weak", 0.1), ("strong", 1.0)):
        (tmp_path / "runs" / tag).mkdir(parents=True)
        write_released(tmp_path / "runs" / tag / "preds_x.jsonl", sentences(letters_of(benchmark, skill, 1)))
    done = score(tmp_path / "runs", "--json", "-o", tmp_path / "out")
    values = [result["metrics"]["accuracy"]["value"] for result in json.loads(done.out)]
    assert values[0] == 1.0 and values[1] < 0.6
    written = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert written == ["strong_preds_x_result.json", "weak_preds_x_result.json"]
    assert read_result(tmp_path / "out" / written[0])["metrics"]["accuracy"]["value"] == 1.0


def test_the_table_shows_the_number_the_trust_rows_and_the_signature(
    tmp_path: Path, benchmark: ClosedBenchmark, score: Score, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    path = write_predictions(tmp_path / "a.jsonl", sentences(letters_of(benchmark, 0.6, 1)))
    done = score(path, "--model", "my-model")
    assert done.code == 0, done.err
    for told in ("h_score", "uniform", "never E oracle", "model:my-model"):
        assert told in done.out
    assert done.out.rstrip().splitlines()[-1].startswith("mmneuroonco|task:closed|scope:full|")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, "there is no such file; check the path."),
        ("", "holds no prediction"),
        ("{}\n", "of no known format (its first record has no fields)"),
        ('{"answer": "A"}\n', "of no known format (its first record has answer)"),
    ],
)
def test_what_cannot_be_scored_is_one_sentence(
    tmp_path: Path, score: Score, content: str | None, sentence: str
) -> None:
    path = tmp_path / "a.jsonl"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    done = score(path)
    assert done.code == 1 and done.out == ""
    assert sentence in done.sentence
    assert "Traceback" not in done.err and done.sentence.startswith("mmneuroonco: ")
