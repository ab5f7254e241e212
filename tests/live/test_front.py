"""Every kind of head over a real loopback socket: answered rightly, traced whole, and the port goes on."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import replace

import pytest

from app import create_app
from app.live.hub import Hub
from app.live.server import FrontServer, background
from app.settings import Settings
from app.trace import Trace

KEY = b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
PLAIN = b"Host: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
REST = PLAIN + KEY + b"\r\n"
LINE = b"GET /ws/bad HTTP/1.1\r\n"
GOOD = LINE + REST
HELLO = bytes.fromhex("818537fa213d7f9f4d5158")


def without(name: bytes) -> bytes:
    return LINE + b"".join(line for line in REST.splitlines(keepends=True) if not line.startswith(name))


def instead(line: bytes) -> bytes:
    return line + b"\r\n" + REST


AIMED = {
    "HTTP/1.0": (instead(b"GET /ws/bad HTTP/1.0"), 505),
    "HTTP/2.0": (instead(b"GET /ws/bad HTTP/2.0"), 505),
    "no version": (instead(b"GET /ws/bad"), 400),
    "HTTP/one": (instead(b"GET /ws/bad HTTP/one"), 400),
    "no Host": (without(b"Host"), 400),
    "two Hosts": (LINE + b"Host: other\r\n" + REST, 400),
    "no colon": (LINE + b"hello\r\n" + REST, 400),
    "absolute form": (instead(b"GET http://localhost/ws/bad HTTP/1.1"), 101),
    "two slashes": (instead(b"GET //ws/bad HTTP/1.1"), 404),
    "fragment": (instead(b"GET /ws/bad#part HTTP/1.1"), 400),
    "UTF-8 in the target": (instead("GET /ws/bad?é HTTP/1.1".encode()), 400),
    "not UTF-8 in a value of ours": (LINE + b"Sec-WebSocket-Protocol: \xff\r\n" + REST, 400),
    "not UTF-8 in another value": (LINE + b"X: \xff\r\n" + REST, 101),
    "two keys": (LINE + KEY + REST, 400),
    "no key": (without(b"Sec-WebSocket-Key"), 400),
    "short key": (GOOD.replace(b"dGhlIHNhbXBsZSBub25jZQ==", b"dGhlIHNhbXA="), 400),
    "version 8": (GOOD.replace(b"Version: 13", b"Version: 8"), 426),
    "no Upgrade": (without(b"Upgrade"), 426),
    "no Connection": (without(b"Connection"), 400),
    "lower case get": (instead(b"get /ws/bad HTTP/1.1"), 405),
    "POST": (instead(b"POST /ws/bad HTTP/1.1"), 405),
    "20 KB header": (LINE + b"X: " + b"x" * 20_000 + b"\r\n" + REST, 101),
    "70 KB header": (LINE + b"X: " + b"x" * 70_000 + b"\r\n" + REST, 431),
    "150 headers": (LINE + b"X: y\r\n" * 150 + REST, 101),
    "9 KB target": (instead(b"GET /ws/bad?" + b"x" * 9_000 + b" HTTP/1.1"), 101),
    "70 KB target": (instead(b"GET /ws/bad?" + b"x" * 70_000 + b" HTTP/1.1"), 431),
    "bare line feeds": (GOOD.replace(b"\r\n", b"\n"), 400),
    "space before the colon": (LINE + b"X : y\r\n" + REST, 400),
    "continued line": (LINE + b"X: y\r\n z\r\n" + REST, 400),
    "underscore in a name": (LINE + b"X_y: z\r\n" + REST, 101),
    "NUL": (LINE + b"X: \0\r\n" + REST, 400),
    "two spaces": (instead(b"GET  /ws/bad HTTP/1.1"), 400),
    "100-continue": (LINE + b"Expect: 100-continue\r\n" + REST, 101),
    "a body": (LINE + b"Content-Length: 3\r\n" + REST + b"abc", 400),
    "leading line break": (b"\r\n" + GOOD, 400),
    "unknown app": (instead(b"GET /ws/bad?app=nothing HTTP/1.1"), 404),
}
STRAYS = {
    "HTTP/2 preface": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes(9), b"HTTP/1.1 505 "),
    "junk": (b"\x00\x01\x02", b"HTTP/1.1 400 "),
    "frames without a handshake": (HELLO, b"HTTP/1.1 400 "),
    "a line that is no request": (b"hello world\r\n\r\n", b"HTTP/1.1 400 "),
    "no path": (b"OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n", b"HTTP/1.1 400 "),
    "bad session name": (instead(b"GET /ws/Not_A_Name HTTP/1.1"), b"HTTP/1.1 404 "),
    "reserved name": (instead(b"GET /ws/strays HTTP/1.1"), b"HTTP/1.1 404 "),
}
PAGES = {
    "no Host": (b"GET / HTTP/1.1\r\n\r\n", b"400"),
    "two Hosts": (b"GET / HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n", b"400"),
    "HTTP/2.0": (b"GET / HTTP/2.0\r\nHost: localhost\r\n\r\n", b"505"),
    "bare line feeds": (b"GET / HTTP/1.1\nHost: localhost\n\n", b"400"),
    "70 KB target": (b"GET /" + b"x" * 70_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n", b"414"),
    "9 KB target": (b"GET /" + b"x" * 9_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n", b"414"),
    "70 KB header": (b"GET / HTTP/1.1\r\nX: " + b"x" * 70_000 + b"\r\n\r\n", b"431"),
    "150 headers": (b"GET / HTTP/1.1\r\nHost: localhost\r\n" + b"X: y\r\n" * 150 + b"\r\n", b"431"),
    "two lengths": (b"POST /api/sessions HTTP/1.1\r\nHost: a\r\n" + b"Content-Length: 2\r\n" * 2 + b"\r\n{}", b"400"),
    "length and coding": (
        b"POST /api/sessions HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}",
        b"400",
    ),
    "foreign Host": (b"GET /api/sessions HTTP/1.1\r\nHost: evil.example\r\n\r\n", b"421"),
}


def connect(server: FrontServer) -> socket.socket:
    peer = socket.create_connection(server.server_address[:2], 5)
    peer.settimeout(5)
    return peer


def exchange(server: FrontServer, data: bytes, *, enough: bytes = b"\0never", half_close: bool = False) -> bytes:
    """Send bytes and read until the server closes, or `enough` is there."""
    with connect(server) as peer:
        peer.sendall(data)
        if half_close:
            peer.shutdown(socket.SHUT_WR)
        got = b""
        while enough not in got and (piece := peer.recv(65_536)):
            got += piece
        return got


def traces(server: FrontServer, session: str) -> list[Trace]:
    found = server.hub.sessions.get(session)
    assert found is not None
    for connection in found.connections():
        assert connection.closed.wait(5)
    return [connection.trace for connection in found.connections()]


@pytest.fixture(autouse=True)
def nothing_goes_wrong(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    yield
    assert not [record for record in caplog.records if record.exc_info]


@pytest.mark.parametrize("case", AIMED, ids=str)
def test_a_head_aimed_at_us_is_answered_and_traced_whole(server: FrontServer, case: str) -> None:
    head, status = AIMED[case]
    answer = exchange(server, head, enough=b"\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 %d " % status)
    assert answer.count(b"HTTP/1.1") - answer.count(b"HTTP/1.1.") == 1
    (trace,) = traces(server, "bad")
    assert trace.bytes("client")[: len(head)] == head[: trace.size("client")]
    assert trace.size("client") == len(head)


@pytest.mark.parametrize("case", STRAYS, ids=str)
def test_a_head_that_belongs_to_no_path_is_kept_with_the_strays(server: FrontServer, case: str) -> None:
    head, begins = STRAYS[case]
    assert exchange(server, head).startswith(begins)
    (trace,) = traces(server, "strays")
    assert trace.bytes("client") == head


@pytest.mark.parametrize("case", PAGES, ids=str)
def test_elsewhere_the_head_is_judged_strictly(server: FrontServer, case: str) -> None:
    head, status = PAGES[case]
    assert exchange(server, head).split(b" ")[1] == status


def test_a_frame_glued_to_the_head_is_answered(server: FrontServer) -> None:
    answer = exchange(server, GOOD + HELLO, enough=b"Hello")
    assert answer.endswith(bytes.fromhex("810548656c6c6f"))


def test_a_head_that_stops_half_way_is_answered(server: FrontServer) -> None:
    assert exchange(server, LINE + b"Host: x", half_close=True).startswith(b"HTTP/1.1 400 ")
    assert traces(server, "bad")[0].bytes("client") == LINE + b"Host: x"


@pytest.mark.parametrize(("data", "session"), [(b"GET", "strays"), (LINE + b"Host: x", "bad")])
def test_a_head_that_takes_too_long_is_answered(data: bytes, session: str) -> None:
    with background(create_app(replace(Settings(), head_seconds=0.05))) as server:
        assert exchange(server, data).startswith(b"HTTP/1.1 408 ")
        assert traces(server, session)[0].bytes("client") == data


def test_who_says_nothing_is_let_go_without_a_trace() -> None:
    with background(create_app(replace(Settings(), head_seconds=0.05))) as server:
        assert exchange(server, b"") == b""
        assert server.hub.sessions.get("strays") is None


def test_a_slow_body_has_a_limit_too() -> None:
    head = b"POST /api/sessions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    with background(create_app(replace(Settings(), request_seconds=0.05))) as server:
        assert exchange(server, head + b"Content-Length: 9\r\n\r\n{").startswith(b"HTTP/1.1 400 ")


def test_one_continue_is_enough(server: FrontServer) -> None:
    head = b"POST /api/sessions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    answer = exchange(server, head + b"Content-Length: 2\r\nExpect: 100-continue\r\n\r\n{}")
    assert answer.count(b"100 Continue") == 1 and b"201 CREATED" in answer


def test_each_connection_to_echo_has_a_session_of_its_own(server: FrontServer) -> None:
    for _ in range(2):
        exchange(server, GOOD.replace(b"/ws/bad", b"/ws/echo"), enough=b"\r\n\r\n")
    names = [session.id for session in server.hub.sessions.all()]
    assert len(names) == 2 and all(len(name) == 32 for name in names)


def test_strays_are_not_kept_when_others_can_reach_us() -> None:
    with background(create_app(bind=("0.0.0.0", 0))) as server:
        assert exchange(server, b"\x00junk").startswith(b"HTTP/1.1 400 ")
        assert server.hub.sessions.get("strays") is None


def test_too_many_connections_are_told_so() -> None:
    with background(create_app(replace(Settings(), connections=1))) as server, connect(server) as first:
        first.sendall(GOOD)
        assert first.recv(100).startswith(b"HTTP/1.1 101 ")
        answer = exchange(server, b"")
        assert answer.startswith(b"HTTP/1.1 503 ") and b"Retry-After: " in answer


def test_no_room_for_a_session_is_told_so() -> None:
    with background(create_app(replace(Settings(), sessions=1))) as server, connect(server) as first:
        first.sendall(GOOD)
        assert first.recv(100).startswith(b"HTTP/1.1 101 ")
        answer = exchange(server, GOOD.replace(b"/ws/bad", b"/ws/other"))
        assert answer.startswith(b"HTTP/1.1 503 ") and b"Retry-After: " in answer


def test_stopping_says_1001_to_everybody_and_lets_go_what_is_held() -> None:
    with background(create_app()) as server:
        hub: Hub = server.hub
        hub.sessions.named("held").set_mode("hold")
        with connect(server) as held, connect(server) as free:
            held.sendall(GOOD.replace(b"/ws/bad", b"/ws/held"))
            free.sendall(GOOD)
            assert free.recv(1000).startswith(b"HTTP/1.1 101 ")
            session = hub.sessions.get("held")
            while not (session and session.connections() and session.connections()[0].gate.held()):
                pass
            hub.stop()
            assert free.recv(1000) == bytes.fromhex("880203e9")
            assert held.recv(1000).startswith(b"HTTP/1.1 ")


@pytest.mark.parametrize(
    "head", [LINE + REST.replace(b"13", b"12"), b"GET / HTTP/2.0\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n"]
)
def test_answers_that_flask_does_not_give_are_safe_too(server: FrontServer, head: bytes) -> None:
    answer = exchange(server, head, enough=b"\r\n\r\n")
    assert b"\r\nX-Content-Type-Options: nosniff\r\n" in answer
    assert b"\r\nContent-Security-Policy: default-src 'none'" in answer
    assert b"\r\nReferrer-Policy: no-referrer\r\n" in answer
