"""``mmneuroonco prepare`` from the gated dataset: the real client talks to a loopback hub that fails as it is told."""

from __future__ import annotations

import errno
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from command import Finished, run_apart
from hub_stub import APPROVED, DATASET, WAITING, HubStub, Refusal
from made_up import PATHS, closed_annotations, open_annotations, picture_bytes, pictures_zip, zip_bytes

from mmneuroonco_tasks.benchmark.hub import explanation, image_zip_names

Prepare = Callable[..., Finished]
CLOSED, OPEN, IMAGES = (
    "Benchmark/Benchmark_VQA_Closed.json",
    "Benchmark/Benchmark_VQA_Open.json",
    "images/Benchmark_Images.zip",
)
#: The client waits before it tries again: here it need not.
NO_WAITING = "import time; time.sleep = lambda seconds: None"
MEGABYTE = 2**20


@pytest.fixture
def hub() -> Iterator[HubStub]:
    """A hub with the made-up benchmark, laid out as the real dataset is."""
    files = {
        "README.md": b"# Made up",
        CLOSED: json.dumps(closed_annotations()).encode(),
        OPEN: json.dumps(open_annotations()).encode(),
        IMAGES: pictures_zip("Benchmark_Images/Benchmark_Images/"),
        "images/Dataset.zip": b"not to be fetched",
        "training/train_no_cot_closed.jsonl": b"{}\n",
    }
    with HubStub(files) as stub:
        yield stub


@pytest.fixture
def prepare(hub: HubStub, tmp_path: Path) -> Prepare:
    """The command in a process of its own: the client reads its settings once, when it is imported."""

    def run(*arguments: object, token: str | None = APPROVED, **settings: str) -> Finished:
        settings = {"MMNEUROONCO_HOME": str(tmp_path / "home"), **settings}
        environment = hub.environment(tmp_path, token=token, **settings)
        done = run_apart("prepare", *arguments, environment=environment, before=NO_WAITING)
        assert "Traceback" not in done.err and (token is None or token not in done.out + done.err)
        return done

    return run


def test_an_approved_user_gets_everything_by_one_command(prepare: Prepare, hub: HubStub, tmp_path: Path) -> None:
    done = prepare()
    assert done.code == 0 and "4 pictures placed" in done.out and "Complete: every scope can run." in done.out
    assert hub.fetched == [CLOSED, OPEN, IMAGES]
    home = tmp_path / "home"
    assert (home / "benchmark" / "closed.json").read_bytes() == hub.files[CLOSED]
    assert (home / "images" / "0003.png").read_bytes() == picture_bytes(3)


def test_what_was_fetched_once_is_not_fetched_again(prepare: Prepare, hub: HubStub, tmp_path: Path) -> None:
    prepare()
    hub.asked.clear()
    assert prepare().code == 0 and hub.asked == []
    done = prepare(MMNEUROONCO_HOME=str(tmp_path / "another"))
    assert done.code == 0 and "4 pictures placed" in done.out
    assert hub.fetched == []


def test_a_stranger_is_told_to_ask_for_access_and_log_in(prepare: Prepare, hub: HubStub, tmp_path: Path) -> None:
    done = prepare(token=None)
    assert done.code == 1 and done.sentence == (
        f"mmneuroonco: {DATASET} is gated and you are not logged in; ask for access at {hub.url}/datasets/{DATASET}, "
        "run `hf auth login` or set HF_TOKEN, and run `mmneuroonco prepare` again."
    )
    assert not (tmp_path / "home").exists()


def test_a_user_who_is_not_approved_yet_is_told_so(prepare: Prepare, hub: HubStub, tmp_path: Path) -> None:
    done = prepare(token=WAITING)
    assert done.code == 1 and done.sentence == (
        f"mmneuroonco: the hub does not let you read {DATASET} yet (it says: Your request to access this dataset is "
        f"awaiting a review from the repo authors); ask for access at {hub.url}/datasets/{DATASET}, where it is "
        "granted by hand, and run `mmneuroonco prepare` again when it is."
    )
    assert not (tmp_path / "home").exists()
    assert prepare().code == 0  # approved meanwhile


def test_a_token_that_is_not_accepted_is_said_and_not_shown(prepare: Prepare, hub: HubStub) -> None:
    done = prepare(token="hf_madeUpExpired")
    assert done.code == 1 and "the hub does not accept your token (it says: Invalid credentials" in done.sentence
    assert f"make another at {hub.url}/settings/tokens" in done.sentence


