"""Where bytes can be stopped: at the ends of fields, and always at the end of the data."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.protocol.cuts import Cut, frame_cuts, head_cuts, next_cut
from app.protocol.frames import Opcode, write_close, write_frame

KEY = bytes.fromhex("37fa213d")
FIRST, SECOND = "fin rsv1 rsv2 rsv3 opcode", "mask len7"


def told(data: bytes) -> list[tuple[int, str]]:
    return [(cut.end, " ".join(cut.fields)) for cut in frame_cuts(data)]


@pytest.mark.parametrize(
    ("frame", "pieces"),
    [
        (write_frame(Opcode.TEXT, b"Hello", key=KEY), [(6, "key"), (11, "payload")]),
        (write_frame(Opcode.TEXT, b"Hello"), [(7, "payload")]),
        (write_frame(Opcode.BINARY, bytes(300)), [(4, "len16"), (304, "payload")]),
        (write_frame(Opcode.BINARY, bytes(70_000), key=KEY), [(10, "len64"), (14, "key"), (70_014, "payload")]),
        (write_frame(Opcode.PING, b"x"), [(3, "ping.data")]),
        (write_frame(Opcode.PONG), []),
        (write_close(1000, "bye", KEY), [(6, "key"), (8, "close.code"), (11, "close.reason")]),
        (write_close(1000), [(4, "close.code")]),
        (b"\x88\x01x", [(3, "payload")]),
    ],
)
def test_a_frame(frame: bytes, pieces: list[tuple[int, str]]) -> None:
    assert told(frame) == [(1, FIRST), (2, SECOND), *pieces]


def test_frames_in_a_row() -> None:
    frame = write_frame(Opcode.TEXT, b"x")
    assert [end for end, _ in told(frame + frame)] == [1, 2, 3, 4, 5, 6]


def test_a_frame_that_is_cut_off() -> None:
    assert told(b"\x81") == [(1, FIRST)]
    assert told(b"\x81\x7e\x01") == [(1, FIRST), (2, SECOND), (3, "unparsed")]
    assert told(b"\x81\x05He")[-1] == (4, "payload")


def test_a_head_is_cut_into_its_lines() -> None:
    head = b"GET / HTTP/1.1\r\nHost: x\r\n folded\n\r\nbody"
    assert list(head_cuts(head)) == [
        Cut(16, ("line",)),
        Cut(25, ("host",)),
        Cut(33, ("folded",)),
        Cut(35, ("end",)),
        Cut(39, ("body",)),
    ]
    assert list(head_cuts(b"GET")) == [Cut(3, ("line",))]


def test_the_next_piece_begins_where_the_last_one_ended() -> None:
    frame = write_frame(Opcode.TEXT, b"Hello", key=KEY)
    assert next_cut(frame, 0, head=False).end == 1
    assert next_cut(frame, 3, head=False) == Cut(6, ("key",))
    assert next_cut(frame, 11, head=False) == Cut(11, ())
    assert next_cut(b"GET\n\n", 4, head=True) == Cut(5, ("end",))


@given(st.binary(max_size=80), st.booleans())
def test_the_pieces_follow_each_other_to_the_end(data: bytes, head: bool) -> None:
    ends = [cut.end for cut in (head_cuts(data) if head else frame_cuts(data))]
    assert ends == sorted(set(ends)) and (not data or ends[-1] == len(data))
