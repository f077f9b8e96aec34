"""`instructions overlap`: every planted overlap is found by its kind, and no clean row is accused."""

from __future__ import annotations

import builtins
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from planted_overlaps import CHANGES, plant

from mmneuroonco_tasks.benchmark import Benchmark, load_benchmark
from mmneuroonco_tasks.instructions import InstructionError
from mmneuroonco_tasks.instructions.fingerprints import NEAR_BITS, Fingerprints, look_at, question_key
from mmneuroonco_tasks.instructions.overlap import DROPPED, OVERLAP_KINDS, Comparison, overlaps
from mmneuroonco_tasks.instructions.phantom import PhantomInstructions, instruction_row, write_phantom_instructions
from mmneuroonco_tasks.instructions.pictures import PictureFolder
from mmneuroonco_tasks.phantom import write_phantom


@dataclass(frozen=True)
class Planted:
    """A phantom benchmark, training files with overlaps, and where these are."""

    benchmarks: tuple[Benchmark[Any], ...]
    made: PhantomInstructions
    expected: dict[tuple[str, int], str]
    clean: PhantomInstructions


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Planted]:
    folder = tmp_path_factory.mktemp("planted")
    drawn = write_phantom(folder / "benchmark", images=30, seed=2)
    closed = load_benchmark("closed", annotations=drawn.closed, images=drawn.images)
    open_ = load_benchmark("open", annotations=drawn.open, images=drawn.images)
    made = write_phantom_instructions(folder / "training", pictures=20, seed=2)
    clean = write_phantom_instructions(folder / "clean", pictures=20, seed=2, draw_pictures=False)
    yield Planted((closed, open_), made, plant(made, closed, open_, seed=5), clean)


def found_in(planted: Planted, comparison: Comparison, clean: Path | None = None) -> dict[tuple[str, int], set[str]]:
    return {
        (path.name, row.line): set(row.kinds)
        for path in planted.made.files
        for row in overlaps(path, comparison, clean=clean and clean / path.name)
    }


def test_every_planted_overlap_is_found_and_no_clean_row_is_accused(planted: Planted) -> None:
    comparison = Comparison(Fingerprints.of(planted.benchmarks), PictureFolder(planted.made.images))
    found = found_in(planted, comparison)
    assert set(found) == set(planted.expected)
    assert {place: kind for place, kind in planted.expected.items() if kind not in found[place]} == {}
    assert set(planted.expected.values()) == set(OVERLAP_KINDS), "every kind was planted"
    assert sum(kind == "perceptual" for kind in planted.expected.values()) == len(CHANGES)
    assert (comparison.unseen, comparison.rows) == (0, sum(planted.made.rows.values()) + len(planted.expected) + 4)


def test_the_clean_file_is_what_stood_there_before_but_for_decoys(planted: Planted, tmp_path: Path) -> None:
    comparison = Comparison(Fingerprints.of(planted.benchmarks), PictureFolder(planted.made.images))
    found_in(planted, comparison, tmp_path / "clean")
    for path in planted.clean.files:
        kept = (tmp_path / "clean" / path.name).read_bytes().splitlines()
        original = path.read_bytes().splitlines()
        assert [line for line in kept if line in set(original)] == original, "byte for byte, in the same order"
        decoys = [json.loads(line) for line in kept if line not in set(original)]
        assert len(decoys) == (6 if "nocot" in path.name else 0)


def test_without_pictures_path_patient_and_wording_are_still_compared(planted: Planted) -> None:
    found = found_in(planted, Comparison(Fingerprints.of(planted.benchmarks, see=False)))
    told_by_path = {place for place, kind in planted.expected.items() if kind not in ("digest", "perceptual")}
    assert set(found) == told_by_path


