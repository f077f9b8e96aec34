"""The mask rules measure what they say, as slow and literal implementations of the same definitions confirm."""

from __future__ import annotations

from math import hypot, pi, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from slow_masks import chain_circularity, flood_fill_components

from mmneuroonco_tasks.benchmark.mask_rules import (
    SECTORS,
    Mask,
    Measurements,
    circularity,
    elongation,
    filled,
    grown,
    measure,
    sector_at,
    shrunk,
)


def disc(radius: float, size: int = 61) -> Mask:
    rows, columns = np.mgrid[0:size, 0:size] - size // 2
    inside: Mask = rows * rows + columns * columns <= radius * radius
    return inside


def drawn_discs(discs: list[tuple[int, int, int]]) -> Mask:
    rows, columns = np.mgrid[0:48, 0:56]
    mask = np.zeros((48, 56), bool)
    for x, y, radius in discs:
        mask |= (columns - x) ** 2 + (rows - y) ** 2 <= radius * radius
    return mask


DISCS = st.lists(st.tuples(st.integers(0, 55), st.integers(0, 47), st.integers(1, 11)), min_size=1, max_size=5)


@pytest.mark.parametrize(
    ("area_percent", "size"),
    [(0.99, "Small/Focal"), (1.0, "Medium"), (4.99, "Medium"), (5.0, "Large/Extensive"), (60.0, "Large/Extensive")],
)
def test_size_is_cut_at_one_and_five_percent(area_percent: float, size: str) -> None:
    assert Measurements(area_percent, 1, 1.0, 0.9, 1.0, (5, 5), (10, 10)).size == size


@pytest.mark.parametrize(
    ("roundness", "length", "shape"),
    [
        (0.49, 1.0, "Irregular/Spiculated"),
        (0.5, 1.0, "Lobulated"),
        (0.79, 1.0, "Lobulated"),
        (0.8, 1.5, "Round/Oval"),
        (0.8, 1.51, "Lobulated"),
        (0.95, 1.0, "Round/Oval"),
    ],
)
def test_shape_is_cut_at_circularity_and_elongation(roundness: float, length: float, shape: str) -> None:
    assert Measurements(2.0, 1, 1.0, roundness, length, (5, 5), (10, 10)).shape == shape


@pytest.mark.parametrize(
    ("components", "share", "spread"),
    [
        (1, 1.0, "Solitary Lesion"),
        (2, 0.70, "Dominant Core with Satellites"),
        (5, 0.99, "Dominant Core with Satellites"),
        (2, 0.69, "Scattered/Multifocal"),
    ],
)
def test_spread_is_cut_at_the_share_of_the_largest_component(components: int, share: float, spread: str) -> None:
    assert Measurements(2.0, components, share, 0.9, 1.0, (5, 5), (10, 10)).spread == spread


def test_the_nine_cells_are_named_from_the_upper_left() -> None:
    centres = [(x, y) for y in (50, 150, 250) for x in (60, 180, 300)]
    assert [sector_at(centre, (360, 300)) for centre in centres] == list(SECTORS)
    assert sector_at((119.9, 99.9), (360, 300)) == "Upper-Left Region"
    assert sector_at((120, 100), (360, 300)) == "Center of the Image"


def test_circularity_of_a_square_and_a_line_by_hand() -> None:
    # Five by five pixels: the chain through their centres is a 4 × 4 square.
    assert circularity(np.ones((5, 5), bool)) == pytest.approx(4 * pi * 16 / 16**2)
    # A diamond of radius 2: four diagonals of 2√2 around an area of 8.
    rows, columns = np.mgrid[-2:3, -2:3]
    assert circularity(np.abs(rows) + np.abs(columns) <= 2) == pytest.approx(4 * pi * 8 / (8 * sqrt(2)) ** 2)


@settings(max_examples=60)
@given(DISCS)
def test_components_area_and_centroid_agree_with_a_flood_fill(discs: list[tuple[int, int, int]]) -> None:
    mask = drawn_discs(discs)
    parts = flood_fill_components(mask)
    found = measure(mask)
    assert found is not None
    pixels = [pixel for part in parts for pixel in part]
    assert found.components == len(parts)
    assert found.area_percent == pytest.approx(100 * len(pixels) / mask.size)
    assert found.largest_share == pytest.approx(max(map(len, parts)) / len(pixels))
    x, y = (sum(pixel[axis] for pixel in pixels) / len(pixels) for axis in (1, 0))
    assert found.centroid == pytest.approx((x, y))


@settings(max_examples=60)
@given(DISCS)
def test_circularity_agrees_with_walking_along_the_contour(discs: list[tuple[int, int, int]]) -> None:
    mask = drawn_discs(discs)
    largest = max(flood_fill_components(mask), key=len)
    component = np.zeros_like(mask)
    component[tuple(np.array(sorted(largest)).T)] = True
    assert circularity(filled(component)) == pytest.approx(chain_circularity(filled(component)))


@pytest.mark.parametrize("ratio", [1.0, 1.3, 2.0])
def test_elongation_is_the_axis_ratio_of_an_ellipse(ratio: float) -> None:
    rows, columns = np.mgrid[-60:61, -60:61]
    turned = (columns + rows) / sqrt(2), (rows - columns) / sqrt(2)
    ellipse = turned[0] ** 2 / ratio + turned[1] ** 2 * ratio <= 30**2
    assert elongation(ellipse) == pytest.approx(ratio, rel=0.01)
    covariance = np.cov(np.nonzero(ellipse), bias=True)
    long, short = sorted(np.linalg.eigvalsh(covariance), reverse=True)
    assert elongation(ellipse) == pytest.approx(sqrt(long / short))


def test_a_large_disc_is_round_and_a_thin_bar_is_not() -> None:
    assert 0.86 < circularity(disc(25)) < 0.92
    bar = np.zeros((40, 40), bool)
    bar[18:21, 4:36] = True
    assert circularity(bar) < 0.5


def test_an_empty_mask_is_no_lesion() -> None:
    assert measure(np.zeros((30, 30), bool)) is None


@pytest.mark.parametrize("steps", [1, 2, 5, 9])
def test_growing_is_by_steps_and_shrinking_undoes_it_on_a_disc(steps: int) -> None:
    wide = grown(disc(12), steps)
    rows, columns = np.nonzero(wide)
    reach = max(hypot(row - 30, column - 30) for row, column in zip(rows, columns, strict=True))
    assert 12 + 0.7 * steps < reach <= 12 + 1.5 * steps
    assert shrunk(wide, steps)[disc(12)].all()
