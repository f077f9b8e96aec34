"""Files are found in whatever layout people have them, and opaque names say nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmneuroonco_tasks.benchmark.layouts import ImageIndex, annotation_names, opaque_name, picture_key
from mmneuroonco_tasks.benchmark.records import Picture

PICTURE = Picture(7, "glioma/s1_t1/Image (3).jpg", 7)
SLICE = Picture(9, "glioma/s3/BraTS2021_90001/BraTS2021_90001_t1ce.png", 9)


@pytest.mark.parametrize(
    "name",
    [
        "glioma/s1_t1/Image (3).jpg",
        "images/Benchmark_Images/Benchmark_Images/glioma/s1_t1/Image (3).jpg",
        "Benchmark_Images/glioma/s1_t1/Image (3).jpg",
        "Glioma/S1_T1/image (3).JPG",
        "glioma/s1_t1/Image (3).png",
        "glioma/s1_t1/Image (3).bmp",
        "deep\\glioma\\s1_t1\\Image (3).jpeg",
        "0007.png",
        "images/0007.jpg",
    ],
)
def test_a_picture_is_found_whatever_stands_before_its_path(name: str) -> None:
    assert ImageIndex(["other/x.png", name]).find(PICTURE) == name


@pytest.mark.parametrize(
    "name",
    [
        "glioma/s1_t1/Image (3).txt",
        "glioma/s1_t1/Image (3)",
        "glioma/s2_t1/Image (3).jpg",
        "xglioma/s1_t1/Image (3).jpg",
        "s1_t1/Image (3).jpg",
        "Image (3).jpg",
        "elsewhere/0007.png",
        "7.png",
    ],
)
def test_another_file_is_not_taken_for_the_picture(name: str) -> None:
    assert ImageIndex([name]).find(PICTURE) is None


def test_of_several_files_the_annotated_spelling_wins_and_then_the_shortest_path() -> None:
    annotated, other = "x/y/glioma/s1_t1/Image (3).jpg", "glioma/s1_t1/image (3).png"
    assert ImageIndex([other, annotated]).find(PICTURE) == annotated
    assert ImageIndex(["b/" + other, other]).find(PICTURE) == other


@pytest.mark.parametrize(
    "name",
    [
        "BraTS2021_90001/BraTS2021_90001_t1ce.png",
        "BraTS2021_90001_t1ce.png",
        "any/where/BraTS2021_90001_t1ce.jpg",
        "archive/brats2021_90001/brats2021_90001_T1CE.PNG",
        "BraTS2021_90001/t1ce.png",
    ],
)
def test_a_brats_slice_is_found_by_patient_and_sequence(name: str) -> None:
    assert ImageIndex([name]).find_slice(SLICE) == name


@pytest.mark.parametrize(
    "name",
    [
        "BraTS2021_90001/BraTS2021_90001_t1.png",
        "BraTS2021_90002/BraTS2021_90002_t1ce.png",
        "BraTS2021_90002/t1ce.png",
        "t1ce.png",
        "BraTS2021_90001/BraTS2021_90001_t1ce.nii.gz",
        "BraTS2021_90001/BraTS2021_90001_t1ce_077.png",
    ],
)
def test_another_slice_or_a_volume_is_not_taken_for_the_brats_slice(name: str) -> None:
    assert ImageIndex([name]).find_slice(SLICE) is None


def test_only_pictures_of_brats_are_looked_for_as_slices() -> None:
    assert ImageIndex(["glioma/s1_t1/Image (3).jpg"]).find_slice(PICTURE) is None


@pytest.mark.parametrize(
    "names",
    [
        ["Benchmark/Benchmark_VQA_Closed.json", "Benchmark/Benchmark_VQA_Open.json"],
        ["benchmark/closed/mm-neuroonco_benchmark_closed_v1.0.json"],
        ["closed.json", "open.json", "copy/closed.json"],
        ["CLOSED.JSON", "Open.json"],
    ],
)
def test_the_closed_annotations_are_found_in_the_known_layouts(names: list[str]) -> None:
    assert annotation_names(names, "closed") == names[:1]


@pytest.mark.parametrize(
    "name",
    [
        "training/train_no_cot_closed.jsonl",
        "train_closed.json",
        "closed_v1_audit.json",
        "notes_closed.txt",
        "open.json",
    ],
)
def test_other_files_are_not_taken_for_the_closed_annotations(name: str) -> None:
    assert annotation_names([name], "closed") == []


@given(image_id=st.integers(1, 9999), suffix=st.sampled_from([".PNG", ".jpg", ".JPEG"]))
def test_an_opaque_name_is_the_four_digit_id_alone(image_id: int, suffix: str) -> None:
    name = opaque_name(image_id, suffix)
    assert name == f"{image_id:04d}{suffix.lower()}"
    assert ImageIndex([name]).find(Picture(image_id, "a/b/c.png", image_id)) == name


_PART = st.text("abcXYZ019 _-()", min_size=1).filter(lambda text: text.strip())


@given(st.lists(_PART, min_size=1, max_size=4), st.lists(_PART, max_size=2))
def test_letter_case_extension_and_folders_above_make_no_difference(parts: list[str], above: list[str]) -> None:
    annotated, found = "/".join(parts) + ".png", "/".join([*above, *parts]).swapcase() + ".JPEG"
    assert picture_key(annotated) == picture_key("/".join(parts).swapcase() + ".JPEG")
    assert ImageIndex([found]).find(Picture(10_000, annotated, 10_000)) == found
