"""The pull request to VLMEvalKit: a dataset module with its helpers, its registration, a line of news."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePosixPath

from ..benchmark.hub import DATASET
from ..prompts import DIRECT
from .bundling import Destination, bundle
from .checkout import Edit
from .edits import with_element, with_import, with_news
from .formatting import vlmevalkit_style
from .parts.data import RELEASED
from .project import DOCSTRINGS, Project, licence

_MODULE = "mmneuroonco"
_CLASS = "MMNeuroOnco"
_ROOT = f"vlmeval.dataset.utils.{_MODULE}"
_PARTS = "upstream.parts"
_NEWS = (
    "Supported [**MM-NeuroOnco**](https://arxiv.org/abs/2602.22955), multiple-choice questions about brain-tumour MR "
    "images that score rejection (a fifth has no right option listed) beside accuracy."
)


def new_files() -> dict[str, str]:
    """The new files by path, in VLMEvalKit's style."""
    destination = Destination(
        _ROOT,
        moved={
            f"{_PARTS}.vlmevalkit_dataset": f"vlmeval.dataset.{_MODULE}",
            f"{_PARTS}.data": f"{_ROOT}.data",
            "frameworks.vlmeval_frame": f"{_ROOT}.prediction_frame",
            "frameworks.vlmeval_tsv": f"{_ROOT}.sheet_index",
        },
        absolute=False,
        literals={
            f"{_PARTS}.data.DATASET": DATASET,
            f"{_PARTS}.vlmevalkit_dataset.PROMPT_FORM": DIRECT.template,
        },
        docstrings=DOCSTRINGS,
    )
    copies = bundle({f"{_PARTS}.vlmevalkit_dataset": ()}, destination)
    files = {f"{name.replace('.', '/')}.py": vlmevalkit_style(text) for name, text in copies.items()}
    root = PurePosixPath(_ROOT.replace(".", "/"))
    packages = {folder for path in files for folder in PurePosixPath(path).parents if folder.is_relative_to(root)}
    files |= {str(folder / "__init__.py"): "" for folder in sorted(packages)}
    return {**files, str(root / "LICENSE"): licence()}


def edits(date: str) -> Mapping[str, Edit]:
    """The changes of files that VLMEvalKit has; its news are dated."""
    return {
        "vlmeval/dataset/__init__.py": Edit(_registered),
        "README.md": Edit(
            lambda text: with_news(text, "News", f"- **[{date}]** {_NEWS}", "MM-NeuroOnco"), optional=True
        ),
    }


def _registered(text: str) -> str:
    return with_element(with_import(text, _MODULE, _CLASS), "IMAGE_DATASET", _CLASS)


def _facts() -> Mapping[str, str]:
    return RELEASED


PROJECT = Project(
    name="VLMEvalKit",
    url="https://github.com/open-compass/VLMEvalKit",
    marker="vlmeval/dataset/__init__.py",
    folder=_ROOT.replace(".", "/"),
    new_files=new_files,
    edits=edits,
    tasks=("MMNeuroOnco", "MMNeuroOnco_NoBraTS"),
    description="vlmevalkit_pull_request.md",
    facts=_facts,
)
