"""Shared by all tests: where the released files are, and homes of their own."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def released() -> Path:
    """The folder with the released annotations; the test is skipped, saying so, where it is not named."""
    named = os.environ.get("MMNEUROONCO_RELEASED")
    if not named:
        pytest.skip("MMNEUROONCO_RELEASED is not set: name the folder with the released files to run this test")
    return Path(named)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home of the test's own."""
    folder = tmp_path / "home"
    monkeypatch.setenv("MMNEUROONCO_HOME", str(folder))
    return folder
