"""The plane of answering and rejecting: what a model gets right where an option is right, and where none is."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from .result_tables import trust_rows
from .shown import Shown
from .svg import FONT_SIZE, MARKERS, colour, draw, interval_arms, percent_axis, run_colour

#: Points on paper that a share of 1 takes.
_SCALE = 282.0
#: How close, in points, two labels or a label and a point may be.
_CLEAR = 12.0

Point = tuple[float, float]


def plane(runs: Sequence[Shown]) -> str:
    """Answerable accuracy across, trap accuracy up, with lines of equal h_score; trust rows as numbered points."""
    placed = [run for run in runs if None not in _place(run.metrics)]
    references = plane_references(runs)

    def paint(figure: Any) -> None:
        axes = figure.add_axes((47 / 360, 40 / 354, 286 / 360, 288 / 354))
        axes.set(xlim=(-0.02, 1.0), ylim=(-0.02, 1.0), xlabel="answerable accuracy (S)")
        # Above its axis and not along it: turned letters are hard to read.
        axes.text(-0.02, 1.04, "trap accuracy (T)", ha="left")
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_ticks([0, 0.2, 0.4, 0.6, 0.8, 1])
            percent_axis(axis)
        _equal_h_scores(axes)
        points = [_place(row) for _, row, _ in references] + [_place(run.metrics) for run in placed]
        labels = _Labels(axes, points)
        for number, (at, _) in enumerate(zip(points, references, strict=False), start=1):
            axes.plot(*at, marker="o", markersize=3.5, color=colour("muted"), clip_on=False)
            labels.put(str(number), at, color=colour("muted"), size=FONT_SIZE - 1)
        for run in placed:
            _cross(axes, run)
            labels.put(run.mark, _place(run.metrics), color=run_colour(run.number), weight="bold")

    return draw("plane", "Answerable accuracy against trap accuracy, with lines of equal h_score", 354, paint)


def plane_references(runs: Sequence[Shown]) -> list[tuple[str, Mapping[str, Any], int]]:
    """The trust rows that have a place in the plane, in the order of their numbers there."""
    return [(title, row, asked) for title, row, asked in trust_rows(runs) if None not in _place(row)]


def _place(metrics: Mapping[str, Any]) -> Any:
    """Where a run or a trust row stands; ``None`` for what is undefined."""
    return tuple((metrics.get(name) or {}).get("value") for name in ("answerable_accuracy", "trap_accuracy"))


def _equal_h_scores(axes: Any) -> None:
    axes.text(1.0, 1.04, "lines: h_score", color=colour("muted"), size=FONT_SIZE - 2, ha="right")
    for score in (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9):
        # 2st/(s+t) = h is (2s − h)(2t − h) = h²: 2s − h = h·e^v and 2t − h = h·e^−v, up to s = 1 and t = 1.
        reach = math.log((2 - score) / score)
        turns = [reach * step / 40 for step in range(-40, 41)]
        across, up = ([score * (1 + math.exp(sign * turn)) / 2 for turn in turns] for sign in (1, -1))
        axes.plot(across, up, color=colour("grid"), linewidth=0.9)
        axes.text(1.02, min(up), f"{score:.1f}", color=colour("muted"), size=FONT_SIZE - 2, va="center")


def _cross(axes: Any, run: Shown) -> None:
    s, t = run.metrics["answerable_accuracy"], run.metrics["trap_accuracy"]
    axes.errorbar(
        [s["value"]],
        [t["value"]],
        xerr=interval_arms(s),
        yerr=interval_arms(t),
        marker=MARKERS[run.number % len(MARKERS)],
        markersize=6,
        color=run_colour(run.number),
        linewidth=1.4,
        clip_on=False,
    )


class _Labels:
    """Puts each label on the side of its point where it is farthest from the points and labels there already."""

    def __init__(self, axes: Any, points: Sequence[Point]) -> None:
        self._axes = axes
        self._taken = [(s * _SCALE, t * _SCALE) for s, t in points]

    def put(self, text: str, at: Point, **style: Any) -> None:
        own = (at[0] * _SCALE, at[1] * _SCALE)
        width = 3.6 * len(text)
        sides = [(9 + width, -10.0), (9 + width, 10.0), (-9 - width, -10.0), (-9 - width, 10.0)]
        # Where points share a corner, one of their labels stands farther off.
        sides += [(2.4 * x, y) for x, y in sides] + [(x, 2.4 * y) for x, y in sides]
        inside = [(x, y) for x, y in sides if 0 < own[0] + x < _SCALE - 4 and -4 < own[1] + y < _SCALE + 6] or sides[:1]
        x, y = max(inside, key=lambda side: self._room((own[0] + side[0], own[1] + side[1]), own))
        self._taken.append((own[0] + x, own[1] + y))
        self._axes.annotate(text, at, (x, y), textcoords="offset points", ha="center", va="center", **style)

    def _room(self, place: Point, own: Point) -> float:
        """Distance to the nearest thing that is not the label's own point; more than enough counts alike."""
        others = (math.dist(place, taken) for taken in self._taken if taken != own)
        return min(_CLEAR, min(others, default=_CLEAR))
