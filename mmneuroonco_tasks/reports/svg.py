"""Pictures as inline SVG that follow the page's colours: matplotlib draws, CSS variables colour.

Every colour is drawn as a stand-in that no picture would use, and afterwards replaced by a CSS variable of the page, so
that one picture serves light, dark and print. Text stays text in the page's own font. Equal input gives equal bytes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from io import BytesIO
from typing import Any

#: Widths and heights are in points; a page shows a picture at most 1.4 times as wide, and on a phone about as wide.
WIDTH = 360.0
FONT_SIZE = 11.0

#: Roles in a picture, each a CSS variable ``--<role>`` of the page. ``run-0`` … are the runs' colours.
RUN_COLOURS = 8
ROLES = (
    "ink",
    "muted",
    "grid",
    "paper",
    "good",
    "wrong",
    "over",
    "forced",
    "refused",
    "ambiguous",
    "unparsed",
    "failed",
    "missing",
    *(f"run-{number}" for number in range(RUN_COLOURS)),
)
#: The stand-in colour of each role: #0a00NN.
_STAND_INS = {role: f"#0a00{number:02x}" for number, role in enumerate(ROLES)}


def colour(role: str) -> str:
    """The stand-in colour of a role, for matplotlib.

    >>> colour("ink")
    '#0a0000'
    """
    return _STAND_INS[role]


def run_colour(number: int) -> str:
    """The stand-in colour of the run of that number."""
    return colour(f"run-{number % RUN_COLOURS}")


#: Marker shapes, so that runs are told apart without colours too; one fewer than colours, so that pairs repeat late.
MARKERS = ("o", "s", "D", "^", "v", "P", "X")


def percent_axis(axis: Any) -> None:
    """Label an axis of shares in percent."""
    axis.set_major_formatter(lambda value, _: f"{100 * value:.0f} %")


def interval_arms(estimate: Mapping[str, Any]) -> list[list[float]] | None:
    """How far an estimate's interval reaches to both sides, as error bars are drawn; ``None`` without an interval."""
    value, low, high = estimate["value"], estimate["low"], estimate["high"]
    return None if low is None or high is None else [[max(0.0, value - low)], [max(0.0, high - value)]]


def draw(name: str, title: str, height: float, paint: Callable[[Any], None], *, width: float = WIDTH) -> str:
    """A picture as an SVG element: ``paint`` gets a matplotlib figure of that size, in points.

    ``name`` tells the pictures of a page apart; ``title`` is read out where the picture is not seen.
    """
    from matplotlib import rc_context
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    ink, muted, grid = colour("ink"), colour("muted"), colour("grid")
    settings: Any = {
        "svg.hashsalt": name,
        "svg.fonttype": "none",
        "font.size": FONT_SIZE,
        "font.family": "DejaVu Sans",
        "text.parse_math": False,
        "text.color": ink,
        "axes.labelcolor": ink,
        "axes.edgecolor": muted,
        "axes.facecolor": "none",
        "axes.linewidth": 0.8,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "xtick.color": muted,
        "ytick.color": muted,
        "xtick.labelcolor": ink,
        "ytick.labelcolor": ink,
        "xtick.labelsize": FONT_SIZE - 1,
        "ytick.labelsize": FONT_SIZE,
        "grid.color": grid,
        "grid.linewidth": 0.8,
        "axes.axisbelow": True,
    }
    stream = BytesIO()
    with rc_context(settings):
        figure = Figure(figsize=(width / 72, height / 72))
        figure.patch.set_visible(False)
        FigureCanvasSVG(figure)
        paint(figure)
        figure.savefig(stream, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    return _inlined(stream.getvalue().decode("utf-8"), name, title)


def _inlined(svg: str, name: str, title: str) -> str:
    """The SVG element alone, coloured by variables, without identifiers that nothing refers to."""
    from html import escape

    svg = svg[svg.index("<svg") :]
    # The style element would be the whole page's; the page's own sheet says the same for pictures alone.
    svg = re.sub(r"(?s)<metadata>.*?</metadata>|<!--.*?-->|<style.*?</style>", "", svg)
    svg = re.sub("#0a00([0-9a-f]{2})", lambda found: f"var(--{ROLES[int(found[1], 16)]})", svg)
    svg = re.sub(r"font-family: '[^;\"]*; ?", "", svg)
    svg = re.sub(r"font: (?:(\d+) )?([0-9.]+)px [^;\"]*", _font, svg)
    used = set(re.findall(r"(?:url\(#|href=\"#)([^)\"]+)", svg))
    svg = re.sub(r' id="([^"]*)"', lambda found: found[0] if found[1] in used else "", svg)
    svg = svg.replace(' xmlns:xlink="http://www.w3.org/1999/xlink"', "").replace("xlink:href", "href")
    view = re.search(r'viewBox="([^"]*)"', svg)
    assert view is not None, "matplotlib's SVG has a viewBox"
    head = f'<svg viewBox="{view[1]}" role="img" aria-labelledby="{name}-title" class="picture">'
    return f'{head}<title id="{name}-title">{escape(title)}</title>{svg[svg.index(">") + 1 :].strip()}'


def _font(found: re.Match[str]) -> str:
    """Size and weight of the font in older versions' shorthand, without its family: the page's is used."""
    weight = f"; font-weight: {found[1]}" if found[1] else ""
    return f"font-size: {found[2]}px{weight}"
