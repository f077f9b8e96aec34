"""A Hugging Face Hub on the loopback with one gated dataset, for the real client to talk to.

It speaks plain HTTP as the hub does for listing a dataset and fetching its files, with ranges, digests and the hub's
error headers, and fails as it is told. Everything it was asked is recorded.

    with HubStub({"images/Benchmark_Images.zip": content}) as stub:
        stub.cuts = [100]                     # the first transfer breaks off after 100 bytes
        run(["prepare"], env=stub.environment(tmp_path, token=APPROVED))
        assert stub.ranges == [None, "bytes=100-"]
"""

from __future__ import annotations

import json
import os
import re
import threading
from dataclasses import dataclass
from hashlib import sha1, sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import quote, unquote, urlsplit

DATASET = "gfnnnb/MM-NeuroOnco-Images"
COMMIT = "c0ffee" * 6 + "c0ff"
APPROVED, WAITING = "hf_madeUpApproved", "hf_madeUpWaiting"
_WAITS = "Your request to access this dataset is awaiting a review from the repo authors."


@dataclass(frozen=True)
class Refusal:
    """What the stub answers instead of serving."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Asked:
    """One request as it arrived."""

    method: str
    path: str
    range: str | None


class HubStub:
    """The server. Change its fields at any time; they hold from the next request on."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self.files = files
        self.asked: list[Asked] = []
        #: Who may read: with ``False`` no token is needed.
        self.gated = True
        #: Answered to listing, and to fetching, instead of serving.
        self.refuse_listing: Refusal | None = None
        self.refuse_files: Refusal | None = None
        #: After how many bytes each coming transfer of a zip breaks off; one is used up a transfer.
        self.cuts: list[int] = []
        #: Files that are sent with a wrong byte, under the right digest.
        self.damaged: set[str] = set()
        #: Announced sizes that are not the real ones.
        self.claimed_sizes: dict[str, int] = {}
        #: Says that files are in Xet storage, which then fails.
        self.xet = False
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler_for(self))
        self._server.daemon_threads = True

    def __enter__(self) -> HubStub:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        """The endpoint."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def fetched(self) -> list[str]:
        """The files whose content was asked for, in order."""
        start = f"/datasets/{DATASET}/resolve/main/"
        return [a.path.removeprefix(start) for a in self.asked if a.method == "GET" and a.path.startswith(start)]

    @property
    def ranges(self) -> list[str | None]:
        """The Range header of each transfer of a zip."""
        return [asked.range for asked in self.asked if asked.method == "GET" and asked.path.endswith(".zip")]

    def environment(self, folder: Path, *, token: str | None = None, **more: str) -> dict[str, str]:
        """This process's environment with the client's settings replaced: endpoint, a cache of its own, a token."""
        ours = {name: value for name, value in os.environ.items() if not name.startswith(("HF_", "HUGGING_FACE_"))}
        ours |= {"HF_ENDPOINT": self.url, "HF_HOME": str(folder / "hf"), "HF_HUB_DISABLE_TELEMETRY": "1"}
        # No proxy of the machine stands between the client and the loopback.
        ours |= {"NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}
        return ours | ({"HF_TOKEN": token} if token else {}) | more

    def refusal_to(self, authorization: str | None) -> Refusal | None:
        """What the gate says to this Authorization header."""
        if not self.gated or authorization == f"Bearer {APPROVED}":
            return None
        if authorization is None:
            return Refusal(401, (("X-Error-Code", "GatedRepo"), ("X-Error-Message", "Please log in.")))
        if authorization == f"Bearer {WAITING}":
            return Refusal(403, (("X-Error-Code", "GatedRepo"), ("X-Error-Message", _WAITS)))
        return Refusal(401, (("X-Error-Message", "Invalid credentials in Authorization header"),))

    def listing(self) -> dict[str, Any]:
        """What the hub answers about the dataset."""
        siblings = [
            {"rfilename": name, "size": self.size(name), "blobId": _git_digest(content)}
            | (
                {"lfs": {"sha256": etag_of(name, content), "size": self.size(name), "pointerSize": 134}}
                if _large(name)
                else {}
            )
            for name, content in self.files.items()
        ]
        return {"id": DATASET, "sha": COMMIT, "private": False, "gated": "manual", "tags": [], "siblings": siblings}

    def tree(self) -> list[dict[str, Any]]:
        """The same files as the hub lists a commit's tree, which clients ask for before they download all of it."""
        return [
            {"type": "file", "path": name, "size": self.size(name), "oid": _git_digest(content)}
            for name, content in self.files.items()
        ]

    def size(self, name: str) -> int:
        """The announced size."""
        return self.claimed_sizes.get(name, len(self.files[name]))