def test_kinds_that_are_kept_cost_no_row_its_place(planted: Planted, tmp_path: Path) -> None:
    comparison = Comparison(Fingerprints.of(planted.benchmarks, see=False))
    path = planted.made.file("open")
    worded = [line for (name, line), kind in planted.expected.items() if name == path.name and kind == "question"]
    target = tmp_path / "clean.jsonl"
    list(overlaps(path, comparison, clean=target, dropped=set(DROPPED) - {"question"}))
    kept = target.read_text(encoding="utf-8").splitlines()
    lines = path.read_text(encoding="utf-8").splitlines()
    assert worded and all(lines[line - 1] in kept for line in worded)
    assert len(kept) == len(lines) - 2, "the two slices of benchmark patients are gone"


def test_a_released_path_is_known_below_other_folders_and_only_as_it_is_spelt() -> None:
    prints = Fingerprints(
        paths={"glioma/08_t1/a (1).jpg": 4},
        similar_paths={("glioma", "08_t1", "a (1)"): 4},
        patients={"brats2021_00007": 9},
    )
    assert prints.by_path("glioma/08_t1/a (1).jpg") == {"path": "image 4"}
    assert prints.by_path("./Dataset/glioma/08_t1/a (1).jpg") == {"path": "image 4"}
    assert prints.by_path("Dataset\\glioma\\08_t1\\a (1).jpg") == {"path": "image 4"}
    assert prints.by_path("glioma/08_t1/A (1).JPEG") == {"similar_path": "image 4"}
    assert prints.by_path("meningioma/08_t1/a (1).jpg") == {}
    assert prints.by_path("08_t1/a (1).jpg") == {}, "half a path is shared by many pictures"
    assert prints.by_path("x/BraTS2021_00007_t2.png") == {"patient": "BraTS2021_00007, image 9"}
    assert prints.by_path("x/BraTS2021_00008_t2.png") == {}


def test_a_question_is_known_by_its_wording_whatever_case_order_and_punctuation() -> None:
    key = question_key("Which, then?", ["Round/Oval", "Lobulated"])
    assert question_key("WHICH then", ["lobulated.", "round_oval"]) == key
    assert question_key("Which, then?", ["Round/Oval", "Linear"]) != key
    assert question_key("Which one, then?", ["Round/Oval", "Lobulated"]) != key


def test_different_phantoms_look_further_apart_than_the_threshold(planted: Planted) -> None:
    prints = Fingerprints.of(planted.benchmarks)
    own = {
        json.loads(line)["images"][0] for line in planted.clean.file("open").read_text(encoding="utf-8").splitlines()
    }
    distances = []
    for image in own:
        look = look_at(planted.made.images / image)
        assert look is not None and look.bits is not None
        nearest = prints.nearest(look.bits)
        assert nearest is not None
        distances.append(nearest[1])
    assert len(distances) == 20 and min(distances) > 2 * NEAR_BITS


def test_a_plain_surface_is_compared_by_its_bytes_only(tmp_path: Path) -> None:
    from PIL import Image

    Image.new("L", (64, 64), 0).save(tmp_path / "black.png")
    look = look_at(tmp_path / "black.png")
    assert look is not None and look.bits is None
    assert Fingerprints().by_look(look) == {}
    assert look_at(tmp_path / "none.png") is None


def test_the_input_is_never_replaced_and_a_broken_row_leaves_no_clean_file(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text(json.dumps(instruction_row("a/b.png", "Describe it.", "It is round.")) + "\n{\n", encoding="utf-8")
    with pytest.raises(InstructionError, match="would replace the file it is made from"):
        list(overlaps(path, Comparison(Fingerprints()), clean=path))
    with pytest.raises(InstructionError, match="line 2: not valid JSON"):
        list(overlaps(path, Comparison(Fingerprints()), clean=tmp_path / "clean" / "rows.jsonl"))
    assert list((tmp_path / "clean").iterdir()) == []


def test_without_imagehash_the_remedy_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from PIL import Image

    picture = tmp_path / "a.png"
    Image.linear_gradient("L").save(picture)
    importing = builtins.__import__

    def without(name: str, *args: Any, **kwargs: Any) -> Any:
        if name == "imagehash":
            raise ImportError(name)
        return importing(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(InstructionError, match=r"mmneuroonco-tasks\[instructions\].*--no-perceptual"):
        look_at(picture)
    look = look_at(picture, perceptual=False)
    assert look is not None and look.bits is None
