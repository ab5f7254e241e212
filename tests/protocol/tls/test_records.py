"""Records and handshake messages, however their bytes arrive."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.protocol.tls.records import LONGEST, MessageReader, RecordReader, read_records

ALERT = bytes.fromhex("15030300020100")


def test_records_have_places() -> None:
    first, second = read_records(ALERT + b"\x17\x03\x03\x00\x01x")[0]
    assert (first.start, first.end, second.start, second.end) == (0, 7, 7, 13)
    assert first.header + first.payload == ALERT


@given(st.lists(st.integers(1, 9), max_size=12))
def test_how_bytes_arrive_changes_nothing(cuts: list[int]) -> None:
    data, reader, found, at = ALERT * 3, RecordReader(), [], 0
    for size in [*cuts, len(data)]:
        found += reader.feed(data[at : at + size])
        at += size
    assert found == read_records(data)[0]


def test_other_bytes_are_told_from_records() -> None:
    too_long = b"\x17\x03\x03" + (LONGEST + 1).to_bytes(2, "big")
    for junk in (b"GET / HTTP", b"\x16\x02\x00\x00\x00", too_long):
        reader = RecordReader()
        assert len(reader.feed(ALERT + junk + ALERT)) == 1
        assert reader.broken and reader.offset == len(ALERT) and reader.partial == len(junk + ALERT)


def test_messages_are_joined_over_records_and_told_apart_in_one() -> None:
    reader = MessageReader()
    assert reader.feed(b"\x14\0\0\x02a") == []
    assert reader.feed(b"b\x0e\0\0\0\x04") == [(20, b"ab"), (14, b"")]
    assert reader.feed(b"\xff\xff\xff") == [] and reader.feed(b"\x04\0\0\0") == [(4, b"")]
