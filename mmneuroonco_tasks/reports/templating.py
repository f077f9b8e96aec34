"""Templates that escape everything they are given and show no invisible character."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from .formats import cell_text
from .tables import Number
from .texts import visible

if TYPE_CHECKING:
    from jinja2 import Environment


class ReportError(ValueError):
    """A report that cannot be made. The message is one sentence."""


def check_installed(*packages: str) -> None:
    """Make sure that packages of the extra ``report`` are there.

    Raises:
        ReportError: one is not.
    """
    for package in packages:
        if find_spec(package) is None:
            raise ReportError(f"this needs {package}; run `pip install 'mmneuroonco-tasks[report]'`.")


@cache
def environment() -> Environment:
    """The page templates of this package.

    Raises:
        ReportError: jinja2 is not installed.
    """
    check_installed("jinja2")
    from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
    from markupsafe import Markup

    def finalize(value: Any) -> Any:
        return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value

    made = Environment(
        loader=PackageLoader("mmneuroonco_tasks.reports"),
        autoescape=select_autoescape(["html", "j2"], default=True),
        undefined=StrictUndefined,
        finalize=finalize,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["breakable"] = lambda text: Markup("_<wbr>").join(visible(str(text)).split("_"))
    made.filters["cell"] = cell_text
    made.tests["estimate"] = lambda cell: isinstance(cell, Number)
    made.tests["count"] = lambda cell: isinstance(cell, int)
    return made
