"""The released mask rules: from a lesion mask to its size, shape, spread and location.

The annotations derive these four attributes from a segmentation mask. This module is that rule, written once; the
phantom benchmark computes its truths with it and the reference reader its answers.

Definitions, where the released rule leaves room:

- *component*: pixels that touch by an edge or a corner (8-connectivity);
- *contour*: the closed chain through the centres of the outermost pixels of the largest component, holes filled, as
  OpenCV's ``findContours`` gives it; a step along an axis is 1 long, a diagonal one √2;
- *circularity*: 4πA/P², A the area that the chain encloses and P its length (Cox 1927). A large digital disc has
  about 0.90, not 1, because a chain of such steps is up to 8 % longer than the curve that it follows;
- *elongation*: axis ratio of the ellipse that has the second moments of the filled largest component;
- *centroid*: mean pixel position over the whole lesion, x to the right and y down, from the upper left pixel.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import pi, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.bool_]

SIZES = ("Small/Focal", "Medium", "Large/Extensive")
SHAPES = ("Round/Oval", "Lobulated", "Irregular/Spiculated")
SPREADS = ("Solitary Lesion", "Dominant Core with Satellites", "Scattered/Multifocal")
#: The cells of the 3×3 grid, row by row from the upper left.
SECTORS = (
    "Upper-Left Region",
    "Upper-Center Region",
    "Upper-Right Region",
    "Center-Left Region",
    "Center of the Image",
    "Center-Right Region",
    "Lower-Left Region",
    "Lower-Center Region",
    "Lower-Right Region",
)

#: Percent of the image area from which a lesion is medium, and from which it is large.
MEDIUM_FROM, LARGE_FROM = 1.0, 5.0
#: Below the first a contour is irregular; from the second on it is round or oval, if it is not too long.
IRREGULAR_BELOW, ROUND_FROM = 0.5, 0.8
ROUND_UP_TO_ELONGATION = 1.5
#: Share of the lesion area from which the largest component is a dominant core.
DOMINANT_FROM = 0.7


@dataclass(frozen=True, slots=True)
class Measurements:
    """What the rules read off a mask.

    ``area_percent`` is the lesion's share of the image in percent (0–100); ``components`` how many there are;
    ``largest_share`` the largest component's share of the lesion (0–1); ``circularity`` (0–1) and ``elongation``
    (≥1) are the largest component's; ``centroid`` is (x, y) in pixels; ``frame`` the image's (width, height).
    """

    area_percent: float
    components: int
    largest_share: float
    circularity: float
    elongation: float
    centroid: tuple[float, float]
    frame: tuple[int, int]

    @property
    def size(self) -> str:
        """One of ``SIZES``."""
        return SIZES[(self.area_percent >= MEDIUM_FROM) + (self.area_percent >= LARGE_FROM)]

    @property
    def shape(self) -> str:
        """One of ``SHAPES``."""
        if self.circularity < IRREGULAR_BELOW:
            return "Irregular/Spiculated"
        if self.circularity >= ROUND_FROM and self.elongation <= ROUND_UP_TO_ELONGATION:
            return "Round/Oval"
        return "Lobulated"

    @property
    def spread(self) -> str:
        """One of ``SPREADS``."""
        if self.components == 1:
            return "Solitary Lesion"
        return "Dominant Core with Satellites" if self.largest_share >= DOMINANT_FROM else "Scattered/Multifocal"

    @property
    def sector(self) -> str:
        """One of ``SECTORS``: the cell that holds the centroid."""
        return sector_at(self.centroid, self.frame)


def sector_at(point: tuple[float, float], frame: tuple[int, int]) -> str:
    """The cell of the 3×3 grid that holds a point (x, y) of an image of ``frame`` = (width, height) pixels.

    >>> sector_at((10, 250), (300, 300))
    'Lower-Left Region'
    """
    column, row = (min(2, int(3 * position / extent)) for position, extent in zip(point, frame, strict=True))
    return SECTORS[3 * row + column]


def measure(mask: Mask) -> Measurements | None:
    """Measure a lesion mask of shape (height, width); ``None`` where it is empty: there is no lesion.

    >>> mask = np.zeros((60, 60), bool)
    >>> mask[5:9, 4:10] = True
    >>> found = measure(mask)
    >>> found.size, found.spread, found.sector, found.centroid
    ('Small/Focal', 'Solitary Lesion', 'Upper-Left Region', (6.5, 6.5))
    """
    labels, count = label_components(mask)
    if count == 0:
        return None
    areas = np.bincount(labels.ravel())[1:]
    number = int(areas.argmax()) + 1
    largest = filled(_cropped(labels == number))
    total = int(areas.sum())
    rows, columns = np.nonzero(mask)
    height, width = mask.shape
    return Measurements(
        area_percent=100 * total / mask.size,
        components=count,
        largest_share=int(areas.max()) / total,
        circularity=circularity(largest),
        elongation=elongation(largest),
        centroid=(int(columns.sum()) / total, int(rows.sum()) / total),
        frame=(width, height),
    )


def _cropped(mask: Mask) -> Mask:
    """The smallest rectangle that holds all that is true."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return mask[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def label_components(mask: Mask) -> tuple[NDArray[np.int32], int]:
    """Number the 8-connected components of a mask from 1; 0 is the background."""
    from scipy import ndimage

    labels, count = ndimage.label(mask, structure=np.ones((3, 3), bool))
    return labels, int(count)


