"""Asking the judge about a run: in parallel, again where it fails, and never twice about the same."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TypeAlias

from mmneuroonco_tasks.benchmark.records import OpenBenchmark
from mmneuroonco_tasks.scores.judgement import Judgement
from mmneuroonco_tasks.scores.open_reading import OpenOutcome, read_open

from .errors import JudgeError, TransientJudgeError
from .rubric import Message, content_hash, item_name, judge_messages, rubric_hash
from .store import VerdictFile
from .verdict import read_verdict

#: Takes the messages and gives the reply's text. It may raise; it has to be safe to call from several threads.
Ask: TypeAlias = Callable[[list[Message]], str]

ATTEMPTS = 4
#: Seconds before the second attempt, doubled each time, up to the longest.
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0
#: After so many items in a row without any reply nobody is asked any more.
MOST_SILENT_ITEMS = 10
#: So that the rubric's hash is not cut off a signature.
_LONGEST_NAME = 80


@dataclass
class Judge:
    """Marks responses by asking ``ask``, at most ``attempts`` times an item, ``workers`` at once.

    ``name`` is the model's, as it shall stand in the signature. ``verdicts`` is the file that keeps what it said;
    without one every run asks anew. ``pause`` waits between attempts (seconds).
    """

    ask: Ask
    name: str
    verdicts: Path | None = None
    workers: int = 4
    attempts: int = ATTEMPTS
    pause: Callable[[float], None] = time.sleep
    #: Why the judge was given up in the last run, if it was.
    trouble: str | None = field(default=None, init=False)
    _silent: int = field(default=0, init=False, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False, repr=False)

    @property
    def signature(self) -> str:
        """What stands in the signature of scores: the model and the rubric's hash."""
        return f"{self.name[:_LONGEST_NAME]}-{rubric_hash()}"

    def judge(
        self,
        benchmark: OpenBenchmark,
        responses: Mapping[str, str | None],
        progress: Callable[[int, int], None] | None = None,
    ) -> dict[str, Judgement | None]:
        """The verdict on every response that there is, by qid; ``None`` is unjudged.

        Questions without a response (missing, empty, failed) are left out: nobody is asked about them. ``progress`` is
        called with how many distinct items are done, and how many there are.
        """
        items: dict[str, tuple[str, str, str]] = {}
        for question in benchmark.questions:
            answer = read_open(question, responses.get(question.qid))
            if answer.outcome in (OpenOutcome.ANSWERED, OpenOutcome.REFUSED):
                items[question.qid] = (question.question, question.reference_answer, answer.text)
        distinct = list(dict.fromkeys(items.values()))
        mark = partial(self._mark, VerdictFile(self.verdicts) if self.verdicts is not None else None)
        self.trouble, self._silent = None, 0
        found: dict[tuple[str, str, str], Judgement | None] = {}
        with ThreadPoolExecutor(max_workers=max(1, self.workers)) as pool:
            try:
                for item, verdict in zip(distinct, pool.map(mark, distinct), strict=True):
                    found[item] = verdict
                    if progress is not None:
                        progress(len(found), len(distinct))
            except BaseException:
                self.trouble = "the run was broken off."  # so that waiting items do not ask any more
                raise
        return {qid: found[item] for qid, item in items.items()}

    def _mark(self, kept: VerdictFile | None, item: tuple[str, str, str]) -> Judgement | None:
        key = content_hash(self.signature, *item)
        verdict = kept.get(key) if kept is not None else None
        if verdict is None:
            verdict = self._ask_about(item)
            if verdict is not None and kept is not None:
                with suppress(OSError):  # a disk that cannot be written costs a question at the next run, not the score
                    kept.put(key, verdict)
        return verdict

    def _ask_about(self, item: tuple[str, str, str]) -> Judgement | None:
        messages, name = judge_messages(*item), item_name(*item)
        problem = ""
        for attempt in range(self.attempts):
            if self.trouble is not None:
                return None
            wait = 0.0
            try:
                reply = self.ask([dict(message) for message in messages])
                self._silent, problem = 0, ""
                verdict = read_verdict(reply, item[-1], name) if isinstance(reply, str) else None
                if verdict is not None:
                    return verdict
            except TransientJudgeError as error:
                wait, problem = error.wait, str(error)
            except JudgeError as error:
                self.trouble = str(error)
                return None
            except Exception as error:
                # A framework's judge may raise anything; the message might hold a key, so only the kind is told.
                problem = f"the judge failed with {type(error).__name__}."
            if attempt + 1 < self.attempts:
                self.pause(min(LONGEST_PAUSE, max(wait, FIRST_PAUSE * 2**attempt)))
        self._count_silence(problem)
        return None

    def _count_silence(self, problem: str) -> None:
        if problem:
            with self._lock:
                self._silent += 1
                if self._silent >= MOST_SILENT_ITEMS:
                    self.trouble = problem
