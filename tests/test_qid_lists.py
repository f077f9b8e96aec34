"""Subsets are frozen lists of the released questions: what they hold, how they were made, when they apply."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from mmneuroonco_tasks.audit.lists import LISTS, list_text
from mmneuroonco_tasks.benchmark import Benchmark, ClosedQuestion, Picture, load_benchmark
from mmneuroonco_tasks.benchmark.qid_lists import shipped_list, shipped_subsets
from mmneuroonco_tasks.benchmark.twins import TWINS

OPTIONS = {"A": "T1", "B": "T2", "C": "FLAIR", "D": "DWI", "E": "None of the above"}


@pytest.mark.parametrize("name", LISTS)
def test_a_list_holds_qids_and_the_data_it_is_for(name: str) -> None:
    qids, hashes = shipped_list(name)
    assert len(qids) == {"contested": 213, "image_needed": 543}[name]
    assert len(hashes) == 2  # the scopes full and nobrats


def test_other_data_have_no_subsets() -> None:
    """A phantom's 7_q2 is not the released 7_q2."""
    question = ClosedQuestion("7_q2", Picture(7, "a/b/c.png", 7), "modality", "Which?", OPTIONS, "B")
    assert shipped_subsets(Benchmark("closed", "full", (question,), 1, "00000000")) == {}


def test_subsets_follow_what_is_asked() -> None:
    _, hashes = shipped_list("contested")
    questions = tuple(
        ClosedQuestion(qid, Picture(7, "a/b/c.png", 7), "modality", "Which?", OPTIONS, "B") for qid in ("7_q1", "7_q2")
    )
    for data_hash in hashes:
        asked = Benchmark("closed", "full", questions, 2, data_hash)
        assert shipped_subsets(asked)["uncontested"] == ("7_q1",)  # 7_q2 is contested
        for derive in TWINS.values():
            assert shipped_subsets(derive(asked)) == shipped_subsets(asked)


@pytest.mark.parametrize("scope", ["full", "nobrats"])
def test_the_released_subsets(released: Path, scope: str) -> None:
    benchmark = load_benchmark("closed", annotations=released / "benchmark", scope=scope)
    subsets = shipped_subsets(benchmark)
    assert list(subsets) == ["uncontested", "image_needed"]
    if scope == "full":
        kinds = Counter(
            "T" if benchmark[qid].trap else "S" if benchmark[qid].offers_rejection else "B"
            for qid in subsets["uncontested"]
        )
        assert kinds == {"T": 535, "S": 2326, "B": 116}
    assert all(qid in benchmark for qids in subsets.values() for qid in qids)


def test_the_command_in_the_head_makes_the_list_again(released: Path) -> None:
    benchmark = load_benchmark("closed", annotations=released / "benchmark")
    for name in LISTS:
        made = {line for line in list_text(name, benchmark).splitlines() if not line.startswith("#")}
        shipped, hashes = shipped_list(name)
        assert benchmark.data_hash in hashes
        # Another build of the solver may decide a question at the margin otherwise; the shipped list stays.
        assert len(made ^ shipped) <= (0 if name == "contested" else 5), name
