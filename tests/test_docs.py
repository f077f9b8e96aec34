"""The pages under docs/ say what the code does: written from it, run here, or checked on the released file."""

from __future__ import annotations

import re
import runpy
from collections import Counter
from pathlib import Path

import pytest

from mmneuroonco_tasks import __version__
from mmneuroonco_tasks.audit import audit_closed
from mmneuroonco_tasks.benchmark import load_benchmark
from mmneuroonco_tasks.benchmark.home import Home
from mmneuroonco_tasks.benchmark.prepare import prepare
from mmneuroonco_tasks.phantom import write_phantom
from mmneuroonco_tasks.prompts import read_protocol

DOCS = Path(__file__).parent.parent / "docs"
WRITTEN = {
    name: (script, page)
    for script in ("write_metrics.py", "write_bad_days.py")
    for name, page in runpy.run_path(str(DOCS / script))["PAGES"].items()
}


def block(page: str, language: str) -> str:
    """The page's only code block in this language."""
    (found,) = re.findall(rf"```{language}\n(.*?)```", (DOCS / page).read_text(encoding="utf-8"), re.S)
    return str(found)


@pytest.mark.parametrize("name", WRITTEN)
def test_a_written_page_is_what_the_code_would_write(name: str) -> None:
    script, page = WRITTEN[name]
    assert (DOCS / name).read_text(encoding="utf-8") == page(), f"run `python docs/{script}`"


def test_every_page_is_in_the_table_of_contents() -> None:
    contents = (DOCS.parent / "mkdocs.yml").read_text(encoding="utf-8")
    assert {page.name for page in DOCS.glob("*.md")} == set(re.findall(r": (\w+\.md)$", contents, re.M))


def test_the_example_template_is_a_protocol(tmp_path: Path) -> None:
    template = tmp_path / "template.json"
    template.write_text(block("reproducing.md", "json"), encoding="utf-8")
    protocol = read_protocol(template)
    assert (protocol.name, protocol.image) == ("their-paper", "last")


def test_the_example_of_an_adapter_runs(home: Path, tmp_path: Path) -> None:
    phantom = write_phantom(tmp_path / "phantom", images=12)
    prepare(Home.default(), [phantom.folder], [phantom.folder])
    names: dict[str, object] = {}
    exec(block("extending.md", "python"), names)
    assert names["scores"].counts["missing"] == len(load_benchmark("closed")) - 1  # type: ignore[attr-defined]


def test_an_adapter_is_as_short_as_the_page_says() -> None:
    rows = re.findall(r"^\| .+? \| (`.+`) \| (\d+) \|$", (DOCS / "extending.md").read_text(encoding="utf-8"), re.M)
    assert len(rows) == 2
    for modules, lines in rows:
        files = [DOCS.parent / "mmneuroonco_tasks/frameworks" / name for name in re.findall(r"`([\w.]+)`", modules)]
        found = sum(len(file.read_text(encoding="utf-8").splitlines()) for file in files)
        assert int(lines) == pytest.approx(found, rel=0.1), modules


def test_the_counts_of_label_defects_are_those_of_the_audit(released: Path) -> None:
    report = audit_closed(load_benchmark("closed", annotations=released / "benchmark"), text_only=False)
    found = Counter(each.rule for each in report.findings)
    told = re.findall(r"^\| `(\w+)` \| (\d+) \|", (DOCS / "labels.md").read_text(encoding="utf-8"), re.M)
    assert len(told) == 8
    assert {rule: int(count) for rule, count in told} == {rule: found[rule] for rule, _ in told}


def test_the_citation_names_this_version() -> None:
    citation = (DOCS.parent / "CITATION.cff").read_text(encoding="utf-8")
    assert re.findall(r"^version: (\S+)$", citation, re.M) == [__version__]
