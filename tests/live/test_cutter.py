"""Cutting a stream into heads and frames, from any point at which holding begins."""

from __future__ import annotations

import pytest

from app.live.cutter import Cutter
from app.protocol.frames import write_frame
from app.trace import Trace

HEAD = b"GET / HTTP/1.1\r\n\r\n"
FRAMES = [
    write_frame(1, b"Hello", key=bytes(4)),
    write_frame(2, bytes(300), key=bytes(4)),
    write_frame(9, key=bytes(4)),
]
STREAM = HEAD + b"".join(FRAMES)


def cutter(recorded: int | None = None, limit: int = 10_000) -> Cutter:
    trace = Trace("c1")
    trace.add(0, "client", STREAM[: len(STREAM) if recorded is None else recorded])
    return Cutter(trace, limit)


def test_a_stream_from_its_beginning() -> None:
    units = cutter().cut(STREAM)
    assert [unit.data for unit in units] == [HEAD, *FRAMES]
    assert [unit.head for unit in units] == [True, False, False, False]
    assert [unit.start for unit in units] == [0, 18, 29, 29 + len(FRAMES[1])]


@pytest.mark.parametrize("size", [1, 2, 5, 100])
def test_how_it_arrives_changes_nothing(size: int) -> None:
    cut = cutter()
    units = [unit for start in range(0, len(STREAM), size) for unit in cut.cut(STREAM[start : start + size])]
    assert [unit.data for unit in units] == [HEAD, *FRAMES] and not cut.waiting


@pytest.mark.parametrize("given", range(len(HEAD), len(STREAM)))
def test_holding_may_begin_anywhere(given: int) -> None:
    cut = cutter()
    cut.head_end = len(HEAD)
    cut.given += given
    units = cut.cut(STREAM[given:])
    ends = {len(HEAD), len(HEAD) + len(FRAMES[0]), len(HEAD) + len(FRAMES[0] + FRAMES[1]), len(STREAM)}
    assert [unit.start + len(unit.data) for unit in units] == sorted(end for end in ends if end > given)
    assert b"".join(unit.data for unit in units) == STREAM[given:]


def test_past_the_recording_units_are_reads() -> None:
    cut = cutter(recorded=30)
    cut.head_end = len(HEAD)
    cut.given += 100
    assert [unit.data for unit in cut.cut(STREAM[100:])] == [STREAM[100:]]


def test_a_frame_that_will_be_refused_does_not_wait_for_its_end() -> None:
    cut = cutter(limit=100)
    cut.cut(HEAD + FRAMES[0])
    assert [unit.data for unit in cut.cut(FRAMES[1][:20])] == [FRAMES[1][:20]]


def test_what_is_left_can_be_asked_for() -> None:
    cut = cutter()
    cut.cut(HEAD + b"\x81")
    assert cut.waiting
    assert [unit.data for unit in cut.rest()] == [b"\x81"] and cut.rest() == []
