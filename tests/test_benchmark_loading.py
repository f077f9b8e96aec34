"""``load_benchmark`` gives the same questions from every layout, and says what is missing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from made_up import (
    CLOSED_QIDS,
    OPEN_QIDS,
    closed_annotations,
    open_annotations,
    write_benchmark,
    write_bytes,
    write_json,
    zip_bytes,
)

from mmneuroonco_tasks.benchmark import BenchmarkError, load_benchmark
from mmneuroonco_tasks.benchmark.hashing import data_hash
from mmneuroonco_tasks.benchmark.home import Home
from mmneuroonco_tasks.benchmark.reading import parse_questions

CLOSED = json.dumps(closed_annotations()).encode()
OPEN = json.dumps(open_annotations()).encode()
LAYOUTS = {
    "hub": "Benchmark/Benchmark_VQA_{Task}.json",
    "clone": "benchmark/{task}/mm-neuroonco_benchmark_{task}_v1.0.json",
    "bare": "mm-neuroonco_benchmark_{task}_v1.0.json",
    "home": "benchmark/{task}.json",
    "deep": "a/b/MM-NeuroOnco/Benchmark/Benchmark_VQA_{Task}.json",
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_layouts_of_hub_clone_and_folder_give_the_same_questions(layout: str, tmp_path: Path) -> None:
    for task, content in (("closed", CLOSED), ("open", OPEN)):
        write_bytes(tmp_path / LAYOUTS[layout].format(task=task, Task=task.title()), content)
    write_bytes(tmp_path / "training/train_no_cot_closed.jsonl", b"{}\n")
    assert [q.qid for q in load_benchmark("closed", annotations=tmp_path).questions] == list(CLOSED_QIDS)
    assert [q.qid for q in load_benchmark("open", annotations=tmp_path).questions] == list(OPEN_QIDS)


def test_a_zip_and_a_file_of_any_name_give_the_same_questions(tmp_path: Path) -> None:
    zipped = write_bytes(tmp_path / "all.ZIP", zip_bytes({"x/Benchmark_VQA_Closed.json": CLOSED}))
    named = write_bytes(tmp_path / "questions", CLOSED)
    first, second = (load_benchmark("closed", annotations=path) for path in (zipped, named))
    assert first.questions == second.questions and len(first) == len(CLOSED_QIDS)


def test_two_equal_files_are_one_and_two_different_ones_are_refused(tmp_path: Path) -> None:
    write_bytes(tmp_path / "Benchmark_VQA_Closed.json", CLOSED)
    write_bytes(tmp_path / "mm-neuroonco_benchmark_closed_v1.0.json", CLOSED)
    assert len(load_benchmark("closed", annotations=tmp_path)) == len(CLOSED_QIDS)
    write_bytes(tmp_path / "Benchmark_VQA_Closed.json", CLOSED + b"\n")
    with pytest.raises(BenchmarkError, match=r"holds several closed files .*; name the one to use"):
        load_benchmark("closed", annotations=tmp_path)


def test_a_place_without_annotations_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BenchmarkError, match="holds no closed annotation file; name the file itself"):
        load_benchmark("closed", annotations=tmp_path)
    with pytest.raises(BenchmarkError, match="no such file or folder; check the path"):
        load_benchmark("closed", annotations=tmp_path / "none")


def test_an_empty_home_says_how_to_fill_it(home: Path) -> None:
    with pytest.raises(BenchmarkError, match="the closed annotations are not there yet; run `mmneuroonco prepare"):
        load_benchmark("closed")


def test_a_folder_without_pictures_is_refused(tmp_path: Path) -> None:
    made = write_benchmark(tmp_path)
    with pytest.raises(BenchmarkError, match="no such folder; name the folder or zip that holds the images"):
        load_benchmark("closed", annotations=made.closed, images=tmp_path / "none")


def test_the_data_hash_does_not_depend_on_how_the_file_is_written(tmp_path: Path) -> None:
    def reversed_keys(value: object) -> object:
        if isinstance(value, dict):
            return {key: reversed_keys(inner) for key, inner in reversed(value.items()) if key != "options"} | (
                {"options": value["options"]} if "options" in value else {}
            )
        return [reversed_keys(inner) for inner in value] if isinstance(value, list) else value

    texts = [
        json.dumps(closed_annotations()),
        json.dumps(closed_annotations(), indent=3, ensure_ascii=False).replace("\n", "\r\n"),
        "\ufeff" + json.dumps(reversed_keys(closed_annotations())),
    ]
    hashes = set()
    for number, text in enumerate(texts):
        path = write_bytes(tmp_path / f"{number}.json", text.encode())
        hashes.add(load_benchmark("closed", annotations=path).data_hash)
    assert len(set(texts)) == 3 and len(hashes) == 1 and len(hashes.pop()) == 8


@pytest.mark.parametrize("field", ["question", "answer", "options", "meta_original_answer", "question_type"])
def test_the_data_hash_changes_with_every_field_that_matters(field: str) -> None:
    def hash_with(value: object) -> str:
        data = closed_annotations()
        pair = data[1]["vqa_pairs"][1 if field == "meta_original_answer" else 0]
        pair[field] = value
        return data_hash(parse_questions(data, "closed", "x"))

    changed = {
        "question": "What else grows?",
        "answer": "C",
        "options": {"A": "x", "B": "y"},
        "meta_original_answer": "T3",
        "question_type": "size",
    }
    assert hash_with(changed[field]) != data_hash(parse_questions(closed_annotations(), "closed", "x"))


def test_a_scope_has_a_data_hash_of_its_own(tmp_path: Path) -> None:
    made = write_benchmark(tmp_path)
    full, nobrats = (load_benchmark("closed", annotations=made.closed, scope=scope) for scope in ("full", "nobrats"))
    assert full.data_hash != nobrats.data_hash
    without = write_json(tmp_path / "without.json", closed_annotations()[:2])
    assert load_benchmark("closed", annotations=without).data_hash == nobrats.data_hash


def test_the_same_qid_of_both_tasks_is_two_questions(tmp_path: Path) -> None:
    made = write_benchmark(tmp_path)
    closed = load_benchmark("closed", annotations=made.closed, home=Home(tmp_path))
    open_ = load_benchmark("open", annotations=made.open, home=Home(tmp_path))
    assert closed["3_q1"].question != open_["3_q1"].question and closed["3_q1"].picture == open_["3_q1"].picture
