"""Events from records, on demand."""

from __future__ import annotations

from app.live.fold import Fold
from app.live.unit import Unit
from app.protocol.frames import write_frame
from app.protocol.limits import Limits
from app.trace import Trace

from .conftest import ACCEPT, REQUEST

HELLO = write_frame(1, b"Hello", key=bytes.fromhex("37fa213d"))


def recorded(frames: int = 0, answered: bool = True) -> Trace:
    trace = Trace("c1")
    trace.add(0, "client", REQUEST)
    if answered:
        trace.add(1, "server", ACCEPT)
    for at in range(frames):
        trace.add(2 + at, "client", HELLO)
    return trace


def test_events_are_numbered_and_read_in_ranges() -> None:
    fold = Fold(recorded(5), 1000, Limits())
    last = fold.advance(False)
    every = fold.after(-1, 1000)
    assert every[-1].seq == last and fold.after(every[2].seq, 3) == every[3:6]
    assert fold.event(every[4].seq) is every[4] and fold.event(last + 1) is None


def test_events_that_were_not_kept_are_folded_again() -> None:
    full, short = Fold(recorded(50), 1000, Limits()), Fold(recorded(50), 10, Limits())
    assert full.advance(True) == short.advance(True) and len(short.events) == 10
    assert [e.start for e in short.after(40, 20)] == [e.start for e in full.after(40, 20)]


def test_the_end_is_told_once() -> None:
    fold = Fold(recorded(), 1000, Limits())
    assert fold.advance(True) == fold.advance(True)


def test_a_public_fold_has_a_redacted_trace_of_its_own() -> None:
    trace = Trace("c1")
    trace.add(0, "client", REQUEST[:-2] + b"Cookie: secret\r\n\r\n")
    fold = Fold(trace, 1000, Limits(), public=True)
    fold.advance(False)
    assert b"secret" in trace.bytes("client") and b"******" in fold.trace.bytes("client")


def test_what_is_held_becomes_an_event() -> None:
    fold = Fold(recorded(1), 1000, Limits())
    fold.advance(False)
    start = len(REQUEST)
    units = [
        Unit("client", True, False, start, HELLO, n=1),
        Unit("server", False, False, len(ACCEPT), write_frame(1, b"Hello"), n=2),
        Unit("server", False, False, len(ACCEPT) + 7, write_frame(9, b""), n=3),
    ]
    first, second, third = (fold.pending(units, n) for n in (1, 2, 3))
    assert first and (first.side, first.start) == ("client", start * 8)
    assert second and (second.side, second.start) == ("server", len(ACCEPT) * 8)
    assert third and third.start == (len(ACCEPT) + 7) * 8
    assert fold.pending(units, 4) is None and fold.last == fold.advance(False)
