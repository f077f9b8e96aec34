"""One line that makes a number reproducible, and what in it makes two runs comparable.

``mmneuroonco|task:closed|scope:full|data:…|img:…|n:3190|prompt:direct-…|per:question|gen:greedy-16|extract:1|``
``via:lmms-eval-0.7.3|model:…|ci:cluster-bs10000|seed:0|c:1|v:0.1.0`` and, where they apply,
``judge:<model>-<rubric hash>``, ``failed:3``, ``missing:2`` and ``PARTIAL``; a short run has ``n:200/3190``.

``c`` is the comparability version: it changes when the same responses would get another number (a metric's formula,
what is asked), which the package's version ``v`` does not tell. The reading rules have their own, ``extract``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from .. import __version__
from ..answers.outcome import EXTRACT_VERSION
from ..benchmark.records import Benchmark
from .uncertainty import RESAMPLES, SEED

#: Raised when the same responses to the same questions would get another number.
COMPARABILITY = "1"
UNKNOWN = "unknown"

_NAME = "mmneuroonco"
_KEYS = (
    "task",
    "scope",
    "data",
    "img",
    "n",
    "prompt",
    "per",
    "gen",
    "extract",
    "via",
    "model",
    "ci",
    "seed",
    "c",
    "v",
)
_WHERE_THEY_APPLY = ("judge", "failed", "missing")
_PARTIAL = "PARTIAL"
#: Keys in which two comparable runs agree.
_COMPARED = ("task", "scope", "data", "img", "n", "prompt", "per", "gen", "extract", "c")
_LONGEST_VALUE = 100
#: A path is longer than its last name; anything longer than this is no name at all.
_LONGEST_READ = 10_000
_ASKED = re.compile(r"(\d{1,9})(?:/(\d{1,9}))?")
#: A path on somebody's disk, unlike a hub's ``owner/name``.
_DISK_PATH = re.compile(r"^(?:[/\\~]|\.{1,2}[/\\]|[A-Za-z]:[/\\]|file:)")


class SignatureError(ValueError):
    """A signature that cannot be read. The message is one sentence."""


@dataclass(frozen=True)
class Run:
    """How the responses came about, as far as it is known."""

    #: Name and hash of the protocol, for example ``direct-1a2b3c4d``.
    prompt: str = UNKNOWN
    #: What one request holds: ``question`` or ``image``.
    per: str = UNKNOWN
    #: Sampling and token limit in force, for example ``greedy-16``.
    gen: str = UNKNOWN
    extract: str = EXTRACT_VERSION
    #: Framework and version, for example ``lmms-eval-0.7.3``.
    via: str = UNKNOWN
    model: str = UNKNOWN


@dataclass(frozen=True)
class Signature:
    """Everything a number depends on. String values are cleaned on creation (``clean_value``).

    >>> signature = Signature(task="closed", scope="full", data="1a2b3c4d", n=200, of=3190, model="/home/me/tiny|vlm")
    >>> signature.model
    'tiny_vlm'
    >>> Signature.parse(signature.line()) == signature
    True
    """

    task: str
    scope: str
    data: str
    #: Questions asked, and how many the scope holds.
    n: int
    of: int
    img: str = UNKNOWN
    prompt: str = UNKNOWN
    per: str = UNKNOWN
    gen: str = UNKNOWN
    extract: str = EXTRACT_VERSION
    via: str = UNKNOWN
    model: str = UNKNOWN
    ci: str = "none"
    seed: str = str(SEED)
    c: str = COMPARABILITY
    v: str = __version__
    failed: int = 0
    missing: int = 0
    #: Model and rubric hash of the judge of open answers; empty where none was asked.
    judge: str = ""

    def __post_init__(self) -> None:
        for key in _KEYS:
            if key != "n":
                object.__setattr__(self, key, clean_value(getattr(self, key)))
        if self.judge:
            object.__setattr__(self, "judge", clean_value(self.judge))
        counts = (self.n, self.of, self.failed, self.missing)
        if min(counts) < 0 or self.n > self.of or self.failed + self.missing > self.n:
            raise SignatureError(
                f"a run that asks {self.n} of {self.of} questions cannot have {self.failed} failed "
                f"and {self.missing} missing."
            )

    @classmethod
    def of_run(
        cls,
        benchmark: Benchmark[Any],
        run: Run,
        *,
        failed: int = 0,
        missing: int = 0,
        judge: str = "",
        resamples: int = RESAMPLES,
        seed: int = SEED,
    ) -> Signature:
        """The signature of a run over the asked questions; ``resamples=0`` says that there are no intervals."""
        return cls(
            task=benchmark.task,
            scope=benchmark.scope,
            data=benchmark.data_hash,
            img=benchmark.images_hash,
            n=len(benchmark),
            of=benchmark.scope_size,
            prompt=run.prompt,
            per=run.per,
            gen=run.gen,
            extract=run.extract,
            via=run.via,
            model=run.model,
            ci=f"cluster-bs{resamples}" if resamples else "none",
            seed=str(seed),
            failed=failed,
            missing=missing,
            judge=judge,
        )

    @property
    def partial(self) -> bool:
        """Whether fewer questions were asked than the scope holds, or responses are missing."""
        return self.n < self.of or self.missing > 0

    def line(self) -> str:
        """The signature as one line."""
        values = {key: str(getattr(self, key)) for key in _KEYS}
        if self.n < self.of:
            values["n"] = f"{self.n}/{self.of}"
        parts = [_NAME, *(f"{key}:{value}" for key, value in values.items())]
        parts += [f"{key}:{getattr(self, key)}" for key in _WHERE_THEY_APPLY if getattr(self, key)]
        return "|".join([*parts, _PARTIAL] if self.partial else parts)

    def to_dict(self) -> dict[str, str | int | bool]:
        """The same as plain values, as in result files; ``of`` is the size of the scope."""
        values: dict[str, str | int | bool] = {}
        for key in _KEYS:
            values[key] = getattr(self, key)
            if key == "n":
                values["of"] = self.of
        judge = {"judge": self.judge} if self.judge else {}
        return {**values, **judge, "failed": self.failed, "missing": self.missing, "partial": self.partial}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Signature:
        """The signature that ``to_dict`` wrote.

        Raises:
            SignatureError: keys are missing.
        """
        wanted = (*_KEYS, "of", "failed", "missing")
        lacking = [key for key in wanted if key not in values]
        if lacking:
            raise SignatureError(f"the signature has no {lacking[0]}; it is not one of this project.")
        return cls(**{key: values[key] for key in wanted}, judge=values.get("judge", ""))

    @classmethod
    def parse(cls, line: str) -> Signature:
        """The signature that ``line`` wrote.

        Raises:
            SignatureError: the line is no signature: a key is missing, unknown or given twice.
        """
        name, *parts = line.strip().split("|")
        if name != _NAME:
            raise SignatureError(f"a signature starts with {_NAME}|, not with {name[:40]!r}.")
        values: dict[str, Any] = {}
        for part in parts:
            key, separator, value = part.partition(":")
            if part == _PARTIAL:
                continue
            if not separator or key in values or key not in (*_KEYS, *_WHERE_THEY_APPLY):
                raise SignatureError(f"{part[:40]!r} does not belong in a signature.")
            values[key] = value
        asked = _ASKED.fullmatch(values.get("n", ""))
        if asked is None:
            raise SignatureError("the signature has no n:<asked> or n:<asked>/<scope>.")
        values["n"], values["of"] = int(asked[1]), int(asked[2] or asked[1])
        for key in ("failed", "missing"):
            number = values.get(key, "0")
            if not re.fullmatch(r"[0-9]{1,9}", number):
                raise SignatureError(f"{key}:{number[:40]} is not a number.")
            values[key] = int(number)
        return cls.from_dict(values)


def differences(a: Signature, b: Signature, across: Collection[str] = ()) -> tuple[str, ...]:
    """The keys that make two runs not comparable; none where they may be compared.

    Framework, model, package version and the settings of intervals may differ. ``img:unknown`` is no difference, and
    ``across`` names keys that may differ on purpose (prompt, for blind against direct).

    >>> direct = Signature(task="closed", scope="full", data="1a2b3c4d", n=4, of=4, prompt="direct-aa", img="77777777")
    >>> blind = Signature(task="closed", scope="full", data="1a2b3c4d", n=4, of=4, prompt="blind-bb")
    >>> differences(direct, blind), differences(direct, blind, across={"prompt"})
    (('prompt',), ())
    """
    found = []
    for key in _COMPARED:
        values = {getattr(a, key), getattr(b, key)}
        if key == "n":
            values = {(a.n, a.of), (b.n, b.of)}
        if len(values) > 1 and key not in across and not (key == "img" and UNKNOWN in values):
            found.append(key)
    return tuple(found)


def clean_value(value: object) -> str:
    """A value that can stand in a line: no bars, blanks, control or invisible characters, no path of a disk.

    Of a path on disk only the last name is kept, so that a shared result tells nothing of its maker's folders; a
    hub's ``owner/name`` stays. Long values are cut at 100 characters; an empty one is ``unknown``.

    >>> clean_value("Qwen/Qwen3-VL 8B|x"), clean_value("C:\\\\models\\\\tiny"), clean_value("")
    ('Qwen/Qwen3-VL_8B_x', 'tiny', 'unknown')
    """
    # Category C: control, format (bidirectional marks), surrogate, private, unassigned; Z: separators.
    safe = "".join(
        "_" if character == "|" or unicodedata.category(character)[0] in "CZ" else character
        for character in str(value)[-_LONGEST_READ:]
    ).strip("_")
    if _DISK_PATH.match(safe) or "\\" in safe:
        safe = re.split(r"[/\\]", safe.rstrip("/\\_"))[-1].strip("_")
    return safe[:_LONGEST_VALUE].strip("_") or UNKNOWN
