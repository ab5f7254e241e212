"""Lessons are played: every verb of both sides, other heads, several connections, time and endings."""

from __future__ import annotations

import pytest

from app.lessons import LessonError
from app.lessons.script import SECOND, Example
from app.protocol.frames import Opcode
from tests.lessons.samples import lesson, played


def tags(example: Example) -> list[str]:
    """What both sides did, in a word each."""
    kinds = [(event.kind, event.side, event.detail) for event in example.events]
    return [
        f"{side}:{getattr(detail, 'how', None) or Opcode(detail.opcode).name}"
        for kind, side, detail in kinds
        if kind == "end" or kind == "frame"
    ]


def client_bytes(settings: str) -> bytes:
    example = played(settings)
    stream = next(iter(example.traces.values())).bytes("client")
    return stream[stream.index(b"\r\n\r\n") + 4 :]


@pytest.mark.parametrize(
    ("action", "sent"),
    [
        ("send: Hello", "818537fa213d7f9f4d5158"),
        ("send: {text: Hello, mask: false}", "810548656c6c6f"),
        ('send: {text: Hello, mask: "00000000"}', "81850000000048656c6c6f"),
        ("send: {text: ab, times: 2, mask: false}", "810461626162"),
        ("send: {text: Hel, fin: false, mask: false}", "010348656c"),
        ('binary: {hex: "00ff", mask: false}', "820200ff"),
        ("more: {text: lo, mask: false}", "80026c6f"),
        ('send: {text: "\\uD83D\\uDE00", mask: false}', "8104f09f9880"),
        ('send: {text: "a\\uD800", mask: false}', "810461efbfbd"),
        ("pong: {text: hi, mask: false}", "8a026869"),
        ('close: {hex: "03", mask: false}', "880103"),
        ("frame: {opcode: 3, rsv1: true, rsv2: true, rsv3: true, mask: false}", "f300"),
        ("frame: {opcode: 1, text: Hello, form: 16, mask: false}", "817e000548656c6c6f"),
        ("frame: {opcode: 2, length: 1152921504606846976, form: 64, mask: false}", "827f1000000000000000"),
        ('raw: "8105"', "8105"),
    ],
)
def test_what_a_client_can_send(action: str, sent: str) -> None:
    assert client_bytes(f"app: plain\nclient:\n  - {action}").startswith(bytes.fromhex(sent))


def test_a_frame_may_be_cut_into_several_writes() -> None:
    example = played("app: plain\nclient:\n  - send: {text: Hello, cut: [1, 4]}")
    sizes = [len(r.data) for r in example.traces[""].records if r.side == "client" and r.kind == "data"]
    assert sizes[1:] == [1, 3, 7]


def test_together_is_one_write_that_no_answer_can_interrupt() -> None:
    example = played("app: closer\nclient:\n  - together: [{send: 4000 bye}, {close: {code: 1000}}]")
    assert tags(example) == ["client:TEXT", "client:CLOSE", "server:CLOSE", "server:fin", "client:fin"]
    assert not [e for e in example.events if e.kind == "violation" and e.detail.severity == "error"]


def test_a_server_has_a_script_of_its_own() -> None:
    example = played(
        """
server:
  - send: {text: Hel, fin: false}
  - ping: mid
  - more: lo
  - wait: {messages: 1}
  - echo
  - close: {code: 4000, reason: bye}
client:
  - wait: {messages: 1}
  - send: thanks
"""
    )
    wanted = "server:TEXT server:PING server:CONT client:PONG client:TEXT server:TEXT server:CLOSE client:CLOSE"
    assert sorted(tags(example)[:8]) == sorted(wanted.split())


def test_a_server_may_hang_up_without_a_close() -> None:
    assert tags(played("server:\n  - send: bye\n  - end: fin")) == ["server:TEXT", "server:fin", "client:fin"]


@pytest.mark.parametrize("how", ["fin", "rst"])
def test_a_client_may_leave_without_a_close(how: str) -> None:
    assert tags(played(f"app: plain\nclient:\n  - end: {how}"))[0] == f"client:{how}"


def test_time_passes_and_the_server_speaks_meanwhile() -> None:
    example = played("app: ticker\nclient:\n  - idle: 1\n  - close: {code: 1000}")
    ticks = [event for event in example.events if event.kind == "message"]
    assert len(ticks) == 5
    assert ticks[1].at - ticks[0].at >= SECOND // 5