def etag_of(name: str, content: bytes) -> str:
    """The hub's digest: SHA-256 of a large file, Git's of a small one."""
    return sha256(content).hexdigest() if _large(name) else _git_digest(content)


def _large(name: str) -> bool:
    return name.endswith(".zip")


def _git_digest(content: bytes) -> str:
    return sha1(b"blob %d\0" % len(content) + content).hexdigest()


def _handler_for(stub: HubStub) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_HEAD(self) -> None:
            self._answer()

        def do_GET(self) -> None:
            self._answer()

        def _answer(self) -> None:
            path = unquote(urlsplit(self.path).path)
            stub.asked.append(Asked(self.command, path, self.headers.get("Range")))
            if path in (f"/api/datasets/{DATASET}", f"/api/datasets/{DATASET}/revision/main"):
                self._list()
            elif path == f"/api/datasets/{DATASET}/tree/{COMMIT}":
                self._list(tree=True)
            elif path.startswith(f"/datasets/{DATASET}/resolve/"):
                self._file(path.split("/", 6)[6])
            elif "/xet-read-token/" in path:
                # Tokens to a storage that nobody serves.
                storage = {"X-Xet-Cas-Url": "http://127.0.0.1:9", "X-Xet-Access-Token": "made-up"}
                self._refuse(Refusal(200, (*storage.items(), ("X-Xet-Token-Expiration", "9999999999"))))
            else:
                self._refuse(Refusal(404, (("X-Error-Code", "RepoNotFound"),)))

        def _list(self, *, tree: bool = False) -> None:
            if stub.refuse_listing:
                return self._refuse(stub.refuse_listing)
            body = json.dumps(stub.tree() if tree else stub.listing()).encode()
            self._send(200, [("Content-Type", "application/json"), ("Content-Length", str(len(body)))], body)

        def _file(self, name: str) -> None:
            refusal = stub.refuse_files or stub.refusal_to(self.headers.get("Authorization"))
            if refusal:
                return self._refuse(refusal)
            if name not in stub.files:
                return self._refuse(Refusal(404, (("X-Error-Code", "EntryNotFound"), ("X-Repo-Commit", COMMIT))))
            content = stub.files[name]
            etag, size = etag_of(name, content), stub.size(name)
            headers = [("X-Repo-Commit", COMMIT), ("ETag", f'"{etag}"'), ("Accept-Ranges", "bytes")]
            if _large(name):
                headers += [("X-Linked-ETag", f'"{etag}"'), ("X-Linked-Size", str(size))]
            if stub.xet:
                route = f"/api/datasets/{quote(DATASET)}/xet-read-token/{COMMIT}"
                headers += [("X-Xet-Hash", "ab" * 32), ("Link", f'<{stub.url}{route}>; rel="xet-auth"')]
            if name in stub.damaged:
                content = bytes([content[0] ^ 1]) + content[1:]
            if self.command == "HEAD":
                return self._send(200, [*headers, ("Content-Length", str(size))], b"")
            self._transfer(name, headers, content)

        def _transfer(self, name: str, headers: list[tuple[str, str]], content: bytes) -> None:
            status, wanted = 200, re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
            body = content
            if wanted:
                start = int(wanted.group(1))
                status, body = 206, content[start:]
                headers = [*headers, ("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")]
            sent = body[: stub.cuts.pop(0)] if stub.cuts and _large(name) else body
            self._send(status, [*headers, ("Content-Length", str(len(body)))], sent)
            if len(sent) < len(body):
                self.close_connection = True

        def _refuse(self, refusal: Refusal) -> None:
            self._send(refusal.status, [*refusal.headers, ("Content-Length", "0")], b"")

        def _send(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
            self.send_response(status)
            for name, value in headers:
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)
            self.wfile.flush()

        def log_message(self, format: str, *args: object) -> None:
            pass

    return Handler
