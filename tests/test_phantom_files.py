"""The phantom benchmark as files: the released schema and shape, the same bytes everywhere, complete or not there."""

from __future__ import annotations

import json
import multiprocessing
import re
from collections import Counter
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from mmneuroonco_tasks.benchmark import BenchmarkError, load_benchmark
from mmneuroonco_tasks.frameworks.variants import phantom_home
from mmneuroonco_tasks.phantom import PHANTOM_VERSION, PhantomPaths, write_phantom
from mmneuroonco_tasks.phantom.cases import deal_cases
from mmneuroonco_tasks.phantom.closed import closed_records
from mmneuroonco_tasks.scores.keywords import KEYWORDS

GOLDEN = Path(__file__).with_name("golden") / "phantom_digests.json"
#: Released, per 1,000 images (or, for traps, per question that offers "None of the above").
TRAPS, OPEN_IMAGES, QUESTIONS = 606 / 3074, 243, {1: 38, 2: 655, 6: 307}
MANY = 1000


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> PhantomPaths:
    """A dozen phantoms, as files."""
    return write_phantom(tmp_path_factory.mktemp("drawn") / "phantoms", images=12, seed=5)


@pytest.fixture(scope="module")
def many() -> list[dict[str, Any]]:
    """The closed annotations of as many images as the released file has; nothing is drawn."""
    return closed_records(deal_cases(MANY, seed=0), seed=0)


