"""The attributes of a lesion and their classes, as the benchmark's mask rules define them.

Size: below 1 % of the image small, from 5 % large. Shape: circularity 4πA/P² of the largest component's contour below
0.5 irregular, from 0.8 round (if not elongated), else lobulated. Spread: one component is solitary; the largest from
70 % of the lesion's area is a dominant core with satellites. Sector: the cell of a 3×3 grid that holds the centroid.
"""

from __future__ import annotations

from mmneuroonco_tasks.benchmark import mask_rules
from mmneuroonco_tasks.benchmark.mask_rules import (
    IRREGULAR_BELOW,
    LARGE_FROM,
    MEDIUM_FROM,
    ROUND_FROM,
    SHAPES,
    SIZES,
    SPREADS,
)

ROUND, LOBULATED, IRREGULAR = SHAPES
SMALL, MEDIUM, LARGE = SIZES
SOLITARY, SATELLITES, SCATTERED = SPREADS
ROWS, COLUMNS = ("Upper", "Middle", "Lower"), ("Left", "Middle", "Right")

#: Per cent of the lesion in its largest component.
DOMINANT_FROM = 100 * mask_rules.DOMINANT_FROM


def sector_name(row: str, column: str) -> str:
    """The benchmark's name of a cell of the 3×3 grid.

    >>> sector_name("Upper", "Middle"), sector_name("Middle", "Middle")
    ('Upper-Center Region', 'Center of the Image')
    """
    if row == column == "Middle":
        return "Center of the Image"
    return f"{row}-{column} Region".replace("Middle", "Center")


#: Row and column of each sector.
SECTORS = {sector_name(row, column): (row, column) for row in ROWS for column in COLUMNS}
#: The attributes that are scored and their classes, in the order of the tables.
ATTRIBUTES: dict[str, tuple[str, ...]] = {
    "shape": SHAPES,
    "sector": tuple(SECTORS),
    "size": SIZES,
    "spread": SPREADS,
}
#: Per cent of the image, 4πA/P² of the contour, pixels from the image's upper left corner.
MEASUREMENTS = ("area", "circularity", "centroid")


def size_classes(low: float, high: float) -> tuple[str, ...]:
    """The size classes that a share of the image from ``low`` to below ``high`` per cent touches; a point touches one.

    >>> size_classes(0.99, 0.99), size_classes(1.0, 5.0), size_classes(3.0, 100.0)
    (('Small/Focal',), ('Medium',), ('Medium', 'Large/Extensive'))
    """
    return _between(low, high, (MEDIUM_FROM, LARGE_FROM), SIZES)


def shape_classes(low: float, high: float) -> tuple[str, ...]:
    """The shapes that a circularity from ``low`` to below ``high`` touches, elongation left aside.

    >>> shape_classes(0.33, 0.33), shape_classes(0.0, 0.5)
    (('Irregular/Spiculated',), ('Irregular/Spiculated',))
    """
    return _between(low, high, (IRREGULAR_BELOW, ROUND_FROM), (IRREGULAR, LOBULATED, ROUND))


def _between(low: float, high: float, bounds: tuple[float, float], classes: tuple[str, ...]) -> tuple[str, ...]:
    edges = (float("-inf"), *bounds, float("inf"))
    return tuple(
        name
        for name, start, end in zip(classes, edges[:-1], edges[1:], strict=True)
        if start <= low < end or low < start < high
    )
