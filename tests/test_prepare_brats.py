"""BraTS slices, which are not redistributed, are taken in the forms people have them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from command import Finished, run_here
from made_up import MadeUp, picture_bytes, write_benchmark, write_bytes, zip_bytes

Run = Callable[..., Finished]
FORMS = {
    "a folder a patient": ("BraTS2021_90001/BraTS2021_90001_t1ce.png", "BraTS2021_90001/BraTS2021_90001_flair.png"),
    "one flat folder": ("BraTS2021_90001_t1ce.png", "BraTS2021_90001_flair.png"),
    "other case": ("brats2021_90001/BRATS2021_90001_T1CE.PNG", "brats2021_90001/BRATS2021_90001_FLAIR.PNG"),
    "other extension": ("BraTS2021_90001/BraTS2021_90001_t1ce.jpg", "BraTS2021_90001/BraTS2021_90001_flair.jpg"),
    "sequences alone": ("BraTS2021_90001/t1ce.png", "BraTS2021_90001/flair.png"),
    "deep": ("archive/train/BraTS2021_90001/BraTS2021_90001_t1ce.png", "archive/val/BraTS2021_90001_flair.png"),
}


@pytest.fixture
def made(tmp_path: Path, run: Run) -> MadeUp:
    """The made-up benchmark, prepared without its BraTS slices."""
    made = write_benchmark(tmp_path / "mine", images=(1, 2))
    done = run("prepare", "--annotations", made.closed, "--images", made.images)
    assert done.code == 0
    return made


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], home: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The command, which must not ask the network."""
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    return lambda *arguments: run_here(capsys, *arguments)


def _slices(form: str) -> dict[str, bytes]:
    """The two slices, with files beside them that are none."""
    names = FORMS[form]
    others = {
        "BraTS2021_90001/BraTS2021_90001_t1.png": b"x",
        "BraTS2021_90001/BraTS2021_90001_seg.png": b"x",
        "a.txt": b"",
    }
    return {
        name: picture_bytes(image_id, Path(name).suffix) for name, image_id in zip(names, (3, 4), strict=True)
    } | others


def test_without_them_nobrats_is_complete_and_said_so(run: Run, tmp_path: Path) -> None:
    made = write_benchmark(tmp_path, images=(1, 2))
    done = run("prepare", "--annotations", made.closed, "--images", made.images)
    assert done.code == 0
    assert "2 pictures are missing (glioma/s3_mask: 2)." in done.out
    assert "BraTS slices are not redistributed: name your own by `mmneuroonco prepare --brats PATH`" in done.out
    assert done.out.endswith("Complete for the scope nobrats, which can run; full lacks pictures.\n")


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("packed", [False, True])
def test_they_are_added_to_a_prepared_home_from_every_form(
    run: Run, made: MadeUp, home: Path, tmp_path: Path, form: str, packed: bool
) -> None:
    place = tmp_path / "brats"
    for name, content in _slices(form).items():
        write_bytes(place / name, content)
    if packed:
        place = write_bytes(tmp_path / "brats.zip", zip_bytes(_slices(form)))
    done = run("prepare", "--brats", place)
    assert done.code == 0 and "2 pictures placed, 2 already there." in done.out
    assert "Complete: every scope can run." in done.out
    placed = {path.stem: path.read_bytes() for path in (home / "images").iterdir()}
    suffix = Path(FORMS[form][0]).suffix
    assert placed["0003"] == picture_bytes(3, suffix) and placed["0004"] == picture_bytes(4, suffix)


def test_what_lacks_one_is_placed_and_the_rest_named(run: Run, made: MadeUp, tmp_path: Path) -> None:
    write_bytes(tmp_path / "brats" / "BraTS2021_90001_flair.png", picture_bytes(4))
    done = run("prepare", "--brats", tmp_path / "brats")
    assert (
        done.code == 0 and "1 pictures placed" in done.out and "1 pictures are missing (glioma/s3_mask: 1)" in done.out
    )


@pytest.mark.parametrize("suffix", [".nii.gz", ".nii"])
def test_volumes_are_refused_with_the_reason(run: Run, made: MadeUp, tmp_path: Path, suffix: str) -> None:
    write_bytes(tmp_path / "brats" / f"BraTS2021_90001/BraTS2021_90001_t1ce{suffix}", b"x")
    done = run("prepare", "--brats", tmp_path / "brats")
    assert done.code == 0
    assert "holds NIfTI volumes, which cannot be used because the benchmark does not record which slice" in done.out
    assert "Complete for the scope nobrats" in done.out


def test_a_folder_without_any_is_remarked(run: Run, made: MadeUp, tmp_path: Path) -> None:
    write_bytes(tmp_path / "brats" / "BraTS2021_00000_t1.png", picture_bytes(3))
    done = run("prepare", "--brats", tmp_path / "brats")
    assert done.code == 0 and "holds none of the BraTS slices (BraTS2021_XXXXX_t1ce.png and its like)" in done.out


def test_a_damaged_slice_is_named(run: Run, made: MadeUp, tmp_path: Path) -> None:
    write_bytes(tmp_path / "brats" / "BraTS2021_90001_flair.png", picture_bytes(4)[:60])
    done = run("prepare", "--brats", tmp_path / "brats")
    assert done.code == 1 and "image 4 is damaged or cut off" in done.out


def test_slices_and_pictures_can_be_named_together(run: Run, home: Path, tmp_path: Path) -> None:
    made = write_benchmark(tmp_path / "mine", images=(1, 2))
    place = write_bytes(tmp_path / "brats.zip", zip_bytes(_slices("one flat folder")))
    done = run("prepare", "--annotations", made.closed, "--images", made.images, "--brats", place)
    assert done.code == 0 and "4 pictures placed" in done.out and "Complete: every scope can run." in done.out
