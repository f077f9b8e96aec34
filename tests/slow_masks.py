"""The released mask rules once more, literally and slowly: the oracle for the fast ones. They share nothing."""

from __future__ import annotations

from itertools import pairwise
from math import pi, sqrt

import numpy as np
from numpy.typing import NDArray

Pixel = tuple[int, int]
#: The eight neighbours (row, column), clockwise from the right.
NEIGHBOURS = ((0, 1), (1, 1), (1, 0), (1, -1), (0, -1), (-1, -1), (-1, 0), (-1, 1))


def flood_fill_components(mask: NDArray[np.bool_], *, edges_only: bool = False) -> list[set[Pixel]]:
    """Sets of pixels that touch by an edge or a corner, or by an edge only."""
    left = {(int(row), int(column)) for row, column in zip(*np.nonzero(mask), strict=True)}
    components = []
    while left:
        waiting = [left.pop()]
        component = set(waiting)
        while waiting:
            row, column = waiting.pop()
            for step in NEIGHBOURS[:: 2 if edges_only else 1]:
                neighbour = (row + step[0], column + step[1])
                if neighbour in left:
                    left.remove(neighbour)
                    component.add(neighbour)
                    waiting.append(neighbour)
        components.append(component)
    return components


def contour_of(component: NDArray[np.bool_]) -> list[Pixel]:
    """The pixels of the outer contour in order, by Moore's neighbour tracing (Jacob's stopping criterion)."""
    padded = np.pad(component, 1)
    rows, columns = np.nonzero(padded)
    start = (int(rows[0]), int(columns[0]))
    here, came_from = start, 4  # the first pixel in reading order has nothing to its left
    path = [start]
    first_move: tuple[Pixel, int] | None = None
    while True:
        for turn in range(1, 9):
            direction = (came_from + turn) % 8
            step = NEIGHBOURS[direction]
            neighbour = (here[0] + step[0], here[1] + step[1])
            if padded[neighbour]:
                break
        else:
            return path
        if first_move == (here, direction):
            return path
        if first_move is None:
            first_move = (here, direction)
        path.append(neighbour)
        # Look on from the background pixel that was passed last, as seen from the new pixel.
        came_from = (direction + 5) % 8 if direction % 2 else (direction + 6) % 8
        here = neighbour


def chain_circularity(component: NDArray[np.bool_]) -> float:
    """4πA/P² of the polygon through the contour's pixel centres; 1 where it encloses nothing."""
    path = contour_of(component)
    twice_area, length = 0, 0.0
    for (row, column), (next_row, next_column) in pairwise(path):
        twice_area += column * next_row - next_column * row
        length += sqrt((row - next_row) ** 2 + (column - next_column) ** 2)
    return min(1.0, 4 * pi * (abs(twice_area) / 2) / length**2) if twice_area else 1.0


def axis_ratio(component: NDArray[np.bool_]) -> float:
    """Axis ratio of the ellipse with the component's second moments."""
    short, long = np.linalg.eigvalsh(np.cov(np.nonzero(component), bias=True))
    return sqrt(long / short)


def without_holes(component: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The component and whatever it shuts off from the image's border."""
    outside = max(flood_fill_components(np.pad(~component, 1, constant_values=True), edges_only=True), key=len)
    closed = np.ones_like(component)
    for row, column in outside:
        if 0 < row <= component.shape[0] and 0 < column <= component.shape[1]:
            closed[row - 1, column - 1] = False
    return closed


def released_classes(mask: NDArray[np.bool_], *, edges_only: bool = False) -> dict[str, str]:
    """Size, shape, spread and location of a lesion mask, by the sentences that describe the released annotations."""
    components = sorted(flood_fill_components(mask, edges_only=edges_only), key=len, reverse=True)
    pixels = [pixel for component in components for pixel in component]
    return {
        "size": _size(100 * len(pixels) / mask.size),
        "shape": _shape(components[0]),
        "spread": _spread(len(components), len(components[0]) / len(pixels)),
        "location": _location(pixels, mask.shape),
    }


def _size(percent: float) -> str:
    if percent < 1:
        return "Small/Focal"
    return "Medium" if percent < 5 else "Large/Extensive"


def _shape(component: set[Pixel]) -> str:
    largest = without_holes(drawn(component))
    roundness = chain_circularity(largest)
    if roundness < 0.5:
        return "Irregular/Spiculated"
    return "Round/Oval" if roundness >= 0.8 and axis_ratio(largest) <= 1.5 else "Lobulated"


def _spread(components: int, share: float) -> str:
    if components == 1:
        return "Solitary Lesion"
    return "Dominant Core with Satellites" if share >= 0.7 else "Scattered/Multifocal"


def _location(pixels: list[Pixel], shape: tuple[int, ...]) -> str:
    row, column = (
        ("Upper", "Center", "Lower")[int(sum(pixel[0] for pixel in pixels) / len(pixels) // (shape[0] / 3))],
        ("Left", "Center", "Right")[int(sum(pixel[1] for pixel in pixels) / len(pixels) // (shape[1] / 3))],
    )
    return "Center of the Image" if row == column == "Center" else f"{row}-{column} Region"


def drawn(component: set[Pixel]) -> NDArray[np.bool_]:
    """The component as a mask of its own, no larger than it must be."""
    rows, columns = np.array(sorted(component)).T
    mask = np.zeros((np.ptp(rows) + 1, np.ptp(columns) + 1), bool)
    mask[rows - rows.min(), columns - columns.min()] = True
    return mask
