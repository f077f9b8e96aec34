"""The pictures of a report, drawn from results; each a function from runs to SVG text."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from .result_tables import FATES, class_recalls, fates, open_attributes, trust_rows
from .shown import Shown
from .svg import FONT_SIZE, MARKERS, colour, draw, interval_arms, percent_axis, run_colour
from .texts import visible

#: Roles of the fates, in the order of FATES.
FATE_COLOURS = dict(
    zip(
        FATES, ("good", "wrong", "over", "forced", "refused", "ambiguous", "unparsed", "failed", "missing"), strict=True
    )
)
_ROW = 15.0
#: By number of panels, how many characters of a row's name fit beside them.
LONGEST_BESIDE = {1: 30, 2: 16, 3: 10}
#: How many fit above it.
LONGEST_ABOVE = 40


#: One panel of a dot picture: its heading, and the estimate of a row's run in it.
Panel = tuple[str, Callable[[Shown, str], Mapping[str, Any] | None]]


def dots(name: str, title: str, runs: Sequence[Shown], rows: Sequence[str], panels: Sequence[Panel]) -> str:
    """Rows down, a point with its interval for each run, panels side by side on one scale from 0 to 1.

    Long names stand above their rows, short ones before them.
    """
    longest = max((len(_short(row, LONGEST_ABOVE)) for row in rows), default=0)
    above = longest > LONGEST_BESIDE[len(panels)]
    left = 6.0 if above else 12 + 6.6 * longest
    step = 7.5
    heading = 13.0 if above else 0.0
    row_height = _ROW + heading + step * (len(runs) - 1)
    top, bottom, gap = 24.0, 24.0, 14.0
    height = top + bottom + row_height * len(rows)

    def paint(figure: Any) -> None:
        width = (352 - left - gap * (len(panels) - 1)) / len(panels)
        for place, (panel, estimate) in enumerate(panels):
            box = (left + place * (width + gap), bottom, width, height - top - bottom)
            axes = figure.add_axes((box[0] / 360, box[1] / height, box[2] / 360, box[3] / height))
            axes.set(xlim=(-0.02, 1.02), ylim=(len(rows) * row_height, 0))
            _percent_ticks(axes)
            axes.set_yticks([row_height * (number + 0.5) for number in range(len(rows))])
            axes.set_yticklabels([_short(row, LONGEST_ABOVE) for row in rows] if place == 0 and not above else [])
            axes.tick_params(axis="y", length=0)
            axes.spines["left"].set_visible(False)
            axes.grid(True, axis="x")
            axes.set_title(f"{panel}, %", size=FONT_SIZE - 1, loc="left", color=colour("ink"))
            for number, row in enumerate(rows):
                if number:
                    axes.axhline(row_height * number, color=colour("grid"), linewidth=0.5)
                if above and place == 0:
                    axes.text(-0.02, row_height * number + 11, _short(row, LONGEST_ABOVE), size=FONT_SIZE - 1)
                for order, run in enumerate(runs):
                    found = estimate(run, row)
                    if found is not None and found["value"] is not None:
                        middle = row_height * (number + 0.5) + heading / 2
                        _dot(axes, found, middle + step * (order - (len(runs) - 1) / 2), run.number)

    return draw(name, title, height, paint)


def _percent_ticks(axes: Any) -> None:
    """0, 50 and 100 percent, the last kept inside the panel."""
    axes.set_xticks([0, 0.5, 1], ["0", "50", "100"])
    axes.get_xticklabels()[-1].set_horizontalalignment("right")


def _short(label: str, longest: int = LONGEST_BESIDE[1]) -> str:
    label = visible(label)
    return label if len(label) <= longest else f"{label[: longest - 1]}…"


def _dot(axes: Any, estimate: Mapping[str, Any], at: float, number: int) -> None:
    axes.errorbar(
        [min(1.0, max(0.0, estimate["value"]))],
        [at],
        xerr=interval_arms(estimate),
        marker=MARKERS[number % len(MARKERS)],
        markersize=4.5,
        color=run_colour(number),
        linewidth=1.3,
        clip_on=False,
    )


def part_dots(name: str, title: str, runs: Sequence[Shown], section: str) -> str | None:
    """A section's parts: all questions, the answerable ones, the traps. ``None`` where no result has the section."""
    parts = list(dict.fromkeys(part for run in runs for part in run.result.get(section) or {}))
    if not parts:
        return None

    def of(metric: str) -> Callable[[Shown, str], Mapping[str, Any] | None]:
        def estimate(run: Shown, part: str) -> Mapping[str, Any] | None:
            found: Mapping[str, Any] | None = ((run.result.get(section) or {}).get(part) or {}).get(metric)
            return found

        return estimate

    return dots(
        name,
        title,
        runs,
        parts,
        (("all", of("accuracy")), ("answerable", of("answerable_accuracy")), ("traps", of("trap_accuracy"))),
    )


