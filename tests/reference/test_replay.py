"""Examples that are said again."""

from __future__ import annotations

from app.protocol.frames import Opcode, write_frame
from app.protocol.player import PATIENCE
from app.reference import replay
from app.reference.examples import Example, example


def of(rule: str) -> Example:
    found = example(rule)
    assert found
    return found


def test_a_head_is_aimed_elsewhere_and_else_left_alone() -> None:
    head = b"GET /chat HTTP/1.1\r\nHost: server.example.com\r\nX: /chat\r\n\r\n"
    wanted = b"GET /ws/a HTTP/1.1\r\nHost: localhost:5\r\nX: /chat\r\n\r\n"
    assert replay.aimed(head, "/ws/a", "localhost:5") == wanted


def test_what_follows_the_head_unasked_goes_with_it() -> None:
    script = replay.client_script(of("req.no-early-data").main, "/ws/a", "localhost")
    assert b"\r\n\r\n\x89" in script.head


def test_a_client_that_leaves_by_itself_says_how() -> None:
    assert replay.client_script(of("cls.tcp.clean").main, "/ws/a", "x").chunks[-1].leave == "rst"
    assert replay.client_script(of("frm.truncated").main, "/ws/a", "x").chunks[-1].leave == "fin"
    assert not replay.client_script(of("frm.rsv").main, "/ws/a", "x").chunks[-1].leave


def test_time_that_matters_is_kept() -> None:
    chunks = replay.client_script(of("ping.soon").main, "/ws/a", "x").chunks
    assert chunks[0].rest > 2.9
    steps = replay.server_script(of("cls.reply.soon").main)
    assert [step.pause for step in steps if step.pause] and steps[-2].patience > PATIENCE


def test_frames_are_unmasked() -> None:
    masked = write_frame(Opcode.TEXT, b"x" * 200, key=b"abcd", rsv1=True) + write_frame(Opcode.PING, key=b"abcd")
    plain = write_frame(Opcode.TEXT, b"x" * 200, rsv1=True) + write_frame(Opcode.PING)
    assert replay.unmasked(masked) == plain
    assert replay.unmasked(plain) == plain
    assert replay.unmasked(masked[:100])[:4] == plain[:4]


def test_a_mirror_says_what_the_client_said() -> None:
    steps = replay.mirrored_script(of("frm.rsv").main)
    assert steps[1].data == b"\xa1\x05Hello"
    assert steps[2].answers and steps[2].waits


def test_what_is_no_plain_conversation_has_no_mirror() -> None:
    assert replay.mirrored_script(of("req.no-early-data").main) == ()
    assert replay.mirrored_script(of("cls.tcp.clean").main) == ()


def test_a_heedless_client_goes_on_after_any_answer() -> None:
    client = replay.Heedless(b"GET / HTTP/1.1\r\n\r\n")
    assert client.receive(b"HTTP/1.1 400 No\r\n") == [] and not client.opened
    assert client.receive(b"\r\n") == [] and client.opened


def test_subprotocols_of_an_example_are_known() -> None:
    assert replay.protocols(of("frm.rsv")) == []
    assert replay.protocols(of("res.protocol.null")) == []
    assert replay.protocols(of("res.protocol.select"))
