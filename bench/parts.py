"""What the parts of a command take: the command in this process, with the functions below timed from outside.

python bench/parts.py score|prepare OUTPUT.json [the command's own arguments]

A part's seconds are of the processor, without those of the parts inside it, whatever thread it runs in. What no part
holds is Python's own start and all else that the command does.
"""

from __future__ import annotations

import builtins
import importlib
import json
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from functools import wraps
from importlib import import_module
from pathlib import Path
from typing import Any

IMPORTS = "imports"
REST = "Python's start, and the rest"

#: By command: what a part is called, and the attributes (module:name) whose calls it is.
PARTS: dict[str, dict[str, tuple[str, ...]]] = {
    "score": {
        "predictions file": ("mmneuroonco_tasks.predictions:read_predictions",),
        "annotations, checked and digested": ("mmneuroonco_tasks.benchmark:load_benchmark",),
        "reading the responses": ("mmneuroonco_tasks.predictions.answers:read_answers",),
        "counting": ("mmneuroonco_tasks.scoring:score_closed",),
        "10,000 resamples": ("mmneuroonco_tasks.scores.uncertainty:_distinct_totals",),
        "intervals of every metric": ("mmneuroonco_tasks.scores.closed:estimate_all",),
        "trust rows": tuple(
            f"mmneuroonco_tasks.scoring:{name}" for name in ("text_only_picks", "trust_rows", "subset_trust_rows")
        ),
        "the result as JSON": ("mmneuroonco_tasks.scoring:closed_result", "json:dumps"),
    },
    "prepare": {
        "annotations, checked": tuple(
            f"mmneuroonco_tasks.benchmark.prepare:{name}" for name in ("_read_annotations", "_pictures_of")
        ),
        "finding the files": ("mmneuroonco_tasks.benchmark.prepare:_Source.of",),
        "reading them": ("mmneuroonco_tasks.benchmark.places:FolderPlace.read",),
        "digests": ("mmneuroonco_tasks.benchmark.prepare:sha256",),
        "decoding each once": ("mmneuroonco_tasks.benchmark.prepare:problem_in",),
        "writing beside, renaming": ("mmneuroonco_tasks.benchmark.prepare:write_bytes",),
        "manifest": ("mmneuroonco_tasks.benchmark.home:Home.write_manifest",),
    },
}

seconds: Counter[str] = Counter()
_inside = threading.local()


def timed(function: Callable[..., Any], part: str) -> Callable[..., Any]:
    """The same function, its seconds added to the part, and taken off the part that calls it."""

    @wraps(function)
    def counted(*arguments: Any, **named: Any) -> Any:
        outer = getattr(_inside, "part", None)
        _inside.part = part
        begun = time.thread_time()
        try:
            return function(*arguments, **named)
        finally:
            spent = time.thread_time() - begun
            seconds[part] += spent
            if outer:
                seconds[outer] -= spent
            _inside.part = outer

    return counted


def patch(place: str, part: str) -> None:
    """Time an attribute, of a module or of a class in it."""
    module, _, path = place.partition(":")
    holder: Any = import_module(module)
    *owners, name = path.split(".")
    for owner in owners:
        holder = getattr(holder, owner)
    function = getattr(holder, name)
    wrapped = timed(function, part)
    setattr(holder, name, staticmethod(wrapped) if isinstance(vars(holder).get(name), classmethod) else wrapped)


def main() -> None:
    """Run the command, and write what its parts took."""
    command, told, *arguments = sys.argv[1:]
    builtins.__import__ = timed(builtins.__import__, IMPORTS)
    importlib.import_module = timed(importlib.import_module, IMPORTS)
    from mmneuroonco_tasks.cli import main as run

    for part, places in PARTS[command].items():
        for place in places:
            patch(place, part)
    sys.argv = ["mmneuroonco", command, *arguments]
    try:
        run()
    except SystemExit as end:
        if end.code:
            raise
    whole = time.process_time()
    parts = {part: seconds[part] for part in (IMPORTS, *PARTS[command])}
    told_parts = {REST: whole - sum(parts.values()), **parts}
    Path(told).write_text(json.dumps({"whole": whole, "parts": told_parts}), encoding="utf-8")


if __name__ == "__main__":
    main()
