"""An OpenAI-compatible chat server on the loopback, for tests of frameworks that ask over HTTP.

What it answers is decided by one function of (messages, request number); everything it was asked is recorded.

    def answer(messages, number):
        if number == 7:
            return Failure(500)
        return "The answer is B."

    with OpenAIStub(answer) as stub:
        run(["--base-url", stub.base_url])
        assert stub.count == 10 and "Options" in stub.requests[0].text
"""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from types import TracebackType
from typing import Any

from PIL import Image

Messages = list[dict[str, Any]]


@dataclass(frozen=True)
class Failure:
    """What an answer function returns for an HTTP error."""

    status: int = 500
    message: str = "made to fail"


@dataclass(frozen=True)
class Told:
    """What an answer function returns for an answer with log-probabilities: each token, and what could stand there."""

    tokens: tuple[tuple[str, dict[str, float]], ...]

    @property
    def text(self) -> str:
        """The answer."""
        return "".join(token for token, _ in self.tokens)

    @property
    def logprobs(self) -> dict[str, Any]:
        """The same as the interface gives it to those who ask for it."""
        return {
            "content": [
                {**_logprob(token, alternatives.get(token, -1.0)), "top_logprobs": list(_listed(alternatives))}
                for token, alternatives in self.tokens
            ]
        }


def _logprob(token: str, logarithm: float) -> dict[str, Any]:
    return {"token": token, "logprob": logarithm, "bytes": list(token.encode())}


def _listed(alternatives: dict[str, float]) -> Iterator[dict[str, Any]]:
    for token, logarithm in alternatives.items():
        yield _logprob(token, logarithm)


Answerer = Callable[[Messages, int], "str | Failure | Told"]


@dataclass
class Request:
    """One request as it arrived. ``number`` counts from 0; ``status`` is what was sent back."""

    number: int
    body: dict[str, Any]
    headers: dict[str, str]
    status: int = 200

    @property
    def messages(self) -> Messages:
        messages: Messages = self.body["messages"]
        return messages

    @property
    def text(self) -> str:
        """The user's text, without pictures."""
        return text_of(self.messages)

    @property
    def images(self) -> list[bytes | str]:
        """The user's pictures: the bytes of data URLs, other URLs as they are."""
        return images_of(self.messages)

    @property
    def order(self) -> list[str]:
        """The kinds of the user's content parts in order: "text", "image_url"."""
        return [part["type"] for part in parts_of(self.messages)]


def parts_of(messages: Messages) -> list[dict[str, Any]]:
    """The content parts of the user's messages, a plain string being one text part."""
    parts: list[dict[str, Any]] = []
    for message in messages:
        if message["role"] == "user":
            content = message["content"]
            parts += [{"type": "text", "text": content}] if isinstance(content, str) else content
    return parts


def text_of(messages: Messages) -> str:
    """The user's text."""
    return "\n".join(part["text"] for part in parts_of(messages) if part["type"] == "text")


def images_of(messages: Messages) -> list[bytes | str]:
    """The user's pictures."""
    urls = [part["image_url"]["url"] for part in parts_of(messages) if part["type"] == "image_url"]
    return [base64.b64decode(url.partition(",")[2]) if url.startswith("data:") else url for url in urls]


def pixels(picture: bytes | str | Image.Image) -> str:
    """A digest of a picture's pixels, by which it is known again: frameworks encode pictures anew."""
    if isinstance(picture, bytes):
        with Image.open(BytesIO(picture)) as opened:
            return pixels(opened)
    assert not isinstance(picture, str), "a picture was sent by its path"
    return sha256(picture.convert("RGB").tobytes()).hexdigest()


@dataclass
class OpenAIStub:
    """The server. ``answer`` may be replaced between runs; ``requests`` may be cleared."""

    answer: Answerer
    #: Models that ``GET /v1/models`` names, for clients that look.
    models: tuple[str, ...] = ("stub",)
    requests: list[Request] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._served = 0
        self._server = _Server(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True

    @property
    def base_url(self) -> str:
        """What clients call the base URL, without a slash at the end."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    @property
    def count(self) -> int:
        """How many chat requests have come in since ``requests`` was last cleared."""
        return len(self.requests)

    def __enter__(self) -> OpenAIStub:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def take(self, body: dict[str, Any], headers: dict[str, str]) -> tuple[int, dict[str, Any]]:
        """Record a request and decide the status and body of its response."""
        with self._lock:
            request = Request(self._served, body, headers)
            self._served += 1
            self.requests.append(request)
        answer = self.answer(request.messages, request.number)
        if isinstance(answer, Failure):
            request.status = answer.status
            return answer.status, {"error": {"message": answer.message, "type": "stub", "code": answer.status}}
        told = answer.logprobs if isinstance(answer, Told) and body.get("logprobs") else None
        message = {"role": "assistant", "content": answer.text if isinstance(answer, Told) else answer}
        return 200, {
            "id": f"stub-{request.number}",
            "object": "chat.completion",
            "created": 0,
            "model": body.get("model", "stub"),
            "choices": [{"index": 0, "message": message, "logprobs": told, "finish_reason": "stop"}],
            "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
        }


class _Server(ThreadingHTTPServer):
    request_queue_size = 128  # the default of 5 may drop connections where 32 are opened at once


def _handler(stub: OpenAIStub) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # else a body waits 40 ms for the acknowledgement of its headers

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            self._send(*stub.take(body, dict(self.headers)))

        def do_GET(self) -> None:
            listed = [{"id": name, "object": "model", "owned_by": "stub"} for name in stub.models]
            self._send(200, {"object": "list", "data": listed})

        def _send(self, status: int, body: dict[str, Any]) -> None:
            content = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing: requests are recorded, not printed."""

    return Handler
