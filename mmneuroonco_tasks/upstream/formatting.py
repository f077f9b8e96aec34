"""Source text in another project's style, by the formatters that its own checks run.

The versions are those of the projects' pre-commit settings, so that a check there finds nothing to change; they come
with the extra ``upstream``.
"""

from __future__ import annotations

import io
import token
import tokenize
from importlib import import_module
from typing import Any

#: VLMEvalKit's flake8 allows no longer line.
_FLAKE8_LINE = 120


class UpstreamError(ValueError):
    """The files of a pull request cannot be written. The message is one sentence with what to do."""


def lmms_eval_style(source: str) -> str:
    """lmms-eval's: black with 240 columns, isort with the profile "black".

    Raises:
        UpstreamError: a formatter is not installed.
    """
    black, isort = _tool("black"), _tool("isort")
    sorted_imports = isort.code(source, config=isort.Config(profile="black", known_first_party=["lmms_eval"]))
    return str(black.format_str(sorted_imports, mode=black.Mode(line_length=240)))


def vlmevalkit_style(source: str) -> str:
    """VLMEvalKit's: isort with its settings, and what its flake8 (120 columns, of the warnings only W503 off) accepts.

    Raises:
        UpstreamError: a formatter is not installed.
    """
    black, isort = _tool("black"), _tool("isort")
    formatted = black.format_str(source, mode=black.Mode(line_length=_FLAKE8_LINE))
    settings = isort.Config(
        line_length=99,
        multi_line_output=isort.wrap_modes.WrapModes.GRID,
        known_first_party=["vlmeval"],
        no_lines_before=["STDLIB", "LOCALFOLDER"],
    )
    return _long_lines_marked(_without_loose_blanks(str(isort.code(formatted, config=settings))))


def _tool(name: str) -> Any:
    try:
        return import_module(name)
    except ImportError:
        raise UpstreamError(
            f"{name} is not installed, which formats files as the project does; run "
            "`pip install 'mmneuroonco-tasks[upstream]'` and then this again."
        ) from None


def _without_loose_blanks(source: str) -> str:
    """Without blanks that pycodestyle takes for faults: around a slice's colon (E203), several after a comma (E241).

    >>> _without_loose_blanks("a[i + 1 : f(x)] = (1,   2)")
    'a[i + 1:f(x)] = (1, 2)'
    """
    lines = source.splitlines(keepends=True)
    brackets: list[str] = []
    marks: list[tuple[str, int, int]] = []
    for each in tokenize.generate_tokens(io.StringIO(source).readline):
        if each.type != token.OP:
            continue
        if each.string in "([{":
            brackets.append(each.string)
        elif each.string in ")]}":
            brackets.pop()
        elif each.string == "," or (each.string == ":" and brackets[-1:] == ["["]):
            marks.append((each.string, each.start[0] - 1, each.start[1]))
    for mark, row, column in reversed(marks):
        before, after = lines[row][:column], lines[row][column + 1 :]
        if mark == ":" and before.endswith(" ") and before.strip():
            lines[row] = f"{before.rstrip()}:{after.lstrip(' ')}"
        elif mark == "," and after.startswith("  ") and not after.lstrip().startswith("#"):
            lines[row] = f"{before}, {after.lstrip(' ')}"
    return "".join(lines)


def _long_lines_marked(source: str) -> str:
    """Lines of code that no formatter can break, long patterns, are marked as meant (``noqa: E501``)."""
    marked = (
        f"{line}  # noqa: E501" if len(line) > _FLAKE8_LINE and "noqa" not in line else line
        for line in source.splitlines()
    )
    return "\n".join(marked) + "\n"