@pytest.mark.parametrize(
    ("where", "refusal", "sentence"),
    [
        ("listing", Refusal(429, (("Retry-After", "7"),)), "limits how often it is asked; wait 7 seconds and run"),
        (
            "files",
            Refusal(429, (("RateLimit", '"api";r=0;t=41'),)),
            "wait 41 seconds and run `mmneuroonco prepare` again",
        ),
        (
            "files",
            Refusal(429),
            "wait some minutes and run `mmneuroonco prepare` again: what has arrived whole is kept",
        ),
        ("listing", Refusal(500), "the hub fails with status 500; run `mmneuroonco prepare` again later"),
        ("files", Refusal(503), "the hub fails with status 503; run `mmneuroonco prepare` again later"),
        (
            "listing",
            Refusal(404, (("X-Error-Code", "RepoNotFound"),)),
            "the hub has it not, or does not show it to you",
        ),
        ("listing", Refusal(401, (("X-Error-Code", "RepoNotFound"),)), "the hub does not accept your token"),
    ],
)
def test_a_hub_that_refuses_is_one_sentence(
    prepare: Prepare, hub: HubStub, tmp_path: Path, where: str, refusal: Refusal, sentence: str
) -> None:
    hub.refuse_listing = refusal if where == "listing" else None
    hub.refuse_files = refusal if where == "files" else None
    done = prepare()
    assert done.code == 1 and sentence in done.sentence and not (tmp_path / "home").exists()


def test_a_connection_that_breaks_half_way_is_taken_up_where_it_broke(prepare: Prepare, hub: HubStub) -> None:
    # The client keeps what it has got in pieces of ten megabytes.
    pictures = {path: picture_bytes(image_id) for image_id, path in PATHS.items()}
    hub.files[IMAGES] = zip_bytes({"padding.bin": bytes(12 * MEGABYTE), **pictures})
    hub.cuts = [11 * MEGABYTE]
    done = prepare()
    assert done.code == 0 and "Complete: every scope can run." in done.out
    assert hub.ranges == [None, f"bytes={10 * MEGABYTE}-"]


@pytest.mark.parametrize(
    "cuts", [[0], [1], [10 * MEGABYTE - 1], [10 * MEGABYTE], [10 * MEGABYTE + 1, 1], [12 * MEGABYTE, 0, 1]]
)
def test_cut_at_any_edge_of_a_piece_everything_arrives(prepare: Prepare, hub: HubStub, cuts: list[int]) -> None:
    pictures = {path: picture_bytes(image_id) for image_id, path in PATHS.items()}
    hub.files[IMAGES] = zip_bytes({"padding.bin": bytes(12 * MEGABYTE), **pictures})
    hub.cuts = list(cuts)
    done = prepare()
    assert done.code == 0 and "Complete: every scope can run." in done.out, done.err
    assert hub.cuts == [] and len(hub.ranges) == len(cuts) + 1


def test_a_connection_that_stays_broken_is_one_sentence_and_the_next_run_goes_on(
    prepare: Prepare, hub: HubStub, tmp_path: Path
) -> None:
    hub.cuts = [50] * 1000
    done = prepare()
    assert done.code == 1 and f"getting {IMAGES}: the connection failed (" in done.sentence
    assert (
        "check network and proxy and run `mmneuroonco prepare` again: what has arrived whole is kept." in done.sentence
    )
    assert not (tmp_path / "home").exists()
    hub.cuts.clear()
    hub.asked.clear()
    assert prepare().code == 0
    # The annotations had arrived whole.
    assert [
        asked.path.rsplit("/", 1)[1] for asked in hub.asked if asked.method == "GET" and "/resolve/" in asked.path
    ] == ["Benchmark_Images.zip"]


def test_a_hub_that_is_not_there_is_one_sentence(hub: HubStub, prepare: Prepare) -> None:
    done = prepare(HF_ENDPOINT="http://127.0.0.1:9")
    assert done.code == 1 and f"listing {DATASET}: the connection failed (" in done.sentence


@pytest.mark.parametrize("name", [IMAGES, CLOSED])
def test_a_file_with_another_digest_is_refused_removed_and_fetched_anew(
    prepare: Prepare, hub: HubStub, tmp_path: Path, name: str
) -> None:
    hub.damaged = {name}
    done = prepare()
    assert done.code == 1 and f"{name}: arrived damaged (its digest is not " in done.sentence
    assert "…) and was removed; run `mmneuroonco prepare` again." in done.sentence
    assert not (tmp_path / "home").exists()
    hub.damaged = set()
    assert prepare().code == 0


def test_a_copy_that_was_damaged_on_this_machine_is_found_too(prepare: Prepare, hub: HubStub, tmp_path: Path) -> None:
    prepare()
    (copy,) = (tmp_path / "hf").rglob("Benchmark_Images.zip")
    copy.resolve().write_bytes(b"PK")
    settings = {"MMNEUROONCO_HOME": str(tmp_path / "another")}
    assert "arrived damaged" in prepare(**settings).sentence
    assert prepare(**settings).code == 0


def test_a_disk_that_is_too_small_is_said_before_it_is_filled(prepare: Prepare, hub: HubStub, tmp_path: Path) -> None:
    hub.claimed_sizes = {IMAGES: 10**18}
    done = prepare()
    assert done.code == 1 and f"{IMAGES}: needs 1.0 EB and {tmp_path / 'hf' / 'hub'} has " in done.sentence
    assert "left; make room there or set HF_HOME to a folder with more" in done.sentence
    assert hub.fetched == [CLOSED, OPEN]


