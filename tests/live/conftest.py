"""What the tests of the live part share: sessions without a server, and a playbook for endpoints over a socketpair."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator

import pytest

from app import create_app
from app.live.connection import Connection, Engine
from app.live.endpoint import Endpoint
from app.live.server import FrontServer, background
from app.live.session import Session
from app.live.sessions import Sessions
from app.protocol.apps import APPS
from app.protocol.client import SAMPLE_KEY
from app.protocol.handshake import write_request
from app.protocol.server import Server
from app.settings import Settings

REQUEST = write_request("localhost", "/ws/play", SAMPLE_KEY)
ACCEPT = (
    b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"
)
WAIT = 5


class Play:
    """`play >> bytes` is the client sending, `play << bytes` what must come next. `ends()` expects FIN and the end."""

    def __init__(self, session: Session, engine: Engine | None = None, pieces: tuple[bytes, ...] = ()) -> None:
        self.session = session
        self.client, server = socket.socketpair()
        self.client.settimeout(WAIT)
        self.connection: Connection = session.connect("test:1", "echo")
        endpoint = Endpoint(server, engine or Server(APPS["echo"](), limits=session.limits), self.connection)
        read = [(session.now(), piece) for piece in pieces]
        self.thread = threading.Thread(target=endpoint.run, args=(read, sum(map(len, pieces))), daemon=True)
        self.thread.start()

    def __rshift__(self, data: bytes) -> Play:
        self.client.sendall(data)
        return self

    def __lshift__(self, expected: bytes) -> Play:
        got = b""
        while len(got) < len(expected) and (piece := self.client.recv(len(expected) - len(got))):
            got += piece
        assert got.hex(" ") == expected.hex(" ")
        return self

    def settled(self) -> Play:
        """Wait until the endpoint has acted on everything it was asked."""
        self.connection.settle(WAIT)
        return self

    def silent(self) -> Play:
        """Nothing may have been sent."""
        self.settled()
        self.client.setblocking(False)
        with pytest.raises(BlockingIOError):
            self.client.recv(1)
        self.client.settimeout(WAIT)
        return self

    def holding(self, *units: str) -> Play:
        """What is held, oldest first, as `client head`, `server frame` ..."""
        self.until(lambda: len(self.connection.gate.held()) == len(units))
        held = [f"{unit.side} {'head' if unit.head else 'frame'}" for unit in self.connection.gate.held()]
        assert held == list(units)
        return self

    def until(self, condition: Callable[[], bool]) -> Play:
        """Let the endpoint go round until something holds, a bounded number of times."""
        for _ in range(2000):
            if condition():
                return self
            self.connection.settle(WAIT)
        raise AssertionError("it did not come to pass")

    def ends(self) -> Play:
        assert self.client.recv(1) == b""
        self.client.close()
        assert self.connection.closed.wait(WAIT)
        return self

    def kinds(self) -> list[str]:
        """The trace in short: `client 5` for bytes, `client fin`."""
        return [f"{r.side} {len(r.data) if r.kind == 'data' else r.kind}" for r in self.connection.trace.records]


@pytest.fixture
def sessions() -> Iterator[Sessions]:
    made = Sessions(Settings(), trusted=True)
    yield made
    made.publisher.stop()


@pytest.fixture
def session(sessions: Sessions) -> Session:
    return sessions.named("play")


@pytest.fixture
def play(session: Session) -> Iterator[Callable[..., Play]]:
    """Start plays on one session; every one of them has ended when the test has."""
    plays: list[Play] = []

    def start(engine: Engine | None = None, *, pieces: tuple[bytes, ...] = (), on: Session | None = None) -> Play:
        plays.append(Play(on or session, engine, pieces))
        return plays[-1]

    yield start
    for one in plays:
        one.client.close()
        one.connection.abandon()
        one.thread.join(WAIT)
        assert not one.thread.is_alive()


@pytest.fixture
def server() -> Iterator[FrontServer]:
    with background(create_app()) as running:
        yield running
