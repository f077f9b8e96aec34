"""Where a pull request's task has its data from: the gated hub, local folders in any layout, BraTS slices apart."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hub_stub import APPROVED, WAITING, HubStub, Refusal
from made_up import (
    BRATS_IDS,
    CLOSED_QIDS,
    PATHS,
    closed_annotations,
    picture_bytes,
    pictures_zip,
    write_benchmark,
    write_bytes,
    zip_bytes,
)
from test_upstream import PROJECTS
from upstream_trees import made_up_checkout, run_in

from mmneuroonco_tasks.benchmark.home import Home
from mmneuroonco_tasks.benchmark.prepare import prepare
from mmneuroonco_tasks.upstream.project import write_pull_request

CLOSED = json.dumps(closed_annotations()).encode()
ON_THE_HUB = "Benchmark_Images/Benchmark_Images/"
#: What loads a scope and tells of it, or ends with the sentence.
LOAD = """
from lmms_eval.tasks.mmneuroonco.benchmark.records import BenchmarkError
from lmms_eval.tasks.mmneuroonco.data import load_benchmark, open_picture
try:
    loaded = load_benchmark(given)
except BenchmarkError as error:
    raise SystemExit(str(error))
pictures = dict.fromkeys(question.picture.id for question in loaded.questions)
print(json.dumps({
    "qids": [question.qid for question in loaded.questions],
    "pixels": {number: round(open_picture(loaded, number).getpixel((0, 0))[0], -1) for number in pictures},
}))
"""
Load = Callable[..., Any]


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """lmms-eval's; the module is the same in VLMEvalKit's."""
    made = made_up_checkout("lmms-eval", tmp_path_factory.mktemp("tree"))
    write_pull_request(PROJECTS["lmms-eval"], made)
    return made


@pytest.fixture
def load(checkout: Path, tmp_path: Path) -> Load:
    """Loads a scope with these variables; what it tells, or its sentence."""

    def loaded(scope: str = "full", **environment: str) -> Any:
        given = {"MMNEUROONCO_HOME": "", "MMNEUROONCO_BRATS": "", **environment}
        return run_in(checkout, tmp_path, LOAD, scope, given)

    return loaded


def expected(*ids: int) -> dict[str, Any]:
    """What a scope with these pictures tells: the questions, and the grey of each picture's corner."""
    return {
        "qids": [qid for qid in CLOSED_QIDS if int(qid.split("_")[0]) in ids],
        "pixels": {str(number): 10 * number for number in ids},
    }


# A local folder.


def test_the_dataset_as_it_was_downloaded_needs_no_unpacking(load: Load, tmp_path: Path) -> None:
    write_bytes(tmp_path / "hub/Benchmark/Benchmark_VQA_Closed.json", CLOSED)
    write_bytes(tmp_path / "hub/images/Benchmark_Images.zip", pictures_zip(ON_THE_HUB))
    assert load(MMNEUROONCO_HOME=str(tmp_path / "hub")) == expected(1, 2, 3, 4)


def test_loose_pictures_below_other_folders_and_with_other_extensions_are_found(load: Load, tmp_path: Path) -> None:
    write_bytes(tmp_path / "mine/closed.json", CLOSED)
    for number, path in PATHS.items():
        write_bytes(tmp_path / "mine/pictures" / Path(path).with_suffix(".PNG"), picture_bytes(number, ".png"))
    assert load(MMNEUROONCO_HOME=str(tmp_path / "mine")) == expected(1, 2, 3, 4)


def test_a_prepared_home_of_ours_serves_too(load: Load, tmp_path: Path) -> None:
    made = write_benchmark(tmp_path / "made")
    prepare(Home(tmp_path / "home"), [made.closed], [made.images])
    assert load(MMNEUROONCO_HOME=str(tmp_path / "home")) == expected(1, 2, 3, 4)


def test_brats_slices_come_from_a_folder_of_the_users_own(load: Load, tmp_path: Path) -> None:
    made = write_benchmark(tmp_path / "made", images=(1, 2))
    home = str(tmp_path / "made")
    said = load(MMNEUROONCO_HOME=home)
    assert said.startswith("2 of the pictures cannot be used (image 3 is missing; image 4 is missing)")
    assert "MMNEUROONCO_BRATS" in said and "without BraTS" in said and "\n" not in said
    assert load("nobrats", MMNEUROONCO_HOME=home) == expected(1, 2)
    for number in BRATS_IDS:
        *_, patient, name = PATHS[number].split("/")
        write_bytes(tmp_path / "brats" / patient / name, picture_bytes(number))
    assert load(MMNEUROONCO_HOME=home, MMNEUROONCO_BRATS=str(tmp_path / "brats")) == expected(1, 2, 3, 4)
    assert made.closed.is_file()


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({}, "has no file of closed questions"),
        ({"a/closed.json": b"[]", "b/closed.json": b"[1]"}, "has several different files of closed questions"),
        ({"closed.json": b"{"}, "not valid JSON"),
        ({"closed.json": CLOSED, "images.zip": b"PK no zip"}, "images.zip: cannot be read"),
        ({"closed.json": CLOSED, "images.zip": pictures_zip(images=(1,))}, "3 of the pictures cannot be used"),
        ({"closed.json": CLOSED, "images.zip": zip_bytes({PATHS[1]: picture_bytes(1)[:60]})}, "image 1 is damaged"),
        ({"closed.json": CLOSED.replace(b"healthy/", b"../")}, "leaves the image folder"),
    ],
    ids=["empty", "two", "no JSON", "no zip", "missing", "damaged", "path"],
)
def test_bad_files_end_the_run_with_one_sentence(
    load: Load, tmp_path: Path, files: dict[str, bytes], said: str
) -> None:
    (tmp_path / "bad").mkdir()
    for name, content in files.items():
        write_bytes(tmp_path / "bad" / name, content)
    sentence = load(MMNEUROONCO_HOME=str(tmp_path / "bad"))
    assert said in sentence
    assert "\n" not in sentence


