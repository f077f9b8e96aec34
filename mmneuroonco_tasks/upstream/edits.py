"""The lines that a pull request adds to files the other project has: each is found again, so nothing is added twice."""

from __future__ import annotations

import ast
import re

from .checkout import PlaceNotFound

_BULLET = re.compile(r"- \[([^]]+)\]")


def with_list_entry(text: str, heading: str, entry: str) -> str:
    """A Markdown list below a heading, with an entry (a bullet and what is indented below it) in alphabetical place.

    Raises:
        PlaceNotFound: there is no such heading.

    >>> print(with_list_entry("# A\\n- [Ant](x)\\n- [Cat](x)\\n\\n# B\\n", "# A", "- [Bee](x)\\n  - one\\n"), end="")
    # A
    - [Ant](x)
    - [Bee](x)
      - one
    - [Cat](x)
    <BLANKLINE>
    # B
    """
    if entry in text:
        return text
    lines = text.splitlines(keepends=True)
    start = next((number for number, line in enumerate(lines) if line.rstrip() == heading), None)
    if start is None:
        raise PlaceNotFound(f"it has no heading {heading!r} for the entry {entry.splitlines()[0]!r}")
    name = _bullet_name(entry)
    place = start + 1
    for number in range(start + 1, len(lines)):
        if lines[number].startswith("#"):
            break
        if _bullet_name(lines[number]).casefold() > name.casefold():
            place = number
            break
        if lines[number].strip():
            place = number + 1
    return "".join([*lines[:place], entry, *lines[place:]])


def _bullet_name(line: str) -> str:
    found = _BULLET.match(line)
    return found[1] if found else ""


def with_news(text: str, heading: str, line: str, mark: str) -> str:
    """A line as the first below a heading, unless a line with ``mark`` is there already.

    Raises:
        PlaceNotFound: there is no such heading.

    >>> with_news("## News\\n\\n- old\\n", "## News", "- new x", "new")
    '## News\\n\\n- new x\\n- old\\n'
    """
    lines = text.splitlines(keepends=True)
    if any(mark in each for each in lines):
        return text
    start = next((number for number, each in enumerate(lines) if each.strip().endswith(heading)), None)
    if start is None:
        raise PlaceNotFound(f"it has no heading {heading!r} for the news {mark!r}")
    place = start + 1
    while place < len(lines) and not lines[place].strip():
        place += 1
    return "".join([*lines[:place], f"{line}\n", *lines[place:]])


def with_import(text: str, module: str, name: str) -> str:
    """``from .module import name`` in its alphabetical place among a package's own imports.

    Raises:
        PlaceNotFound: there are none.

    >>> print(with_import("from .a import A\\nfrom .c import C\\n", "b", "B"), end="")
    from .a import A
    from .b import B
    from .c import C
    """
    line = f"from .{module} import {name}\n"
    if line in text:
        return text
    own = [node for node in _statements(text) if isinstance(node, ast.ImportFrom) and node.level == 1]
    if not own:
        raise PlaceNotFound(f"it has no imports among which {line.strip()!r} belongs")
    # The sorted block comes first; what stands apart below it is there for a reason.
    later = [node for node in own if (node.module or "").casefold() > module.casefold()]
    place = later[0].lineno - 1 if later else own[-1].end_lineno or own[-1].lineno
    lines = text.splitlines(keepends=True)
    return "".join([*lines[:place], line, *lines[place:]])


def with_element(text: str, listed: str, name: str) -> str:
    """A name as the last element of the list that is assigned to ``listed``.

    Raises:
        PlaceNotFound: there is no such list over several lines.

    >>> print(with_element("X = [\\n    A, B,\\n]\\n", "X", "C"), end="")
    X = [
        A, B,
        C,
    ]
    """
    for node in _statements(text):
        if not (isinstance(node, ast.Assign) and isinstance(node.value, ast.List)):
            continue
        if not any(isinstance(target, ast.Name) and target.id == listed for target in node.targets):
            continue
        elements = node.value.elts
        if any(isinstance(element, ast.Name) and element.id == name for element in elements):
            return text
        lines = text.splitlines(keepends=True)
        end = (node.value.end_lineno or node.lineno) - 1
        if elements and lines[end].strip() == "]":
            last = elements[-1]
            row, column = (last.end_lineno or last.lineno) - 1, last.end_col_offset or 0
            before, after = lines[row].encode()[:column].decode(), lines[row].encode()[column:].decode()
            if not after.lstrip().startswith(","):
                lines[row] = f"{before},{after}"
            return "".join([*lines[:end], f"    {name},\n", *lines[end:]])
    raise PlaceNotFound(f"it has no list {listed} over several lines that {name} could be added to")


def _statements(text: str) -> list[ast.stmt]:
    try:
        return ast.parse(text).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):  # its parser's stack is bounded by the latter
        raise PlaceNotFound("it is no Python that can be read") from None
