"""Responses on disk as they come: what a run that was killed has asked already.

One JSONL file a run, ``{"qid": …, "response": …, "request": …}`` a line, which ``mmneuroonco score`` reads too, and
``probabilities`` where the model gave them with a response. Of several ranks each writes a file of its own beside the
first one's, and reads all of them, so that a run may go on with more ranks or fewer. A request is known by the digest
of everything that its response depends on, so another prompt, picture, model or setting is never answered from an
earlier run.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timezone
from hashlib import sha256
from pathlib import Path
from typing import Any

from ..answers.failures import is_failure
from ..benchmark.records import BenchmarkError
from ..predictions.probabilities import COLUMN as PROBABILITIES
from ..predictions.probabilities import read_probabilities
from ..predictions.table import PredictionsError
from .token_probabilities import AnswerText

#: A line holds one response; a longer one was not written here.
LONGEST_LINE = 16 * 1024 * 1024


def request_digest(*parts: Any) -> str:
    """One name for everything that a response depends on: plain values, in a fixed order.

    >>> request_digest("3_q1", {"max_new_tokens": 16}) == request_digest("3_q1", {"max_new_tokens": 32})
    False
    """
    return sha256(json.dumps(parts, ensure_ascii=True, sort_keys=True, default=repr).encode()).hexdigest()


class KeptResponses:
    """The responses of one run, of which this rank's are added to a file that nobody else writes to meanwhile.

    Args:
        run: the file of the first rank.
        rank: this process's number among those of the run.
    """

    def __init__(self, run: Path, rank: int = 0) -> None:
        self._run = run
        self.path = _file_of(run, rank)
        self._known = {request: text for file in self._files() for request, text in self._read(file)}

    def get(self, request: str) -> AnswerText | None:
        """The response to a request, or ``None`` where it was never answered, or only by a failure."""
        return self._known.get(request)

    def __len__(self) -> int:
        return len(self._known)

    def _files(self) -> list[Path]:
        return [self._run, *sorted(self._run.parent.glob(_file_of(self._run, "*").name))]

    def _read(self, file: Path) -> Iterator[tuple[str, AnswerText]]:
        """Whole lines only: a killed writer's last line may be cut, and is asked again."""
        if not file.is_file():
            return
        with file.open("rb") as stream:
            while line := stream.readline(LONGEST_LINE):
                try:
                    record = json.loads(line) if line.endswith(b"\n") else {}
                    request, response = record.get("request"), record.get("response")
                except (ValueError, AttributeError, RecursionError):
                    continue
                if isinstance(request, str) and isinstance(response, str) and not is_failure(response):
                    yield request, AnswerText(response, self._probabilities(record))

    def _probabilities(self, record: Mapping[str, Any]) -> dict[str, float]:
        try:
            return read_probabilities(self.path, str(record.get("qid")), record.get(PROBABILITIES)) or {}
        except PredictionsError:
            return {}  # of a damaged line the response may be good all the same

    def add(self, answered: Iterable[tuple[str, str, str]]) -> None:
        """Keep responses, each with its request and qid: on the disk when this returns.

        Of several responses to one request the first counts: frameworks ask some twice, to give ranks equal work.

        Raises:
            BenchmarkError: the file cannot be written, because the disk is full, say.
        """
        records = []
        known: dict[str, AnswerText] = {}
        for request, qid, response in answered:
            if request in known or request in self._known:
                continue
            known[request] = text = response if isinstance(response, AnswerText) else AnswerText(response)
            told = {PROBABILITIES: text.probabilities} if text.probabilities else {}
            records.append({"qid": qid, "response": text, **told, "request": request})
        lines = (json.dumps(record, ensure_ascii=False) + "\n" for record in records)
        self._append("".join(lines).encode("utf-8", "surrogatepass"))
        self._known |= known

    def _append(self, lines: bytes) -> None:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("ab") as stream:
                # A cut line must not run into the next.
                stream.write(b"\n" * _ends_within_a_line(self.path) + lines)
                stream.flush()
                os.fsync(stream.fileno())
        except OSError as error:
            raise BenchmarkError(
                f"{self.path}: cannot be written ({error.strerror}); make room or name another home by "
                f"MMNEUROONCO_HOME, and run the same command again: {len(self)} responses are kept."
            ) from None

    def finish(self) -> Path | None:
        """Put the files of all ranks by as one, so that the next run asks anew; where to, if there were any.

        For the first rank, once the number is there: then nobody writes any more.
        """
        for file in self._files():
            if file != self.path and file.is_file():
                self._append(file.read_bytes())
                file.unlink()
        if not self.path.is_file():
            return None
        stamp = datetime.now(timezone.utc).strftime("%Y%m%d_%H%M%S_%f")
        return self.path.replace(self.path.with_name(f"{self.path.stem}.finished-{stamp}.jsonl"))


def _file_of(run: Path, rank: int | str) -> Path:
    return run if rank == 0 else run.with_name(f"{run.stem}.rank{rank}.jsonl")


def _ends_within_a_line(path: Path) -> bool:
    size = path.stat().st_size
    if not size:
        return False
    with path.open("rb") as stream:
        stream.seek(size - 1)
        return stream.read(1) != b"\n"


@contextmanager
def kept_responses(run: Path, rank: int = 0) -> Iterator[KeptResponses]:
    """The kept responses of a run for one of its ranks, one process at a time; a process that dies locks nobody out.

    Raises:
        BenchmarkError: another process is at the same run, or the folder cannot be written.
    """
    from filelock import FileLock, Timeout

    path = _file_of(run, rank)
    lock = FileLock(path.with_suffix(".lock"))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=0)
    except Timeout:
        raise BenchmarkError(f"{path}: the same run is at work in another process; wait for it, or stop it.") from None
    except OSError as error:
        raise BenchmarkError(
            f"{path.parent}: cannot be written ({error.strerror}); choose another home by MMNEUROONCO_HOME."
        ) from None
    try:
        yield KeptResponses(run, rank)
    finally:
        lock.release()