def test_a_picture_cut_off_within_the_zip_is_found_before_the_first_request(load: Load, tmp_path: Path) -> None:
    whole = pictures_zip()
    write_bytes(tmp_path / "home/closed.json", CLOSED)
    write_bytes(tmp_path / "home/images.zip", whole.replace(picture_bytes(2)[40:44], b"\0\0\0\0", 1))
    sentence = load(MMNEUROONCO_HOME=str(tmp_path / "home"))
    assert "images.zip: cannot be read" in sentence or "image 2 is damaged" in sentence


# The hub.


def dataset(brats: bool = True) -> dict[str, bytes]:
    """The dataset's files, among them some that the benchmark does not need."""
    ids = tuple(number for number in PATHS if brats or number not in BRATS_IDS)
    return {
        "Benchmark/Benchmark_VQA_Closed.json": CLOSED,
        "images/Benchmark_Images.zip": pictures_zip(ON_THE_HUB, images=ids),
        "images/Dataset.zip": b"many gigabytes",
        "training/train_open.jsonl": b"{}",
    }


def hub(stub: HubStub, folder: Path, **more: str) -> dict[str, str]:
    """The variables that lead the hub's client to the stub."""
    environment = stub.environment(folder, **more)
    ours = {name: value for name, value in environment.items() if name.startswith(("HF_", "NO_PROXY", "no_proxy"))}
    quiet = {"HF_HUB_DISABLE_PROGRESS_BARS": "1", "HF_HUB_DISABLE_XET": "1"}
    return {"HF_HUB_OFFLINE": "0", "HF_TOKEN": "", **quiet, **ours}


def test_an_approved_user_gets_the_benchmarks_files_once_and_no_others(load: Load, tmp_path: Path) -> None:
    with HubStub(dataset()) as stub:
        variables = hub(stub, tmp_path, token=APPROVED)
        assert load(**variables) == expected(1, 2, 3, 4)
        fetched = {
            asked.path.rpartition("/")[2] for asked in stub.asked if asked.method == "GET" and "resolve" in asked.path
        }
        assert fetched == {"Benchmark_VQA_Closed.json", "Benchmark_Images.zip"}
    assert load(**{**variables, "HF_HUB_OFFLINE": "1"}) == expected(1, 2, 3, 4), "from the client's cache, offline"


def test_without_brats_on_the_hub_the_scope_without_it_runs(load: Load, tmp_path: Path) -> None:
    with HubStub(dataset(brats=False)) as stub:
        variables = hub(stub, tmp_path, token=APPROVED)
        assert load("nobrats", **variables) == expected(1, 2)
        assert "MMNEUROONCO_BRATS" in load("full", **variables)


@pytest.mark.parametrize(
    ("token", "words"),
    [
        (None, ("is gated", "ask for access at https://huggingface.co/datasets/", "hf auth login", "HF_TOKEN")),
        (WAITING, ("not granted yet", "by hand", "try again")),
        ("hf_madeUpWrong", ("hf auth login", "HF_TOKEN")),
    ],
    ids=["no token", "waiting", "wrong token"],
)
def test_a_closed_gate_is_explained_in_one_sentence(
    load: Load, tmp_path: Path, token: str | None, words: tuple[str, ...]
) -> None:
    with HubStub(dataset()) as stub:
        sentence = load(**hub(stub, tmp_path, **({"token": token} if token else {})))
    assert all(word in sentence for word in (*words, "MMNEUROONCO_HOME")), sentence
    assert "\n" not in sentence
    assert token is None or token not in sentence


def test_a_hub_out_of_reach_is_explained_in_one_sentence(load: Load, tmp_path: Path) -> None:
    with HubStub(dataset()) as stub:
        stub.refuse_listing = stub.refuse_files = Refusal(500)
        failing = load(**hub(stub, tmp_path, token=APPROVED))
        variables = hub(stub, tmp_path, token=APPROVED)
    assert "could not be downloaded" in failing and "MMNEUROONCO_HOME" in failing and "\n" not in failing
    offline = load(**{**variables, "HF_HUB_OFFLINE": "1"})
    assert "HF_HUB_OFFLINE forbids it" in offline and "\n" not in offline
