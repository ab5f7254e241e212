"""Frame headers and masks, held against the RFC's examples and two other implementations."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.frames import Frame as TheirFrame
from wsproto import frame_protocol as wsproto

from app.protocol.frames import (
    Header,
    Opcode,
    apply_mask,
    close_payload,
    is_control,
    length_form,
    opcode_name,
    read_header,
    write_close,
    write_frame,
    write_header,
    xor_pure,
)
from tests.samples import MASK

KEYS = st.none() | st.binary(min_size=4, max_size=4)
LENGTHS = st.sampled_from([0, 1, 125, 126, 127, 65535, 65536, 2**32, 2**63 - 1]) | st.integers(0, 2**63 - 1)


class TestHeader:
    """RFC 6455 5.2: the header."""

    @pytest.mark.parametrize(
        ("data", "header"),
        [
            ("8105", Header(1, 0, 0, 0, 1, 0, 5, 7, None, 2)),
            ("818537fa213d", Header(1, 0, 0, 0, 1, 1, 5, 7, MASK, 6)),
            ("0103", Header(0, 0, 0, 0, 1, 0, 3, 7, None, 2)),
            ("8002", Header(1, 0, 0, 0, 0, 0, 2, 7, None, 2)),
            ("8905", Header(1, 0, 0, 0, 9, 0, 5, 7, None, 2)),
            ("8a8537fa213d", Header(1, 0, 0, 0, 10, 1, 5, 7, MASK, 6)),
            ("827e0100", Header(1, 0, 0, 0, 2, 0, 256, 16, None, 4)),
            ("827f0000000000010000", Header(1, 0, 0, 0, 2, 0, 65536, 64, None, 10)),
            ("7f7f8000000000000000", Header(0, 1, 1, 1, 15, 0, 2**63, 64, None, 10)),
        ],
    )
    def test_is_read(self, data: str, header: Header) -> None:
        assert read_header(bytes.fromhex(data)) == header
        assert read_header(b"..." + bytes.fromhex(data) + b"...", 3) == header

    @given(st.sampled_from(Opcode), LENGTHS, st.booleans(), st.booleans(), KEYS)
    def test_is_read_as_it_was_written(
        self, opcode: Opcode, length: int, fin: bool, rsv1: bool, key: bytes | None
    ) -> None:
        data = write_header(opcode, length, fin=fin, rsv1=rsv1, key=key)
        header = read_header(data)
        masked, form = key is not None, length_form(length)
        assert header == Header(fin, rsv1, 0, 0, opcode, masked, length, form, key, len(data))

    @given(LENGTHS, KEYS)
    def test_waits_for_its_last_byte(self, length: int, key: bytes | None) -> None:
        data = write_header(2, length, key=key)
        assert [read_header(data[:size]) for size in range(len(data))] == [None] * len(data)

    def test_a_longer_form_can_be_forced(self) -> None:
        assert write_header(1, 5, form=16).hex() == "817e0005"
        assert write_header(1, 5, form=64).hex() == "817f0000000000000005"

    @given(st.binary(min_size=2, max_size=20))
    def test_any_bytes_are_a_header_or_too_few(self, data: bytes) -> None:
        header = read_header(data)
        assert header is None or header.size in (2, 4, 6, 8, 10, 14)


class TestFrame:
    """RFC 6455 5.7: whole frames."""

    @pytest.mark.parametrize(
        ("frame", "data"),
        [
            (write_frame(1, b"Hello"), "810548656c6c6f"),
            (write_frame(1, b"Hello", key=MASK), "818537fa213d7f9f4d5158"),
            (write_frame(1, b"Hel", fin=False), "010348656c"),
            (write_frame(0, b"lo"), "80026c6f"),
            (write_frame(9, b"Hello"), "890548656c6c6f"),
            (write_frame(10, b"Hello", key=MASK), "8a8537fa213d7f9f4d5158"),
            (write_frame(2, bytes(256)), "827e0100" + "00" * 256),
            (write_frame(2, bytes(65536)), "827f0000000000010000" + "00" * 65536),
            (write_frame(1, bytes.fromhex("f248cdc9c90700"), rsv1=True), "c107f248cdc9c90700"),
        ],
    )
    def test_the_examples(self, frame: bytes, data: str) -> None:
        assert frame.hex() == data

    @given(st.sampled_from([1, 2]), st.binary(max_size=300), st.booleans())
    def test_websockets_writes_the_same(self, opcode: int, payload: bytes, fin: bool) -> None:
        theirs = TheirFrame(opcode, payload, fin=fin)  # type: ignore[arg-type]
        assert write_frame(opcode, payload, fin=fin) == theirs.serialize(mask=False)

    @given(st.binary(max_size=300), KEYS)
    def test_wsproto_reads_it(self, payload: bytes, key: bytes | None) -> None:
        reader = wsproto.FrameDecoder(client=key is None)
        reader.receive_bytes(write_frame(Opcode.BINARY, payload, key=key))
        frame = reader.process_buffer()
        assert frame is not None
        assert (frame.opcode, bytes(frame.payload), frame.message_finished) == (2, payload, True)


class TestMask:
    """RFC 6455 5.3: byte i of the payload XOR byte i mod 4 of the key."""

    def test_the_example(self) -> None:
        assert apply_mask(b"Hello", MASK).hex() == "7f9f4d5158"

    @given(st.binary(max_size=200), st.binary(min_size=4, max_size=4))
    def test_both_ways_agree_with_the_definition(self, data: bytes, key: bytes) -> None:
        masked = bytes(byte ^ key[i % 4] for i, byte in enumerate(data))
        assert apply_mask(data, key) == xor_pure(data, key) == masked
        assert apply_mask(masked, key) == data


class TestClose:
    """RFC 6455 5.5.1: nothing, or a code and a reason that fits."""

    @pytest.mark.parametrize(
        ("frame", "data"),
        [
            (write_close(), "8800"),
            (write_close(1000), "880203e8"),
            (write_close(1001, "bye"), "880503e9627965"),
            (write_close(1000, key=MASK), "888237fa213d3412"),
        ],
    )
    def test_frames(self, frame: bytes, data: str) -> None:
        assert frame.hex() == data

    @given(st.text(max_size=200))
    def test_a_long_reason_is_cut_between_characters(self, reason: str) -> None:
        text = close_payload(1000, reason)[2:].decode()
        assert len(text.encode()) <= 123
        assert reason.startswith(text)
        assert text == reason or len(reason[: len(text) + 1].encode()) > 123


def test_names_and_kinds_of_opcodes() -> None:
    """RFC 6455 5.2 and 5.5: six opcodes have a meaning; the highest bit marks control frames."""
    names = [opcode_name(opcode) for opcode in range(16)]
    assert names == ["CONT", "TEXT", "BINARY", *["RESERVED"] * 5, "CLOSE", "PING", "PONG", *["RESERVED"] * 5]
    assert [is_control(opcode) for opcode in range(16)] == [False] * 8 + [True] * 8
