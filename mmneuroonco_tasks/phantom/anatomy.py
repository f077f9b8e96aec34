"""A head in axial section, as a map of tissues: where scalp, bone, fluid, cortex, white matter and vessels lie.

It is a drawing, not a model of anybody: an egg-shaped skull, folds that are the zero lines of a smooth random field,
ventricles and deep nuclei made of ellipses. The same map serves every sequence; ``drawing`` gives it grey values.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from ..benchmark.mask_rules import Mask
from .noise import Field, Stream

AIR, SCALP, BONE, MARROW, FLUID, GREY, WHITE, NUCLEUS, VESSEL, PLEXUS = range(10)
#: Distance from the brain's centre, in brain radii, at which each outer layer ends.
INNER_TABLE, OUTER_TABLE, SKIN = 1.03, 1.105, 1.175


@dataclass(frozen=True)
class Pose:
    """Where the head is in the image: centre and half axes of the brain in pixels, and its slight turn."""

    x: float
    y: float
    half_width: float
    half_height: float
    turn: float

    def to_head(self, columns: Field, rows: Field) -> tuple[Field, Field]:
        """Head coordinates (u to the right, v down; the brain's edge is at distance 1) of image positions."""
        # The turn is small and given by its tangent: no trigonometry, whose last digit varies between machines.
        cosine = 1 / sqrt(1 + self.turn * self.turn)
        sine = self.turn * cosine
        x, y = columns - self.x, rows - self.y
        v = (cosine * y - sine * x) / self.half_height
        # Narrower in front (up) than behind: an egg.
        u = (cosine * x + sine * y) / (self.half_width * (1 + 0.07 * v))
        return u, v

    def window(self, u: float, v: float, across: float, along: float) -> tuple[slice, slice]:
        """The rows and columns of the image around head position (u, v), give or take what the turn moves.

        ``across`` and ``along`` are its half extents in brain radii.
        """
        x, y = self.x + u * self.half_width, self.y + v * self.half_height
        dx, dy = across * self.half_width, along * self.half_height
        return slice(max(0, int(y - dy)), max(0, int(y + dy))), slice(max(0, int(x - dx)), max(0, int(x + dx)))


@dataclass(frozen=True)
class Anatomy:
    """A head: the tissue of each pixel, and each pixel's distance from the brain's centre (1 at its edge)."""

    tissue: NDArray[np.uint8]
    radius: Field

    @property
    def brain(self) -> Mask:
        """Brain and the fluid inside it."""
        inside: Mask = self.radius < 1
        return inside


def draw_anatomy(stream: Stream, width: int, height: int, pose: Pose) -> Anatomy:
    """Draw a head of the given pose into an image of ``width`` × ``height`` pixels."""
    unit = pose.half_width
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    bend_x, bend_y = (stream.smooth(height, width, int(unit / 3)) for _ in range(2))
    u, v = pose.to_head(columns + unit / 90 * bend_x, rows + unit / 90 * bend_y)
    radius = np.sqrt(u * u + v * v)
    tissue = _layers(radius)
    # Inside the skull everything is drawn in warped coordinates, so that no line is ruled.
    ripple_x, ripple_y = (stream.smooth(height, width, int(unit / 9)) for _ in range(2))
    u, v = pose.to_head(
        columns + unit / 22 * bend_x + unit / 50 * ripple_x, rows + unit / 22 * bend_y + unit / 50 * ripple_y
    )
    _draw_folds(tissue, stream, u, v, radius, unit)
    deep = pose.window(0, 0, 0.62, 0.68)
    _draw_deep_structures(tissue[deep], u[deep], v[deep])
    _draw_vessels(tissue, stream, u, v, radius < 1)
    for x, y, size in _vessel_cuts(stream):
        near = pose.window(x, y, 0.2, 0.2)
        tissue[near][_ellipse(u[near], v[near], x, y, size, size, 0)] = VESSEL
    return Anatomy(tissue, radius)


def _layers(radius: Field) -> NDArray[np.uint8]:
    tissue = np.full(radius.shape, AIR, np.uint8)
    tissue[radius < SKIN] = SCALP
    tissue[radius < OUTER_TABLE] = BONE
    tissue[(radius > INNER_TABLE + 0.028) & (radius < OUTER_TABLE - 0.022)] = MARROW
    tissue[radius < INNER_TABLE] = FLUID
    tissue[radius < 1] = WHITE
    return tissue


def _draw_folds(tissue: NDArray[np.uint8], stream: Stream, u: Field, v: Field, radius: Field, unit: float) -> None:
    height, width = tissue.shape
    fold = np.abs(stream.smooth(height, width, int(unit / 13)))
    # Folds are deepest at the surface and fade towards the middle.
    outer = np.clip((radius - 0.45) / 0.55, 0, 1)
    side, end = np.abs(u), np.abs(v)
    # The fissure between the hemispheres, in front and behind, and the lateral (Sylvian) ones, narrowing inwards.
    between = side / np.clip((end - 0.36) / 0.5, 0.0001, 1)
    bow = np.abs(v - 0.02 + 0.5 * (side - 0.75) * (side - 0.35))
    across = bow / np.clip((side - 0.48) / 0.4, 0.0001, 1)
    grey = (fold < 0.20 * (outer > 0) + 0.30 * outer) | (radius > 0.955) | (between < 0.055) | (across < 0.075)
    fluid = (fold < 0.085 * outer - 0.003) | (between < 0.016) | (across < 0.026)
    brain = radius < 1
    tissue[brain & grey] = GREY
    tissue[brain & fluid] = FLUID


def _draw_deep_structures(tissue: NDArray[np.uint8], u: Field, v: Field) -> None:
    side = np.abs(u)
    tissue[_ellipse(side, v, 0.0, -0.01, 0.44, 0.50, 0)] = WHITE
    tissue[_ellipse(side, v, 0.34, 0.0, 0.075, 0.21, 0.15)] = NUCLEUS  # lentiform nucleus
    tissue[_ellipse(side, v, 0.135, 0.13, 0.095, 0.155, -0.35)] = NUCLEUS  # thalamus
    tissue[_ellipse(side, v, 0.175, -0.22, 0.055, 0.13, -0.35)] = NUCLEUS  # head of the caudate nucleus
    tissue[_ellipse(side, v, 0.10, -0.215, 0.052, 0.175, -0.42)] = FLUID  # frontal horn
    tissue[_ellipse(side, v, 0.225, 0.355, 0.058, 0.175, -0.38)] = FLUID  # occipital horn
    tissue[_ellipse(side, v, 0.0, 0.09, 0.022, 0.12, 0)] = FLUID  # third ventricle
    tissue[_ellipse(side, v, 0.215, 0.335, 0.02, 0.075, -0.38)] = PLEXUS


def _draw_vessels(tissue: NDArray[np.uint8], stream: Stream, u: Field, v: Field, brain: Mask) -> None:
    back = stream.between(0.97, 1.0)
    side = np.abs(u)
    tissue[(side < 0.4 * (v - back + 0.09)) & (v < back)] = VESSEL  # sagittal sinus
    tissue[brain & (side < 0.009) & (np.abs(v) > 0.5)] = VESSEL  # falx


def _vessel_cuts(stream: Stream) -> list[tuple[float, float, float]]:
    """Vessels that run across the slice: head position and radius."""
    cuts = [(stream.between(-0.8, 0.8), stream.between(-0.85, 0.85), stream.between(0.012, 0.018)) for _ in range(14)]
    return [(x, y, size) for x, y, size in cuts if 0.45 < x * x + y * y < 0.9]


def _ellipse(u: Field, v: Field, x: float, y: float, across: float, along: float, slope: float) -> Mask:
    """An ellipse with half axes ``across`` (u) and ``along`` (v), sheared by ``slope``."""
    du = (u - x - slope * (v - y)) / across
    dv = (v - y) / along
    inside: Mask = du * du + dv * dv < 1
    return inside
