"""Edits of a copy: bits, numbers, runs of bytes; records keep their times."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.trace import Trace
from app.web.edits import differs, edited, read_edits, written


def trace(*blocks: bytes) -> Trace:
    made = Trace("0")
    for at, block in enumerate(blocks):
        made.add(at, "client", block)
    return made


@pytest.mark.parametrize(
    ("words", "bytes_"),
    [
        ("f0", "0185 37fa"),
        ("f15", "8184 37fa"),
        ("p4.4.a", "8a85 37fa"),
        ("p8.1.0", "8105 37fa"),
        ("p12.8.ff", "818f f7fa"),
        ("s1.2.00", "8100 fa"),
        ("s0.4.", ""),
        ("s4.0.ab", "8185 37fa ab"),
        ("s2.0.ab", "8185 ab37 fa"),
        ("f99", "8185 37fa"),
        ("p30.8.ff", "8185 37fa"),
    ],
)
def test_an_edit_changes_just_what_it_says(words: str, bytes_: str) -> None:
    before = trace(b"\x81\x85", b"\x37\xfa")
    after = edited(before, read_edits(f"0~client~{words}"))
    assert after.bytes("client") == bytes.fromhex(bytes_)
    assert [record.at for record in after.records] == [0, 1]
    assert before.bytes("client") == b"\x81\x85\x37\xfa"


def test_only_the_connection_and_side_that_are_named_change() -> None:
    before = trace(b"\x81")
    assert edited(before, read_edits("1~client~f0")) is before
    assert edited(before, read_edits("0~server~f0")).bytes("client") == b"\x81"


@pytest.mark.parametrize("word", ["", "0~client~x", "0~both~f1", "0~client~p0.4.ff", "0~client~s0.1.abc", "f1"])
def test_what_is_no_edit_is_refused(word: str) -> None:
    if not word:
        assert read_edits(word) == ()
        return
    with pytest.raises(ValueError):
        read_edits(word)


def test_there_are_not_too_many() -> None:
    with pytest.raises(ValueError, match="At most"):
        read_edits(";".join(["0~client~f1"] * 300))


@given(st.lists(st.binary(max_size=8), max_size=5), st.integers(0, 60), st.integers(0, 30), st.binary(max_size=9))
def test_replacing_bytes_is_slicing(blocks: list[bytes], at: int, cut: int, new: bytes) -> None:
    whole = b"".join(blocks)
    after = edited(trace(*blocks), read_edits(f"0~client~s{at}.{cut}.{new.hex()}"))
    if at < len(whole) or (at == len(whole) and blocks and cut == 0):
        assert after.bytes("client") == whole[:at] + new + whole[at + cut :]
    else:
        assert after.bytes("client") in (whole, whole + new)


@given(st.binary(min_size=1, max_size=20), st.data())
def test_an_edit_reads_as_it_was_written(data: bytes, draw: st.DataObject) -> None:
    bit = draw.draw(st.integers(0, len(data) * 8 - 1))
    for word in (f"0~client~f{bit}", f"0~client~p{bit}.1.1", f"0~client~s0.{len(data)}.{data.hex()}"):
        (edit,) = read_edits(word)
        assert read_edits(written(edit)) == (edit,)
    flipped = edited(trace(data), read_edits(f"0~client~f{bit}"))
    assert differs(trace(data), flipped) == 1