def test_a_disk_that_fills_up_meanwhile_is_one_sentence() -> None:
    full = OSError(errno.ENOSPC, "No space left on device")
    said = str(explanation(full, "getting x.zip"))
    assert said.startswith("getting x.zip: the disk is full; make room or set HF_HOME to another folder, and run")
    wrapped = RuntimeError("download failed")
    wrapped.__cause__ = full
    assert str(explanation(wrapped, "getting x.zip")) == said


def test_a_cache_that_cannot_be_written_is_one_sentence(prepare: Prepare, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    done = prepare(HF_HOME=str(tmp_path / "file" / "hf"))
    assert done.code == 1 and "cannot be written (Not a directory); set HF_HOME to a folder that can" in done.sentence


def test_offline_says_what_to_do(prepare: Prepare, hub: HubStub) -> None:
    done = prepare(HF_HUB_OFFLINE="1")
    assert done.code == 1 and done.sentence == (
        f"mmneuroonco: listing {DATASET}: HF_HUB_OFFLINE forbids it, and it was not downloaded before; unset that and "
        "run `mmneuroonco prepare` again, or name files that you have by --annotations and --images."
    )
    assert hub.asked == []


@pytest.mark.parametrize("trouble", ["offline", "down"])
def test_without_the_hub_an_earlier_download_serves(
    prepare: Prepare, hub: HubStub, tmp_path: Path, trouble: str
) -> None:
    prepare()
    settings = {"MMNEUROONCO_HOME": str(tmp_path / "another")}
    if trouble == "offline":
        settings["HF_HUB_OFFLINE"] = "1"
    hub.refuse_listing = hub.refuse_files = Refusal(503)
    done = prepare(**settings)
    assert done.code == 0 and "4 pictures placed" in done.out
    assert "cannot be asked; going on with what was downloaded before" in done.err


def test_an_earlier_download_without_the_pictures_says_so(prepare: Prepare, hub: HubStub) -> None:
    hub.damaged = {IMAGES}
    prepare()
    done = prepare(HF_HUB_OFFLINE="1")
    assert (
        done.code == 1
        and "the earlier download has no image zip; run `mmneuroonco prepare` again where" in done.sentence
    )


def test_a_dataset_that_shows_no_files_is_one_sentence(prepare: Prepare, hub: HubStub) -> None:
    hub.files.clear()
    done = prepare()
    assert f"{hub.url}/datasets/{DATASET}: shows you no annotation file; ask for access there" in done.sentence


def test_where_there_is_no_zip_of_the_benchmark_that_of_the_data_set_is_taken(prepare: Prepare, hub: HubStub) -> None:
    hub.files["images/Dataset.zip"] = hub.files.pop(IMAGES)
    assert prepare().code == 0
    assert image_zip_names(["images/Other.zip", "notes.txt"]) == []


def test_the_clients_own_storage_is_not_used_unless_asked_for(prepare: Prepare, hub: HubStub) -> None:
    hub.xet = True  # its hosts are closed here, and the client would knock for minutes
    assert prepare().code == 0


def test_own_pictures_need_only_the_annotations_of_the_hub(prepare: Prepare, hub: HubStub, tmp_path: Path) -> None:
    (tmp_path / "mine.zip").write_bytes(pictures_zip())
    assert prepare("--images", tmp_path / "mine.zip").code == 0
    assert hub.fetched == [CLOSED, OPEN]


def test_own_brats_slices_go_with_the_rest_from_the_hub(prepare: Prepare, hub: HubStub, tmp_path: Path) -> None:
    hub.files[IMAGES] = pictures_zip(images=(1, 2))
    done = prepare()
    assert done.code == 0 and "Complete for the scope nobrats" in done.out
    slices = {"BraTS2021_90001_t1ce.png": picture_bytes(3), "BraTS2021_90001_flair.png": picture_bytes(4)}
    (tmp_path / "brats.zip").write_bytes(zip_bytes(slices))
    hub.asked.clear()
    done = prepare("--brats", tmp_path / "brats.zip")
    assert done.code == 0 and "Complete: every scope can run." in done.out and hub.asked == []
    fresh = prepare("--brats", tmp_path / "brats.zip", MMNEUROONCO_HOME=str(tmp_path / "another"))
    assert fresh.code == 0 and "Complete: every scope can run." in fresh.out


def test_json_stays_json_while_files_come(prepare: Prepare) -> None:
    done = prepare("--json")
    assert json.loads(done.out)["complete_scopes"] == ["full", "nobrats"]


def test_addresses_are_told_without_their_signatures() -> None:
    error = OSError("lost https://cdn.example/x.zip?X-Amz-Signature=abc&token=hf_secret while reading")
    said = str(explanation(error, "getting x.zip"))
    assert "https://cdn.example/x.zip?…" in said and "abc" not in said and "hf_secret" not in said
