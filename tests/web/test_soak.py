"""Many followers, a slow one, and clients that vanish: bounded, over loopback, and nothing is left behind."""

from __future__ import annotations

import json
import os
import selectors
import socket
import struct
import threading
from contextlib import ExitStack, closing
from dataclasses import replace

import pytest

from app import create_app
from app.live.server import background, raise_file_limit
from app.live.session import Session
from app.protocol.client import SAMPLE_KEY
from app.protocol.frames import Opcode, write_frame
from app.protocol.handshake import write_request
from app.settings import Settings

from .conftest import Caller

FOLLOWERS = 300
EVENTS = 200
KEY = bytes(4)
HELLO = write_frame(Opcode.TEXT, b"Hello", key=bytes.fromhex("9c4b07e2"))
RESET = struct.pack("ii", 1, 0)
"""SO_LINGER with no time: closing sends RST, as when a process is killed with unread bytes."""


def begin(call: Caller, session: Session) -> socket.socket:
    """A follower that has said where to begin."""
    peer = socket.create_connection(("127.0.0.1", call.port), 10)
    request = write_request("localhost", f"/feed/{session.id}", SAMPLE_KEY)
    peer.sendall(request + write_frame(Opcode.TEXT, b'{"after":0}', key=KEY))
    return peer


def until(peers: list[socket.socket], mark: bytes) -> None:
    """Read until every peer has seen the mark."""
    with selectors.DefaultSelector() as waiting:
        for peer in peers:
            waiting.register(peer, selectors.EVENT_READ, bytearray())
        while waiting.get_map():
            ready = waiting.select(10)
            assert ready, f"{len(waiting.get_map())} of {len(peers)} are still waiting"
            for key, _ in ready:
                seen: bytearray = key.data
                data = key.fileobj.recv(1 << 18)  # type: ignore[union-attr]
                assert data, "a follower was cut off"
                seen += data
                if mark in seen:
                    waiting.unregister(key.fileobj)
                del seen[: -len(mark)]


def mark(number: int) -> bytes:
    return b'"number": %d}' % number


def publish(session: Session, count: int, size: int = 250) -> None:
    for number in range(count):
        session.log.append([json.dumps({"x": "x" * size, "number": number})])


def gone(session: Session, call: Caller) -> None:
    """Wait until nobody follows any more."""
    pause = threading.Event()
    for _ in range(500):
        if not session.followed and not len(call.server.hub.pump):
            return
        pause.wait(0.01)
    raise AssertionError(f"{session.followed} followers are still there")


def descriptors() -> int:
    return len(os.listdir("/proc/self/fd"))


@pytest.fixture(autouse=True)
def _enough_files() -> None:
    raise_file_limit()


def test_three_hundred_followers_hear_everything_and_leave_nothing_behind(call: Caller) -> None:
    session, _ = call.server.hub.sessions.create()
    before = descriptors() if os.path.isdir("/proc/self/fd") else 0
    with ExitStack() as stack:
        peers = [stack.enter_context(closing(begin(call, session))) for _ in range(FOLLOWERS)]
        until(peers, b'"news":[]}')
        assert session.followed == FOLLOWERS
        publish(session, EVENTS)
        until(peers, mark(EVENTS - 1))
    gone(session, call)
    if before:
        pause = threading.Event()
        for _ in range(200):
            if descriptors() <= before + 2:
                return
            pause.wait(0.01)
        raise AssertionError("descriptors were not given back")


def test_a_slow_follower_among_many_is_cut_off_and_delays_nobody() -> None:
    with background(create_app(replace(Settings(), send_seconds=0.2))) as server:
        call = Caller(server)
        session, _ = server.hub.sessions.create()
        with ExitStack() as stack:
            slow = stack.enter_context(closing(begin(call, session)))
            peers = [stack.enter_context(closing(begin(call, session))) for _ in range(30)]
            until([slow, *peers], b'"news":[]}')
            for number in range(40):
                session.log.append([json.dumps({"x": "x" * 200_000, "number": number})])
                until(peers, mark(number))
            pause = threading.Event()
            for _ in range(500):
                if session.followed == 30:
                    break
                pause.wait(0.01)
            assert session.followed == 30
            publish(session, 1)
            until(peers, mark(0))


@pytest.mark.parametrize("how", ["killed", "vanished"])
def test_clients_that_break_off_disturb_nobody(call: Caller, how: str) -> None:
    session, _ = call.server.hub.sessions.create()
    with ExitStack() as stack:
        stays = stack.enter_context(closing(begin(call, session)))
        peers = [begin(call, session) for _ in range(40)]
        until([stays, *peers], b'"news":[]}')
        publish(session, 20)
        for peer in peers:
            if how == "killed":
                peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            peer.close()
        publish(session, EVENTS)
        until([stays], mark(EVENTS - 1))
    gone(session, call)


def test_connections_that_are_killed_in_the_middle_of_a_frame_end(call: Caller) -> None:
    session = call.server.hub.sessions.named("demo")
    for n in range(40):
        peer = socket.create_connection(("127.0.0.1", call.port), 10)
        peer.sendall(write_request("localhost", "/ws/demo", SAMPLE_KEY) + HELLO * 20 + HELLO[: n % len(HELLO)])
        until([peer], write_frame(Opcode.TEXT, b"Hello"))
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        peer.close()
    for connection in session.connections():
        assert connection.closed.wait(5)
        assert connection.trace.records[-1].kind in ("rst", "fin")
    with closing(socket.create_connection(("127.0.0.1", call.port), 10)) as peer:
        peer.sendall(write_request("localhost", "/ws/demo", SAMPLE_KEY) + HELLO)
        until([peer], write_frame(Opcode.TEXT, b"Hello"))
