"""The JSON API of live sessions, as scripts and pages call it."""

from __future__ import annotations

import http.client
import json
import socket
from contextlib import closing

import pytest
from websockets.sync.client import connect

from app.protocol.client import SAMPLE_KEY
from app.protocol.handshake import write_request

from .conftest import Answer, Caller

HELLO = bytes.fromhex("818537fa213d7f9f4d5158")
HELLO_BACK = bytes.fromhex("810548656c6c6f")


def raw(call: Caller, session: str, extra: tuple[tuple[str, str], ...] = ()) -> socket.socket:
    """A connection that has asked for a WebSocket and has read nothing."""
    peer = socket.create_connection(("127.0.0.1", call.port), 5)
    peer.sendall(write_request(f"127.0.0.1:{call.port}", f"/ws/{session}", SAMPLE_KEY, extra))
    return peer


def receive(peer: socket.socket, end: bytes) -> bytes:
    got = b""
    while not got.endswith(end):
        piece = peer.recv(4096)
        assert piece, got
        got += piece
    return got


def held(call: Caller, session: str) -> list[tuple[str, str, str]]:
    """Wait until something is held; what it is."""
    while True:
        for connection in call("GET", f"/api/sessions/{session}").json["connections"]:
            if connection["held"]:
                return [(unit["held_side"], unit["unit"], unit["summary"]) for unit in connection["held"]]


def raw_json(call: Caller, path: str, body: bytes) -> Answer:
    """A body of JSON exactly as given."""
    with closing(http.client.HTTPConnection("127.0.0.1", call.port, timeout=10)) as connection:
        connection.request("POST", path, body, {"Content-Type": "application/json"})
        response = connection.getresponse()
        return Answer(response.status, response.headers, response.read())


def echo(call: Caller, session: str, text: str) -> None:
    with connect(call.url(f"/ws/{session}"), compression=None) as peer:
        peer.send(text)
        assert peer.recv(timeout=5) == text


class TestSessions:
    def test_a_new_session_says_where_it_is(self, call: Caller) -> None:
        answer = call("POST", "/api/sessions", {})
        made = answer.json
        assert answer.status == 201 and len(made["id"]) == 32
        assert made["ws_url"] == call.url(f"/ws/{made['id']}")
        assert made["page_url"].endswith(f"/live/{made['id']}#key={made['key']}")
        assert call("GET", f"/api/sessions/{made['id']}").json["public"] is False

    def test_the_trace_is_what_went_over_the_wire(self, call: Caller) -> None:
        with closing(raw(call, "demo")) as peer:
            accept = receive(peer, b"\r\n\r\n")
            peer.sendall(HELLO)
            assert receive(peer, HELLO_BACK) == HELLO_BACK
            lines = call("GET", "/api/sessions/demo/trace").body.decode().splitlines()
        header, *records = map(json.loads, lines)
        request = write_request(f"127.0.0.1:{call.port}", "/ws/demo", SAMPLE_KEY)
        assert header["trace"] == 1 and header["started"]
        assert [(r["side"], r["layer"], r["kind"], r["data"]) for r in records] == [
            ("client", "wire", "data", request.hex()),
            ("server", "wire", "data", accept.hex()),
            ("client", "wire", "data", HELLO.hex()),
            ("server", "wire", "data", HELLO_BACK.hex()),
        ]
        assert [r["at"] for r in records] == sorted(r["at"] for r in records)

    def test_events_are_read_from_a_position(self, call: Caller) -> None:
        echo(call, "demo", "text")
        events = call("GET", "/api/sessions/demo/events?connection=c1").json["events"]
        assert [event["tag"] for event in events[:3]] == ["GET", "101", "TEXT"]
        after = events[1]["seq"]
        behind = call("GET", f"/api/sessions/demo/events?after={after}").json["events"]
        assert behind[: len(events) - 2] == events[2:]

    def test_a_session_without_connections_has_no_events(self, call: Caller) -> None:
        made = call("POST", "/api/sessions", {}).json["id"]
        assert call("GET", f"/api/sessions/{made}/events").json["events"] == []

    @pytest.mark.parametrize(
        ("path", "status"),
        [
            ("/api/sessions/nowhere", 404),
            ("/api/sessions/nowhere/trace", 404),
            ("/api/sessions/demo/events?connection=c9", 404),
            ("/api/sessions/demo/events?after=x", 400),
            ("/api/sessions/demo/trace?connection=c9", 404),
            ("/feed/demo", 400),
            ("/api/nothing", 404),
        ],
    )
    def test_mistakes_are_told_in_one_sentence(self, call: Caller, path: str, status: int) -> None:
        echo(call, "demo", "text")
        answer = call("GET", path)
        assert answer.status == status and answer.json["error"].endswith(".")

    def test_this_machine_may_list_them(self, call: Caller) -> None:
        echo(call, "demo", "text")
        assert call("GET", "/api/sessions").json["sessions"] == [{"id": "demo", "public": True, "connections": ["c1"]}]