def type_bars(runs: Sequence[Shown]) -> str | None:
    """Accuracy by question type as bars with intervals; a tick shows the uniform guess."""
    types = list(dict.fromkeys(part for run in runs for part in run.result["by_type"]))
    if not types:
        return None
    bar = 9.0
    row_height = bar * len(runs) + 9
    bottom, top = 28.0, 6.0
    height = bottom + top + row_height * len(types)
    left = 12 + 6.6 * max(len(_short(name)) for name in types)
    guesses = [row for title, row, _ in trust_rows(runs) if title.startswith("uniform")]

    def paint(figure: Any) -> None:
        axes = figure.add_axes((left / 360, bottom / height, (338 - left) / 360, (height - bottom - top) / height))
        axes.set(xlim=(0, 1.0), ylim=(len(types) * row_height, 0))
        axes.set_xticks([0, 0.2, 0.4, 0.6, 0.8, 1])
        percent_axis(axes.xaxis)
        axes.set_yticks([row_height * (number + 0.5) for number in range(len(types))])
        axes.set_yticklabels(list(map(_short, types)))
        axes.tick_params(axis="y", length=0)
        axes.grid(True, axis="x")
        for number, name in enumerate(types):
            middle = row_height * (number + 0.5)
            for order, run in enumerate(runs):
                estimate = (run.result["by_type"].get(name) or {}).get("accuracy")
                if estimate is None or estimate["value"] is None:
                    continue
                at = middle + bar * (order - (len(runs) - 1) / 2)
                axes.barh(at, estimate["value"], bar - 1.5, color=run_colour(run.number), alpha=0.75)
                axes.errorbar(
                    [estimate["value"]],
                    [at],
                    xerr=interval_arms(estimate),
                    color=colour("ink"),
                    linewidth=1,
                    fmt="none",
                )
            guess = (guesses[0].get(f"accuracy_{name}") or {}).get("value") if guesses else None
            if guess is not None:
                half = row_height / 2 - 2
                axes.plot([guess, guess], [middle - half, middle + half], color=colour("ink"), linewidth=1.2, ls=":")

    return draw("types", "Accuracy by question type", height, paint)


def fate_bars(runs: Sequence[Shown]) -> str:
    """What became of all asked questions: one bar a run, from right to missing."""
    row_height = 26.0
    bottom = 28.0
    height = bottom + 6 + row_height * len(runs)

    def paint(figure: Any) -> None:
        axes = figure.add_axes((28 / 360, bottom / height, 312 / 360, (height - bottom - 6) / height))
        axes.set(xlim=(0, 1), ylim=(len(runs) - 0.5, -0.5))
        percent_axis(axes.xaxis)
        axes.set_yticks(range(len(runs)))
        axes.set_yticklabels([run.mark for run in runs])
        axes.tick_params(axis="y", length=0)
        axes.spines["left"].set_visible(False)
        for number, run in enumerate(runs):
            start = 0.0
            asked = max(1, run.signature.n)
            for fate, count in fates(run.result).items():
                share = count / asked
                axes.barh(
                    number, share, 0.7, left=start, color=colour(FATE_COLOURS[fate]), edgecolor=colour("paper"), lw=0.8
                )
                if share >= 0.075:
                    axes.text(
                        start + share / 2,
                        number,
                        f"{100 * share:.0f}",
                        ha="center",
                        va="center",
                        color=colour("paper"),
                        size=FONT_SIZE - 1,
                    )
                start += share

    return draw("fates", "What became of the questions", height, paint)


