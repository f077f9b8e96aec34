"""Copies the modules of ours that another project's task needs, and of them only what it needs.

From the names that are asked for, everything they use is followed through our modules. A copy keeps our text, comments
and order; it loses what nothing there uses, the examples of docstrings, which are run here, and marks for our type
checker. Imports are written anew for the copy's place. So a copy can be held against its original line by line, and
says in its first line where that is.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from .. import __version__

_OURS = Path(__file__).resolve().parent.parent
_TYPE_IGNORE = re.compile(r"\s+# type: ignore\b.*$")


class BundlingError(RuntimeError):
    """Our own modules hold something that cannot be copied. A fault of ours, not of the user."""


@dataclass(frozen=True)
class Destination:
    """Where copies go. Modules are named by their dotted path below our package, ``answers.single``."""

    #: The dotted package there, below which a module keeps its place unless ``moved`` says otherwise.
    root: str
    #: Full dotted names there.
    moved: Mapping[str, str] = field(default_factory=dict)
    #: Whether modules there import each other by absolute names.
    absolute: bool = True
    #: By ``module.NAME``, values that are written out instead of the expression that they come from.
    literals: Mapping[str, object] = field(default_factory=dict)

    def name_of(self, module: str) -> str:
        """The module's dotted name there."""
        return self.moved.get(module, f"{self.root}.{module}")

    def import_of(self, importing: str, imported: str) -> str:
        """How one module names the other after ``from``.

        >>> there = Destination("host.tasks.ours", absolute=False)
        >>> there.import_of("answers.single", "answers.claims"), there.import_of("answers.single", "scores.closed")
        ('.claims', '..scores.closed')
        """
        target = self.name_of(imported)
        if self.absolute:
            return target
        here, there = self.name_of(importing).split(".")[:-1], target.split(".")
        shared = 0
        while shared < min(len(here), len(there)) and here[shared] == there[shared]:
            shared += 1
        return "." * (len(here) - shared + 1) + ".".join(there[shared:])


def bundle(wanted: Mapping[str, Collection[str]], destination: Destination) -> dict[str, str]:
    """The copies by their dotted name there.

    Args:
        wanted: by module, the names that are needed; no names mean all of the module's.
        destination: where copies go.

    Raises:
        BundlingError: something needed cannot be found or copied.
    """
    bundler = _Bundler(destination)
    for module, names in wanted.items():
        for name in names or _module(module).definitions:
            bundler.need(module, name)
    return {destination.name_of(module): bundler.copy(module) for module in sorted(bundler.needed)}


@dataclass(frozen=True)
class _Import:
    """What a name of a module is bound to by an import; ``name`` is empty where it is a module."""

    module: str
    name: str
    bound: str
    ours: bool
    typing_only: bool

    def text(self, module: str) -> str:
        """The statement, with the module as it is named at the copy's place."""
        if self.name:
            return f"from {module} import {_as(self.name, self.bound)}"
        if self.ours:
            package, _, last = module.rpartition(".")
            # "..x" is the module x of the package above: its dots belong to the package.
            dots = module[: len(module) - len(module.lstrip("."))]
            return f"from {package or dots} import {_as(last, self.bound)}"
        return f"import {_as(module, self.bound)}"


def _as(name: str, bound: str) -> str:
    return name if name.split(".")[0] == bound or name == bound else f"{name} as {bound}"


@dataclass(frozen=True)
class _Statement:
    """A top-level definition with the comment lines right above it; lines count from 0, ``end`` is the one after."""

    names: tuple[str, ...]
    node: ast.stmt
    start: int
    end: int


@dataclass(frozen=True)
class _Module:
    """One of our modules, read."""

    name: str
    lines: Sequence[str]
    docstring: ast.Expr | None
    statements: Sequence[_Statement]
    definitions: Mapping[str, Sequence[_Statement]]
    imports: Mapping[str, _Import]


@cache
def _module(name: str) -> _Module:
    path = _path_of(name)
    text = path.read_text(encoding="utf-8")
    tree, lines = ast.parse(text), text.splitlines()
    statements: list[_Statement] = []
    imports: dict[str, _Import] = {}
    docstring = None
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and node.module == "__future__":
            continue  # every copy has it
        if isinstance(node, ast.Import | ast.ImportFrom):
            imports |= {each.bound: each for each in _imports(node, name, typing_only=False)}
        elif isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            for inner in node.body:
                if isinstance(inner, ast.Import | ast.ImportFrom):
                    imports |= {each.bound: each for each in _imports(inner, name, typing_only=True)}
        elif node is tree.body[0] and isinstance(node, ast.Expr):
            docstring = node
        else:
            statements.append(_statement(node, lines, name))
    definitions: dict[str, list[_Statement]] = {}
    for statement in statements:
        for defined in statement.names:
            definitions.setdefault(defined, []).append(statement)
    definitions.pop("__all__", None)
    return _Module(name, lines, docstring, statements, definitions, imports)


