"""`mmneuroonco demo --framework both` with the real frameworks, each in its environment: the same numbers."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest
from frameworks import only, python_of, read_json

from mmneuroonco_tasks.benchmark.home import Home
from mmneuroonco_tasks.benchmark.prepare import prepare
from mmneuroonco_tasks.phantom import write_phantom

pytestmark = pytest.mark.vlmeval


def test_both_frameworks_show_the_same_numbers_and_the_report_follows(tmp_path: Path) -> None:
    """Few phantoms, drawn beforehand; what the demo says to type next is typed."""
    vlmeval, lmms = python_of("MMNEUROONCO_VLMEVAL_PYTHON"), python_of("MMNEUROONCO_LMMS_EVAL_PYTHON")
    write_phantom(tmp_path / "drawn", images=30, seed=8)
    prepare(Home(tmp_path / "demo" / "home" / "phantom"), [tmp_path / "drawn"], [tmp_path / "drawn"])
    kept = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "VLMEVALKIT_ROOT")}
    environment = {**kept, "COLUMNS": "80", "HF_HOME": str(tmp_path / "hf")}

    def run(*command: str) -> str:
        done = subprocess.run(
            command, env=environment, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
        )
        output = done.stdout.decode("utf-8", "replace")
        assert done.returncode == 0, output[-3000:]
        return output

    ours = str(vlmeval.with_name("mmneuroonco"))
    output = run(ours, "demo", "--framework", "both", "--lmms-eval-python", str(lmms))
    assert re.search(r"lmms-eval and vlmeval agree to the last digit in all 1\d\d numbers", output), output[-3000:]

    runs = tmp_path / "demo" / "runs"
    for name in ("mmneuroonco_phantom_closed", "mmneuroonco_phantom_closed_blind", "mmneuroonco_phantom_open"):
        result = read_json(only(runs / "lmms-eval" / "reference", f"*_{name}_result.json"))
        assert result["signature"]["via"].startswith("lmms-eval-")
        assert result["counts"]["asked"] == result["signature"]["of"]
    seen = read_json(only(runs / "lmms-eval" / "reference", "*_mmneuroonco_phantom_closed_result.json"))
    assert seen["metrics"]["accuracy"]["value"] > 0.95
    rejecting = read_json(only(runs / "lmms-eval" / "always-E", "*_result.json"))
    assert rejecting["metrics"]["trap_accuracy"]["value"] == 1
    assert rejecting["metrics"]["h_score"]["value"] == 0

    (line,) = [line for line in output.splitlines() if " report " in line]
    assert "8 results" in run(*line.partition("#")[0].split())
    assert (tmp_path / "report.html").stat().st_size > 50_000
