"""The tasks that are registered: one row each, read by every framework's adapter.

A row says what is asked (task, scope, phantom or released, twin), how (protocol, whose picture) and what it is called
in lmms-eval and in VLMEvalKit. YAML files and dataset classes are checked against this table.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from ..benchmark import Benchmark, Task, load_benchmark
from ..benchmark.files import write_json
from ..benchmark.home import Home
from ..benchmark.prepare import prepare
from ..instructions.own_words import CLOSED_PROTOCOL, OPEN_PROTOCOL, SCOPE
from ..prompts import BATCH, BLIND, COT, DIRECT, OPEN, Protocol, named_protocol

#: Names one of the forms in ``prompts``, or a template file, to ask the direct tasks by.
PROTOCOL_VARIABLE = "MMNEUROONCO_PROTOCOL"


@dataclass(frozen=True, slots=True)
class Variant:
    """One registered task."""

    lmms_eval: str
    vlmeval: str
    task: Task
    scope: str
    own_protocol: Protocol
    phantom: bool = False
    #: Which twin of the questions is asked (``benchmark.twins``), or "".
    twin: str = ""
    #: Whether each question is shown the picture of another image, with another answer.
    swapped: bool = False
    #: Whether the questions are a held-out part of the instruction data, which variables name.
    instructions: bool = False

    @property
    def protocol(self) -> Protocol:
        """How it is asked: as the table says, or for tasks of the direct wording as ``MMNEUROONCO_PROTOCOL`` says.

        Raises:
            BenchmarkError: the variable names no protocol.
        """
        named = os.environ.get(PROTOCOL_VARIABLE)
        if not named or self.own_protocol != DIRECT:
            return self.own_protocol
        return named_protocol(named)

    def home(self) -> Home:
        """Where its files are: the user's home, or the phantoms' own inside it, drawn when first needed."""
        return phantom_home() if self.phantom else Home.default()

    def load(self) -> Benchmark[Any]:
        """All questions of the scope, before any is changed or left out.

        Raises:
            BenchmarkError: files are missing or malformed: one sentence with the remedy.
        """
        if self.instructions:
            from ..instructions.tasks import named_benchmark

            return named_benchmark(self.task)
        return load_benchmark(self.task, scope=self.scope, home=self.home())


def _closed(lmms_eval: str, vlmeval: str, scope: str, phantom: bool = False) -> tuple[Variant, ...]:
    """One family of closed tasks: the plain one, the other protocols, the controls and the twins."""

    def variant(ending: str, protocol: Protocol, *, twin: str = "", swapped: bool = False) -> Variant:
        names = (lmms_eval + ending.lower(), vlmeval + ending)
        return Variant(*names, "closed", scope, protocol, phantom, twin, swapped)

    return (
        variant("", DIRECT),
        variant("_CoT", COT),
        variant("_Batch", BATCH),
        variant("_Blind", BLIND),
        variant("_Swapped", DIRECT, swapped=True),
        variant("_Shuffled", DIRECT, twin="shuffled"),
        variant("_Restored", DIRECT, twin="restored"),
        variant("_Standard", DIRECT, twin="standard"),
    )


VARIANTS: tuple[Variant, ...] = (
    *_closed("mmneuroonco_closed", "MMNeuroOnco", "full"),
    *_closed("mmneuroonco_closed_nobrats", "MMNeuroOnco_NoBraTS", "nobrats"),
    *_closed("mmneuroonco_phantom_closed", "MMNeuroOnco_Phantom", "full", phantom=True),
    Variant("mmneuroonco_open", "MMNeuroOnco_Open", "open", "full", OPEN),
    Variant("mmneuroonco_open_nobrats", "MMNeuroOnco_Open_NoBraTS", "open", "nobrats", OPEN),
    Variant("mmneuroonco_phantom_open", "MMNeuroOnco_Phantom_Open", "open", "full", OPEN, phantom=True),
    Variant(
        "mmneuroonco_instruction_closed", "MMNeuroOnco_Instruction", "closed", SCOPE, CLOSED_PROTOCOL, instructions=True
    ),
    Variant(
        "mmneuroonco_instruction_open", "MMNeuroOnco_Instruction_Open", "open", SCOPE, OPEN_PROTOCOL, instructions=True
    ),
)


def variant_named(name: str) -> Variant:
    """The variant that either framework calls ``name``.

    Raises:
        KeyError: none does.
    """
    return _BY_NAME[name]


_BY_NAME = {name: variant for variant in VARIANTS for name in (variant.lmms_eval, variant.vlmeval)}


def phantom_home() -> Home:
    """The home of the phantom benchmark, inside the user's; drawn and prepared if it is not there yet.

    Phantoms that an older version drew here are drawn anew; those that somebody prepared here by hand stay.
    """
    from ..phantom import MARKER, PHANTOM_VERSION, write_phantom

    home = Home(Home.default().folder / "phantom")
    marker = home.folder / MARKER
    if not home.manifest() or _drawn_by(marker) != PHANTOM_VERSION:
        with TemporaryDirectory(prefix="mmneuroonco-phantom-") as drawn:
            write_phantom(Path(drawn))
            prepare(home, [Path(drawn)], [Path(drawn)])
        write_json(marker, {"phantom": PHANTOM_VERSION})
    return home


def _drawn_by(marker: Path) -> Any:
    """The version that drew the phantoms: this one where nothing tells, ``None`` where the marker is damaged."""
    from ..phantom import PHANTOM_VERSION

    try:
        return json.loads(marker.read_text(encoding="utf-8"))["phantom"]
    except FileNotFoundError:
        return PHANTOM_VERSION
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return None
