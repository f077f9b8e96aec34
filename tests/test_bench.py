"""What the bench times is there under the names that it knows."""

from __future__ import annotations

import runpy
from importlib import import_module
from pathlib import Path

import pytest

PARTS = runpy.run_path(str(Path(__file__).parent.parent / "bench" / "parts.py"))["PARTS"]


@pytest.mark.parametrize("place", [place for parts in PARTS.values() for places in parts.values() for place in places])
def test_every_part_of_a_command_exists(place: str) -> None:
    module, _, path = place.partition(":")
    holder = import_module(module)
    for name in path.split("."):
        holder = getattr(holder, name)
    assert callable(holder)