def pairs_of(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [pair for record in records for pair in record["vqa_pairs"]]


def digest(content: bytes) -> str:
    return sha256(content).hexdigest()


def digests(paths: PhantomPaths) -> dict[str, dict[str, str]]:
    """By file, the digest of its bytes, and of a picture's pixels, row by row."""
    found = {}
    for path in sorted(path for path in paths.folder.rglob("*") if path.is_file()):
        entry = {"bytes": digest(path.read_bytes())}
        if path.suffix.lower() == ".png":
            with Image.open(path) as picture:
                assert picture.mode == "L"
                entry |= {"pixels": digest(np.asarray(picture).tobytes()), "size": "×".join(map(str, picture.size))}
        found[path.relative_to(paths.folder).as_posix()] = entry
    return found


def test_the_files_are_those_that_every_machine_writes(small: PhantomPaths) -> None:
    """A change of a picture or of a word needs new golden digests and a new PHANTOM_VERSION."""
    golden = json.loads(GOLDEN.read_text(encoding="utf-8"))
    assert golden["version"] == PHANTOM_VERSION
    assert digests(small) == golden["files"]


def test_the_default_phantoms_annotations_are_those_that_every_machine_writes() -> None:
    golden = json.loads(GOLDEN.read_text(encoding="utf-8"))
    text = json.dumps(closed_records(deal_cases(120, 0), 0), ensure_ascii=False, sort_keys=True)
    assert digest(text.encode()) == golden["default_closed_annotations"]


def test_another_seed_draws_other_pictures_and_asks_other_questions(small: PhantomPaths, tmp_path: Path) -> None:
    other = write_phantom(tmp_path / "other", images=12, seed=6)
    first, second = digests(small), digests(other)
    assert not {entry["bytes"] for entry in first.values()} & {entry["bytes"] for entry in second.values()}
    assert not {entry.get("pixels") for entry in first.values() if "pixels" in entry} & {
        entry.get("pixels") for entry in second.values()
    }


def test_a_larger_set_of_the_same_seed_is_another_set(small: PhantomPaths, tmp_path: Path) -> None:
    assert closed_records(deal_cases(13, 5), 5)[:12] != json.loads(small.closed.read_text(encoding="utf-8"))


def test_closed_records_have_the_released_schema(small: PhantomPaths, many: list[dict[str, Any]]) -> None:
    assert json.loads(small.closed.read_text(encoding="utf-8")) == closed_records(deal_cases(12, 5), 5)
    assert [record["id"] for record in many] == list(range(1, MANY + 1))
    for record in many:
        assert list(record) == ["id", "image_path", "vqa_pairs"]
    for pair in pairs_of(many):
        plain = {"question_type", "question", "options", "answer"}
        assert set(pair) == (plain | {"meta_trap", "meta_original_answer"} if "meta_trap" in pair else plain)
        letters = "".join(pair["options"])
        assert letters == ("ABCDE" if "E" in pair["options"] else "AB")
        assert pair["answer"] in pair["options"]
        assert (pair["answer"] == "E") == (pair.get("meta_trap") is True)
        assert pair["options"].get("E", "None of the above") == "None of the above"
        assert len(set(pair["options"].values())) == len(pair["options"])
        assert pair.get("meta_original_answer") not in pair["options"].values()


def test_traps_two_option_questions_and_questions_an_image_are_as_many_as_released(many: list[dict[str, Any]]) -> None:
    pairs = pairs_of(many)
    two = [pair for pair in pairs if len(pair["options"]) == 2]
    traps = [pair for pair in pairs if pair.get("meta_trap")]
    assert len(two) == 116
    assert {pair["question_type"] for pair in two} == {"diagnosis"}
    assert {text for pair in two for text in pair["options"].values()} == {"Healthy", "Abnormal"}
    assert len(traps) == round(TRAPS * (len(pairs) - len(two)))
    assert Counter(len(record["vqa_pairs"]) for record in many) == QUESTIONS
    for question_type in ("diagnosis", "modality", "size", "shape", "spread", "location"):
        own = [pair for pair in pairs if pair["question_type"] == question_type and len(pair["options"]) == 5]
        assert 0.13 < sum("meta_trap" in pair for pair in own) / len(own) < 0.27, question_type


def test_letters_and_options_are_spread_as_if_drawn_by_lot(many: list[dict[str, Any]]) -> None:
    """Chi-squared tests at 0.1 %: the key's letter; which of the offered values is right, by type."""
    from scipy.stats import chisquare

    answerable = [pair for pair in pairs_of(many) if len(pair["options"]) == 5 and "meta_trap" not in pair]
    letters = Counter(pair["answer"] for pair in answerable)
    assert chisquare([letters[letter] for letter in "ABCD"]).pvalue > 0.001
    from mmneuroonco_tasks.reference_reader.reading import meanings_of

    for question_type in ("diagnosis", "modality", "size", "shape", "spread", "location"):
        offered: Counter[str] = Counter()
        right: Counter[str] = Counter()
        for pair in answerable:
            if pair["question_type"] == question_type:
                texts = list(pair["options"].values())[:-1]
                meanings = [str(meaning) for meaning in meanings_of(texts)[1]]
                offered.update(meanings)
                right[meanings["ABCD".index(pair["answer"])]] += 1
        expected = [offered[value] / 4 for value in offered]
        total = sum(right.values()) / sum(expected)
        observed = [right[value] for value in offered]
        assert chisquare(observed, [value * total for value in expected]).pvalue > 0.001, question_type


def test_paths_have_the_released_folder_shape(many: list[dict[str, Any]]) -> None:
    paths = [record["image_path"] for record in many]
    assert len(set(paths)) == MANY
    brats = [path for path in paths if "BraTS" in path]
    shape = r"(\w+)/16_t1_t2_t1ce_flair_mask/(BraTS2021_\d{5})/\2_(t1|t1ce|t2|flair)\.png"
    assert all(re.fullmatch(shape, path) for path in brats)
    assert 100 <= len(brats) <= 113
    assert len({path.split("/")[2] for path in brats}) >= 100 or len({path.split("/")[2] for path in brats}) > 50
    others = [path for path in paths if path not in brats]
    assert all(path.count("/") == 2 for path in others)
    assert any(" (" in path for path in others)
    assert {path.rpartition(".")[2] for path in others} == {"png", "PNG"}


def test_open_records_have_the_released_schema(small: PhantomPaths) -> None:
    records = json.loads(small.open.read_text(encoding="utf-8"))
    closed = {record["id"]: record for record in json.loads(small.closed.read_text(encoding="utf-8"))}
    assert len(records) == round(OPEN_IMAGES / 1000 * 12)
    for record in records:
        assert list(record) == ["id", "image_path", "qa_pairs"]
        assert record["image_path"] == closed[record["id"]]["image_path"]
        pairs = record["qa_pairs"]
        assert [pair["question_id"] for pair in pairs] == [f"{record['id']}_q{n}" for n in range(1, 6)]
        assert Counter(pair["question_type"] for pair in pairs) == {"Detail": 3, "Location": 1, "Reasoning": 1}
        for pair in pairs:
            assert list(pair) == ["question_id", "question_type", "question", "reference_answer", "eval_keywords"]
            text = pair["reference_answer"].lower()
            assert pair["eval_keywords"] == [keyword for keyword in KEYWORDS if keyword in text]


def test_our_own_loader_takes_both_files_and_every_picture(small: PhantomPaths) -> None:
    for task, scope in (("closed", "full"), ("closed", "nobrats"), ("open", "full")):
        benchmark: Any = load_benchmark(task, annotations=small.folder, images=small.folder, scope=scope)  # type: ignore[call-overload]
        for picture in benchmark.pictures:
            assert benchmark.images.open(picture).size[0] >= 368


def test_the_schema_is_that_of_the_released_file(released: Path, many: list[dict[str, Any]]) -> None:
    """Key sets of records, pairs and traps, and which kinds of pair there are."""
    path = next((released / "benchmark").glob("*closed*.json"))

    def kinds(records: list[dict[str, Any]]) -> set[Any]:
        return {
            (tuple(record), tuple(sorted(pair)), "".join(pair["options"]), pair["question_type"])
            for record in records
            for pair in record["vqa_pairs"]
        }

    assert kinds(many) == kinds(json.loads(path.read_text(encoding="utf-8")))


def test_nothing_is_drawn_where_they_are_already_and_others_are_replaced(tmp_path: Path) -> None:
    paths = write_phantom(tmp_path / "phantoms", images=2, seed=1)
    before = {path: path.stat().st_mtime_ns for path in paths.folder.rglob("*")}
    write_phantom(tmp_path / "phantoms", images=2, seed=1)
    assert {path: path.stat().st_mtime_ns for path in paths.folder.rglob("*")} == before
    write_phantom(tmp_path / "phantoms", images=1, seed=1)
    assert len(json.loads(paths.closed.read_text(encoding="utf-8"))) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["phantoms"], "nothing is left beside them"


def test_phantoms_of_an_older_version_in_the_home_are_drawn_anew_and_others_stay(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mmneuroonco_tasks.phantom.write_phantom", partial(write_phantom, images=2))
    manifest = phantom_home().manifest_path
    first = manifest.stat().st_mtime_ns
    assert phantom_home().manifest_path.stat().st_mtime_ns == first
    marker = home / "phantom" / "phantom.json"
    marker.write_text('{"phantom": 1}', encoding="utf-8")
    assert phantom_home().manifest_path.stat().st_mtime_ns > first
    assert json.loads(marker.read_text(encoding="utf-8")) == {"phantom": PHANTOM_VERSION}
    marker.unlink()  # as where somebody has prepared phantoms of their own
    second = manifest.stat().st_mtime_ns
    assert phantom_home().manifest_path.stat().st_mtime_ns == second


def test_a_folder_of_something_else_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work", encoding="utf-8")
    with pytest.raises(BenchmarkError, match="holds something else than phantoms; name an empty folder"):
        write_phantom(tmp_path, images=1)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_the_folder_is_not_there_before_it_is_complete(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stopped in the middle, or out of disk: what was there before is there still, whole, and nothing beside it."""
    paths = write_phantom(tmp_path / "phantoms", images=2, seed=1)
    before = digests(paths)
    written = Path.write_bytes
    count = 0

    def fails_later(path: Path, content: bytes) -> int:
        nonlocal count
        count += 1
        if count == 3:
            raise OSError(28, "No space left on device")
        return written(path, content)

    monkeypatch.setattr(Path, "write_bytes", fails_later)
    for folder in ("phantoms", "new"):
        count = 0
        with pytest.raises(OSError, match="No space left"):
            write_phantom(tmp_path / folder, images=6, seed=2)
    assert digests(paths) == before
    assert [path.name for path in tmp_path.iterdir()] == ["phantoms"]


def _write(folder: Path) -> None:
    write_phantom(folder, images=3, seed=4)


def test_several_processes_may_write_the_same_at_once(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=_write, args=(tmp_path / "phantoms",)) for _ in range(3)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert [writer.exitcode for writer in writers] == [0, 0, 0]
    assert [path.name for path in tmp_path.iterdir()] == ["phantoms"]
    alone = write_phantom(tmp_path / "alone", images=3, seed=4)
    assert digests(PhantomPaths(tmp_path / "phantoms")) == digests(alone)


@pytest.mark.parametrize("images", [0, -3])
def test_no_images_cannot_be_drawn(images: int, tmp_path: Path) -> None:
    with pytest.raises(BenchmarkError, match="cannot be drawn; ask for at least 1"):
        write_phantom(tmp_path / "phantoms", images=images)
