"""What can go wrong with asking a judge."""

from __future__ import annotations


class JudgeError(ValueError):
    """A judge that cannot be asked at all. The message is one sentence and never holds a key."""


class JudgeOff(JudgeError):
    """There is no judge to ask. The message is the one line with which everything else is reported.

    >>> str(JudgeOff("name its model."))
    'The judge was off; to use one, name its model.'
    """

    def __init__(self, remedy: str) -> None:
        super().__init__(f"The judge was off; to use one, {remedy}")


class TransientJudgeError(JudgeError):
    """A failure that may pass: overload, a limit of requests, a broken connection."""

    def __init__(self, message: str, wait: float = 0.0) -> None:
        super().__init__(message)
        #: Seconds that the server asked to wait.
        self.wait = wait
