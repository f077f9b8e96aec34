"""Lesions: placed and outlined so that the released mask rules give exactly the values that were dealt.

A lesion is one or more components, each the union of a core and its arms (discs make it lobulated, spikes make it
irregular). It is drawn, measured and, where a measurement comes near the border of a class, drawn again: any sensible
implementation of the rules gets the same truth.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations
from math import ceil, cos, pi, sin, sqrt

import numpy as np

from ..benchmark.mask_rules import (
    SECTORS,
    Mask,
    Measurements,
    circularity,
    elongation,
    grown,
    label_components,
    measure,
    sector_at,
)
from .anatomy import Pose
from .cases import Case
from .noise import Field, Stream, spline

#: Lesion area in percent of the image, well inside its class (cuts at 1, 5 and 7 %).
AREAS = {"small": (0.70, 0.86), "medium": (1.3, 4.2), "large": (5.6, 6.4), "very large": (7.8, 8.6)}
#: Circularity and elongation of the largest component, well inside its class (cuts at 0.5, 0.8; 1.2, 1.5).
CIRCULARITIES = {"round": (0.84, 1.0), "oval": (0.83, 1.0), "lobulated": (0.60, 0.72), "irregular": (0.0, 0.38)}
ELONGATIONS = {"round": (1.0, 1.1), "oval": (1.31, 1.42), "lobulated": (1.0, 1.4), "irregular": (1.0, 1.4)}
#: Share of the largest component, well inside its class (cut at 0.7).
LARGEST_SHARES = {
    "solitary": (1.0, 1.0),
    "satellites": (0.78, 0.88),
    "pair": (0.52, 0.6),
    "multifocal": (0.38, 0.56),
}
#: Pixels between components, so that none touch once halo, rim and blur are drawn, and between the centroid and the
#: borders of its cell; brain radii that no lesion passes; pixels of the smallest component; tries a step.
GAP, CELL_MARGIN, BRAIN_EDGE, SMALLEST, TRIES = 10, 9, 0.94, 118, 16
#: How far a point of an outline is bent away, in core radii.
WOBBLE = 0.1
#: Sixteen directions a half turn, rounded so that the last digit of a machine's sine does not matter.
DIRECTIONS = [(round(cos(pi * i / 16), 4), round(sin(pi * i / 16), 4)) for i in range(32)]


@dataclass(frozen=True)
class Outline:
    """A closed shape round the origin whose core has radius 1.

    The core is an ellipse of area π and the given axis ratio. A lobe is (direction, distance, radius), a spike
    (direction, length, half width at its foot). ``wobble`` holds two lattices of random numbers (``noise.spline``) for
    a slight bend, so that nothing looks drawn with compasses.
    """

    wobble: tuple[Field, Field]
    ratio: float = 1.0
    turn: int = 0
    lobes: tuple[tuple[int, float, float], ...] = ()
    spikes: tuple[tuple[int, float, float], ...] = ()

    @cached_property
    def tips(self) -> list[tuple[float, float]]:
        """The points (x, y) that reach farthest out: no pixel lies noticeably outside their convex hull."""
        arms = [(d, distance + radius) for d, distance, radius in self.lobes] + [(d, n) for d, n, _ in self.spikes]
        arms = arms or [(d, sqrt(self.ratio)) for d in range(0, 32, 4)]
        return [(DIRECTIONS[d][0] * length, DIRECTIONS[d][1] * length) for d, length in arms]

    @cached_property
    def reach(self) -> float:
        """Greatest distance of the shape from the origin."""
        return max(sqrt(x * x + y * y) for x, y in self.tips)

    @property
    def girth(self) -> float:
        """Distance from the origin at which a neighbour may begin: spikes leave room between them."""
        return 0.86 * self.reach if self.spikes else self.reach

    def raster(self, scale: float) -> Mask:
        """The shape at a scale in pixels, on a square of pixels with the origin at its middle pixel."""
        half = ceil(scale * self.reach) + 1
        y, x = np.mgrid[-half : half + 1, -half : half + 1] / scale
        side, cell = len(x), int(0.8 * scale) + 1
        x += WOBBLE * spline(self.wobble[0], side, side, cell)
        y += WOBBLE * spline(self.wobble[1], side, side, cell)
        cosine, sine = DIRECTIONS[self.turn]
        along, across = cosine * x + sine * y, cosine * y - sine * x
        inside: Mask = along * along / self.ratio + across * across * self.ratio <= 1
        for direction, distance, radius in self.lobes:
            dx, dy = x - DIRECTIONS[direction][0] * distance, y - DIRECTIONS[direction][1] * distance
            inside |= dx * dx + dy * dy <= radius * radius
        for direction, length, half_width in self.spikes:
            cosine, sine = DIRECTIONS[direction]
            along, across = cosine * x + sine * y, cosine * y - sine * x
            inside |= (along >= 0) & (np.abs(across) <= half_width * (1 - along / length))
        return inside


def outline_of(shape: str, area: float, stream: Stream) -> Outline:
    """A random outline of the given shape value, for a component of ``area`` pixels."""
    turn = stream.whole(0, 32)
    wobble = (stream.lattice(10, 10), stream.lattice(10, 10))
    if shape == "round":
        return Outline(wobble, stream.between(1.0, 1.04), turn)
    if shape == "oval":
        return Outline(wobble, stream.between(1.34, 1.4), turn)
    if shape == "lobulated":
        directions = _around(stream, turn, stream.whole(3, 6))
        lobes = tuple((d, stream.between(0.85, 1.0), stream.between(0.48, 0.60)) for d in directions)
        return Outline(wobble, lobes=lobes)
    # Small ones have fewer and longer spikes, which blur and noise would hide otherwise.
    small = area < 2500
    directions = _around(stream, turn, stream.whole(6, 8) if small else stream.whole(8, 11))
    lengths, widths = ((1.75, 2.2), (0.42, 0.55)) if small else ((1.3, 1.65), (0.32, 0.44))
    spikes = tuple((d, stream.between(*lengths), stream.between(*widths)) for d in directions)
    return Outline(wobble, spikes=spikes)


def _around(stream: Stream, turn: int, n: int) -> list[int]:
    return [(turn + round(32 * i / n) + stream.whole(0, 2)) % 32 for i in range(n)]


@dataclass(frozen=True)
class Component:
    """One component: an outline at a scale in pixels, its pixels on a square, whose middle is pixel (x, y)."""

    outline: Outline
    scale: float
    square: Mask
    x: int = 0
    y: int = 0

    @classmethod
    def of(cls, area: float, outline: Outline) -> Component:
        """The outline at the scale at which it covers ``area`` pixels, give or take a few."""
        trial = 20.0
        scale = trial * sqrt(area / np.count_nonzero(outline.raster(trial)))
        return cls(outline, scale, _in_one_piece(outline.raster(scale)))

    @cached_property
    def area(self) -> int:
        """Its pixels, counted."""
        return int(np.count_nonzero(self.square))

    @property
    def girth(self) -> float:
        """``Outline.girth`` in pixels."""
        return self.scale * self.outline.girth

    @property
    def inner_radius(self) -> float:
        """The largest disc round the middle that the core holds, in pixels."""
        return self.scale / sqrt(self.outline.ratio)

    def pixels(self, frame: tuple[int, int]) -> tuple[tuple[slice, slice], Mask]:
        """The rows and columns of an image of ``frame`` = (width, height) that it touches, and its mask there."""
        half = len(self.square) // 2
        left, top = max(0, self.x - half), max(0, self.y - half)
        right, bottom = min(frame[0], self.x + half + 1), min(frame[1], self.y + half + 1)
        x, y = half - self.x, half - self.y
        return (slice(top, bottom), slice(left, right)), self.square[top + y : bottom + y, left + x : right + x]


def _in_one_piece(mask: Mask) -> Mask:
    """The mask without crumbs: its largest part that hangs together by edges, so that any rule counts one."""
    from scipy import ndimage

    labels, _ = ndimage.label(mask)
    whole: Mask = labels == np.bincount(labels.ravel())[1:].argmax() + 1
    return whole


@dataclass(frozen=True)
class Lesion:
    """A placed lesion; the first component is the largest. ``mask`` is the body, without halo or rim."""

    mask: Mask
    components: tuple[Component, ...]
    measurements: Measurements


def place_lesion(case: Case, stream: Stream) -> tuple[Pose, Lesion | None]:
    """A head's pose in the image and the case's lesion inside its brain; no lesion where the case has none.

    The head comes closer and moves towards the lesion's cell until the lesion fits.
    """
    turn = stream.between(-0.06, 0.06)
    zoom = stream.between(0.94, 1.0)
    shift = (stream.whole(-4, 5), stream.whole(-4, 5))
    if not case.has_lesion:
        return _pose(case, zoom, shift, turn), None
    column, row = SECTORS.index(case.location) % 3 - 1, SECTORS.index(case.location) // 3 - 1
    components: list[Component] = []
    for step in range(60):
        if step % 4 == 0:
            components = _components(case, stream, alike=step < 12)
        pose = _pose(case, zoom + 0.025 * step, (shift[0] + 4 * step * column, shift[1] + 4 * step * row), turn)
        for _ in range(TRIES):
            placed = _scatter(case, components, stream)
            if placed and _fits(case, placed, pose):
                lesion = _lesion(case, placed)
                if lesion and _is_clear(case.location, lesion.measurements):
                    return pose, lesion
    raise RuntimeError(f"no room for phantom {case.id} of seed {case.seed}: please report these two numbers.")


def _pose(case: Case, zoom: float, shift: tuple[int, int], turn: float) -> Pose:
    width, height = case.frame
    return Pose(width / 2 + shift[0], height / 2 + shift[1], 0.39 * width * zoom, 0.4 * height * zoom, turn)


def _components(case: Case, stream: Stream, alike: bool) -> list[Component]:
    """The components at the origin, largest first; ``alike``: all of the same shape, else the smaller ones round.

    Their total area and the largest one's share are well inside the classes that were dealt.
    """
    percent = 100 / (case.frame[0] * case.frame[1])
    while True:
        total = stream.between(*AREAS[case.size]) / percent
        share = stream.between(*LARGEST_SHARES[case.spread])
        components = [_largest(share * total, case.shape, stream)]
        for area in _other_areas(case, (1 - share) * total, stream):
            shape = case.shape if alike and area > 500 else "round"
            components.append(Component.of(area, outline_of(shape, area, stream)))
        drawn = sum(one.area for one in components)
        if _within(drawn * percent, AREAS[case.size]) and _within(
            components[0].area / drawn, LARGEST_SHARES[case.spread]
        ):
            return components


def _other_areas(case: Case, total: float, stream: Stream) -> list[float]:
    """Areas in pixels of the components besides the largest, ``total`` together and each large enough for a texture."""
    most = {"solitary": 0, "pair": 1, "satellites": stream.whole(1, 4), "multifocal": stream.whole(2, 4)}[case.spread]
    n = min(most, max(1, int(total / SMALLEST)))
    weights = [stream.between(0.9, 1.1) for _ in range(n)]
    return [total * weight / sum(weights) for weight in weights]


def _within(value: float, bounds: tuple[float, float]) -> bool:
    return bounds[0] <= value <= bounds[1]


def _largest(area: float, shape: str, stream: Stream) -> Component:
    """A component whose measured shape is well inside its class."""
    while True:
        component = Component.of(area, outline_of(shape, area, stream))
        round_enough = _within(circularity(component.square), CIRCULARITIES[shape])
        if round_enough and _within(elongation(component.square), ELONGATIONS[shape]):
            return component


def _scatter(case: Case, components: list[Component], stream: Stream) -> list[Component] | None:
    """Put the components round the largest one and the whole into the case's cell; ``None`` where they collide.

    The rule speaks of "the" centroid, so the whole lesion's and its largest component's both lie in the cell.
    """
    column, row = SECTORS.index(case.location) % 3, SECTORS.index(case.location) // 3
    # Towards the middle of the image, where there is room.
    inwards = [(x, y) for x, y in DIRECTIONS if x * (column - 1) + y * (row - 1) <= 0]
    largest = components[0]
    placed = [largest]
    for other in components[1:]:
        away = largest.girth + other.girth + GAP + stream.whole(0, 8)
        cosine, sine = stream.pick(inwards)
        placed.append(replace(other, x=round(cosine * away), y=round(sine * away)))
    for one, other in combinations(placed[1:], 2):
        near = one.girth + other.girth + GAP
        if (one.x - other.x) ** 2 + (one.y - other.y) ** 2 < near * near:
            return None
    at = []
    for offsets, extent, index in (
        ([one.x for one in placed], case.frame[0], column),
        ([one.y for one in placed], case.frame[1], row),
    ):
        total = sum(one.area for one in placed)
        mean = round(sum(o * one.area for o, one in zip(offsets, placed, strict=True)) / total)
        low, high = extent * index // 3 + CELL_MARGIN + 2, extent * (index + 1) // 3 - CELL_MARGIN - 2
        low, high = max(low, low - mean), min(high, high - mean)
        if low >= high:
            return None
        at.append(stream.whole(low, high))
    return [replace(one, x=one.x + at[0], y=one.y + at[1]) for one in placed]


def _fits(case: Case, placed: list[Component], pose: Pose) -> bool:
    """Whether all components lie in brain and image."""
    points = [(one.x + one.scale * x, one.y + one.scale * y) for one in placed for x, y in one.outline.tips]
    x, y = np.array(points).T
    width, height = case.frame
    in_image = x.min() > 3 and y.min() > 3 and x.max() < width - 4 and y.max() < height - 4
    u, v = pose.to_head(x, y)
    return bool(in_image and (u * u + v * v).max() < BRAIN_EDGE**2)


def _lesion(case: Case, placed: list[Component]) -> Lesion | None:
    """The lesion of the placed components; ``None`` if two of them come too near each other."""
    mask = np.zeros(case.frame[::-1], bool)
    for component in placed:
        window, pixels = component.pixels(case.frame)
        mask[window] |= pixels
    if len(placed) > 1 and label_components(grown(mask, GAP // 2 - 1))[1] != len(placed):
        return None
    measurements = measure(mask)
    assert measurements is not None and measurements.components == len(placed)
    return Lesion(mask, tuple(placed), measurements)


def _is_clear(location: str, found: Measurements) -> bool:
    """Whether the whole lesion's centroid is well inside its cell."""
    x, y = found.centroid
    corners = [(x + dx, y + dy) for dx in (-CELL_MARGIN, CELL_MARGIN) for dy in (-CELL_MARGIN, CELL_MARGIN)]
    return all(sector_at(corner, found.frame) == location for corner in corners)
