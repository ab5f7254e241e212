"""One side's stream: what of it is unfinished, and what is kept to look into."""

from __future__ import annotations

from app.protocol.direction import Direction, Recent, Seen
from app.protocol.frames import read_header, write_frame, write_header
from app.protocol.reader import FrameReader

FRAME = write_frame(1, b"Hello")


def read(*pieces: bytes, limit: int = 100) -> Recent:
    reader, recent = FrameReader("server", offset=10, detail=True), Recent()
    recent.begin(10)
    for piece in pieces:
        recent.add(piece)
        reader.feed(piece)
        recent.keep(reader, limit)
    return recent


def test_only_the_unfinished_frame_is_kept() -> None:
    recent = read(FRAME + FRAME[:3])
    assert recent.read(17, 20) == FRAME[:3]
    assert recent.read(10, 17) == b""


def test_nothing_is_kept_between_frames() -> None:
    assert read(FRAME, FRAME).read(10, 24) == b""


def test_a_frame_that_is_refused_is_not_kept() -> None:
    assert read(write_header(2, 1000), bytes(500)).read(10, 600) == b""
    assert read(write_header(2, 1000), bytes(500), limit=1000).read(14, 514) == bytes(500)


def test_size_and_partial_of_a_head() -> None:
    direction = Direction()
    assert (direction.size, direction.partial) == (0, None)
    direction.buffer += b"GET "
    assert (direction.size, direction.partial) == (4, (0, 4))


def test_size_and_partial_of_frames() -> None:
    direction = Direction()
    direction.phase, direction.reader = "frames", FrameReader("server", offset=10, detail=True)
    direction.reader.feed(FRAME + FRAME[:1])
    assert (direction.size, direction.partial) == (18, (17, 18))


def test_only_the_frames_of_the_last_message_are_remembered() -> None:
    direction = Direction()
    first, more = (read_header(write_frame(opcode, fin=False, rsv1=opcode == 1)) for opcode in (1, 0))
    assert first and more
    for seq, header in enumerate([first, more, more, first, more]):
        direction.remember(header, Seen(seq, 0, 16), most=2)
    assert [seen.seq for seen in direction.frames] == [3, 4] and direction.squeezed
    direction.remember(more, Seen(5, 0, 16), most=2)
    assert len(direction.frames) == 2
