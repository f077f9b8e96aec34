"""Published numbers to set beside one's own: kept in ``published.json``, each with its source."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any

from .shown import Shown
from .tables import Number, Table


@cache
def published() -> Mapping[str, Any]:
    """The data file: ``released``, the data hashes of the released questions by scope, and ``rows``.

    A row has a name, values by metric (a share, or right and asked), a remark and its source.
    """
    text = resources.files(__package__).joinpath("published.json").read_text(encoding="utf-8")
    content: dict[str, Any] = json.loads(text)
    return content


def published_table(runs: Sequence[Shown]) -> Table | None:
    """The published numbers; ``None`` where no run is on the released closed questions."""
    content = published()
    if not any(run.signature.task == "closed" and run.signature.data in content["released"] for run in runs):
        return None
    models = content["rows"]
    metrics = dict.fromkeys(name for model in models for name in model["values"])
    rows = tuple((name, *(_number(model["values"].get(name)) for model in models)) for name in metrics)
    told = (f"{model['name']}: {model['remark']} Source: {model['source']}." for model in models)
    return Table(
        "published",
        f"Published by others (scope {content['scope']})",
        ("Metric", *(model["name"] for model in models)),
        rows,
        " ".join([content["note"], *told]),
    )


def _number(value: float | Sequence[int] | None) -> Number | None:
    if value is None:
        return None
    return Number(value) if isinstance(value, float) else Number(value[0] / value[1], n=value[1])
