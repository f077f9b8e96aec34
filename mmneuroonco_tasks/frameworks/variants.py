"""The tasks that are registered: one row each, read by every framework's adapter.

A row says what is asked (task, scope, phantom or released), how (protocol) and what it is called in lmms-eval and in
VLMEvalKit. YAML files and dataset classes are checked against this table.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from ..benchmark import Benchmark, Task, load_benchmark, with_usable_pictures
from ..benchmark.home import HOME_VARIABLE, Home
from ..benchmark.prepare import prepare
from ..prompts import BLIND, DIRECT, Protocol


@dataclass(frozen=True, slots=True)
class Variant:
    """One registered task."""

    lmms_eval: str
    vlmeval: str
    task: Task
    scope: str
    protocol: Protocol
    phantom: bool = False

    def home(self) -> Home:
        """Where its files are: the user's home, or the phantoms' own inside it, drawn when first needed."""
        return phantom_home() if self.phantom else Home.default()


VARIANTS: tuple[Variant, ...] = (
    Variant("mmneuroonco_closed", "MMNeuroOnco", "closed", "full", DIRECT),
    Variant("mmneuroonco_closed_nobrats", "MMNeuroOnco_NoBraTS", "closed", "nobrats", DIRECT),
    Variant("mmneuroonco_phantom_closed", "MMNeuroOnco_Phantom", "closed", "full", DIRECT, phantom=True),
    Variant("mmneuroonco_phantom_closed_blind", "MMNeuroOnco_Phantom_Blind", "closed", "full", BLIND, phantom=True),
)


def variant_named(name: str) -> Variant:
    """The variant that either framework calls ``name``.

    Raises:
        KeyError: none does.
    """
    for variant in VARIANTS:
        if name in (variant.lmms_eval, variant.vlmeval):
            return variant
    raise KeyError(name)


def phantom_home() -> Home:
    """The home of the phantom benchmark, inside the user's; drawn and prepared if it is not there yet."""
    from ..phantom import write_phantom

    home = Home(Home.default().folder / "phantom")
    if not home.manifest():
        with TemporaryDirectory(prefix="mmneuroonco-phantom-") as drawn:
            write_phantom(Path(drawn))
            prepare(home, [Path(drawn)], [Path(drawn)])
    return home


def benchmark_of(variant: Variant) -> Benchmark[Any]:
    """The questions of a variant, every picture checked; loaded once a process.

    Raises:
        BenchmarkError: something is missing or damaged: one sentence with the remedy.
    """
    return _benchmark(variant, os.environ.get(HOME_VARIABLE))


@lru_cache(maxsize=8)
def _benchmark(variant: Variant, _home: str | None) -> Benchmark[Any]:
    # Keyed by the home too, so that a process that changes it does not get the old one.
    return with_usable_pictures(load_benchmark(variant.task, scope=variant.scope, home=variant.home()))
