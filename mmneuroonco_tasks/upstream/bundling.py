"""Copies the modules of ours that another project's task needs, and of them only what it needs.

From the names that are asked for, everything they use is followed through our modules. A copy keeps our text, comments
and order; it loses what nothing there uses (definitions, methods), the examples of docstrings, which are run here, and
marks for our type checker. Imports are written anew for the copy's place. So a copy can be held against its original
line by line, and says in its first line where that is.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from .. import __version__
from .modules import (
    OURS,
    BundlingError,
    Imported,
    Statement,
    attributes_of,
    docstrings_in,
    imports_of,
    methods_on_demand,
    module_named,
    names_in,
    own_imports_inside,
    path_of,
    without_methods,
)

_TYPE_IGNORE = re.compile(r"\s+# type: ignore\b.*$")


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
    #: By module, what its copy says of itself, where it has too little of the module for the module's own docstring.
    docstrings: Mapping[str, str] = field(default_factory=dict)

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
        for name in names or module_named(module).definitions:
            bundler.need(module, name, whole=True)
    bundler.need_methods()
    return {destination.name_of(module): bundler.copy(module) for module in sorted(bundler.needed)}


class _Bundler:
    """Follows what is needed, then writes the copies."""

    def __init__(self, destination: Destination) -> None:
        self._destination = destination
        #: By module, the names whose definitions are copied.
        self.needed: dict[str, set[str]] = {}
        self._imported: dict[str, set[str]] = {}
        #: Names that something takes from an object, and by name the methods that nothing has taken yet.
        self._taken: set[str] = set()
        self._waiting: dict[str, list[tuple[str, ast.FunctionDef]]] = {}

    def need(self, module: str, name: str, *, whole: bool = False) -> None:
        """Copy a definition and all that it uses; of a class that is not needed ``whole``, the methods wait."""
        module, name = self._origin(module, name)
        known = self.needed.setdefault(module, set())
        if name in known:
            return
        known.add(name)
        if f"{module}.{name}" in self._destination.literals:
            return
        for statement in module_named(module).definitions[name]:
            methods = [] if whole else methods_on_demand(statement.node, module_named(module))
            for method in methods:
                self._waiting.setdefault(method.name, []).append((module, method))
            self._follow(module, without_methods(statement.node, methods))

    def need_methods(self) -> None:
        """Copy the methods that something takes, and all that they use; the others are lost."""
        while taken := sorted(self._taken.intersection(self._waiting)):
            for module, method in self._waiting.pop(taken[0]):
                self._follow(module, method)

    def _origin(self, module: str, name: str) -> tuple[str, str]:
        """Where the name is defined: a package may only pass it on."""
        seen = module_named(module)
        while name not in seen.definitions:
            passed_on = seen.imports.get(name)
            if passed_on is None or not (passed_on.ours and passed_on.name):
                raise BundlingError(f"{module} has no {name} that could be copied.")
            seen, name = module_named(passed_on.module), passed_on.name
        return seen.name, name

    def _follow(self, module: str, node: ast.stmt) -> None:
        own = module_named(module)
        self._taken |= {each.attr for each in ast.walk(node) if isinstance(each, ast.Attribute)}
        for inner in own_imports_inside(node):
            for each in imports_of(inner, module, typing_only=False):
                if not each.name:
                    raise BundlingError(f"{module}, line {inner.lineno}: import the names, not the module.")
                self.need(each.module, each.name)
        for name in sorted(names_in(node)):
            if name in own.definitions:
                self.need(module, name)
            elif name in own.imports:
                self._imported.setdefault(module, set()).add(name)
                each = own.imports[name]
                if each.ours:
                    for wanted in [each.name] if each.name else sorted(attributes_of(name, node)):
                        self.need(each.module, wanted)

    def copy(self, module: str) -> str:
        """The text of a module's copy."""
        own, needed = module_named(module), self.needed[module]
        parts = [f"# Adapted from mmneuroonco-tasks {__version__} (MIT): {path_of(module).relative_to(OURS.parent)}"]
        if module in self._destination.docstrings:
            parts.append(f'"""{self._destination.docstrings[module]}"""')
        elif own.docstring is not None:
            lines = list[str | None](own.lines)
            _drop_examples(lines, [own.docstring])
            parts.append(_joined(lines[: own.docstring.end_lineno]))
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
        used = [module_named(module).imports[name] for name in sorted(self._imported.get(module, ()))]
        runtime = [self._import_text(module, each) for each in used if not each.typing_only]
        typing = [f"    {self._import_text(module, each)}" for each in used if each.typing_only]
        if typing:
            runtime.append("from typing import TYPE_CHECKING")
            typing.insert(0, "\nif TYPE_CHECKING:")
        return "\n".join([*runtime, *typing])

    def _import_text(self, module: str, each: Imported) -> str:
        if not each.ours:
            return each.text(each.module)
        origin, name = self._origin(each.module, each.name) if each.name else (each.module, "")
        renamed = Imported(origin, name, each.bound, True, each.typing_only)
        return renamed.text(self._destination.import_of(module, origin))

    def _text(self, module: str, statement: Statement) -> str:
        lines = list[str | None](module_named(module).lines)
        literal = [name for name in statement.names if f"{module}.{name}" in self._destination.literals]
        if literal:
            above = [line for line in lines[statement.start : statement.end] if line and line.startswith("#")]
            return "\n".join([*above, f"{literal[0]} = {self._destination.literals[f'{module}.{literal[0]}']!r}"])
        for inner in own_imports_inside(statement.node):
            first, last = inner.lineno - 1, inner.end_lineno or inner.lineno
            texts = [self._import_text(module, each) for each in imports_of(inner, module, typing_only=False)]
            lines[first:last] = [None] * (last - first)
            lines[first] = "\n".join(" " * inner.col_offset + text for text in texts)
        _drop_examples(lines, docstrings_in(statement.node))
        lost = {id(method) for methods in self._waiting.values() for _, method in methods}
        for each in ast.walk(statement.node):
            if isinstance(each, ast.FunctionDef) and id(each) in lost:
                _drop_method(lines, each)
        return _joined(lines[statement.start : statement.end])


def _joined(lines: Iterable[str | None]) -> str:
    return "\n".join(_TYPE_IGNORE.sub("", line) for line in lines if line is not None)


def _drop_method(lines: list[str | None], method: ast.FunctionDef) -> None:
    """Put ``None`` for the lines of a method, the comments right above it and the blank lines before these."""
    first = min([method.lineno, *(decorator.lineno for decorator in method.decorator_list)]) - 1
    while (lines[first - 1] or "").strip().startswith("#"):
        first -= 1
    while not (lines[first - 1] or "").strip():
        first -= 1
    last = method.end_lineno or method.lineno
    lines[first:last] = [None] * (last - first)


def _drop_examples(lines: list[str | None], docstrings: Iterable[ast.Expr]) -> None:
    """Put ``None`` for the examples (``>>>``) of the docstrings and the blank lines before them.

    A docstring of which one line is left ends on it.
    """
    for docstring in docstrings:
        first, last = docstring.lineno - 1, (docstring.end_lineno or docstring.lineno) - 1
        inside = False
        for number in range(first, last):
            text = (lines[number] or "").strip()
            inside = text.startswith(">>>") or (inside and bool(text))
            if inside:
                lines[number] = None
                above = number - 1
                while above > first and re.match(r"\s*(Example|$)", lines[above] or ""):
                    lines[above] = None
                    above -= 1
        if last > first and all(line is None for line in lines[first + 1 : last]) and str(lines[last]).strip() == '"""':
            lines[first], lines[last] = f'{lines[first]}"""', None
