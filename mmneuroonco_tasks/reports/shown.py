"""Results side by side: what each is called, and which of them may be compared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..benchmark.records import LETTERS
from ..scores.closed import PICKS
from ..scores.result import ResultError
from ..scores.signature import Signature, differences
from .key_metrics import KEY_METRICS

Result = Mapping[str, Any]

#: Entries of the signature that tell two runs of one model apart, the most telling first.
_TELLING = ("prompt", "scope", "gen", "per", "via", "extract", "data", "n", "v")


@dataclass(frozen=True)
class Shown:
    """A result as tables and pictures show it: ``mark`` is its short name, ``label`` the model and what sets it apart.

    ``number`` counts the results from 0 and gives each its colour and shape.
    """

    number: int
    mark: str
    label: str
    result: Result

    @property
    def metrics(self) -> Mapping[str, Mapping[str, Any]]:
        """The estimates by metric."""
        found: Mapping[str, Mapping[str, Any]] = self.result["metrics"]
        return found

    @property
    def signature(self) -> Signature:
        """The run's signature."""
        return signature_of(self.result)


def signature_of(result: Result) -> Signature:
    """The signature of a result that was read and checked."""
    return Signature.from_dict(result["signature"])


def shown(results: Sequence[Result]) -> tuple[Shown, ...]:
    """The results with a mark and a label each; no two labels are equal.

    Raises:
        ResultError: a result lacks what every table of its task needs, or contradicts itself.
    """
    for result in results:
        _check_whole(result)
    # Not letters: these are what options are called.
    marks = [f"R{number}" for number in range(1, len(results) + 1)]
    labels = _labels([signature_of(result) for result in results])
    repeated = Counter(labels)
    labels = [f"{label} ({own})" if repeated[label] > 1 else label for label, own in zip(labels, marks, strict=True)]
    return tuple(map(Shown, range(len(results)), marks, labels, results))


def _labels(signatures: Sequence[Signature]) -> list[str]:
    """The models' names; where one occurs several times, with the first entry of the signature that differs."""
    labels = [signature.model for signature in signatures]
    for name, count in Counter(labels).items():
        if count == 1:
            continue
        same = [number for number, label in enumerate(labels) if label == name]
        for key in _TELLING:
            values = [str(getattr(signatures[number], key)) for number in same]
            if len(set(values)) > 1:
                for number, value in zip(same, values, strict=True):
                    labels[number] = f"{name} · {without_hash(value) if key == 'prompt' else value}"
                break
    return labels


def without_hash(prompt: str) -> str:
    """A prompt's name without the hash behind it.

    >>> without_hash("direct-1a2b3c4d"), without_hash("unknown")
    ('direct', 'unknown')
    """
    name, _, end = prompt.rpartition("-")
    return name if name and len(end) == 8 and all(character in "0123456789abcdef" for character in end) else prompt


def comparable_groups(runs: Sequence[Shown]) -> list[list[Shown]]:
    """The runs in groups whose members may all be compared, in the order in which they first appear."""
    groups: list[list[Shown]] = []
    for run in runs:
        for group in groups:
            if not any(differences(run.signature, other.signature) for other in group):
                group.append(run)
                break
        else:
            groups.append([run])
    return groups


def group_differences(groups: Sequence[Sequence[Shown]]) -> tuple[str, ...]:
    """The keys of the signature in which the groups differ."""
    first = groups[0][0].signature
    keys = (key for group in groups[1:] for key in differences(first, group[0].signature))
    return tuple(dict.fromkeys(keys))


def _check_whole(result: Result) -> None:
    """The schema leaves room for results that hold less; what is shown needs all of this."""
    name = f"the result of {signature_of(result).model}"
    task = result["task"]
    lacking = [metric for metric in KEY_METRICS[task][:2] if metric not in result["metrics"]]
    if task == "closed":
        lacking += [f"counts.{outcome}" for outcome in _OUTCOMES if outcome not in result["counts"]]
        lacking += [section for section in ("confusion", "letters") if section not in result]
    if task != result["signature"]["task"]:
        raise ResultError(f"{name}: its task and its signature's do not agree; score again.")
    if lacking:
        raise ResultError(f"{name}: has no {lacking[0]}, which its tables need; score again.")
    if task == "closed":
        table = result["confusion"]
        shape = [len(row) for row in table["counts"]]
        if tuple(table["truth"]) != LETTERS or tuple(table["picked"]) != PICKS or shape != [len(PICKS)] * len(LETTERS):
            raise ResultError(
                f"{name}: its confusion table is not of {len(LETTERS)} keys by {len(PICKS)} picks; score again."
            )


_OUTCOMES = ("asked", "right", "refused", "ambiguous", "unparsed", "failed", "missing")
