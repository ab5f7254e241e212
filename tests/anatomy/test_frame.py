"""The lens for one frame: its bits, and the payload behind the mask."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.anatomy.field import Space
from app.anatomy.frame import bit_value, frame_spaces
from app.protocol.frames import read_header, write_frame
from app.trace import Side
from tests.samples import MASK, client_frame, oddity


def spaces(data: bytes, side: Side = "client") -> tuple[Space, ...]:
    header = read_header(data)
    assert header is not None
    return frame_spaces(data, header, side, 100)


def names(space: Space) -> list[tuple[str, int, int]]:
    return [(field.name, field.start, field.bits) for field in space.fields]


class TestHeader:
    """RFC 6455 5.2: the fields in the order of the figure."""

    def test_the_masked_example(self) -> None:
        wire, plain = spaces(client_frame(1, b"Hello"))
        assert names(wire) == [
            ("fin", 0, 1),
            ("rsv", 1, 3),
            ("opcode", 4, 4),
            ("mask", 8, 1),
            ("len7", 9, 7),
            ("key", 16, 32),
            ("payload", 48, 40),
        ]
        assert (plain.name, plain.data, names(plain)) == ("unmasked", b"Hello", [("payload", 0, 40)])

    def test_the_unmasked_example_has_nothing_to_unmask(self) -> None:
        (wire,) = spaces(write_frame(1, b"Hello"), "server")
        assert names(wire)[-1] == ("payload", 16, 40)

    @pytest.mark.parametrize(("size", "name", "bits"), [(126, "len16", 16), (65536, "len64", 64)])
    def test_longer_lengths(self, size: int, name: str, bits: int) -> None:
        (wire,) = spaces(write_frame(2, bytes(size)), "server")
        assert names(wire)[5] == (name, 16, bits)
        extended = wire.find(name)
        assert extended is not None
        assert (bit_value(wire, extended), extended.value) == (size, str(size))

    def test_rsv1_stands_alone_when_it_is_set(self) -> None:
        (wire,) = spaces(write_frame(1, b"x", rsv1=True), "server")
        assert names(wire)[1:3] == [("rsv1", 1, 1), ("rsv", 2, 2)]

    @pytest.mark.parametrize(("size", "last"), [(6, "key"), (8, "payload")])
    def test_a_frame_may_stop_early(self, size: int, last: str) -> None:
        data = client_frame(1, b"Hello")
        header = read_header(data)
        assert header is not None
        assert frame_spaces(data[:size], header, "client", 0)[0].fields[-1].name == last

    @pytest.mark.parametrize(
        ("data", "side", "field", "meaning"),
        [
            (client_frame(1), "client", "mask", "The payload is masked, a key follows"),
            (write_frame(1), "client", "mask", "Not masked, though a client must mask"),
            (write_frame(1), "server", "mask", "Not masked: a server never masks"),
            (client_frame(1), "server", "mask", "Masked, which a server must not do"),
            (write_frame(1), "server", "fin", "The whole message is in this frame"),
            (write_frame(1, fin=False), "server", "fin", "More fragments will follow"),
            (write_frame(0), "server", "fin", "The last fragment of the message"),
            (write_frame(9), "server", "fin", "Complete: a control frame is never fragmented"),
            (write_frame(3), "server", "opcode", "No frame has this opcode: it is reserved"),
            (oddity(1, first=0x20), "client", "rsv", "Reserved bits must be 0 until an extension gives them a meaning"),
        ],
    )
    def test_meanings(self, data: bytes, side: Side, field: str, meaning: str) -> None:
        found = spaces(data, side)[0].find(field)
        assert found is not None
        assert found.meaning == meaning


class TestPayload:
    """RFC 6455 5.5 and 5.6: what the payload is depends on the opcode."""

    @pytest.mark.parametrize(
        ("opcode", "payload", "fields"),
        [
            (1, b"", []),
            (1, b"Hi", [("payload", "“Hi”")]),
            (2, b"Hi", [("payload", "2 bytes")]),
            (9, b"Hi", [("ping.data", "“Hi”")]),
            (10, b"Hi", [("pong.data", "“Hi”")]),
            (8, b"\x03", [("payload", "“\x03”")]),
            (8, b"\x03\xe8", [("close.code", "1000")]),
            (8, b"\x03\xe8bye", [("close.code", "1000"), ("close.reason", "“bye”")]),
            (5, b"Hi", [("payload", "“Hi”")]),
        ],
    )
    def test_fields(self, opcode: int, payload: bytes, fields: list[tuple[str, str]]) -> None:
        (wire,) = spaces(write_frame(opcode, payload), "server")
        assert [(field.name, field.value) for field in wire.fields[5:]] == fields

    def test_a_masked_close_shows_what_travels_and_says_what_it_means(self) -> None:
        wire, plain = spaces(client_frame(8, b"\x03\xe8bye"))
        code, unmasked = wire.find("close.code"), plain.find("close.code")
        assert code is not None and unmasked is not None
        assert (code.raw, code.value) == (bytes(a ^ b for a, b in zip(b"\x03\xe8", MASK, strict=False)).hex(), "1000")
        assert (unmasked.raw, unmasked.value) == ("03e8", "1000")

    @given(st.binary(min_size=1, max_size=40), st.binary(min_size=4, max_size=4))
    def test_an_unmasked_byte_comes_from_the_wire_byte_at_its_origin(self, payload: bytes, key: bytes) -> None:
        wire, plain = spaces(write_frame(2, payload, key=key))
        assert plain.data == payload
        assert plain.origin is not None and plain.origin.aligned
        for i, byte in enumerate(plain.data):
            assert wire.data[plain.origin.start + i] == byte ^ key[i % 4]
