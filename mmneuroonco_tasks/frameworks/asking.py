"""A registered task, loaded: what a model is shown, and how its responses come back to the questions.

What is *shown* and what is *scored* are the same questions but for the shuffled twin, whose letters are put back
before anything is counted.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from ..answers import Answer, read_answer, read_batch
from ..benchmark import (
    Benchmark,
    BenchmarkError,
    ClosedBenchmark,
    Picture,
    with_usable_pictures,
)
from ..benchmark.home import HOME_VARIABLE
from ..benchmark.twins import TWINS, swapped_pictures
from ..collecting import without_collecting
from ..instructions.own_words import IMAGES_VARIABLE, INSTRUCTIONS_VARIABLE
from ..prompts import Protocol
from ..scores.pairs import unshuffled, unshuffled_probabilities
from .variants import PROTOCOL_VARIABLE, Variant

if TYPE_CHECKING:
    from PIL.Image import Image

    from ..scores.confidence import Probabilities


@dataclass(frozen=True)
class Asking:
    """The questions of a variant as they are shown and as they are scored, every picture checked."""

    variant: Variant
    protocol: Protocol
    shown: Benchmark[Any]
    scored: Benchmark[Any]
    #: By qid, the picture to show where it is not the question's own.
    other_pictures: Mapping[str, Picture]
    _by_picture: Mapping[int, Sequence[str]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_picture: dict[int, list[str]] = {}
        for question in self.shown.questions:
            by_picture.setdefault(question.picture.id, []).append(question.qid)
        object.__setattr__(self, "_by_picture", by_picture)

    @property
    def prompt_key(self) -> str:
        """How it was asked, as the signature names it; twins with other options are told by their scope instead."""
        marks = ["swapped"] * self.variant.swapped + ["shuffled"] * (self.variant.twin == "shuffled")
        return "+".join([self.protocol.key, *marks])

    def requests(self) -> list[tuple[str, ...]]:
        """The qids of each request, in benchmark order: one, or with a batch protocol all of an image."""
        if self.protocol.per == "image":
            return [tuple(qids) for qids in self._by_picture.values()]
        return [(question.qid,) for question in self.shown.questions]

    def request_of(self, qid: str) -> tuple[str, ...]:
        """The qids of the request that begins with this question."""
        if self.protocol.per == "image":
            return tuple(self._by_picture[self.shown[qid].picture.id])
        return (qid,)

    def text(self, qids: Sequence[str]) -> str:
        """The user's text of a request."""
        return self.protocol.text(*(self.shown[qid] for qid in qids))

    def picture(self, qids: Sequence[str]) -> Picture | None:
        """The picture to show, or ``None`` where the protocol shows none."""
        if self.protocol.image == "none":
            return None
        own: Picture = self.shown[qids[0]].picture
        return self.other_pictures.get(qids[0], own)

    def image(self, qids: Sequence[str]) -> Image | None:
        """The same, opened; the last one is kept, so that consecutive questions decode it once."""
        picture = self.picture(qids)
        return None if picture is None else self.shown.images.open(picture)

    def read(self, qids: Sequence[str], response: Any) -> dict[str, Answer]:
        """The response to a request, read: an answer for each of its questions, in the letters that are scored."""
        options = [self.shown[qid].options for qid in qids]
        if self.protocol.per == "image":
            answers = dict(zip(qids, read_batch(response, options), strict=True))
        else:
            answers = {qids[0]: read_answer(response, options[0])}
        if self.variant.twin != "shuffled":
            return answers
        back = unshuffled(self.scored, answers)
        return {qid: answer for qid, answer in back.items() if answer is not None}

    def probabilities(self, shown: Probabilities) -> Probabilities:
        """Probabilities of the letters as they were shown, in the letters that are scored."""
        return unshuffled_probabilities(self.scored, shown) if self.variant.twin == "shuffled" else shown


def asking(variant: Variant) -> Asking:
    """The variant, loaded; once a process.

    Raises:
        BenchmarkError: something is missing or damaged: one sentence with the remedy.
    """
    return _asking(variant, *map(os.environ.get, _VARIABLES))


_VARIABLES = (HOME_VARIABLE, PROTOCOL_VARIABLE, INSTRUCTIONS_VARIABLE, IMAGES_VARIABLE)


@lru_cache(maxsize=8)
@without_collecting()
def _asking(variant: Variant, *_variables: str | None) -> Asking:
    # Keyed by the variables too, so that a process that changes them does not get the old one.
    whole = variant.load()
    protocol = variant.protocol
    usable: Benchmark[Any] = whole if protocol.image == "none" else with_usable_pictures(whole)
    shown, scored = twin_of(variant, usable)
    pictures = swapped_pictures(usable) if variant.swapped else {}
    if variant.swapped and protocol.per == "image":
        raise BenchmarkError(f"{variant.lmms_eval} asks one question a request; choose another {PROTOCOL_VARIABLE}.")
    return Asking(variant, protocol, shown, scored, pictures)


def twin_of(variant: Variant, benchmark: Benchmark[Any]) -> tuple[Benchmark[Any], Benchmark[Any]]:
    """The questions as the variant shows them and as they are scored."""
    if not variant.twin:
        return benchmark, benchmark
    original: ClosedBenchmark = benchmark
    twin = TWINS[variant.twin](original)
    return twin, original if variant.twin == "shuffled" else twin
