"""Result files: a run's scores as versioned JSON, written whole and read with suspicion.

The schema is the packaged file ``result.schema.json`` (JSON Schema 2020-12). Reading checks a file against it with
the few keywords it uses, so that no validator has to be installed to read a result.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, Literal, Protocol

from ..answers.outcome import Answer
from ..benchmark.files import read_at_most, write_json
from ..benchmark.records import LETTERS
from .closed import PICKS, ClosedScores, Estimates
from .result_versions import upgraded
from .signature import Signature, SignatureError

RESULT_SCHEMA = "mmneuroonco-result/1"
#: A full result with answers has less than 1 MB.
LARGEST_FILE_BYTES = 64 * 1024 * 1024


class ResultError(ValueError):
    """A result file that cannot be used. The message is one sentence: file, place, remedy."""


@cache
def result_schema() -> dict[str, Any]:
    """The JSON schema of result files, as it is shipped."""
    text = resources.files(__package__).joinpath("result.schema.json").read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


class Scores(Protocol):
    """What the scores of both tasks have."""

    @property
    def metrics(self) -> Estimates: ...
    @property
    def counts(self) -> Mapping[str, int]: ...
    @property
    def by_type(self) -> Mapping[str, Estimates]: ...
    @property
    def by_class(self) -> Mapping[str, Estimates]: ...
    @property
    def by_modality(self) -> Mapping[str, Estimates]: ...
    @property
    def by_source(self) -> Mapping[str, Estimates]: ...


def common_sections(scores: Scores, signature: Signature) -> dict[str, Any]:
    """The sections that results of both tasks begin with, as plain Python values."""
    return {
        "schema": RESULT_SCHEMA,
        "task": signature.task,
        "signature": signature.to_dict(),
        "signature_line": signature.line(),
        "counts": dict(scores.counts),
        "metrics": _plain(scores.metrics),
        "by_type": plain_parts(scores.by_type),
        "by_class": plain_parts(scores.by_class),
        "by_modality": plain_parts(scores.by_modality),
        "by_source": plain_parts(scores.by_source),
    }


def closed_result(scores: ClosedScores, signature: Signature, *, answers: bool = True) -> dict[str, Any]:
    """The scores as plain Python values in the schema of result files, free of NaN.

    ``answers=False`` leaves out how every question was read.
    """
    result = {
        **common_sections(scores, signature),
        "subsets": plain_parts(scores.subsets),
        "trust_rows": plain_parts(scores.trust_rows),
        "subset_trust_rows": {name: plain_parts(rows) for name, rows in scores.subset_trust_rows.items()},
        "sensitivity": plain_parts(scores.sensitivity),
        "confusion": {
            "truth": list(LETTERS),
            "picked": list(PICKS),
            "counts": [list(row) for row in scores.confusion],
        },
        "letters": {side: dict(histogram) for side, histogram in scores.letters.items()},
    }
    if scores.risk_coverage:
        result["confidence"] = {"risk_coverage": {name: list(ends) for name, ends in scores.risk_coverage.items()}}
    if answers:
        result["answers"] = {qid: _plain_answer(answer) for qid, answer in scores.answers.items()}
    return result


def _plain(estimates: Estimates) -> dict[str, dict[str, float | int | None]]:
    return {name: estimate.to_dict() for name, estimate in estimates.items()}


def plain_parts(parts: Mapping[str, Estimates]) -> dict[str, dict[str, dict[str, float | int | None]]]:
    """Estimates by part and metric as plain Python values."""
    return {name: _plain(estimates) for name, estimates in parts.items()}


def _plain_answer(answer: Answer | None) -> dict[str, str | bool | None]:
    if answer is None:
        return {"outcome": "missing", "letter": None, "rule": "", "hedged": False}
    return {
        "outcome": answer.outcome.value,
        "letter": answer.letter,
        "rule": answer.rule,
        "hedged": answer.hedged,
    }


def write_result(path: Path | str, result: Mapping[str, Any]) -> None:
    """Write a result file: checked, beside its place, then renamed into it.

    Raises:
        ResultError: the result is not in the schema.
        BenchmarkError: the file cannot be written.
    """
    check_result(result, str(path))
    write_json(Path(path), result)


def read_result(path: Path | str) -> dict[str, Any]:
    """Read a result file of this or an older version and check it against the schema.

    Raises:
        ResultError: the file cannot be read, is no JSON, or is not a result of a version that is known here.
    """
    try:
        content = read_at_most(Path(path), LARGEST_FILE_BYTES)
    except OSError as error:
        raise ResultError(f"{path}: cannot be read ({error.strerror or error}); check the name.") from None
    if content is None:
        raise ResultError(f"{path}: larger than 64 MB, so it is not a result file; name another.")
    try:
        data = json.loads(content, parse_constant=_refuse_constant)
    except RecursionError:
        raise ResultError(f"{path}: nested too deeply to be a result file; score again.") from None
    except ValueError as error:
        raise ResultError(f"{path}: not valid JSON ({error}); score again.") from None
    result: dict[str, Any] = upgraded(data)
    check_result(result, str(path))
    return result


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON number")


def check_result(data: Any, name: str) -> None:
    """Check a parsed result against the schema; ``name`` is what messages call it.

    Raises:
        ResultError: it is not in the schema; the message names the first place that is wrong.
    """
    version = data.get("schema") if isinstance(data, Mapping) else None
    if version != RESULT_SCHEMA:
        found = f"its schema is {str(version)[:40]!r}" if version is not None else "it names no schema"
        raise ResultError(
            f"{name}: not a result file of a known version ({found}, known is {RESULT_SCHEMA}); "
            "score again, or update the package."
        )
    if (violation := _whole().violation(data)) is not None:
        place, problem = violation
        raise ResultError(f"{name}: {place or 'the result'} {problem}; score again.")
    try:
        line = Signature.from_dict(data["signature"]).line()
    except SignatureError as error:
        raise ResultError(f"{name}: {error}") from None
    if line != data["signature_line"]:
        raise ResultError(f"{name}: signature and signature_line do not tell the same; score again.")


# The keywords of JSON Schema that result.schema.json uses, no others (a test says so).

_TYPES: dict[str, Callable[[Any], bool]] = {
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "null": lambda value: value is None,
    "number": lambda value: isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value),
    "integer": lambda value: (
        (isinstance(value, int) and not isinstance(value, bool)) or (isinstance(value, float) and value.is_integer())
    ),
}

#: What a value must satisfy beside its type: a test of value and limit, and what to say.
_LIMITS: dict[str, tuple[Callable[[Any, Any], bool], str]] = {
    "const": (lambda value, limit: bool(value == limit), "is not {!r}"),
    "enum": (lambda value, limit: value in limit, "is none of {}"),
    "minimum": (lambda value, limit: not _TYPES["number"](value) or value >= limit, "is less than {}"),
    "maximum": (lambda value, limit: not _TYPES["number"](value) or value <= limit, "is more than {}"),
    "pattern": (
        lambda value, limit: not isinstance(value, str) or re.search(limit, value) is not None,
        "does not match {}",
    ),
    "minLength": (lambda value, limit: not isinstance(value, str) or len(value) >= limit, "is shorter than {}"),
    "maxLength": (lambda value, limit: not isinstance(value, str) or len(value) <= limit, "is longer than {}"),
    "required": (
        lambda value, limit: not isinstance(value, dict) or all(key in value for key in limit),
        "lacks {}",
    ),
}


@dataclass(frozen=True)
class _Node:
    """A place of the schema, looked up once."""

    types: tuple[str, ...]
    #: By keyword, its limit.
    limits: tuple[tuple[str, Any], ...]
    #: What stands in an object under known names, and under any other: ``None`` is anything, ``False`` nothing.
    known: Mapping[str, _Node]
    others: _Node | Literal[False] | None
    #: Of what an array is.
    items: _Node | None

    @classmethod
    def of(cls, schema: Mapping[str, Any]) -> _Node:
        if "$ref" in schema:
            return _definition(schema["$ref"].removeprefix("#/$defs/"))
        types, others = schema.get("type", ()), schema.get("additionalProperties", True)
        return cls(
            (types,) if isinstance(types, str) else tuple(types),
            tuple((keyword, schema[keyword]) for keyword in _LIMITS if keyword in schema),
            {name: cls.of(below) for name, below in schema.get("properties", {}).items()},
            cls.of(others) if isinstance(others, Mapping) else None if others else False,
            cls.of(schema["items"]) if "items" in schema else None,
        )

    def violation(self, value: Any) -> tuple[str, str] | None:
        """The first place below this one that leaves the schema, and how; ``None`` where none does."""
        if self.types and not any(_TYPES[name](value) for name in self.types):
            return "", f"is not of type {' or '.join(self.types)}"
        for keyword, limit in self.limits:
            holds, message = _LIMITS[keyword]
            if not holds(value, limit):
                told = next(key for key in limit if key not in value) if keyword == "required" else limit
                return "", message.format(told)
        if isinstance(value, dict):
            return self._violation_inside(value)
        if isinstance(value, list) and self.items is not None:
            for number, item in enumerate(value):
                if (found := self.items.violation(item)) is not None:
                    return _below(f"[{number}]", found)
        return None

    def _violation_inside(self, value: Mapping[str, Any]) -> tuple[str, str] | None:
        for key, item in value.items():
            node = self.known.get(key, self.others)
            if node is False:
                return str(key)[:60], "is not known here"
            if node is not None and (found := node.violation(item)) is not None:
                return _below(str(key)[:60], found)
        return None


def _below(place: str, found: tuple[str, str]) -> tuple[str, str]:
    """A violation as it is told one step further up."""
    rest, problem = found
    return place + ("." if rest and not rest.startswith("[") else "") + rest, problem


@cache
def _definition(name: str) -> _Node:
    return _Node.of(result_schema()["$defs"][name])


@cache
def _whole() -> _Node:
    return _Node.of(result_schema())
