"""A client for tests: whole requests over real sockets, and raw bytes for those no library would send."""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
from typing import Any, NamedTuple

GOOD = {"age": 33, "income": 2.5, "town": "Bonn", "ok": "true"}


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: Any

    @property
    def code(self):
        return self.body["error"]["code"]

    @property
    def sentence(self):
        return self.body["error"]["sentence"]


class Client:
    """One keep-alive connection with the key."""

    def __init__(self, port, key):
        self.port = port
        self.key = key
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)

    def __enter__(self):
        return self

    def __exit__(self, *_problem):
        self._connection.close()

    def ask(self, method="GET", path="/health", body=None, **headers: Any):
        """Ask; a header given as None is left out, one underscore in a name is a hyphen."""
        given: dict[str, Any] = {"Authorization": f"Bearer {self.key}"} | (
            {"Content-Type": "application/json"} if body else {}
        )
        given |= {name.replace("_", "-"): value for name, value in headers.items()}
        given = {name: value for name, value in given.items() if value is not None}
        self._connection.request(method, path, body, given)
        answer = self._connection.getresponse()
        content = answer.read()
        return Answer(answer.status, {k.lower(): v for k, v in answer.getheaders()}, json.loads(content or b"null"))

    def predict(self, *rows, **headers):
        return self.ask("POST", "/predict", json.dumps({"rows": rows}), **headers)

    def send(self, text, **headers):
        return self.ask("POST", "/predict", text, **headers)


def raw(port, *pieces, timeout=10):
    """Send bytes and return all that comes until the other side closes or is silent; b"" if it only closed."""
    with socket.create_connection(("127.0.0.1", port), timeout=timeout) as connection:
        with contextlib.suppress(ConnectionError):
            for piece in pieces:
                connection.sendall(piece)
        return received(connection)


def received(connection):
    answer = b""
    with contextlib.suppress(ConnectionError, TimeoutError):
        while piece := connection.recv(65536):
            answer += piece
            head, _end, body = answer.partition(b"\r\n\r\n")
            if b"content-length: %d\r\n" % len(body) in head.lower() + b"\r\n":
                break
    return answer


def status_of(answer):
    return int(answer.split(b" ", 2)[1]) if answer else 0
