"""A server that plays a script."""

from __future__ import annotations

from app.protocol.frames import Opcode, close_payload, write_frame
from app.protocol.handshake import accept_key, write_request, write_response
from app.protocol.player import PATIENCE, Player, Step

KEY = "dGhlIHNhbXBsZSBub25jZQ=="
OTHER = accept_key(b"c2l4dGVlbiBieXRlcyBvaw==")
HEAD = Step(write_response(101, [("Sec-WebSocket-Accept", OTHER.decode())]), waits=True)
REQUEST = write_request("localhost", "/ws/a", KEY)
TEXT = write_frame(Opcode.TEXT, b"Hello", key=b"abcd")
CLOSE = write_frame(Opcode.CLOSE, close_payload(1002), key=b"abcd")
ANSWER = Step(write_frame(Opcode.CLOSE, close_payload(1002)), waits=True, answers=True)
END = Step()


def test_the_answer_fits_the_key_that_was_sent() -> None:
    units = Player((HEAD, END), OTHER).receive(REQUEST)
    assert accept_key(KEY.encode()) in units[0] and OTHER not in units[0]


def test_a_head_in_pieces_is_waited_for() -> None:
    player = Player((HEAD, END))
    assert player.receive(REQUEST[:20]) == []
    assert player.receive(REQUEST[20:]) == [HEAD.data]


def test_it_ends_with_its_script() -> None:
    player = Player((HEAD, END))
    player.receive(REQUEST)
    assert player.finished


def test_a_step_waits_until_the_client_has_spoken() -> None:
    player = Player((HEAD, Step(b"\x81\x00", waits=True), END))
    assert player.receive(REQUEST) == [HEAD.data]
    assert player.wake_in == PATIENCE
    assert player.receive(TEXT) == [b"\x81\x00"]


def test_patience_ends() -> None:
    player = Player((HEAD, Step(b"\x81\x00", waits=True), END))
    player.receive(REQUEST)
    assert player.wake() == [b"\x81\x00"]


def test_a_pause_is_kept() -> None:
    player = Player((HEAD, Step(b"\x81\x00", pause=3.0), END))
    assert player.receive(REQUEST) == [HEAD.data]
    assert player.wake_in == 3.0
    assert player.wake() == [b"\x81\x00"]


def test_a_close_frame_is_answered_as_the_script_says() -> None:
    player = Player((HEAD, ANSWER, END))
    player.receive(REQUEST)
    assert player.receive(TEXT) == []
    assert player.receive(CLOSE) == [ANSWER.data]
    assert player.finished


def test_a_client_that_lets_a_fault_pass_gets_a_plain_goodbye() -> None:
    player = Player((HEAD, ANSWER, END))
    player.receive(REQUEST)
    assert player.wake() == [write_frame(Opcode.CLOSE, close_payload(1000))]
    assert not player.finished  # its answer is awaited
    player.receive(CLOSE)
    assert player.finished


def test_a_refusal_is_told() -> None:
    player = Player((Step(write_response(400, [], b"No."), waits=True), END))
    player.receive(REQUEST)
    assert player.refused == 400 and player.finished


def test_a_client_that_leaves_ends_it() -> None:
    player = Player((HEAD, ANSWER, END))
    player.receive(REQUEST)
    assert player.eof() == [] and player.finished and player.wake() == []
