"""After `mmneuroonco enable` the sub-commands of lmms-eval that load no plugin know our tasks too."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from enabled import enabled_python
from frameworks import LmmsEval, python_of

pytestmark = pytest.mark.lmms_eval
TASK = "mmneuroonco_phantom_closed"


def test_tasks_list_and_power_find_the_tasks(tmp_path: Path) -> None:
    plain = LmmsEval(python_of("MMNEUROONCO_LMMS_EVAL_PYTHON"), tmp_path / "home")
    enabled = replace(plain, python=enabled_python(plain.python, tmp_path / "enabled"))
    assert f" {TASK}\n" in enabled.run("python", "-m", "lmms_eval", "tasks", "list").output
    power = enabled.run("python", "-m", "lmms_eval", "power", "--tasks", TASK, "--std-a", "0.5", "--std-b", "0.5")
    assert re.search(rf"{TASK}:\s+Sample size: +n = [1-9]", power.output)
