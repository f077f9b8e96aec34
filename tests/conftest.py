"""Shared by all tests: where the released files are, and homes of their own."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

from mmneuroonco_tasks.benchmark import load_benchmark
from mmneuroonco_tasks.benchmark.home import Home
from mmneuroonco_tasks.benchmark.prepare import prepare
from mmneuroonco_tasks.phantom import write_phantom
from mmneuroonco_tasks.prompts import DIRECT, OPEN
from mmneuroonco_tasks.reference_reader import ReferenceReader

# How long an example takes says more of what else the machine does than of the code.
settings.register_profile("no deadline", deadline=None)
settings.load_profile("no deadline")


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


@pytest.fixture(scope="session")
def default_phantoms(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """The phantoms of the demo, drawn and prepared."""
    folder = tmp_path_factory.mktemp("phantoms")
    write_phantom(folder / "drawn")
    home = Home(folder / "home")
    prepare(home, [folder / "drawn"], [folder / "drawn"])
    return home


@pytest.fixture(scope="session")
def reader_responses(default_phantoms: Home) -> dict[str, dict[str, str]]:
    """The reference reader's responses to them, by qid: "closed" and "open" with pictures, "blind" without."""
    reader = ReferenceReader()
    closed = load_benchmark("closed", home=default_phantoms)
    opened = load_benchmark("open", home=default_phantoms)
    return {
        "closed": {q.qid: reader.answer(closed.images.open(q.picture), DIRECT.text(q)) for q in closed.questions},
        "blind": {q.qid: reader.answer(None, DIRECT.text(q)) for q in closed.questions},
        "open": {q.qid: reader.answer(opened.images.open(q.picture), OPEN.text(q)) for q in opened.questions},
    }
