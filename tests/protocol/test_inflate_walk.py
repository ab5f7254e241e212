"""DEFLATE walked symbol by symbol, against zlib."""

from __future__ import annotations

import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.protocol.inflate_walk import WalkError, expand, walk
from tests.protocol.rule_steps import Deflate, zeros

TAIL = b"\x00\x00\xff\xff"


def deflated(data: bytes, level: int = 6, strategy: int = zlib.Z_DEFAULT_STRATEGY) -> bytes:
    machine = zlib.compressobj(level, zlib.DEFLATED, -15, 8, strategy)
    return machine.compress(data) + machine.flush(zlib.Z_SYNC_FLUSH)


@given(st.binary(max_size=400), st.integers(0, 9), st.sampled_from([0, 2, 4]))
def test_it_expands_to_what_zlib_inflates(data: bytes, level: int, strategy: int) -> None:
    stream = deflated(data * 3, level, strategy)
    assert expand(stream, walk(stream)) == data * 3


@given(st.binary(max_size=60))
def test_any_bytes_end_or_break_as_zlib_says(data: bytes) -> None:
    machine = zlib.decompressobj(-15, zdict=bytes(32_768))
    try:
        out = machine.decompress(data)
    except zlib.error:
        return  # zlib also refuses codes that leave room, which a walk can read
    if machine.eof:
        return
    steps = []
    with pytest.raises(WalkError) if data and not settled(data) else nothing():
        steps += walk(data)
    if not steps:
        return
    assert expand(data, steps, bytes(32_768)) == out


def settled(data: bytes) -> bool:
    """Whether a stream stops between two blocks, at the end of a byte."""
    try:
        return [step.kind for step in walk(data)][-1] in ("end", "stored", "pad")
    except WalkError:
        return False


class nothing:
    def __enter__(self) -> None: ...

    def __exit__(self, *_: object) -> None: ...


def test_the_steps_tile_the_stream() -> None:
    stream = deflated(b"tile, tile, tile the stream" * 9) + Deflate().stored(b"plain").done()
    steps = list(walk(stream))
    heads = [(a.end, b.start) for a, b in zip(steps, steps[1:], strict=False) if b.kind not in ("stored", "literal")]
    assert steps[0].start == 0 and steps[-1].end == len(stream) * 8
    assert all(end <= start for end, start in heads)


def test_a_copy_says_how_far_it_reaches() -> None:
    stream = Deflate().block(1).literals(b"Hello").copy3(4, 0, 1).end().flushed() + TAIL
    copy = next(step for step in walk(stream) if step.kind == "copy")
    assert (copy.value, copy.distance, copy.at) == (3, 5, 5)
    assert expand(stream, walk(stream)) == b"HelloHel"


def test_a_dynamic_block() -> None:
    stream = zeros(3) + TAIL
    assert expand(stream, walk(stream)) == bytes(1 + 3 * 258) == zlib.decompressobj(-15).decompress(stream)


@pytest.mark.parametrize(
    ("data", "why", "cut"),
    [
        (b"\x07", "block type 3", False),
        (b"\x00\x05\x00\x00\x00", "complement", False),
        (b"\xf2\x48", "cut off", True),
        (b"\x00\x05\x00\xfa\xffHe", "cut off", True),
    ],
)
def test_where_it_breaks(data: bytes, why: str, cut: bool) -> None:
    with pytest.raises(WalkError, match=why) as caught:
        list(walk(data))
    assert caught.value.cut == cut


def test_blocks_behind_a_final_one_are_walked() -> None:
    stream = Deflate().block(1, final=True).end().pad(0x15).block(1).literals(b"on").end().flushed() + TAIL
    steps = list(walk(stream))
    assert [step.value for step in steps if step.kind == "pad"][0] == 0x15 & 0b111111
    assert expand(stream, steps) == b"on"