def _path_of(name: str) -> Path:
    path = _OURS.joinpath(*name.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def _is_module(name: str) -> bool:
    return _path_of(name).is_file()


def _imports(node: ast.Import | ast.ImportFrom, importing: str, *, typing_only: bool) -> Iterator[_Import]:
    if isinstance(node, ast.Import):
        for alias in node.names:
            yield _Import(alias.name, "", alias.asname or alias.name.split(".")[0], False, typing_only)
        return
    if node.level == 0:
        for alias in node.names:
            yield _Import(node.module or "", alias.name, alias.asname or alias.name, False, typing_only)
        return
    package = importing.split(".") if _path_of(importing).name == "__init__.py" else importing.split(".")[:-1]
    base = package[: len(package) - node.level + 1] + (node.module.split(".") if node.module else [])
    for alias in node.names:
        bound, below = alias.asname or alias.name, ".".join([*base, alias.name])
        if _is_module(below):
            yield _Import(below, "", bound, True, typing_only)
        else:
            yield _Import(".".join(base), alias.name, bound, True, typing_only)


def _statement(node: ast.stmt, lines: Sequence[str], module: str) -> _Statement:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        names: tuple[str, ...] = (node.name,)
        first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)]) - 1
    elif isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        names = tuple(leaf.id for target in targets for leaf in ast.walk(target) if isinstance(leaf, ast.Name))
        first = node.lineno - 1
    else:
        raise BundlingError(f"{module}, line {node.lineno}: only definitions can be copied from a module.")
    while first > 0 and lines[first - 1].startswith("#"):
        first -= 1
    return _Statement(names, node, first, node.end_lineno or node.lineno)


class _Bundler:
    """Follows what is needed, then writes the copies."""

    def __init__(self, destination: Destination) -> None:
        self._destination = destination
        #: By module, the names whose definitions are copied.
        self.needed: dict[str, set[str]] = {}
        self._imported: dict[str, set[str]] = {}

    def need(self, module: str, name: str) -> None:
        """Copy a definition and all that it uses."""
        module, name = self._origin(module, name)
        known = self.needed.setdefault(module, set())
        if name in known:
            return
        known.add(name)
        if f"{module}.{name}" in self._destination.literals:
            return
        for statement in _module(module).definitions[name]:
            self._follow(module, statement.node)

    def _origin(self, module: str, name: str) -> tuple[str, str]:
        """Where the name is defined: a package may only pass it on."""
        seen = _module(module)
        while name not in seen.definitions:
            passed_on = seen.imports.get(name)
            if passed_on is None or not (passed_on.ours and passed_on.name):
                raise BundlingError(f"{module} has no {name} that could be copied.")
            seen, name = _module(passed_on.module), passed_on.name
        return seen.name, name

    def _follow(self, module: str, node: ast.stmt) -> None:
        own = _module(module)
        for inner in _own_imports_inside(node):
            for each in _imports(inner, module, typing_only=False):
                if not each.name:
                    raise BundlingError(f"{module}, line {inner.lineno}: import the names, not the module.")
                self.need(each.module, each.name)
        for name in sorted(_names_in(node)):
            if name in own.definitions:
                self.need(module, name)
            elif name in own.imports:
                self._imported.setdefault(module, set()).add(name)
                each = own.imports[name]
                if each.ours:
                    for wanted in [each.name] if each.name else sorted(_attributes_of(name, node)):
                        self.need(each.module, wanted)

    def copy(self, module: str) -> str:
        """The text of a module's copy."""
        own, needed = _module(module), self.needed[module]
        parts = [f"# Adapted from mmneuroonco-tasks {__version__} (MIT): {_path_of(module).relative_to(_OURS.parent)}"]
        if own.docstring is not None:
            parts.append("\n".join(_without_examples(own.lines[: own.docstring.end_lineno], [own.docstring])))
        parts.append("from __future__ import annotations")
        parts.append(self._imports_of(module))
        end = None
        for statement in own.statements:
            if not needed.intersection(statement.names):
                continue
            text = self._text(module, statement)
            if statement.start == end:
                parts[-1] += f"\n{text}"
            else:
                parts.append(text)
            end = statement.end
        return "\n\n".join(filter(None, parts)) + "\n"

    def _imports_of(self, module: str) -> str:
        used = [_module(module).imports[name] for name in sorted(self._imported.get(module, ()))]
        runtime = [self._import_text(module, each) for each in used if not each.typing_only]
        typing = [f"    {self._import_text(module, each)}" for each in used if each.typing_only]
        if typing:
            runtime.append("from typing import TYPE_CHECKING")
            typing.insert(0, "\nif TYPE_CHECKING:")
        return "\n".join([*runtime, *typing])

    def _import_text(self, module: str, each: _Import) -> str:
        if not each.ours:
            return each.text(each.module)
        origin, name = self._origin(each.module, each.name) if each.name else (each.module, "")
        renamed = _Import(origin, name, each.bound, True, each.typing_only)
        return renamed.text(self._destination.import_of(module, origin))

    def _text(self, module: str, statement: _Statement) -> str:
        lines = list(_module(module).lines[statement.start : statement.end])
        literal = [name for name in statement.names if f"{module}.{name}" in self._destination.literals]
        if literal:
            above = [line for line in lines if line.startswith("#")]
            return "\n".join([*above, f"{literal[0]} = {self._destination.literals[f'{module}.{literal[0]}']!r}"])
        for inner in _own_imports_inside(statement.node):
            first, last = inner.lineno - 1 - statement.start, (inner.end_lineno or inner.lineno) - statement.start
            indent = lines[first][: inner.col_offset]
            texts = [self._import_text(module, each) for each in _imports(inner, module, typing_only=False)]
            # As many lines as before, so that the places of what follows stay.
            lines[first:last] = [*(indent + text for text in texts), *[""] * (last - first)][: last - first]
            if len(texts) > last - first:
                raise BundlingError(f"{module}, line {inner.lineno}: import one name a line inside a function.")
        documented = list(_docstrings(statement.node))
        lines = _without_examples(lines, documented, offset=statement.start)
        return "\n".join(_TYPE_IGNORE.sub("", line) for line in lines)


