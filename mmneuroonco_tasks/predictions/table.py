"""What a predictions file comes to, whatever tool wrote it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ..benchmark.records import Benchmark


class PredictionsError(ValueError):
    """A predictions file that cannot be used. The message is one sentence: file, record, remedy."""


@dataclass(frozen=True)
class Predictions:
    """Responses by qid, and what the file knows of how they came about.

    ``responses`` holds the text as the model gave it (``None`` where the file has the question but no response).
    ``asked`` is what the file says was asked, or ``None`` where it cannot know: then the scope was asked.
    """

    #: The format as it is told to the user, such as "lmms-eval samples".
    format: str
    responses: Mapping[str, str | None]
    asked: tuple[str, ...] | None = None
    #: The task's name in the framework that wrote the file, if it says so.
    task_name: str | None = None
    #: Entries of the signature that the file or its neighbours tell: via, model, gen, prompt, per.
    run: Mapping[str, str] = field(default_factory=dict)
    #: Whether the file holds letters instead of responses: then refusals cannot be told from wrong answers.
    letters_only: bool = False
    #: Whether a reply to all questions of an image stands under one of them only.
    one_row_an_image: bool = False
    #: Sentences that the reader of the score should see, such as a cell cut at a sheet's limit.
    remarks: tuple[str, ...] = ()
    #: By qid and letter, the probabilities of the options as they were shown, where the file has them.
    probabilities: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    def under_every_question(self, benchmark: Benchmark[Any]) -> Predictions:
        """The same with such a reply under each question of ``benchmark`` that is about its image."""
        if not self.one_row_an_image:
            return self
        replies = {benchmark[qid].picture.id: response for qid, response in self.responses.items() if qid in benchmark}
        responses = {
            question.qid: replies[question.picture.id]
            for question in benchmark.questions
            if question.picture.id in replies
        }
        # What is of no question here stays, to be told of.
        strays = {qid: response for qid, response in self.responses.items() if qid not in benchmark}
        every = responses | strays
        return replace(self, responses=every, asked=tuple(every), one_row_an_image=False)