class TestGate:
    def test_the_101_is_held_and_stepped(self, call: Caller) -> None:
        assert call("POST", "/api/sessions/demo/gate", {"mode": "hold"}).json["mode"] == "hold"
        with closing(raw(call, "demo")) as peer:
            assert held(call, "demo") == [("inbound", "head", "/ws/demo")]
            stepped = call("POST", "/api/sessions/demo/gate", {"mode": "step"}).json
            assert stepped["mode"] == "hold" and stepped["stepped"] == "c1"
            assert [unit["summary"] for unit in stepped["connections"][0]["held"]] == ["Switching Protocols"]
            call("POST", "/api/sessions/demo/gate", {"mode": "step"})
            receive(peer, b"\r\n\r\n")
            assert call("POST", "/api/sessions/demo/gate", {"mode": "step"}).json["stepped"] is None
            peer.sendall(HELLO)
            assert held(call, "demo") == [("inbound", "frame", "“Hello”")]
            call("POST", "/api/sessions/demo/gate", {"mode": "run"})
            receive(peer, HELLO_BACK)

    def test_one_connection_alone(self, call: Caller) -> None:
        with closing(raw(call, "demo")) as one, closing(raw(call, "demo")) as two:
            for peer in (one, two):
                receive(peer, b"\r\n\r\n")
            call("POST", "/api/sessions/demo/gate", {"mode": "hold", "connection": "c1"})
            first = call.server.hub.sessions.named("demo").connections()[0].peer
            held_one, free = (one, two) if first.endswith(f":{one.getsockname()[1]}") else (two, one)
            for peer in (held_one, free):
                peer.sendall(HELLO)
            receive(free, HELLO_BACK)
            assert held(call, "demo") == [("inbound", "frame", "“Hello”")]

    def test_the_countdown_can_be_extended(self, call: Caller) -> None:
        call("POST", "/api/sessions/demo/gate", {"mode": "hold"})
        with closing(raw(call, "demo")):
            held(call, "demo")
            answer = call("POST", "/api/sessions/demo/gate", {"mode": "hold", "extend": 15}).json
        assert 25_000 < answer["connections"][0]["held"][0]["left_ms"] <= 30_000

    def test_by_field_and_by_byte(self, call: Caller) -> None:
        with closing(raw(call, "demo")) as peer:
            receive(peer, b"\r\n\r\n")
            answer = call("POST", "/api/sessions/demo/gate", {"mode": "hold", "unit": "field"}).json
            assert (answer["mode"], answer["unit"], answer["when"]) == ("hold", "field", None)
            peer.sendall(HELLO)
            assert held(call, "demo") == [("inbound", "frame", "“Hello”")]
            one = call("POST", "/api/sessions/demo/gate", {"mode": "step"}).json["connections"][0]
            assert (one["queued"], one["held"][0]["released"]) == (len(HELLO) - 1, 1)
            assert one["held"][0]["step"] == {"unit": "field", "bytes": 1, "fields": ["mask", "len7"]}
            one = call("POST", "/api/sessions/demo/gate", {"mode": "step", "unit": "byte"}).json["connections"][0]
            assert one["unit"] == "byte" and one["held"][0]["released"] == 2
            assert one["held"][0]["waits"] == {"side": "server", "for": "frame", "client": "", "gives_up_ms": None}
            call("POST", "/api/sessions/demo/gate", {"mode": "run"})
            receive(peer, HELLO_BACK)

    def test_on_a_condition(self, call: Caller) -> None:
        body = {"mode": "hold", "when": {"opcode": "text", "side": "server"}}
        assert call("POST", "/api/sessions/demo/gate", body).json["when"] == {"opcode": 1, "side": "server"}
        with closing(raw(call, "demo")) as peer:
            receive(peer, b"\r\n\r\n")
            peer.sendall(HELLO)
            assert held(call, "demo") == [("outbound", "frame", "“Hello”")]
            assert call("GET", "/api/sessions/demo").json["when"] == {"opcode": 1, "side": "server"}
            call("POST", "/api/sessions/demo/gate", {"mode": "hold", "when": None, "unit": "frame"})
            assert held(call, "demo") == [("outbound", "frame", "“Hello”")]

    @pytest.mark.parametrize(
        "body",
        [
            {},
            {"mode": "stop"},
            {"mode": "hold", "extend": -1},
            {"mode": "hold", "extend": "long"},
            {"mode": "hold", "unit": "bit"},
            {"mode": "hold", "when": {"opcode": 99}},
            [],
        ],
    )
    def test_what_makes_no_sense_is_refused(self, call: Caller, body: object) -> None:
        assert call("POST", "/api/sessions/demo/gate", body).status == 400

    @pytest.mark.parametrize("body", ["[" * 100_000, "{", "\udcff", "null"])
    def test_what_is_no_json_object_is_refused(self, call: Caller, body: str) -> None:
        answer = raw_json(call, "/api/sessions/demo/gate", body.encode("utf-8", "surrogateescape"))
        assert (answer.status, answer.json) == (400, {"error": "The body must be a JSON object."})

    @pytest.mark.parametrize("name", ["Not_A_Name", "echo", "x" * 65])
    def test_only_good_names_open_a_session(self, call: Caller, name: str) -> None:
        assert call("POST", f"/api/sessions/{name}/gate", {"mode": "hold"}).status == 400


