"""Responses that are kept as they come: nothing is asked twice, nothing stale is used, nothing is lost."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from mmneuroonco_tasks.benchmark import BenchmarkError
from mmneuroonco_tasks.frameworks import lmms_eval_kept
from mmneuroonco_tasks.frameworks.kept_responses import KeptResponses, kept_responses, request_digest
from mmneuroonco_tasks.frameworks.token_probabilities import AnswerText
from mmneuroonco_tasks.predictions import read_predictions


def test_what_was_kept_is_there_in_the_next_process(tmp_path: Path) -> None:
    path = tmp_path / "responses" / "run.jsonl"
    KeptResponses(path).add([("r1", "1_q1", "B"), ("r2", "2_q1", "two\nlines \u2028 of é")])
    again = KeptResponses(path)
    assert (again.get("r1"), again.get("r2"), again.get("r3")) == ("B", "two\nlines \u2028 of é", None)


@pytest.mark.parametrize("cut", [1, 2, 15, 40, 50])
def test_a_line_that_was_cut_by_a_kill_is_asked_again_and_spoils_no_other(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "run.jsonl"
    KeptResponses(path).add([("r1", "1_q1", "B")])
    KeptResponses(path).add([("r2", "2_q1", "é" * 10)])
    path.write_bytes(path.read_bytes()[:-cut])
    survivor = KeptResponses(path)
    assert survivor.get("r1") == "B" and survivor.get("r2") is None
    survivor.add([("r2", "2_q1", "C"), ("r3", "3_q1", "D")])
    assert [KeptResponses(path).get(name) for name in ("r1", "r2", "r3")] == ["B", "C", "D"]


@pytest.mark.parametrize("failure", ["", "[LMMS_EVAL_REQUEST_FAILED after 3 retries] Connection refused", "nan"])
def test_a_failure_is_asked_again(tmp_path: Path, failure: str) -> None:
    path = tmp_path / "run.jsonl"
    KeptResponses(path).add([("r1", "1_q1", failure)])
    assert KeptResponses(path).get("r1") is None


@pytest.mark.parametrize("line", [b"[" * 1_000_000, b"\xff\xfe", b"3", b'{"request": 3, "response": null}', b"{}"])
def test_a_line_that_nobody_wrote_here_is_passed_over(tmp_path: Path, line: bytes) -> None:
    path = tmp_path / "run.jsonl"
    path.write_bytes(line + b"\n")
    KeptResponses(path).add([("r1", "1_q1", "B")])
    assert KeptResponses(path).get("r1") == "B" and len(KeptResponses(path)) == 1


def test_the_same_run_twice_at_once_is_refused_in_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    with (
        kept_responses(path),
        pytest.raises(BenchmarkError, match="the same run is at work in another process; wait for it"),
        kept_responses(path),
    ):
        pass
    with kept_responses(path) as free:
        assert len(free) == 0


def test_a_full_disk_is_one_sentence_that_says_what_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = KeptResponses(tmp_path / "run.jsonl")
    store.add([("r1", "1_q1", "B")])

    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(BenchmarkError, match=r"No space left on device.*run the same command again: 1 responses"):
        store.add([("r2", "2_q1", "C")])


def test_a_finished_run_is_put_by_and_can_be_scored(tmp_path: Path) -> None:
    store = KeptResponses(tmp_path / "run.jsonl")
    store.add([("r1", "1_q1", "B")])
    finished = store.finish()
    assert finished is not None and len(KeptResponses(tmp_path / "run.jsonl")) == 0
    assert json.loads(finished.read_text(encoding="utf-8")) == {"qid": "1_q1", "response": "B", "request": "r1"}


def test_ranks_write_files_of_their_own_and_know_what_all_have_kept(tmp_path: Path) -> None:
    run = tmp_path / "run.jsonl"
    with kept_responses(run) as first, kept_responses(run, rank=1) as second:
        first.add([("r1", "1_q1", "A")])
        second.add([("r2", "2_q1", "B")])
        assert len(list(tmp_path.glob("*.jsonl"))) == 2
        assert (first.get("r2"), second.get("r1")) == (None, None), "at work, each knows its own"
    # Gone on with by another number of ranks.
    for rank in (0, 1, 2):
        with kept_responses(run, rank) as kept:
            assert (kept.get("r1"), kept.get("r2")) == ("A", "B")


def test_what_ranks_have_kept_is_put_by_as_one_file(tmp_path: Path) -> None:
    run = tmp_path / "run.jsonl"
    KeptResponses(run, rank=1).add([("r2", "2_q1", "B")])
    KeptResponses(run, rank=2).add([("r3", "3_q1", "\udcff")])
    finished = KeptResponses(run).finish()
    assert finished is not None and list(tmp_path.glob("*.jsonl")) == [finished]
    assert finished.read_bytes().count(b"\n") == 2 and len(KeptResponses(run)) == 0


def test_a_request_that_is_asked_twice_to_give_ranks_equal_work_is_kept_once(tmp_path: Path) -> None:
    store = KeptResponses(tmp_path / "run.jsonl")
    store.add([("r1", "1_q1", "A"), ("r1", "1_q1", "B")])
    store.add([("r1", "1_q1", "C")])
    assert store.get("r1") == "A" and store.path.read_bytes().count(b"\n") == 1


def test_a_failure_that_was_asked_again_does_not_keep_the_file_from_being_scored(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    KeptResponses(path).add([("r1", "1_q1", "[LMMS_EVAL_REQUEST_FAILED after 3 retries] A")])
    KeptResponses(path).add([("r1", "1_q1", "B")])
    assert read_predictions(path).responses == {"1_q1": "B"}


@pytest.mark.parametrize("kind", ["FSDP", "DEEPSPEED"])
def test_a_model_that_is_split_over_ranks_is_refused(kind: str) -> None:
    split = SimpleNamespace(accelerator=SimpleNamespace(distributed_type=SimpleNamespace(name=kind)))
    loader = lmms_eval_kept._Loader(
        SimpleNamespace(create_from_arg_string=lambda *_: split), "name", lmms_eval_kept.Keeping(ExitStack())
    )
    with pytest.raises(SystemExit, match=rf"split over ranks \({kind}\) cannot be asked in parts; run `lmms-eval`"):
        loader.create_from_arg_string("")


def test_probabilities_are_kept_with_their_response(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"

    def kept_now() -> list[tuple[str, dict[str, float]]]:
        store = KeptResponses(path)
        return [(str(found), dict(found.probabilities)) for request in ("r1", "r2") if (found := store.get(request))]

    with kept_responses(path) as kept:
        kept.add([("r1", "1_q1", AnswerText("B", {"B": 0.75, "E": 0.125})), ("r2", "1_q2", "A")])
    assert kept_now() == [("B", {"B": 0.75, "E": 0.125}), ("A", {})]
    assert read_predictions(path).probabilities == {"1_q1": {"B": 0.75, "E": 0.125}}
    path.write_text(path.read_text(encoding="utf-8").replace("0.75", "7.5"), encoding="utf-8")
    assert kept_now() == [("B", {}), ("A", {})], "what cannot be a probability is none"


def test_everything_a_response_depends_on_makes_another_request() -> None:
    settings = {"max_new_tokens": 16, "temperature": 0}
    first = request_digest("task", ["1_q1"], "text", 1, settings, ("qwen", "pretrained=x"))
    others = [
        request_digest("task", ["1_q1"], "text", 2, settings, ("qwen", "pretrained=x")),
        request_digest("task", ["1_q1"], "text", 1, {**settings, "temperature": 1}, ("qwen", "pretrained=x")),
        request_digest("task", ["1_q1"], "text", 1, settings, ("qwen", "pretrained=y")),
    ]
    assert first == request_digest(
        "task", ["1_q1"], "text", 1, dict(reversed(settings.items())), ("qwen", "pretrained=x")
    )
    assert first not in others and len(set(others)) == 3


@pytest.fixture(scope="module")
def phantoms(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A home in which the phantoms are drawn once for all kills."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("MMNEUROONCO_HOME", str(tmp_path_factory.mktemp("kept") / "home"))
        patched.setattr(lmms_eval_kept, "version", lambda _package: "0.7.3")
        yield


class Killed(BaseException):
    """Stands in for a kill: nothing of ours runs after it but what a process leaves on disk."""


def _asked_of_phantoms(folder: Path, kill_at: int | None, count: int = 40) -> tuple[list[Any] | None, list[int]]:
    """The responses of a run over phantoms, or ``None`` where it was killed, and which documents were asked."""
    task = "mmneuroonco_phantom_closed"
    qids = [qids[0] for qids in lmms_eval_kept.asking(lmms_eval_kept.variant_named(task)).requests()[:count]]
    model = SimpleNamespace(task_dict={task: {"test": [{"qid": qid, "task": task} for qid in qids]}}, batch_size=3)
    asked: list[int] = []

    def generate(requests: list[Any]) -> list[Any]:
        responses = []
        for request in requests:
            if len(asked) == kill_at:
                raise Killed
            asked.append(request.args[3])
            # Text, or text with counts: both are what lmms-eval's models return.
            text = f"answer {request.args[3]}"
            responses.append(text if request.args[3] % 2 else SimpleNamespace(text=text, token_counts=None))
        return responses

    requests = [
        SimpleNamespace(args=("", None, {"max_new_tokens": 16}, number, task, "test")) for number in range(count)
    ]
    with ExitStack() as held:
        keeping = lmms_eval_kept.Keeping(held, folder)
        try:
            responses = keeping.generate(model, generate, requests, ("stub", "model=stub"))
        except Killed:
            return None, asked
        return responses, asked


@pytest.mark.parametrize("kill_at", [0, 1, 3, 14, 15, 39])
def test_killed_anywhere_only_what_is_missing_is_asked_and_the_responses_are_the_same(
    kill_at: int, phantoms: None, tmp_path: Path
) -> None:
    first, before = _asked_of_phantoms(tmp_path / "kept", kill_at)
    assert first is None and len(before) == kill_at
    kept = sum(path.read_bytes().count(b"\n") for path in (tmp_path / "kept").glob("*.jsonl"))
    second, after = _asked_of_phantoms(tmp_path / "kept", None)
    assert second is not None
    assert [getattr(each, "text", each) for each in second] == [f"answer {number}" for number in range(40)]
    assert sorted(before[:kept] + after) == list(range(40)), "what was on disk is not asked again, all else is"
    third, again = _asked_of_phantoms(tmp_path / "kept", None)
    assert again == [] and third is not None
