"""What a question is: frozen, typed records that every other room of the package reads.

Keys are ``(task, qid)``: ``3_q1`` exists among the closed questions and among the open ones, and is not the same
question. A qid is ``<image id>_q<1-based position in the image's list>``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Generic, Literal, TypeAlias, TypeVar

if TYPE_CHECKING:
    from .images import ImageStore

Task: TypeAlias = Literal["closed", "open"]

LETTERS = ("A", "B", "C", "D", "E")
#: The letter of "None of the above"; only offered on questions of the rejection-aware setting.
REJECTION_LETTER = "E"
#: Question types of the closed part, in the order in which tables show them.
CLOSED_TYPES = ("diagnosis", "modality", "size", "shape", "spread", "location")
#: Question types of the open part.
OPEN_TYPES = ("Detail", "Location", "Reasoning")

#: The only source whose paths name the patient (benchmark: 113 slices of 109 patients).
BRATS_PATIENT = re.compile(r"BraTS\d{4}_\d{5}")


def make_qid(image_id: int, position: int) -> str:
    """The question id of the question at ``position`` (1-based) of the image ``image_id``.

    >>> make_qid(3, 1)
    '3_q1'
    """
    return f"{image_id}_q{position}"


class BenchmarkError(ValueError):
    """Benchmark files that cannot be used. The message is one sentence: file, record, remedy."""


@dataclass(frozen=True, slots=True)
class Picture:
    """One slice: its id and the path the annotations give it.

    ``path`` is the released relative path. It names the diagnosis and the modality, so it is never shown to a
    model nor written into a log; ``cluster`` is safe to show.
    """

    id: int
    path: str
    #: Smallest image id of the same patient (BraTS), else the image's own id: the unit that is resampled.
    cluster: int

    @property
    def diagnosis_class(self) -> str:
        """First folder of the released path, for example ``glioma``."""
        return self.path.split("/", 1)[0]

    @property
    def source(self) -> str:
        """Second folder of the released path, for example ``08_t1ce``; empty if the path has none."""
        parts = self.path.split("/")
        return parts[1] if len(parts) > 2 else ""

    @property
    def patient(self) -> str | None:
        """The BraTS patient id that stands in the path, or ``None``: no other source carries one."""
        found = BRATS_PATIENT.search(self.path)
        return found.group() if found else None


@dataclass(frozen=True, slots=True)
class ClosedQuestion:
    """A multiple-choice question.

    ``options`` maps the offered letters to their texts, in order. ``answer`` is the key, one of the letters.
    ``trap`` is true where no listed option is right, so that E is the key; ``original_answer`` then keeps the
    true option's text that the trap has overwritten.
    """

    qid: str
    picture: Picture
    question_type: str
    question: str
    options: Mapping[str, str]
    answer: str
    trap: bool = False
    original_answer: str | None = None

    @property
    def offers_rejection(self) -> bool:
        """Whether "None of the above" (E) is offered: the rejection-aware setting F."""
        return REJECTION_LETTER in self.options


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """A question to be answered in free text, with its reference answer and released keywords."""

    qid: str
    picture: Picture
    question_type: str
    question: str
    reference_answer: str
    eval_keywords: tuple[str, ...]


Question = TypeVar("Question", ClosedQuestion, OpenQuestion)


def _no_images() -> ImageStore:
    from .images import ImageStore

    return ImageStore({})


@dataclass(frozen=True)
class Benchmark(Generic[Question]):
    """The questions that are asked, in benchmark order, and where their pictures are.

    ``questions`` are the *asked* ones: every denominator counts them. ``scope_size`` is how many the scope has
    when nothing is left out; fewer asked marks every number PARTIAL.
    """

    task: Task
    scope: str
    questions: tuple[Question, ...]
    scope_size: int
    #: First 8 hexadecimal digits of the digest of the scope's canonical records (not of the file's bytes).
    data_hash: str
    #: First 8 hexadecimal digits over the manifest's file digests, or "unknown" without a manifest.
    images_hash: str = "unknown"
    images: ImageStore = field(default_factory=_no_images, repr=False, compare=False)
    _by_qid: dict[str, Question] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_qid", {question.qid: question for question in self.questions})

    def __len__(self) -> int:
        return len(self.questions)

    def __getitem__(self, qid: str) -> Question:
        return self._by_qid[qid]

    def __contains__(self, qid: object) -> bool:
        return qid in self._by_qid

    @property
    def partial(self) -> bool:
        """Whether fewer questions are asked than the scope holds."""
        return len(self.questions) < self.scope_size

    @property
    def pictures(self) -> tuple[Picture, ...]:
        """The pictures of the asked questions, each once, in benchmark order."""
        return tuple({question.picture.id: question.picture for question in self.questions}.values())

    def restricted_to(self, qids: Iterable[str]) -> Benchmark[Question]:
        """The same scope with only these questions asked, in benchmark order.

        Raises:
            BenchmarkError: a qid is not a question of this scope.
        """
        wanted = set(qids)
        unknown = sorted(wanted - self._by_qid.keys())
        if unknown:
            raise BenchmarkError(
                f"{unknown[0]} is not a question of {self.task}/{self.scope}"
                + (f" (nor are {len(unknown) - 1} more)" if len(unknown) > 1 else "")
                + "; check the list of question ids and the scope."
            )
        return replace(self, questions=tuple(q for q in self.questions if q.qid in wanted))


ClosedBenchmark: TypeAlias = Benchmark[ClosedQuestion]
OpenBenchmark: TypeAlias = Benchmark[OpenQuestion]
