"""A message and the frames it came in."""

from __future__ import annotations

from app.anatomy.pieces import pieces
from app.protocol.frames import Opcode, write_frame
from app.web.whole import whole_of
from tests.web.drawn import KEY, talk


def test_every_frame_says_where_its_bytes_go() -> None:
    events, trace = talk(
        ("client", write_frame(Opcode.TEXT, b"Hel", fin=False, key=KEY)),
        ("client", write_frame(Opcode.CONT, b"lo", key=KEY)),
    )
    frames = [event for event in events if event.kind == "frame"]
    message = next(event for event in events if event.kind == "message")
    found = pieces(frames[1], message, frames, lambda _: trace)
    assert found is not None
    assert [(piece.start, piece.data, piece.mine) for piece in found.pieces] == [(0, b"Hel", False), (3, b"lo", True)]
    assert (found.size, found.left_out) == (5, 0)


def test_a_message_of_one_frame_is_told_by_the_frame() -> None:
    events, trace = talk(("client", write_frame(Opcode.TEXT, b"Hello", key=KEY)))
    frame = next(event for event in events if event.kind == "frame")
    assert whole_of(frame, events, dict(enumerate(events)).get, lambda _: trace) is None
