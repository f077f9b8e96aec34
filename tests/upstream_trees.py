"""Checkouts of the frameworks for tests of pull requests, and Pythons in which our package cannot be imported."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_ABSENT = '''\
import sys


class Absent:
    """Whoever asks for our package is told that it is not there."""

    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "mmneuroonco_tasks":
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


sys.meta_path.insert(0, Absent())
'''

#: As much of each project as a pull request touches, and as much as its modules need to be imported.
MADE_UP = {
    "lmms-eval": {
        "lmms_eval/__init__.py": "",
        "lmms_eval/tasks/__init__.py": "",
        "docs/advanced/current_tasks.md": (
            "# Current Tasks\n\n### Core VQA & Understanding Benchmarks\n- [AI2D](https://x) (ai2d)\n"
            "- [NoCaps](https://x) (nocaps)\n  - NoCaps Test (nocaps_test)\n\n### Next\n- [A](https://x) (a)\n"
        ),
    },
    "VLMEvalKit": {
        "setup.cfg": (
            "[flake8]\nmax-line-length = 99\n\n"
            "[isort]\nline_length = 99\nmulti_line_output = 0\nknown_first_party = vlmeval\n"
            "no_lines_before = STDLIB,LOCALFOLDER\nsections = FUTURE,STDLIB,THIRDPARTY,FIRSTPARTY,LOCALFOLDER\n"
        ),
        "README.md": "# VLMEvalKit\n\n## 🆕 News\n\n- **[2025-07-07]** Supported another.\n",
        "vlmeval/__init__.py": "",
        "vlmeval/smp.py": (
            "import json\nimport os\nfrom pathlib import Path\n\n\n"
            "def LMUDataRoot():\n    return os.environ['LMUData']\n\n\n"
            "def dump(content, path):\n"
            "    Path(path).write_text(json.dumps(content) if isinstance(content, dict) else content.to_csv())\n\n\n"
            "def get_intermediate_file_path(path, suffix, target_format='csv'):\n"
            "    return f'{os.path.splitext(path)[0]}{suffix}.{target_format}'\n"
        ),
        "vlmeval/dataset/__init__.py": (
            "from .image_base import ImageBaseDataset\nfrom .zebra import Zebra\n\n"
            "IMAGE_DATASET = [\n    ImageBaseDataset, Zebra\n]\n"
        ),
        "vlmeval/dataset/zebra.py": "class Zebra:\n    pass\n",
        "vlmeval/dataset/image_base.py": (
            "class ImageBaseDataset:\n"
            "    def __init__(self, dataset):\n"
            "        self.dataset_name = dataset\n        self.data = self.load_data(dataset)\n"
        ),
        "vlmeval/dataset/utils/__init__.py": "",
    },
}


def git(folder: Path, *arguments: str) -> str:
    """Run git in a checkout, by a made-up author."""
    author = ("-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
    done = subprocess.run(["git", "-C", str(folder), *author, *arguments], capture_output=True, text=True, check=True)
    return done.stdout


def committed(folder: Path) -> Path:
    """The folder as a git checkout with everything in it committed."""
    git(folder, "init", "--quiet")
    git(folder, "add", "--all", "--force")
    git(folder, "commit", "--quiet", "-m", "As it is")
    return folder


def made_up_checkout(project: str, folder: Path) -> Path:
    """A clean checkout of a made-up rest of the project."""
    for path, text in MADE_UP[project].items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    return committed(folder)


def checkout_of_package(python: Path, package: str, folder: Path) -> Path:
    """A clean checkout of the files of an installed package, beside what a pull request edits besides."""
    code = f"import importlib.util; print(importlib.util.find_spec({package!r}).submodule_search_locations[0])"
    found = subprocess.run([str(python), "-c", code], capture_output=True, text=True, check=True)
    source = Path(found.stdout.strip().splitlines()[-1])
    shutil.copytree(source, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    project = {"lmms_eval": "lmms-eval", "vlmeval": "VLMEvalKit"}[package]
    for path, text in MADE_UP[project].items():
        if not path.startswith(f"{package}/"):
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text, encoding="utf-8")
    return committed(folder)


def without_our_package(folder: Path, checkout: Path) -> dict[str, str]:
    """An environment in which the checkout comes first, and our package is not there even where it is installed."""
    (folder / "absent").mkdir(exist_ok=True)
    (folder / "absent" / "sitecustomize.py").write_text(_ABSENT, encoding="utf-8")
    dropped = ("PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "VLMEVALKIT_ROOT", "PRED_FORMAT", "EVAL_FORMAT")
    kept = {name: value for name, value in os.environ.items() if name not in dropped}
    paths = os.pathsep.join((str(folder / "absent"), str(checkout)))
    return {**kept, "PYTHONPATH": paths, "PYTHONPYCACHEPREFIX": str(folder / "bytecode"), "HF_HUB_OFFLINE": "1"}


def run_in(
    checkout: Path, folder: Path, code: str, given: Any = None, environment: Mapping[str, str] | None = None
) -> Any:
    """What the code prints as JSON in a Python without our package; it gets ``given`` as the variable of that name.

    The code sees this environment's packages. A ``SystemExit`` gives its text.
    """
    before = "import json, sys\ngiven = json.load(sys.stdin)\n"
    done = subprocess.run(
        [sys.executable, "-c", before + code],
        input=json.dumps(given),
        env={**without_our_package(folder, checkout), **(environment or {})},
        capture_output=True,
        text=True,
        cwd=folder,
        check=False,
    )
    if done.returncode == 1 and "Traceback" not in done.stderr:
        return done.stderr.strip()
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)