def filled(mask: Mask) -> Mask:
    """The mask with its holes closed."""
    from scipy import ndimage

    closed: Mask = ndimage.binary_fill_holes(mask)
    return closed


def grown(mask: Mask, steps: int) -> Mask:
    """The mask and all pixels within ``steps`` steps of it, alternately along the axes only and diagonally too."""
    mask = mask.copy()
    for step in range(steps):
        wide = mask.copy()
        wide[:, 1:] |= mask[:, :-1]
        wide[:, :-1] |= mask[:, 1:]
        tall = wide if step % 2 else mask
        mask = wide.copy()
        mask[1:] |= tall[:-1]
        mask[:-1] |= tall[1:]
    return mask


def shrunk(mask: Mask, steps: int) -> Mask:
    """The mask without the pixels within ``steps`` steps of what is outside; beyond the image counts as outside."""
    padded = np.pad(mask, 1)
    inside: Mask = ~grown(~padded, steps)[1:-1, 1:-1]
    return inside


def circularity(component: Mask) -> float:
    """4πA/P² of a component's contour (module docstring), at most 1.

    Area and length are counted in 2×2 windows of pixels (bit quads, Gray 1971): a window with four pixels in holds
    one unit of area; with three, half a unit and a diagonal step; with two side by side, a straight step; with two
    across, a diagonal step there and one back.

    >>> round(circularity(np.ones((11, 11), bool)), 3) == round(pi / 4, 3)
    True
    """
    quads = np.pad(component, 1).astype(np.int8)
    left, right = quads[:, :-1], quads[:, 1:]
    inside = left[:-1] + right[:-1] + left[1:] + right[1:]
    across = (inside == 2) & (left[:-1] == right[1:])
    four, three, two, crossed = (int(np.count_nonzero(w)) for w in (inside == 4, inside == 3, inside == 2, across))
    length = (two - crossed) + sqrt(2) * (three + 2 * crossed)
    # One or two pixels enclose nothing: a point is as round as can be.
    return min(1.0, 4 * pi * (four + three / 2) / length**2) if four or three else 1.0


def elongation(component: Mask) -> float:
    """Axis ratio (≥1) of the ellipse with the component's second moments; infinite for a line of pixels.

    >>> elongation(np.ones((5, 5), bool))
    1.0
    """
    rows, columns = (positions.astype(np.int64) for positions in np.nonzero(component))
    n = len(rows)
    # Integers until the last step: the same to the last digit wherever it is computed.
    xx, yy, xy = (_moment(a, b, n) for a, b in ((columns, columns), (rows, rows), (columns, rows)))
    root = sqrt((xx - yy) ** 2 + 4 * xy**2)
    shorter = xx + yy - root
    if shorter <= 0:
        return 1.0 if n == 1 else float("inf")
    return sqrt((xx + yy + root) / shorter)


def _moment(a: NDArray[Any], b: NDArray[Any], n: int) -> int:
    """n² times the covariance of two integer samples, exactly."""
    return n * int((a * b).sum()) - int(a.sum()) * int(b.sum())
