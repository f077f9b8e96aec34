"""What a pull request to a project consists of, and writing it into a checkout."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import metadata, resources
from pathlib import Path

from .checkout import Checkout, Edit
from .formatting import UpstreamError

TEMPLATES = "templates"
#: What copies say of themselves that hold a small part of their module.
DOCSTRINGS = {
    "benchmark.files": "Reading a file that may be too large.",
    "benchmark.records": "What a question is: frozen, typed records.",
    "frameworks.vlmeval_tsv": "The integer that stands for a question in a sheet.",
    "predictions.jsonl": "Responses by question id.",
    "predictions.table": "The error of a sheet that cannot be used.",
    "prompts": "The options as every prompt lists them.",
}


@dataclass(frozen=True)
class Project:
    """One project that takes pull requests."""

    name: str
    url: str
    #: A file that only this project has.
    marker: str
    #: The folder there that holds nothing but files of the pull request.
    folder: str
    #: The new files, by path in the checkout.
    new_files: Callable[[], Mapping[str, str]]
    #: The changes of files that it has, by path, as of a date.
    edits: Callable[[str], Mapping[str, Edit]]
    #: The names of its tasks there: all questions, and those without BraTS slices.
    tasks: tuple[str, str]
    #: The template of the pull request's description, and values that only this project's has.
    description: str
    facts: Callable[[], Mapping[str, str]] = dict


@dataclass(frozen=True)
class Written:
    """What came of it."""

    checkout: Path
    #: Every file of the pull request, and those that were not so before.
    files: tuple[str, ...]
    changed: tuple[str, ...]
    #: What is left to do by hand.
    remarks: tuple[str, ...]


def write_pull_request(project: Project, folder: Path) -> Written:
    """Write the pull request's files into a clean checkout. Doing it twice changes nothing.

    Raises:
        UpstreamError: the folder is no clean checkout of the project, or a formatter is missing: one sentence.
    """
    checkout = Checkout.at(folder, project.name, project.url, project.marker)
    edited, remarks = checkout.edited(project.edits(checkout.date()))
    contents = {**project.new_files(), **edited}
    changed = checkout.write(contents)
    outdated = [path for path in checkout.tracked(project.folder) if path not in contents]
    remarks += [f"{path} is left from an earlier version; remove it (git rm)." for path in outdated]
    return Written(checkout.folder, tuple(contents), tuple(changed), tuple(remarks))


def licence() -> str:
    """The text of our licence, which copies of our modules have to bring along.

    Raises:
        UpstreamError: it was not installed with the package.
    """
    text = metadata.distribution("mmneuroonco-tasks").read_text("licenses/LICENSE")
    if text is None:
        raise UpstreamError("the package is installed without its licence, which copies need; install it with pip.")
    return text


def template(name: str, **values: str) -> str:
    """A text of the folder ``templates`` with ``{{name}}`` replaced by the values.

    Raises:
        KeyError: the template names a value that is not given.
    """
    text = resources.files(__package__).joinpath(TEMPLATES).joinpath(name).read_text(encoding="utf-8")
    return re.sub(r"\{\{(\w+)\}\}", lambda found: values[found[1]], text)
