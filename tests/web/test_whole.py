"""The message behind a frame."""

from __future__ import annotations

from app.protocol.frames import Opcode, write_frame
from app.web.whole import whole_of
from tests.web.drawn import KEY, talk


def test_every_fragment_leads_to_the_message() -> None:
    events, trace = talk(
        ("client", write_frame(Opcode.TEXT, b"Hel", fin=False, key=KEY)),
        ("client", write_frame(Opcode.PING, b"", key=KEY)),
        ("client", write_frame(Opcode.CONT, b"lo", key=KEY)),
    )
    by_seq = {event.seq: event for event in events}
    first, ping, last = (event for event in events if event.kind == "frame")
    for frame in (first, last):
        whole = whole_of(frame, events, by_seq.get, lambda _: trace)
        assert whole is not None and whole.explanation.wire.data == b"Hello"
    assert whole_of(ping, events, by_seq.get, lambda _: trace) is None


def test_what_is_not_complete_has_no_message() -> None:
    events, trace = talk(("client", write_frame(Opcode.TEXT, b"Hel", fin=False, key=KEY)))
    frame = next(event for event in events if event.kind == "frame")
    assert whole_of(frame, events, dict(enumerate(events)).get, lambda _: trace) is None
