"""What the tests of the web part share: a running server, and calls to its API."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

from app import create_app
from app.live.server import FrontServer, background


class Answer(NamedTuple):
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Caller:
    """Plain HTTP to a running server, headers exactly as given."""

    def __init__(self, server: FrontServer) -> None:
        self.server = server
        self.port = server.port

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if body is not None:
            sent.setdefault("Content-Type", "application/json")
        try:
            connection.request(method, path, None if body is None else json.dumps(body), sent)
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read())
        finally:
            connection.close()

    def url(self, path: str) -> str:
        return f"ws://127.0.0.1:{self.port}{path}"

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@pytest.fixture
def call() -> Iterator[Caller]:
    """A server that only this machine can reach."""
    with background(create_app()) as server:
        yield Caller(server)


@pytest.fixture
def outside() -> Iterator[Caller]:
    """The same, taken to be reachable from the network."""
    with background(create_app(bind=("0.0.0.0", 0))) as server:
        yield Caller(server)
