"""Inflating with a limit, whatever the blocks look like; deflating so that any peer's window suffices."""

import random
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.protocol.deflate import MAX_RESTARTS, TAIL, Deflater, InflateError, Inflater, TooBig
from tests.samples import squeeze

BIG = 2**20
TEXTS = st.lists(st.binary(max_size=40) | st.sampled_from([b"", b"Hello", b"ab" * 300]), max_size=6)


class TestInflate:
    """RFC 7692 7.2.2 and the examples of 7.2.3."""

    @pytest.mark.parametrize(
        "data",
        [
            "f248cdc9c90700",
            "000500faff48656c6c6f00",
            "f348cdc9c9070000",
            "f2480500 0000ffffcac9c90700",
        ],
    )
    def test_hello(self, data: str) -> None:
        assert Inflater().message(bytes.fromhex(data), BIG) == b"Hello"

    def test_the_empty_message_is_one_byte(self) -> None:
        assert Inflater().message(b"\0", BIG) == b""

    def test_the_second_hello_needs_the_first(self) -> None:
        shared = Inflater()
        assert [shared.message(bytes.fromhex(data), BIG) for data in ("f248cdc9c90700", "f200110000")] == [b"Hello"] * 2
        alone = Inflater(takeover=False)
        alone.message(bytes.fromhex("f248cdc9c90700"), BIG)
        with pytest.raises(InflateError, match="distance"):
            alone.message(bytes.fromhex("f200110000"), BIG)

    def test_the_window_survives_a_final_block(self) -> None:
        """7.2.3.4: BFINAL = 1 ends a block, not the connection's window."""
        inflater = Inflater()
        for data in ("f348cdc9c9070000", "f200110000", "f348cdc9c9070000"):
            assert inflater.message(bytes.fromhex(data), BIG) == b"Hello"

    @given(TEXTS, st.booleans(), st.integers(9, 15), st.data())
    def test_a_message_may_come_in_pieces(
        self, texts: list[bytes], takeover: bool, bits: int, data: st.DataObject
    ) -> None:
        deflater, inflater = Deflater(bits, takeover), Inflater(bits, takeover)
        for text in texts:
            payload = deflater.message(text)
            cut = data.draw(st.integers(0, len(payload)))
            assert inflater.feed(payload[:cut], BIG) + inflater.message(payload[cut:], BIG) == text

    def test_what_is_not_deflate(self) -> None:
        with pytest.raises(InflateError, match="invalid block type"):
            Inflater().message(b"\xff\xff\xff", BIG)


class TestLimit:
    """RFC 6455 10.4: the limit counts what comes out, and holds while it does."""

    @pytest.mark.parametrize("size", [0, 1, 100, 40_000])
    def test_exactly_the_limit_is_allowed(self, size: int) -> None:
        payload = squeeze(bytes(size))
        assert len(Inflater().message(payload, size)) == size
        if size:
            with pytest.raises(TooBig):
                Inflater().message(payload, size - 1)

    def test_a_bomb_does_not_get_far(self) -> None:
        with pytest.raises(TooBig):
            Inflater().message(squeeze(bytes(100 * BIG)), BIG)

    def test_a_bomb_behind_a_final_block(self) -> None:
        with pytest.raises(TooBig):
            Inflater().message(bytes.fromhex("f348cdc9c90700") + squeeze(bytes(10 * BIG)), BIG)

    def test_final_blocks_are_counted(self) -> None:
        block = b"\x03\x00"
        assert Inflater().message(block * MAX_RESTARTS, BIG) == b""
        with pytest.raises(TooBig, match="final blocks"):
            Inflater().message(block * 2**20, BIG)


class TestAfterAnError:
    """A shared window is gone when a message could not be inflated; without sharing the next one is readable."""

    @pytest.mark.parametrize("takeover", [True, False])
    @pytest.mark.parametrize("bad", [b"\xff\xff\xff", squeeze(bytes(BIG))])
    def test_broken_only_where_the_window_is_shared(self, takeover: bool, bad: bytes) -> None:
        inflater = Inflater(takeover=takeover)
        with pytest.raises((InflateError, TooBig)):
            inflater.message(bad, 1000)
        assert inflater.broken == takeover
        if not takeover:
            assert inflater.message(squeeze(b"Hello"), 1000) == b"Hello"


class TestDeflate:
    """RFC 7692 7.2.1: the tail is removed, and no distance is longer than the agreed window."""

    def test_hello_is_the_example(self) -> None:
        deflater = Deflater()
        assert [deflater.message(b"Hello").hex() for _ in "12"] == ["f248cdc9c90700", "f200110000"]

    def test_the_empty_message(self) -> None:
        assert Deflater().message(b"") in (b"\0", b"\x02\0")

    @pytest.mark.parametrize(("text", "size"), [(b"a", 3), (b"Hi", 4), (b"Hello", 7), (b"z" * 1000, 11)])
    def test_short_messages_grow(self, text: bytes, size: int) -> None:
        assert len(Deflater().message(text)) == size

    @pytest.mark.parametrize("takeover", [True, False])
    @pytest.mark.parametrize("bits", range(8, 16))
    def test_a_window_of_that_size_is_enough(self, bits: int, takeover: bool) -> None:
        """Messages are inflated a byte at a time, so that zlib cannot use its own output as a larger window."""
        noise = random.Random(bits).randbytes(700)
        deflater, inflater = Deflater(bits, takeover), zlib.decompressobj(-bits)
        for text in (noise + noise[:300], noise[250:] * 3, b"ab" * 400, noise):
            payload = deflater.message(text) + TAIL
            assert b"".join(inflater.decompress(bytes([byte])) for byte in payload) == text
            inflater = inflater if takeover else zlib.decompressobj(-bits)
