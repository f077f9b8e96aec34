"""Modules of ours as the bundler sees them: their definitions and imports, and what a definition uses."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from functools import cache
from pathlib import Path

OURS = Path(__file__).resolve().parent.parent


class BundlingError(RuntimeError):
    """Our own modules hold something that cannot be copied. A fault of ours, not of the user."""


@dataclass(frozen=True)
class Imported:
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
class Statement:
    """A top-level definition with the comment lines right above it; lines count from 0, ``end`` is the one after."""

    names: tuple[str, ...]
    node: ast.stmt
    start: int
    end: int


@dataclass(frozen=True)
class Module:
    """One of our modules, read."""

    name: str
    lines: Sequence[str]
    docstring: ast.Expr | None
    statements: Sequence[Statement]
    definitions: Mapping[str, Sequence[Statement]]
    imports: Mapping[str, Imported]


@cache
def module_named(name: str) -> Module:
    """The module of this dotted name below our package, read."""
    path = path_of(name)
    text = path.read_text(encoding="utf-8")
    tree, lines = ast.parse(text), text.splitlines()
    statements: list[Statement] = []
    imports: dict[str, Imported] = {}
    docstring = None
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and node.module == "__future__":
            continue  # every copy has it
        if isinstance(node, ast.Import | ast.ImportFrom):
            imports |= {each.bound: each for each in imports_of(node, name, typing_only=False)}
        elif isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            for inner in node.body:
                if isinstance(inner, ast.Import | ast.ImportFrom):
                    imports |= {each.bound: each for each in imports_of(inner, name, typing_only=True)}
        elif node is tree.body[0] and isinstance(node, ast.Expr):
            docstring = node
        else:
            statements.append(_statement(node, lines, name))
    definitions: dict[str, list[Statement]] = {}
    for statement in statements:
        for defined in statement.names:
            definitions.setdefault(defined, []).append(statement)
    definitions.pop("__all__", None)
    return Module(name, lines, docstring, statements, definitions, imports)


def path_of(name: str) -> Path:
    """Its file."""
    path = OURS.joinpath(*name.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def _is_module(name: str) -> bool:
    return path_of(name).is_file()


def imports_of(node: ast.Import | ast.ImportFrom, importing: str, *, typing_only: bool) -> Iterator[Imported]:
    """What a statement of the module ``importing`` binds."""
    if isinstance(node, ast.Import):
        for alias in node.names:
            yield Imported(alias.name, "", alias.asname or alias.name.split(".")[0], False, typing_only)
        return
    if node.level == 0:
        for alias in node.names:
            yield Imported(node.module or "", alias.name, alias.asname or alias.name, False, typing_only)
        return
    package = importing.split(".") if path_of(importing).name == "__init__.py" else importing.split(".")[:-1]
    base = package[: len(package) - node.level + 1] + (node.module.split(".") if node.module else [])
    for alias in node.names:
        bound, below = alias.asname or alias.name, ".".join([*base, alias.name])
        if _is_module(below):
            yield Imported(below, "", bound, True, typing_only)
        else:
            yield Imported(".".join(base), alias.name, bound, True, typing_only)


def _statement(node: ast.stmt, lines: Sequence[str], module: str) -> Statement:
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
    return Statement(names, node, first, node.end_lineno or node.lineno)


def names_in(node: ast.AST) -> set[str]:
    """The names that a definition takes from its module: not those that a function imports for its own body.

    >>> code = ["def f(x) -> Image:", "    from PIL import Image, Draw", "    Draw(Image)"]
    >>> sorted(names_in(ast.parse(chr(10).join(code)).body[0]))
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
    return {name for node in nodes for name in names_in(node)}


def attributes_of(name: str, node: ast.AST) -> set[str]:
    """What is taken from a module that is used under a name."""
    return {
        each.attr
        for each in ast.walk(node)
        if isinstance(each, ast.Attribute) and isinstance(each.value, ast.Name) and each.value.id == name
    }


def methods_on_demand(node: ast.AST, own: Module) -> list[ast.FunctionDef]:
    """The methods and properties of a class that are only used by their names.

    Not special ones, nor any of a class whose base is not ours: who knows the base may call them.
    """
    if not isinstance(node, ast.ClassDef):
        return []
    ours = {*own.definitions, *(name for name, each in own.imports.items() if each.ours)}
    if not all(isinstance(base, ast.Name) and base.id in ours for base in node.bases):
        return []
    return [each for each in node.body if isinstance(each, ast.FunctionDef) and not each.name.startswith("__")]


def without_methods(node: ast.stmt, methods: Collection[ast.FunctionDef]) -> ast.stmt:
    """The same class with fewer methods; anything else as it is."""
    if not methods:
        return node
    fewer = copy(node)
    fewer.body = [each for each in node.body if each not in methods]  # type: ignore[attr-defined]
    return fewer


def own_imports_inside(node: ast.AST) -> list[ast.ImportFrom]:
    """The imports of ours that stand within a function."""
    return [each for each in ast.walk(node) if isinstance(each, ast.ImportFrom) and each.level]


def docstrings_in(node: ast.AST) -> Iterator[ast.Expr]:
    """The docstrings of a definition and of what it defines."""
    for each in ast.walk(node):
        if (
            isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
            and ast.get_docstring(each) is not None
        ):
            first = each.body[0]
            if isinstance(first, ast.Expr):
                yield first
