"""What the README shows of ``prepare`` and ``doctor`` is what they say: the released questions, a stub of the hub."""

from __future__ import annotations

import re
import zipfile
from io import BytesIO
from pathlib import Path

from command import run_apart
from hub_stub import APPROVED, HubStub
from standins import draw_standins

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")


def pictures_without_brats(folder: Path) -> bytes:
    """The archive as it lies on the hub: no BraTS slices."""
    archive = BytesIO()
    with zipfile.ZipFile(archive, "w") as opened:
        for path in sorted(path for path in folder.rglob("*") if path.is_file() and "BraTS" not in path.name):
            opened.write(path, f"Benchmark_Images/Benchmark_Images/{path.relative_to(folder).as_posix()}")
    return archive.getvalue()


def shown_of(command: str) -> list[str]:
    """The lines that the README shows below a command."""
    found = re.search(rf"^\$ mmneuroonco {command}\n(.*?)^(?:$\n\$|…|```)", README, re.MULTILINE | re.DOTALL)
    assert found
    return found[1].splitlines()


def test_the_first_steps_of_an_approved_user(released: Path, tmp_path: Path) -> None:
    closed, opened = (
        released / "benchmark" / f"mm-neuroonco_benchmark_{task}_v1.0.json" for task in ("closed", "open")
    )
    draw_standins(closed, tmp_path / "drawn")
    files = {
        "Benchmark/Benchmark_VQA_Closed.json": closed.read_bytes(),
        "Benchmark/Benchmark_VQA_Open.json": opened.read_bytes(),
        "images/Benchmark_Images.zip": pictures_without_brats(tmp_path / "drawn"),
    }
    with HubStub(files) as hub:
        environment = hub.environment(tmp_path, token=APPROVED, MMNEUROONCO_HOME=str(tmp_path / "home"))
        prepared, examined = (run_apart(command, environment=environment) for command in ("prepare", "doctor"))
    assert prepared.code == examined.code == 0, prepared.err + examined.err

    def as_shown(text: str) -> list[str]:
        text = text.replace(str(tmp_path / "home"), "~/.local/share/mmneuroonco")
        text = re.sub(r"(\.zip) \([^)]*\)|(Python 3)[.\d]+", r"\1\2", text)
        # Where the client keeps what it has fetched is of no interest.
        return [line.rstrip() for line in text.splitlines() if "snapshots" not in line]

    shown = as_shown("\n".join(shown_of("prepare")))
    assert shown == as_shown(prepared.err) + [line for line in as_shown(prepared.out) if line]
    shown = as_shown("\n".join(shown_of("doctor")))
    until = shown.index("Frameworks")
    assert shown[:until] == as_shown(examined.out)[:until]
