"""The feed, and that each known defect of the library below it stays away."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from app import create_app
from app.live.server import background
from app.protocol.client import SAMPLE_KEY
from app.protocol.frames import Opcode, read_header, write_close, write_frame
from app.protocol.handshake import write_request
from app.settings import Settings
from app.web import feed

from .conftest import Caller

KEY = bytes(4)


@contextmanager
def follow(call: Caller, session: str, after: Any = 0, key: str = "") -> Iterator[ClientConnection]:
    with connect(call.url(f"/feed/{session}"), compression=None) as line:
        line.send(json.dumps({"after": after, "key": key}))
        yield line


def refusal(address: str, **options: Any) -> int:
    """The status with which a handshake is refused."""
    with pytest.raises(InvalidStatus) as refused, connect(address, **options):
        pass
    return int(refused.value.response.status_code)


def take(line: ClientConnection) -> dict[str, Any]:
    message: dict[str, Any] = json.loads(line.recv(timeout=5))
    return message


def echo(call: Caller, session: str, *texts: str) -> None:
    with connect(call.url(f"/ws/{session}"), compression=None) as peer:
        for text in texts:
            peer.send(text)
            assert peer.recv(timeout=5) == text


def tags(messages: list[dict[str, Any]]) -> list[str]:
    """The tags of all events in these messages."""
    news = [item for message in messages for item in message["news"] if item["kind"] == "events"]
    return [event["tag"] for item in news for event in item["events"]]


def until(line: ClientConnection, tag: str, times: int = 1) -> list[dict[str, Any]]:
    messages: list[dict[str, Any]] = []
    while tags(messages).count(tag) < times:
        messages.append(take(line))
    return messages


@pytest.fixture
def session(call: Caller) -> str:
    return str(call("POST", "/api/sessions", {}).json["id"])


class TestNews:
    def test_a_newcomer_gets_a_summary_and_then_what_happens(self, call: Caller, session: str) -> None:
        echo(call, session, "before")
        with follow(call, session) as line:
            first = take(line)
            assert [item["kind"] for item in first["news"]] == ["connection", "events"]
            echo(call, session, "after")
            messages = until(line, "FIN", 2)
        assert tags(messages).count("TEXT") == 4  # two frames and two messages

    def test_coming_back_loses_and_repeats_nothing(self, call: Caller, session: str) -> None:
        with follow(call, session) as line:
            position = take(line)["position"]
            echo(call, session, "one")
            seen = until(line, "FIN", 2)
        position = seen[-1]["position"]
        echo(call, session, "two", "three")
        with follow(call, session, position) as line:
            message = take(line)
        assert not message["gap"]
        ids = {item["connection"] for item in message["news"] if item["kind"] == "events"}
        assert ids == {"c2"}
        numbers = [event["seq"] for item in message["news"] if item["kind"] == "events" for event in item["events"]]
        assert numbers == list(range(len(numbers)))

    def test_a_position_that_is_gone_gets_a_gap_mark_and_a_summary(self, call: Caller, session: str) -> None:
        echo(call, session, "one")
        with follow(call, session, 5) as line:
            message = take(line)
        assert message["gap"] and message["news"][0]["kind"] == "connection"

    def test_many_events_at_once_are_only_announced(self, call: Caller, session: str) -> None:
        echo(call, session, *["text"] * 40)
        with follow(call, session) as line:
            item = take(line)["news"][1]
        assert item["events"] is None and item["last_seq"] > 64

    def test_holding_is_news(self, call: Caller, session: str) -> None:
        with follow(call, session) as line:
            take(line)
            call("POST", f"/api/sessions/{session}/gate", {"mode": "hold"})
            with socket.create_connection(("127.0.0.1", call.port)) as peer:
                peer.sendall(write_request("localhost", f"/ws/{session}", SAMPLE_KEY))
                held: list[Any] = []
                while not held:
                    held = [unit for item in take(line)["news"] if item["kind"] == "held" for unit in item["held"]]
        assert held[0]["unit"] == "head" and held[0]["held_side"] == "inbound" and held[0]["left_ms"] > 10_000

    def test_followers_share_what_was_encoded(self, call: Caller, session: str) -> None:
        with follow(call, session) as one, follow(call, session) as two:
            take(one), take(two)
            echo(call, session, "text")
            assert tags(until(one, "FIN", 2)) == tags(until(two, "FIN", 2))


class TestTheLibraryBelow:
    """flask-sock and simple-websocket: what they get wrong is kept from the wire."""

    def raw(self, call: Caller, session: str, *, headers: tuple[tuple[str, str], ...] = ()) -> socket.socket:
        peer = socket.create_connection(("127.0.0.1", call.port))
        peer.settimeout(5)
        peer.sendall(write_request(f"127.0.0.1:{call.port}", f"/feed/{session}", SAMPLE_KEY, headers))
        self.rest = b""
        while b"\r\n\r\n" not in self.rest:
            self.rest += peer.recv(4096)
        self.head, _, self.rest = self.rest.partition(b"\r\n\r\n")
        return peer

    def frames(self, peer: socket.socket) -> Iterator[tuple[int, bytes]]:
        data = self.rest
        while True:
            header = read_header(data)
            if header and len(data) >= header.size + header.length:
                yield header.opcode, data[header.size : header.size + header.length]
                data = data[header.size + header.length :]
                continue
            piece = peer.recv(65_536)
            if not piece:
                assert data == b"", "bytes that are no frame"
                return
            data += piece

    def test_no_http_follows_the_101(self, call: Caller, session: str) -> None:
        for _ in range(10):
            with self.raw(call, session) as peer:
                peer.sendall(write_frame(Opcode.TEXT, b'{"after":0}', key=KEY))
                peer.sendall(write_close(1000, key=KEY))
                frames = list(self.frames(peer))
            assert [opcode for opcode, _ in frames] in ([1, 8], [8]) and frames[-1][1][:2] == b"\x03\xe8"

    def test_a_handler_that_fails_closes_with_1011(
        self, call: Caller, session: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(message: object) -> int:
            raise RuntimeError("a defect")

        monkeypatch.setattr(feed, "_first", fail)
        with follow(call, session) as line, pytest.raises(ConnectionClosed) as closed:
            line.recv(timeout=5)
        assert closed.value.rcvd and closed.value.rcvd.code == 1011

    def test_compression_is_not_agreed(self, call: Caller, session: str) -> None:
        self.raw(call, session, headers=(("Sec-WebSocket-Extensions", "permessage-deflate"),)).close()
        assert self.head.startswith(b"HTTP/1.1 101") and b"xtensions" not in self.head

    def test_pongs_stay_between_frames(self, call: Caller, session: str) -> None:
        with self.raw(call, session) as peer:
            peer.sendall(write_frame(Opcode.TEXT, b'{"after":0}', key=KEY))
            found = call.server.hub.sessions.get(session)
            assert found is not None
            for number in range(20):
                found.log.append([json.dumps("x" * 100_000)])
                peer.sendall(write_frame(Opcode.PING, b"%d" % number, key=KEY))
            pongs, positions = 0, []
            for opcode, payload in self.frames(peer):
                if opcode == Opcode.PONG:
                    pongs += 1
                else:
                    positions.append(json.loads(payload)["position"])
                if pongs == 20 and positions[-1] == found.log.end:
                    break
            assert positions == sorted(positions)

    def test_what_is_glued_to_the_head_is_no_harm(self, call: Caller, session: str) -> None:
        with socket.create_connection(("127.0.0.1", call.port)) as peer:
            peer.settimeout(5)
            head = write_request(f"127.0.0.1:{call.port}", f"/feed/{session}", SAMPLE_KEY)
            peer.sendall(head + write_frame(Opcode.TEXT, b'{"after":0}', key=KEY))
            got = b""
            while b'{"position":' not in got:
                got += peer.recv(4096)

    def test_a_slow_follower_delays_nobody_and_gets_a_gap_mark(self) -> None:
        with background(create_app(replace(Settings(), log_items=8))) as server:
            call = Caller(server)
            session = server.hub.sessions.create()[0]
            with self.raw(call, session.id) as slow, follow(call, session.id) as quick:
                slow.sendall(write_frame(Opcode.TEXT, b'{"after":0}', key=KEY))
                take(quick)
                for _ in range(60):
                    session.log.append([json.dumps("x" * 200_000)])
                    assert take(quick)["position"] <= session.log.end
                gaps = 0
                for _, payload in self.frames(slow):
                    message = json.loads(payload)
                    gaps += message["gap"]
                    if message["position"] == session.log.end:
                        break
                assert gaps >= 1  # more when the system had room for a moment

    def test_everything_ends_with_the_follower(self, call: Caller, session: str) -> None:
        found = call.server.hub.sessions.get(session)
        assert found is not None
        with follow(call, session) as line:
            take(line)
            assert found.followed == 1 and len(call.server.hub.pump) == 1
        end = threading.Event()
        for _ in range(200):
            if not found.followed and not len(call.server.hub.pump):
                return
            end.wait(0.02)
        raise AssertionError("the follower is still there")


class TestWhoMayFollow:
    @pytest.mark.parametrize(
        "first", ["no json", "[]", '{"after": "x"}', '{"after": true}', '{"key": 5}', '{"key": "wrong"}']
    )
    def test_the_first_message_is_checked(self, call: Caller, session: str, first: str) -> None:
        with connect(call.url(f"/feed/{session}")) as line, pytest.raises(ConnectionClosed) as closed:
            line.send(first)
            line.recv(timeout=5)
        assert closed.value.rcvd and closed.value.rcvd.code == 1008

    def test_beyond_loopback_the_key_shows_everything(self, outside: Caller) -> None:
        made = outside("POST", "/api/sessions", {}).json
        with follow(outside, made["id"]) as other, follow(outside, made["id"], key=made["key"]) as owner:
            seen = [take(other), take(owner)]
            assert [message["news"] for message in seen] == [[], []]
            with socket.create_connection(("127.0.0.1", outside.port)) as peer:
                cookie = (("Cookie", "secret"),)
                peer.sendall(write_request("localhost", f"/ws/{made['id']}?token={'t' * 30}", SAMPLE_KEY, cookie))
                shown = ["".join(json.dumps(message) for message in until(line, "101")) for line in (other, owner)]
        assert "t" * 30 not in shown[0] and '"hidden"' in shown[0]
        assert "t" * 30 in shown[1] and '"peer": "127.0.0.1:' in shown[1]

    def test_without_the_key_everybody_shares_one_log(self, outside: Caller) -> None:
        session, _ = outside.server.hub.sessions.create()
        with follow(outside, session.id) as line:
            take(line)
            assert session.channel().followers == 1 and session.channel(owner=True).followers == 0
        assert outside.server.hub.sessions.create()[0].channel() is not session.channel(owner=True)

    def test_pages_of_another_origin_may_not(self, call: Caller, session: str) -> None:
        assert refusal(call.url(f"/feed/{session}"), origin="http://evil.example") == 403
        with connect(call.url(f"/feed/{session}"), origin=Origin(call.origin)):
            pass

    def test_a_session_that_is_not_there(self, call: Caller) -> None:
        assert refusal(call.url("/feed/nowhere")) == 404

    def test_a_bad_handshake_is_the_clients_fault(self, call: Caller, session: str) -> None:
        upgrade = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec_WebSocket_Version": "13"}
        assert call("GET", f"/feed/{session}", **upgrade).status == 400
        assert call("GET", f"/feed/{session}", **upgrade, Sec_WebSocket_Key="short").status == 400
        old = {**upgrade, "Sec_WebSocket_Version": "8", "Sec_WebSocket_Key": SAMPLE_KEY}
        assert call("GET", f"/feed/{session}", **old).status == 426

    def test_there_are_only_so_many(self) -> None:
        with background(create_app(replace(Settings(), followers=1))) as server:
            call = Caller(server)
            session = str(call("POST", "/api/sessions", {}).json["id"])
            with follow(call, session) as line:
                take(line)
                answer = call("GET", f"/feed/{session}/sse")
            assert answer.status == 503 and answer.headers["Retry-After"] and "error" in answer.json


class TestEventStream:
    def read(self, call: Caller, path: str, header: str = "") -> tuple[socket.socket, Iterator[tuple[int, Any]]]:
        peer = socket.create_connection(("127.0.0.1", call.port), 5)
        peer.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n{header}\r\n".encode())
        return peer, self._events(peer)

    def _events(self, peer: socket.socket) -> Iterator[tuple[int, Any]]:
        for line in peer.makefile("rb"):
            if line.startswith(b"id: "):
                number = int(line[4:])
            if line.startswith(b"data: "):
                yield number, json.loads(line[6:])

    def test_the_same_messages(self, call: Caller, session: str) -> None:
        peer, events = self.read(call, f"/feed/{session}/sse")
        with peer:
            first, message = next(events)
            assert message["position"] == first
            echo(call, session, "one")
            seen: list[Any] = []
            while tags(seen).count("FIN") < 2:
                seen.append(next(events)[1])

    def test_a_bearer_key_shows_everything(self, outside: Caller) -> None:
        made = outside("POST", "/api/sessions", {}).json
        echo(outside, made["id"], "one")
        peers = []
        for header in ("", f"Authorization: Bearer {made['key']}\r\n"):
            peer, events = self.read(outside, f"/feed/{made['id']}/sse", header)
            peers.append(next(events)[1]["news"][0]["connection"]["peer"])
            peer.close()
        assert peers[0] == "hidden" and peers[1].startswith("127.0.0.1:")

    @pytest.mark.parametrize("how", ["header", "query"])
    def test_it_goes_on_from_the_last_event_id(self, call: Caller, session: str, how: str) -> None:
        peer, events = self.read(call, f"/feed/{session}/sse")
        with peer:
            last = next(events)[0]
        echo(call, session, "one")
        header = f"Last-Event-ID: {last}\r\n" if how == "header" else ""
        query = f"?after={last}" if how == "query" else ""
        peer, events = self.read(call, f"/feed/{session}/sse{query}", header)
        with peer:
            _, message = next(events)
        assert not message["gap"] and tags([message]).count("TEXT") == 4
