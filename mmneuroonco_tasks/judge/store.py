"""The file that keeps verdicts, so that a run that was broken off goes on and nothing is paid for twice."""

from __future__ import annotations

import json
import os
import threading
from dataclasses import asdict
from pathlib import Path

from mmneuroonco_tasks.scores.judgement import Judgement

from .verdict import json_objects, verdict_of


class VerdictFile:
    """Verdicts by the hash of everything they depend on: JSON lines, appended one at a time, safe between threads.

    A line that was cut off by a crash, or is no verdict, is skipped; a later line stands for an earlier one.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._verdicts: dict[str, Judgement] = {}
        self._ends_a_line = True
        if path.exists():
            content = path.read_bytes()
            self._ends_a_line = not content or content.endswith(b"\n")
            for line in content.decode("utf-8", "replace").split("\n"):
                found = next(json_objects(line), {})
                verdict, key = verdict_of(found), found.get("key")
                if verdict is not None and isinstance(key, str):
                    self._verdicts[key] = verdict

    def get(self, key: str) -> Judgement | None:
        """The verdict of an earlier run, or of another thread."""
        with self._lock:
            return self._verdicts.get(key)

    def put(self, key: str, verdict: Judgement) -> None:
        """Keep a verdict: it is on disk when this returns."""
        line = json.dumps({"key": key, **asdict(verdict)}) + "\n"
        with self._lock:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.open("ab") as file:
                file.write((line if self._ends_a_line else "\n" + line).encode())
                file.flush()
                os.fsync(file.fileno())
            self._ends_a_line = True
            self._verdicts[key] = verdict
