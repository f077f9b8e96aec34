"""Source text in another project's style, by the formatters that its own checks run.

The versions are those of the projects' pre-commit settings, so that a check there finds nothing to change; they come
with the extra ``upstream``.
"""

from __future__ import annotations

import re
from importlib import import_module
from typing import Any

#: VLMEvalKit's isort wraps an import that is longer, and its yapf unwraps one that is not longer than the second.
_ISORT_LINE, _YAPF_LINE = 99, 120
_IMPORT = re.compile(r"^(from \S+ import )(.+)\n", re.MULTILINE)


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
    """VLMEvalKit's: isort with its settings, and yapf with 120 columns.

    Raises:
        UpstreamError: a formatter is not installed.
    """
    isort, yapf = _tool("isort"), _tool("yapf.yapflib.yapf_api")
    settings = {
        "multi_line_output": isort.wrap_modes.WrapModes.GRID,
        "known_first_party": ["vlmeval"],
        "no_lines_before": ["STDLIB", "LOCALFOLDER"],
    }
    unwrapped = isort.code(source, config=isort.Config(line_length=10_000, **settings))
    narrow = _IMPORT.sub(_without_wrapping, unwrapped)
    sorted_imports = isort.code(narrow, config=isort.Config(line_length=_ISORT_LINE, **settings))
    formatted, _ = yapf.FormatCode(sorted_imports, style_config=f"{{column_limit={_YAPF_LINE}}}")
    return str(formatted)


def _without_wrapping(found: re.Match[str]) -> str:
    """An import as several that need no wrapping: isort and yapf do not agree on how to wrap one.

    >>> print(_IMPORT.sub(_without_wrapping, f"from .a import {', '.join('BCDEF' * 7)}\\n"), end="")
    from .a import B, C, D, E, F, B, C, D, E, F, B, C, D, E, F, B, C, D, E, F, B, C, D, E, F, B, C, D
    # isort: split
    from .a import E, F, B, C, D, E, F
    """
    head, names = found.groups()
    lines: list[str] = []
    for name in names.split(", "):
        if lines and len(f"{lines[-1]}, {name}") <= _ISORT_LINE:
            lines[-1] += f", {name}"
        else:
            lines.append(head + name)
    return "\n# isort: split\n".join(lines) + "\n"


def _tool(module: str) -> Any:
    try:
        return import_module(module)
    except ImportError:
        raise UpstreamError(
            f"{module.partition('.')[0]} is not installed, which formats files as the project does; run "
            "`pip install 'mmneuroonco-tasks[upstream]'` and then this again."
        ) from None
