"""An OpenAI-compatible endpoint, asked with nothing but the standard library; and the judge that the environment names.

The key goes into one header and nowhere else: not into a message, a log, a representation or, over a redirect, to
another host.
"""

from __future__ import annotations

import http.client
import json
import os
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from .errors import JudgeError, JudgeOff, TransientJudgeError
from .judging import Judge
from .rubric import Message

MODEL_VARIABLE = "MMNEUROONCO_JUDGE_MODEL"
URL_VARIABLE = "MMNEUROONCO_JUDGE_URL"
KEY_VARIABLE = "MMNEUROONCO_JUDGE_KEY"
JUDGE_OFF = str(JudgeOff(f"name its model in {MODEL_VARIABLE} and its URL in {URL_VARIABLE}."))

LARGEST_REPLY_BYTES = 4 * 1024 * 1024
_PASSING = frozenset({408, 409, 425, 429})


@dataclass(frozen=True)
class Endpoint:
    """A chat endpoint by its base URL (``…/v1``). Calling it asks once, at temperature 0; ``timeout`` in seconds.

    >>> Endpoint("http://127.0.0.1:8000/v1", "tiny", key="secret")
    Endpoint(url='http://127.0.0.1:8000/v1', model='tiny', timeout=120.0)
    """

    url: str
    model: str
    key: str = field(default="", repr=False)
    timeout: float = 120.0

    def __post_init__(self) -> None:
        parts = urllib.parse.urlsplit(self.url)
        if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
            raise JudgeError("the judge's URL has to be http(s)://host/…/v1, without a name or password in it.")
        if not (self.key.isascii() and self.key.isprintable()):
            raise JudgeError("the judge's key holds characters that no key has; set it again.")

    def __call__(self, messages: Sequence[Message]) -> str:
        """The reply's text.

        Raises:
            TransientJudgeError: asking again may help.
            JudgeError: it won't: the endpoint refuses the request.
        """
        base = self.url.rstrip("/")
        address = base if base.endswith("/chat/completions") else f"{base}/chat/completions"
        body = {"model": self.model, "messages": list(messages), "temperature": 0}
        headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {self.key}"} if self.key else {})
        request = urllib.request.Request(address, json.dumps(body).encode(), headers)
        try:
            with _OPENER.open(request, timeout=self.timeout) as reply:
                content = reply.read(LARGEST_REPLY_BYTES)
        except urllib.error.HTTPError as error:
            with error:
                raise _status_error(error) from None
        except (OSError, http.client.HTTPException):
            raise TransientJudgeError("the judge cannot be reached; check its URL.") from None
        return _text(content)


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Any, newurl: str
    ) -> None:
        """A redirect is an error: the key stays with the host that it was given for."""


_OPENER = urllib.request.build_opener(_NoRedirects)


def _status_error(error: urllib.error.HTTPError) -> JudgeError:
    if error.code in _PASSING or error.code >= 500:
        asked = (error.headers.get("Retry-After") or "") if error.headers else ""
        wait = float(asked) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 0.0
        return TransientJudgeError(f"the judge answers {error.code}.", wait)
    return JudgeError(f"the judge refuses requests with status {error.code}; check its URL, model and key.")


def _text(content: bytes) -> str:
    try:
        text = json.loads(content)["choices"][0]["message"]["content"]
    except (ValueError, KeyError, IndexError, TypeError, RecursionError):
        raise TransientJudgeError("the judge's reply is no chat completion.") from None
    if isinstance(text, list):  # content parts
        text = "".join(str(part.get("text", "")) for part in text if isinstance(part, dict))
    return text if isinstance(text, str) else ""


def judge_from_environment(verdicts: Path | None = None) -> Judge | None:
    """The judge that the environment names, or ``None``: then it is off, and ``JUDGE_OFF`` says so.

    Raises:
        JudgeError: a model is named without a URL, or the URL is none.
    """
    model, url = os.environ.get(MODEL_VARIABLE, "").strip(), os.environ.get(URL_VARIABLE, "").strip()
    if not model:
        return None
    if not url:
        raise JudgeError(f"{MODEL_VARIABLE} names a judge, but {URL_VARIABLE} no URL; set it to the judge's …/v1.")
    return Judge(Endpoint(url, model, os.environ.get(KEY_VARIABLE, "").strip()), model, verdicts)
