"""How much of a framework's run is ours: times what the framework calls of ours, from outside, in a whole run.

python bench/share.py lmms-eval|vlmeval OUTPUT.json [the framework's own arguments]

Counted are the imports of our modules and every call that comes from the framework, but for what it does itself inside
(VLMEvalKit's ``dump`` writes the sheets). Memory is what the resident size grew by in these calls.
"""

from __future__ import annotations

import gc
import json
import os
import resource
import sys
import time
from collections import Counter
from collections.abc import Callable
from functools import wraps
from importlib import import_module
from pathlib import Path
from typing import Any

#: By part, what it took: by the clock and by the processor.
seconds: Counter[str] = Counter()
processor: Counter[str] = Counter()
grown: Counter[str] = Counter()
#: Python's search for garbage goes through all objects, the framework's too: what falls into our calls is told apart.
GARBAGE = "search for garbage"
_depth = 0
_part = ""
_search_begun = (0.0, 0.0)


def _resident() -> float:
    """Megabytes in memory now."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def counted(function: Callable[..., Any], name: str, *, memory: bool = False) -> Callable[..., Any]:
    """The same function, its time counted where it is called from outside."""

    @wraps(function)
    def timed(*arguments: Any, **named: Any) -> Any:
        global _depth, _part
        if _depth:
            return function(*arguments, **named)
        _depth, _part = _depth + 1, name
        before = _resident() if memory else 0.0
        begun, worked = time.perf_counter(), time.process_time()
        try:
            return function(*arguments, **named)
        finally:
            seconds[name] += time.perf_counter() - begun
            processor[name] += time.process_time() - worked
            if memory:
                grown[name] += max(0.0, _resident() - before)
            _depth -= 1

    return timed


def _searching(phase: str, _told: dict[str, int]) -> None:
    """Called by Python before and after each search for garbage."""
    global _search_begun
    now = (time.perf_counter(), time.process_time())
    if phase == "start":
        _search_begun = now
    elif _depth:
        for spent, begun, ended in zip((seconds, processor), _search_begun, now, strict=True):
            spent[GARBAGE] += ended - begun
            spent[_part] -= ended - begun


def not_counted(function: Callable[..., Any], name: str) -> Callable[..., Any]:
    """The same function of the framework, its time taken off where ours calls it."""

    @wraps(function)
    def timed(*arguments: Any, **named: Any) -> Any:
        begun, worked = time.perf_counter(), time.process_time()
        try:
            return function(*arguments, **named)
        finally:
            seconds[name] -= time.perf_counter() - begun
            processor[name] -= time.process_time() - worked

    return timed


def patch(holder: Any, name: str, *, memory: bool = False) -> None:
    """Count the calls of an attribute."""
    setattr(holder, name, counted(getattr(holder, name), name.strip("_"), memory=memory))


def lmms_eval(arguments: list[str]) -> None:
    """Run lmms-eval with our functions counted."""
    dispatch = import_module("lmms_eval.cli.dispatch")
    import_module("lmms_eval.evaluator")
    ours = counted(import_module, "imports", memory=True)("mmneuroonco_tasks.frameworks.lmms_eval_tasks")
    for name in ("_annotations_file", "_documents"):
        patch(ours, name, memory=True)
    for name in ("prompt", "pictures", "messages", "target", "process_results"):
        patch(ours, name)
    make = ours._aggregator
    ours._aggregator = lambda subject: counted(make(subject), "aggregates", memory=True)
    sys.argv = ["lmms-eval", *arguments]
    dispatch.main()


def vlmeval(arguments: list[str]) -> None:
    """Run VLMEvalKit with our methods counted."""
    from mmneuroonco_tasks.frameworks.vlmeval import main, register_datasets

    import_module("vlmeval.dataset")
    import_module("vlmeval.config")
    counted(register_datasets, "imports", memory=True)()
    ours = import_module("mmneuroonco_tasks.frameworks.vlmeval_dataset")
    ours.dump = not_counted(ours.dump, "evaluate")
    for name in ("load_data", "evaluate"):
        patch(ours.MMNeuroOncoDataset, name, memory=True)
    for name in ("build_prompt", "dump_image"):
        patch(ours.MMNeuroOncoDataset, name)
    main(arguments)


def _write(path: Path, begun: float) -> None:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    told = {
        "wall": time.perf_counter() - begun,
        "ours": sum(seconds.values()),
        "seconds": dict(seconds),
        "processor": dict(processor),
        "whole_processor": time.process_time(),
        "megabytes": sum(grown.values()),
        "peak": peak,
    }
    path.write_text(json.dumps(told), encoding="utf-8")


if __name__ == "__main__":
    _begun = time.perf_counter()
    gc.callbacks.append(_searching)
    # Frameworks change folder and arguments.
    _framework, _told, *_arguments = sys.argv[1:]
    _path = Path(_told).absolute()
    try:
        {"lmms-eval": lmms_eval, "vlmeval": vlmeval}[_framework](_arguments)
    finally:
        _write(_path, _begun)
