"""What the README and the pages under docs/ name exists: commands, options, tasks, datasets, metrics, files."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import typer

from mmneuroonco_tasks.cli import app
from mmneuroonco_tasks.frameworks.variants import VARIANTS
from mmneuroonco_tasks.scores import METRICS
from mmneuroonco_tasks.scores.open_registry import OPEN_METRICS_BY_NAME
from mmneuroonco_tasks.scores.pairs import VISION_GAIN

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = {page.name: page.read_text(encoding="utf-8") for page in (ROOT / "README.md", *(ROOT / "docs").glob("*.md"))}
pages = pytest.mark.parametrize("page", PAGES)


def commands(page: str) -> list[list[str]]:
    """Every call of our command that a page shows, as words."""
    joined = PAGES[page].replace("\\\n", " ")
    found = re.findall(r"mmneuroonco ((?:[a-z][a-z-]*)(?: [^\n`#)]*)?)", joined)
    return [call.split() for call in found if call.split()[0] != "tasks"]


def test_the_readme_shows_commands() -> None:
    assert len(commands("README.md")) > 10


@pages
def test_every_command_and_option_is_one_of_ours(page: str) -> None:
    root: Any = typer.main.get_command(app)
    for words in commands(page):
        command = root
        while hasattr(command, "commands") and words:
            assert words[0] in command.commands, f"mmneuroonco {' '.join(words)}"
            command = command.commands[words.pop(0)]
        if command.context_settings.get("ignore_unknown_options"):
            continue  # a framework's own options
        known = {option for parameter in command.params for option in parameter.opts}
        for word in words:
            if word.startswith("-"):
                assert word in known, f"{command.name} {word}"


@pages
def test_every_task_and_dataset_is_registered(page: str) -> None:
    names = {"mmneuroonco_closed_look", "mmneuroonco_closed_dual"} | {
        name for variant in VARIANTS for name in (variant.lmms_eval, variant.vlmeval)
    }
    named = set(re.findall(r"\bmmneuroonco_(?:closed|open(?!ai)|phantom)\w*|\bMMNeuroOnco(?:_\w+)?", PAGES[page]))
    assert named <= names


@pytest.mark.parametrize("name", sorted(set(re.findall(r"^\| `(\w+(?:_\w+)+)`", README, re.M))))
def test_every_number_in_the_table_is_a_metric(name: str) -> None:
    known = {*METRICS, *OPEN_METRICS_BY_NAME, VISION_GAIN.name}
    tasks = {variant.lmms_eval for variant in VARIANTS}
    assert name in known | tasks


@pages
def test_every_make_target_exists(page: str) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in set(re.findall(r"^make (\w+)$", PAGES[page], re.M)):
        assert re.search(rf"^{target}:", makefile, re.M), target


def test_it_says_what_it_is_not_for_and_what_the_licences_ask() -> None:
    assert "Not for clinical use" in README
    assert "CC BY-NC 4.0" in README