class TestSpeaking:
    def test_as_the_server(self, call: Caller) -> None:
        with connect(call.url("/ws/demo"), compression=None) as peer:
            body = {"as": "server", "kind": "text", "text": "Hello"}
            assert call("POST", "/api/sessions/demo/send", body).json == {"connection": "c1", "bytes": 7}
            assert peer.recv(timeout=5) == "Hello"
            call("POST", "/api/sessions/demo/send", {"as": "server", "kind": "raw", "hex": "820101"})
            assert peer.recv(timeout=5) == b"\x01"

    def test_as_a_client_over_real_loopback(self, call: Caller) -> None:
        body = {"as": "client", "kind": "text", "text": "Hello"}
        assert call("POST", "/api/sessions/demo/send", body).json == {"connection": "c1", "bytes": 11}
        assert call("POST", "/api/sessions/demo/send", body).json == {"connection": "c1", "bytes": 11}
        found = call.server.hub.sessions.named("demo").connections()[0]
        while found.trace.bytes("server").count(HELLO_BACK) < 2:
            found.settle()

    def test_a_lesson_plays_with_the_key_and_mask_of_the_rfc(self, call: Caller) -> None:
        answer = call("POST", "/api/sessions/demo/script", {"lesson": "one-conversation"}).json
        found = call.server.hub.sessions.named("demo").connection(answer["connection"])
        assert found and found.closed.wait(10)
        sent = found.trace.bytes("client")
        assert SAMPLE_KEY.encode() in sent and bytes.fromhex("37fa213d") in sent

    @pytest.mark.parametrize(
        ("body", "status"),
        [
            ({}, 400),
            ({"as": "server", "kind": "song"}, 400),
            ({"as": "nobody", "kind": "text"}, 400),
            ({"as": "server", "kind": "raw", "hex": "xyz"}, 400),
            ({"as": "server", "kind": "ping", "text": "x" * 126}, 400),
            ({"as": "server", "kind": "close", "code": 70_000}, 400),
            ({"as": "server", "kind": "close", "code": True}, 400),
            ({"as": "server", "kind": "close", "code": 1000, "reason": "x" * 124}, 400),
            ({"as": "server", "kind": "close", "code": 1000, "reason": ["x"]}, 400),
            ({"as": "server", "kind": {"of": "text"}}, 400),
            ({"as": "server", "kind": "text", "text": 5}, 400),
            ({"as": "server", "kind": "text", "text": "\ud83d"}, 400),
            ({"as": "server", "kind": "text", "text": "nobody there"}, 409),
        ],
    )
    def test_what_cannot_be_said_is_refused(self, call: Caller, body: object, status: int) -> None:
        answer = call("POST", "/api/sessions/demo/send", body)
        assert answer.status == status and answer.json["error"].endswith(".")

    def test_half_a_character_is_named(self, call: Caller) -> None:
        answer = call("POST", "/api/sessions/demo/send", {"as": "client", "kind": "text", "text": "\ud83d"})
        assert "surrogate" in answer.json["error"]

    def test_an_unknown_lesson(self, call: Caller) -> None:
        assert call("POST", "/api/sessions/demo/script", {"lesson": "none"}).status == 404
