from app.protocol.assembly import GATHERED, SMALL, OpenFrame, OpenMessage, Parts, gather
from app.protocol.frames import Opcode, read_header, write_frame
from app.protocol.limits import Limits


def test_a_frame_knows_where_its_payload_lies() -> None:
    header = read_header(write_frame(Opcode.TEXT, b"Hello", key=b"abcd"))
    assert header is not None
    assert OpenFrame(header, 0, 100).place == (106, 111)
    empty = read_header(write_frame(Opcode.TEXT))
    assert empty is not None
    assert OpenFrame(empty, 0, 100).place == (100, 102)


def test_a_message_takes_plain_fragments_only() -> None:
    message = OpenMessage(Opcode.TEXT, 0, compressed=False)
    limits = Limits(message=8, fragments=2)
    assert message.takes(b"Hello", limits)
    assert not message.takes("é".encode(), limits)
    assert not message.takes(b"long", limits)
    assert message.takes(b"ab", limits)
    assert not message.takes(b"c", limits)


def test_a_message_is_plain_between_two_characters_only() -> None:
    message = OpenMessage(Opcode.TEXT, 0, compressed=False)
    assert message.check(b"\xc3") is None
    assert not message.plain
    assert message.check(b"\xa9") is None
    assert message.plain
    assert message.check(b"\xff") is not None


def test_a_spoiled_message_holds_nothing() -> None:
    message = OpenMessage(Opcode.BINARY, 0, compressed=False)
    assert message.raw
    message.parts.append(b"x")
    message.spoil()
    assert not message.raw and not message.plain and not message.parts


def test_small_pieces_are_put_together() -> None:
    parts: Parts = []
    for _ in range(GATHERED + 1):
        gather(parts, b"x")
    gather(parts, b"y" * SMALL)
    assert [len(part) for part in parts] == [GATHERED, SMALL + 1]
    assert b"".join(parts) == b"x" * (GATHERED + 1) + b"y" * SMALL


def test_large_pieces_are_left_as_they_are() -> None:
    parts: Parts = []
    for _ in range(2):
        gather(parts, b"x" * SMALL)
    assert [type(part) for part in parts] == [bytes, bytes]


def test_fragments_are_counted() -> None:
    message, limits = OpenMessage(Opcode.TEXT, 0, compressed=False), Limits(fragments=4, empty_fragments=1)
    assert [message.counts(empty, limits) for empty in (True, False, True, True)] == [True, True, True, False]
    assert not message.counts(False, limits)
