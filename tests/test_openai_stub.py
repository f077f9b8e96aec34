"""The stub that stands for a model in other tests answers, fails and counts as it is told."""

from __future__ import annotations

import base64
import json
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

from openai_stub import Failure, Messages, OpenAIStub, text_of


def post(stub: OpenAIStub, content: Any) -> tuple[int, dict[str, Any]]:
    address = urlsplit(stub.base_url)
    connection = HTTPConnection(address.hostname or "", address.port or 0, timeout=30)
    body = json.dumps({"model": "m", "messages": [{"role": "user", "content": content}]})
    connection.request("POST", "/v1/chat/completions", body, {"Content-Type": "application/json"})
    response = connection.getresponse()
    return response.status, json.loads(response.read())


def test_answers_follow_the_function_of_messages_and_number() -> None:
    def answer(messages: Messages, number: int) -> str | Failure:
        return Failure(503) if number == 1 else f"{number}: {text_of(messages)}"

    with OpenAIStub(answer) as stub:
        first = post(stub, "Which?")
        second = post(stub, "Which?")
        third = post(stub, [{"type": "text", "text": "This?"}])
    assert first[1]["choices"][0]["message"]["content"] == "0: Which?"
    assert second[0] == 503
    assert third[1]["choices"][0]["message"]["content"] == "2: This?"
    assert [request.status for request in stub.requests] == [200, 503, 200]


def test_pictures_are_recorded_as_bytes_in_their_place() -> None:
    url = "data:image/png;base64," + base64.b64encode(b"pixels").decode()
    parts = [{"type": "image_url", "image_url": {"url": url}}, {"type": "text", "text": "What is it?"}]
    with OpenAIStub(lambda messages, number: "E") as stub:
        post(stub, parts)
    assert stub.requests[0].images == [b"pixels"]
    assert stub.requests[0].order == ["image_url", "text"]
    assert stub.requests[0].text == "What is it?"
