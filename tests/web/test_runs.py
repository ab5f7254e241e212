"""Which bytes of a stream belong to what."""

from __future__ import annotations

from app.protocol.frames import Opcode, write_frame
from app.web.runs import runs
from tests.web.drawn import KEY, talk


def test_runs_tile_a_side_and_name_their_events() -> None:
    frame = write_frame(Opcode.TEXT, b"Hello", key=KEY)
    events, trace = talk(("client", frame), ("client", write_frame(Opcode.PING, b"?", key=KEY)))
    size = trace.size("client")
    found = runs(events, "client", 0, size)
    assert found[0].start == 0 and found[-1].end == size
    assert all(before.end == after.start for before, after in zip(found, found[1:], strict=False))
    head = next(event.end // 8 for event in events if event.kind == "request")
    assert [(run.start - head, run.family) for run in found[1:5]] == [(0, "op"), (1, "len"), (2, "key"), (6, "data")]


def test_a_range_cuts_its_runs() -> None:
    events, trace = talk(("client", write_frame(Opcode.TEXT, b"x" * 300, key=KEY)))
    end = trace.size("client")
    (run,) = runs(events, "client", end - 20, end - 10)
    assert (run.start, run.end, run.field) == (end - 20, end - 10, "payload")
    assert runs(events, "server", 10**6, 10**6 + 5) == []