def letter_dots(runs: Sequence[Shown]) -> str:
    """Shares of the letters among the picks, over the shares among the keys."""
    letters = list(runs[0].result["letters"]["true"])

    def paint(figure: Any) -> None:
        axes = figure.add_axes((0.13, 0.13, 0.85, 0.83))
        true = _shares(runs[0].result["letters"]["true"])
        axes.bar(range(len(letters)), [true[letter] for letter in letters], 0.72, color=colour("grid"))
        top = max(true.values(), default=0.0)
        spread = min(0.16, 0.6 / len(runs))
        for number, run in enumerate(runs):
            picked = _shares(run.result["letters"]["picked"])
            top = max(top, *picked.values())
            axes.plot(
                [place + spread * (number - (len(runs) - 1) / 2) for place in range(len(letters))],
                [picked.get(letter, 0.0) for letter in letters],
                linestyle="none",
                marker=MARKERS[run.number % len(MARKERS)],
                markersize=6,
                color=run_colour(run.number),
            )
        axes.set_xticks(range(len(letters)), letters)
        axes.set_ylim(0, max(0.3, 1.08 * top))
        axes.tick_params(axis="x", length=0)
        percent_axis(axes.yaxis)

    return draw("letters", "How often each letter was picked, over how often it is right", 200, paint)


def _shares(counts: Mapping[str, int]) -> dict[str, float]:
    total = sum(counts.values())
    return {letter: count / total if total else 0.0 for letter, count in counts.items()}


def attribute_dots(runs: Sequence[Shown]) -> str | None:
    """Open questions: each attribute, balanced over its classes and plain; ``None`` where no result has any."""
    attributes = open_attributes(runs)
    if not attributes:
        return None
    metrics = {"all": "attribute", **{name: name for name in attributes}}
    panels: tuple[Panel, ...] = (
        ("balanced over classes", lambda run, row: run.metrics.get(f"{metrics[row]}_balanced_accuracy")),
        ("plain", lambda run, row: run.metrics.get(f"{metrics[row]}_accuracy")),
    )
    return dots("attributes", "Attributes of open answers", runs, list(metrics), panels)


def recall_dots(runs: Sequence[Shown]) -> str | None:
    """Open questions: how often each class that occurs was told; ``None`` where no result has any."""
    metrics = {
        told: metric
        for metric, told in class_recalls(runs).items()
        if any((run.metrics.get(metric) or {}).get("value") is not None for run in runs)
    }
    panel: Panel = ("recall", lambda run, told: run.metrics.get(metrics[told]))
    return dots("recalls", "Classes of the attributes", runs, list(metrics), (panel,)) if metrics else None


def risk_coverage(runs: Sequence[Shown]) -> str | None:
    """Error among the most certain answers against their share. ``None`` where no run has option probabilities."""
    curves = list(_curves(runs))
    if not curves:
        return None

    def paint(figure: Any) -> None:
        axes = figure.add_axes((0.13, 0.17, 0.84, 0.74))
        axes.set(xlim=(0, 1.02), ylim=(0, 1.0), xlabel="share answered, the most certain first")
        axes.set_title("wrong of these", size=FONT_SIZE, loc="left", color=colour("ink"))
        for axis in (axes.xaxis, axes.yaxis):
            percent_axis(axis)
        axes.grid(True)
        for run, coverage, risk in curves:
            axes.plot(coverage, risk, color=run_colour(run.number), linewidth=1.6)
            at = (coverage[-1], risk[-1])
            where = {"textcoords": "offset points", "ha": "right", "weight": "bold"}
            axes.annotate(run.mark, at, (-4, 4), color=run_colour(run.number), **where)

    return draw("risk", "Risk against coverage", 240, paint)


def _curves(runs: Sequence[Shown]) -> Iterator[tuple[Shown, list[float], list[float]]]:
    for run in runs:
        try:
            curve = run.result["confidence"]["risk_coverage"]
            coverage, risk = ([float(value) for value in curve[name]] for name in ("coverage", "risk"))
        except (KeyError, TypeError, ValueError):
            continue  # no probabilities
        if len(coverage) == len(risk) > 1 and all(map(math.isfinite, (*coverage, *risk))):
            yield run, coverage, risk
