"""`instructions split`: a held-out part by picture or patient, the same in every file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmneuroonco_tasks.instructions import InstructionError
from mmneuroonco_tasks.instructions.phantom import PhantomInstructions, instruction_row, write_phantom_instructions
from mmneuroonco_tasks.instructions.splitting import Unit, is_held_out, split_file, unit_of


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> PhantomInstructions:
    return write_phantom_instructions(tmp_path_factory.mktemp("made"), pictures=120, draw_pictures=False)


def images_in(path: Path) -> set[str]:
    return {json.loads(line)["images"][0] for line in path.read_text(encoding="utf-8").splitlines()}


@pytest.mark.parametrize("by", ["image", "patient"])
def test_rows_are_kept_whole_and_units_lie_on_one_side_of_all_files(
    made: PhantomInstructions, tmp_path: Path, by: Unit
) -> None:
    train, held = set(), set()
    for path in made.files:
        sides = split_file(path, tmp_path / f"{path.stem}.t", tmp_path / f"{path.stem}.h", share=0.3, by=by)
        lines = [side.path.read_text(encoding="utf-8").splitlines() for side in sides]
        assert sorted(lines[0] + lines[1]) == sorted(path.read_text(encoding="utf-8").splitlines())
        assert [side.rows for side in sides] == [len(each) for each in lines]
        train |= {unit_of(image, by) for image in images_in(sides[0].path)}
        held |= {unit_of(image, by) for image in images_in(sides[1].path)}
    assert not train & held
    assert len(train | held) == (120 if by == "image" else 100), "a third are slices of patients, two a patient"


def test_the_same_seed_gives_the_same_split_and_another_seed_another(made: PhantomInstructions, tmp_path: Path) -> None:
    def held_out(seed: int, name: str) -> bytes:
        _, held = split_file(made.file("open"), tmp_path / "train", tmp_path / name, seed=seed)
        return held.path.read_bytes()

    assert held_out(0, "a") == held_out(0, "b") != held_out(1, "c")


@given(share=st.floats(0.05, 0.95), seed=st.integers(0, 100))
def test_about_the_share_is_held_out(share: float, seed: int) -> None:
    held = sum(is_held_out(f"unit {number}", share, seed) for number in range(400))
    # Five standard deviations of a binomial count.
    assert abs(held - 400 * share) < 5 * (400 * share * (1 - share)) ** 0.5


def test_a_split_that_cannot_be_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text(json.dumps(instruction_row("a/b.png", "Describe it.", "Round.")) + "\n", encoding="utf-8")
    train, held = tmp_path / "parts" / "train", tmp_path / "parts" / "held"
    with pytest.raises(InstructionError, match="no row falls into"):
        split_file(path, train, held)
    assert list((tmp_path / "parts").iterdir()) == []
    with pytest.raises(InstructionError, match="between 0 and 1"):
        split_file(path, train, held, share=1.0)
    with pytest.raises(InstructionError, match="files of their own"):
        split_file(path, path, held)
