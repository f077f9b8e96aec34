"""How a held-out part of the instruction data is asked: each question in its own words."""

from __future__ import annotations

from dataclasses import dataclass

from ..benchmark.records import ClosedQuestion, OpenQuestion
from ..prompts import Protocol

#: Names the held-out files, one or several (separated as in PATH), and the folder of their pictures.
INSTRUCTIONS_VARIABLE = "MMNEUROONCO_INSTRUCTIONS"
IMAGES_VARIABLE = "MMNEUROONCO_INSTRUCTION_IMAGES"
#: The scope in signatures; the data hash tells one held-out part from another.
SCOPE = "instruction"


@dataclass(frozen=True, slots=True)
class InstructionQuestion(ClosedQuestion):
    """A closed question that is asked in its own words: ``prompt`` is the user's whole text."""

    prompt: str = ""


class OwnWords(Protocol):
    """Asks every question by its own prompt."""

    def text(self, *questions: ClosedQuestion | OpenQuestion) -> str:
        """The prompt of the question."""
        (question,) = questions
        return question.prompt if isinstance(question, InstructionQuestion) else question.question


#: With and without explanation the letter comes first, so 512 tokens are for models that reason before they answer.
CLOSED_PROTOCOL = OwnWords("instruction", "{prompt}", 512)
OPEN_PROTOCOL = OwnWords("instruction-open", "{prompt}", 512)
