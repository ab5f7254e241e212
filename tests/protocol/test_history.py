"""What came before a compressed message, found again from the recorded bytes."""

from __future__ import annotations

import random

import pytest

from app.protocol.conversation import Conversation
from app.protocol.deflate import TAIL, Deflater
from app.protocol.events import Event
from app.protocol.extensions import Deflate
from app.protocol.frames import Opcode, write_frame
from app.protocol.history import APART, History, payload_of
from app.trace import Trace

USUAL = Deflate()
KEY = b"\x37\xfa\x21\x3d"


def talk(payloads: list[bytes], agreed: Deflate = USUAL, pieces: int = 1) -> tuple[Trace, list[Event]]:
    """A server that compresses these messages, each in so many frames with a Ping between them."""
    machine = Deflater(agreed.server_max_window_bits, not agreed.server_no_context_takeover)
    trace = Trace("c1", limit=2**40)
    for at, payload in enumerate(payloads):
        sent = machine.message(payload)
        step = -(-len(sent) // pieces) or 1
        parts = [sent[n : n + step] for n in range(0, len(sent), step)] or [b""]
        for n, part in enumerate(parts):
            opcode = Opcode.CONT if n else Opcode.BINARY
            trace.add(at, "server", write_frame(opcode, part, fin=n == len(parts) - 1, rsv1=not n))
            if n < len(parts) - 1:
                trace.add(at, "server", write_frame(Opcode.PING, b"?"))
    conversation = Conversation(assume_open=True, deflate=agreed)
    return trace, [event for record in trace.records for event in conversation.feed(record)]


def history_of(events: list[Event]) -> History:
    past = events[0].past
    assert past is not None
    return past.history


PAYLOADS = [b"one", b"one two", b"", b"one two three" * 9]


@pytest.mark.parametrize("pieces", [1, 3])
def test_it_counts_what_was_sent_and_what_came_out(pieces: int) -> None:
    trace, events = talk(PAYLOADS, pieces=pieces)
    history = history_of(events)
    assert len(history) == len(PAYLOADS) and history.out == sum(map(len, PAYLOADS))
    assert history.turn(len(PAYLOADS)) is None
    for number, payload in enumerate(PAYLOADS):
        turn = history.turn(number)
        assert turn is not None and turn.size == len(payload)
        assert turn.out_before == history.before(number) == sum(map(len, PAYLOADS[:number]))
        assert len(payload_of(trace.bytes("server", turn.start, turn.end))) == turn.sent


def test_a_byte_is_traced_to_its_message() -> None:
    history = history_of(talk(PAYLOADS)[1])
    assert [history.number_at(place) for place in (0, 2, 3, 9, 10)] == [0, 0, 1, 1, 3]


def test_the_window_is_what_came_out_before() -> None:
    trace, events = talk(PAYLOADS, pieces=2)
    for number in range(len(PAYLOADS)):
        assert history_of(events).window(number, trace) == b"".join(PAYLOADS[:number])


def test_without_takeover_there_is_none() -> None:
    trace, events = talk(PAYLOADS, Deflate(server_no_context_takeover=True))
    assert history_of(events).window(3, trace) == b""


def test_windows_are_kept_far_apart_and_lead_everywhere() -> None:
    rng = random.Random(1)
    payloads = [rng.randbytes(300) * 400 for _ in range(30)]
    trace, events = talk(payloads)
    history = history_of(events)
    assert len(history._windows) <= 1 + sum(map(len, payloads)) // APART
    for number in (0, 8, 9, 29):
        assert history.window(number, trace) == b"".join(payloads[:number])[-32_768:]


def test_frames_and_messages_know_their_place() -> None:
    _, events = talk(PAYLOADS, pieces=2)
    numbers = {event.past.number for event in events if event.past}
    assert numbers == set(range(len(PAYLOADS)))
    assert all(event.past is None for event in events if event.kind == "frame" and event.detail.opcode == Opcode.PING)
    messages = [event for event in events if event.kind == "message"]
    assert [event.past and event.past.number for event in messages] == list(range(len(PAYLOADS)))


def test_what_was_not_kept_makes_the_window_shorter() -> None:
    trace, events = talk(PAYLOADS)
    short = Trace("c1")
    short.add(0, "server", trace.bytes("server")[:3])
    assert history_of(events).window(3, short).startswith(b"") and len(history_of(events).window(3, short)) < 10


def test_payloads_are_unmasked_and_control_frames_left_out() -> None:
    frames = write_frame(Opcode.TEXT, b"Hel", fin=False, rsv1=True, key=KEY) + write_frame(Opcode.PING, b"?", key=KEY)
    assert payload_of(frames + write_frame(Opcode.CONT, b"lo", key=KEY)) == b"Hello"
    assert payload_of(frames[:6]) == b"" and payload_of(b"") == b"" and TAIL not in payload_of(frames)
