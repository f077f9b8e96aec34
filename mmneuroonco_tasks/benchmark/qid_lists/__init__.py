"""Subsets of the released closed questions, shipped as frozen lists of qids.

``uncontested``
    All questions but those in ``contested.txt``, whose options leave more than one right answer.
``image_needed``
    The questions in ``image_needed.txt``, which the text-only model ``logistic`` gets wrong in at least 3 of 5 seeds.

Each file says in its head by which command it was made and for which data. The lists are never made anew when scores
are computed: a subset means the same questions for ever. For other data there are no subsets.
"""

from __future__ import annotations

from functools import cache
from importlib import resources

from ..records import ClosedBenchmark
from ..scopes import read_qids
from ..twins import TWINS, twin_hash

#: The line of a list's head that names the data hashes of the scopes that it was made for.
DATA_LINE = "# data: "


@cache
def shipped_list(name: str) -> tuple[frozenset[str], frozenset[str]]:
    """The qids of a shipped list (``contested`` or ``image_needed``) and the data hashes that it holds for."""
    with resources.as_file(resources.files(__package__).joinpath(f"{name}.txt")) as path:
        lines = path.read_text(encoding="utf-8").splitlines()
        hashes = next(line[len(DATA_LINE) :].split() for line in lines if line.startswith(DATA_LINE))
        return frozenset(read_qids(path)), frozenset(hashes)


def shipped_subsets(benchmark: ClosedBenchmark) -> dict[str, tuple[str, ...]]:
    """The asked qids of each shipped subset, by its name; empty for data other than the released.

    The twins of the released questions have the subsets of the originals.
    """
    subsets = {}
    contested, data = shipped_list("contested")
    if benchmark.data_hash in _with_twins(data):
        subsets["uncontested"] = tuple(q.qid for q in benchmark.questions if q.qid not in contested)
    needed, data = shipped_list("image_needed")
    if benchmark.data_hash in _with_twins(data):
        subsets["image_needed"] = tuple(q.qid for q in benchmark.questions if q.qid in needed)
    return subsets


def _with_twins(hashes: frozenset[str]) -> frozenset[str]:
    return hashes | {twin_hash(data, twin) for data in hashes for twin in TWINS}
