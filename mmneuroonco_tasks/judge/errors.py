"""What can go wrong with asking a judge."""

from __future__ import annotations


class JudgeError(ValueError):
    """A judge that cannot be asked at all. The message is one sentence and never holds a key."""


class TransientJudgeError(JudgeError):
    """A failure that may pass: overload, a limit of requests, a broken connection."""

    def __init__(self, message: str, wait: float = 0.0) -> None:
        super().__init__(message)
        #: Seconds that the server asked to wait.
        self.wait = wait
