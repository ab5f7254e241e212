"""UTF-8 checked as it arrives: the same verdict as a whole decode, at the earliest byte."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.protocol.utf8 import BadUtf8, Utf8, find_error, is_utf8

PIECES = st.one_of(
    st.binary(max_size=4),
    st.text(max_size=3).map(str.encode),
    st.sampled_from([b"\xed", b"\xa0", b"\x80", b"\xf0", b"\xf4\x90", b"\xe2\x82", b"\xc0"]),
)


def verdict(pieces: list[bytes]) -> tuple[int, int, str] | None:
    """The first thing wrong, with its place in the whole text."""
    check, at = Utf8(), 0
    for piece in pieces:
        if bad := check.feed(piece):
            return at + bad.start, at + bad.end, bad.note
        at += len(piece)
    bad = check.finish()
    return (at + bad.start, at + bad.end, bad.note) if bad else None


class TestValid:
    """RFC 3629 4: what is a character."""

    @pytest.mark.parametrize("text", ["", "Hello", "κόσμε", "€", "\U0010ffff", "\ufffe\uffff", "\x00", "\ud7ff\ue000"])
    def test_characters_of_every_length(self, text: str) -> None:
        assert is_utf8(text.encode())
        assert verdict([bytes([byte]) for byte in text.encode()]) is None

    @settings(max_examples=300)
    @given(st.lists(PIECES, max_size=6))
    def test_agrees_with_a_whole_decode(self, pieces: list[bytes]) -> None:
        whole = b"".join(pieces)
        assert (verdict(pieces) is None) == is_utf8(whole) == (find_error(whole) is None)

    @settings(max_examples=300)
    @given(st.lists(PIECES, max_size=6))
    def test_pieces_change_nothing(self, pieces: list[bytes]) -> None:
        whole = b"".join(pieces)
        assert verdict(pieces) == verdict([whole]) == verdict([bytes([byte]) for byte in whole])


class TestInvalid:
    """RFC 3629 3 and 10: overlong forms, surrogates, and what lies beyond U+10FFFF; the place is exact."""

    @pytest.mark.parametrize(
        ("text", "start", "end"),
        [
            (b"ok\xff", 2, 3),
            (b"\xc0\xaf", 0, 1),
            (b"\xe0\x80\x80", 0, 2),
            (b"\xf0\x80\x80\x80", 0, 2),
            (b"\xed\xa0\x80", 0, 2),
            (b"\xf4\x90\x80\x80", 0, 2),
            (b"\xf8\x88\x80\x80\x80", 0, 1),
            (b"\xce.", 0, 2),
            (b"\xe2\x82.", 0, 3),
            (b"\x80", 0, 1),
            (b"a\xe2\x82", 1, 3),
        ],
    )
    def test_the_promise_and_the_byte_that_broke_it(self, text: bytes, start: int, end: int) -> None:
        bad = find_error(text)
        assert bad is not None
        whole = len(text) if bad.end <= 0 else 0
        assert (bad.start + whole, bad.end + whole) == (start, end)

    @pytest.mark.parametrize("text", [b"\xed\xa0", b"\xf4\x90", b"\xe0\x9f", b"\xf0\x8f", b"\xc1", b"\xf5", b"\xbf"])
    def test_the_earliest_byte_decides(self, text: bytes) -> None:
        check = Utf8()
        bad = [check.feed(bytes([byte])) for byte in text]
        assert bad[-1] is not None
        assert bad[:-1] == [None] * (len(text) - 1)

    def test_the_place_may_lie_in_the_piece_before(self) -> None:
        check = Utf8()
        assert check.feed(b"ab\xe2") is None
        assert check.pending == b"\xe2"
        assert check.feed(b".") == BadUtf8(-1, 1, "e2 begins a character that 2e cannot continue")