def _names_in(node: ast.AST) -> set[str]:
    """The names that a definition takes from its module: not those that a function imports for its own body.

    >>> code = ["def f(x) -> Image:", "    from PIL import Image, Draw", "    Draw(Image)"]
    >>> sorted(_names_in(ast.parse(chr(10).join(code)).body[0]))
    ['Image']
    """
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        imports = (each for inner in node.body for each in ast.walk(inner))
        local = {
            (alias.asname or alias.name).split(".")[0]
            for each in imports
            if isinstance(each, ast.Import | ast.ImportFrom)
            for alias in each.names
        }
        outside: list[ast.AST] = [node.args, *node.decorator_list, *([node.returns] if node.returns else [])]
        return _names_in_all(outside) | (_names_in_all(node.body) - local)
    own = {node.id} if isinstance(node, ast.Name) else set()
    return own | _names_in_all(ast.iter_child_nodes(node))


def _names_in_all(nodes: Iterable[ast.AST]) -> set[str]:
    return {name for node in nodes for name in _names_in(node)}


def _attributes_of(name: str, node: ast.AST) -> set[str]:
    """What is taken from a module that is used under a name."""
    return {
        each.attr
        for each in ast.walk(node)
        if isinstance(each, ast.Attribute) and isinstance(each.value, ast.Name) and each.value.id == name
    }


def _own_imports_inside(node: ast.AST) -> list[ast.ImportFrom]:
    return [each for each in ast.walk(node) if isinstance(each, ast.ImportFrom) and each.level]


def _docstrings(node: ast.AST) -> Iterator[ast.Expr]:
    for each in ast.walk(node):
        if (
            isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
            and ast.get_docstring(each) is not None
        ):
            first = each.body[0]
            if isinstance(first, ast.Expr):
                yield first


def _without_examples(lines: Sequence[str], docstrings: Iterable[ast.Expr], offset: int = 0) -> list[str]:
    """The lines without the examples (``>>>``) of the docstrings among them, and without the blank line before each."""
    dropped: set[int] = set()
    for docstring in docstrings:
        first, last = docstring.lineno - 1 - offset, (docstring.end_lineno or docstring.lineno) - 1 - offset
        inside = False
        for number in range(first, last):
            text = lines[number].strip()
            inside = text.startswith(">>>") or (inside and bool(text))
            if inside:
                dropped.add(number)
                above = number - 1
                while above > first and (not lines[above].strip() or lines[above].strip().startswith("Example")):
                    dropped.add(above)
                    above -= 1
    return [line for number, line in enumerate(lines) if number not in dropped]