def test_waiting_lets_time_pass_until_enough_has_come() -> None:
    example = played("app: ticker\nclient:\n  - wait: {messages: 10}\n  - close: {code: 1000}")
    assert sum(event.kind == "message" for event in example.events) == 10


def test_what_never_comes_is_not_waited_for() -> None:
    with pytest.raises(LessonError, match="waits for ever: only 0"):
        played("app: plain\nclient:\n  - wait: {messages: 1}")


def test_a_client_may_answer_nothing_by_itself() -> None:
    settings = "server:\n  - ping: a\nautomatic: false"
    assert "client:PONG" not in tags(played(settings))
    assert "client:PONG" in tags(played("server:\n  - ping: a"))


# Heads.

HEADS = [
    ("headers: {Connection: null}", 400, "req.connection"),
    ("headers: {Sec-WebSocket-Version: 25}", 426, "req.version.13"),
    ("headers: {Sec-WebSocket-Key: [dGhlIHNhbXBsZSBub25jZQ==, dGhlIHNhbXBsZSBub25jZQ==]}", 400, "req.key.single"),
    ("method: POST", 405, "req.method"),
    ("version: HTTP/1.0", 505, "req.http-version"),
    ('raw: "GET {target} HTTP/1.1\\nHost: {host}"', 426, "req.upgrade"),
]


@pytest.mark.parametrize(("request_", "status", "rule"), HEADS, ids=[head[2] for head in HEADS])
def test_a_request_may_be_wrong(request_: str, status: int, rule: str) -> None:
    example = played(f"app: plain\nrequest:\n  {request_}")
    response = next(event.detail for event in example.events if event.kind == "response")
    assert response.status == status
    assert rule in [event.detail.rule for event in example.events if event.kind == "violation"]


def test_bytes_may_follow_the_request_too_early() -> None:
    example = played('app: plain\nrequest:\n  early: "818537fa213d7f9f4d5158"')
    assert "req.no-early-data" in [e.detail.rule for e in example.events if e.kind == "violation"]


def test_nothing_may_be_there() -> None:
    example = played("connections:\n  - name: nowhere\n    app: none")
    assert next(event.detail for event in example.events if event.kind == "response").status == 404


def test_an_answer_may_be_wrong() -> None:
    example = played("app: plain\nresponse:\n  headers: {Sec-WebSocket-Accept: wrong, Upgrade: null, X-A: [b, c]}")
    rules = [event.detail.rule for event in example.events if event.kind == "violation"]
    assert {"res.accept.value", "res.upgrade"} <= set(rules)
    moved = played("app: plain\nresponse:\n  status: 302\n  headers: {Location: /elsewhere}")
    assert next(event.detail for event in moved.events if event.kind == "response").status == 302


# Several connections.

TWO = """
connections:
  - name: one
    app: plain
    client: [{send: Hello}]
  - name: two
    app: guarded
    request: {headers: {Origin: "http://evil.example"}}
"""


def test_connections_are_numbered_through_and_keep_their_own_bytes() -> None:
    example = played(TWO)
    assert [event.seq for event in example.events] == list(range(len(example.events)))
    assert list(example.traces) == ["one", "two"]
    second = next(event for event in example.events if example.owners[event.seq] == "two")
    assert second.start == 0
    assert b"evil" in example.trace_of(second.seq).bytes("client")


def test_each_connection_has_an_app_name_of_its_own() -> None:
    two = lesson(TWO)
    assert [part.live for part in two.parts] == ["small.one", "small.two"]
    assert two.part_of("small.two") == "two"
    assert two.part_of("echo") == "one"
    assert lesson("app: plain").app == "plain"
    assert lesson("server: [{send: hi}]").app == "small"


def test_a_page_follows_what_a_browser_can_do() -> None:
    assert lesson("app: plain\nclient: [{send: a}, {together: [{send: b}, close]}]").script == [
        {"do": "send", "text": "a"},
        {"do": "send", "text": "b"},
        {"do": "close"},
    ]
    assert lesson("app: plain\nclient: [{binary: '00'}, {idle: 1}]").browser_can_run
    assert not lesson("app: plain\nclient: [{ping: a}]").browser_can_run
    assert not lesson("app: plain\nrequest: {method: POST}").browser_can_run
    offers = lesson('app: chat\nrequest: {headers: {Sec-WebSocket-Protocol: "a, b"}}')
    assert offers.browser_can_run
    assert offers.main.subprotocols == ["a", "b"]
