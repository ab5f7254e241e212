"""Waiting for sockets, with `select.poll` and without it: the whole live part must run where there is none."""

from __future__ import annotations

import json
import select
import socket
from collections.abc import Callable, Iterator

import pytest
from websockets.sync.client import connect

from app import create_app
from app.live.server import background
from app.live.session import Session
from app.live.watch import IN, OUT, SelectWatch, watch

from .conftest import ACCEPT, REQUEST, WAIT, Play

HELLO = bytes.fromhex("818537fa213d7f9f4d5158")
HELLO_BACK = bytes.fromhex("810548656c6c6f")
Pair = tuple[socket.socket, socket.socket]


@pytest.fixture
def no_poll(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(select, "poll", raising=False)
    assert isinstance(watch(), SelectWatch)


@pytest.fixture
def pair() -> Iterator[Pair]:
    ours, theirs = socket.socketpair()
    yield ours, theirs
    ours.close()
    theirs.close()


@pytest.mark.parametrize("make", [watch, SelectWatch])
def test_what_happens_is_told(make: Callable[[], SelectWatch], pair: Pair) -> None:
    ours, theirs = pair
    watching, number = make(), ours.fileno()
    watching.register(ours, IN)
    assert watching.poll(0) == []
    watching.modify(ours, IN | OUT)
    assert watching.poll(0) == [(number, OUT)]
    theirs.send(b"x")
    watching.modify(ours, IN)
    assert watching.poll(None) == [(number, IN)]


def test_a_socket_that_was_closed_ends_the_waiting(pair: Pair) -> None:
    watching = SelectWatch()
    watching.register(pair[0], IN)
    pair[0].close()
    assert watching.poll(None) == []


@pytest.mark.usefixtures("no_poll")
class TestWithoutPoll:
    def test_a_connection_is_served_held_and_closed(self, session: Session, play: Callable[..., Play]) -> None:
        run = play() >> REQUEST << ACCEPT >> HELLO << HELLO_BACK
        session.set_mode("hold")
        run >> HELLO
        run.holding("client frame").silent()
        session.set_mode("run")
        run << HELLO_BACK
        run.client.shutdown(socket.SHUT_WR)
        run.ends()

    def test_a_large_answer_waits_until_it_is_taken(self, play: Callable[..., Play]) -> None:
        size = 4_000_000
        run = play() >> REQUEST << ACCEPT
        frame = b"\x82\xff" + size.to_bytes(8, "big") + bytes(4 + size)
        run >> frame << b"\x82\x7f" + size.to_bytes(8, "big") + bytes(size)

    def test_pages_feeds_and_scripted_clients(self) -> None:
        with background(create_app()) as server:
            session = server.hub.sessions.named("demo")
            with connect(f"ws://127.0.0.1:{server.port}/feed/demo", compression=None) as line:
                line.send(json.dumps({"after": 0}))
                assert json.loads(line.recv(timeout=WAIT))["news"] == []
                client = server.hub.clients.speaker("demo")
                client.say(lambda half: half.frame(1, b"Hello"))
                seen = ""
                while HELLO_BACK.hex() not in seen and '"tag":"TEXT"' not in seen:
                    seen += str(line.recv(timeout=WAIT))
            assert session.connections()[0].open
