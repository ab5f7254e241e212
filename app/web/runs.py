"""Which event each byte of a stream belongs to, and in which colour it is drawn. Pure."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from app.anatomy import family
from app.protocol.events import Event
from app.protocol.frames import Header, Opcode
from app.trace import Side

_PAYLOADS = {Opcode.CLOSE: "close.code", Opcode.PING: "ping.data", Opcode.PONG: "pong.data"}


class Run(NamedTuple):
    """Bytes `start` to `end` of a stream: one field, or one head, of event `seq`."""

    start: int
    end: int
    family: str
    field: str
    seq: int


def runs(events: Sequence[Event], side: Side, start: int, end: int) -> list[Run]:
    """The runs that have a byte in the range, in order, cut to it; bytes of no known event have none."""
    mine = [event for event in events if event.side == side and event.kind in ("request", "response", "frame")]
    first = max(bisect_right([event.start for event in mine], start * 8) - 1, 0)
    found: list[Run] = []
    for event in mine[first:]:
        if event.start >= end * 8:
            break
        for run in _runs(event):
            low, high = max(run.start, start), min(run.end, end)
            if low < high:
                found.append(run._replace(start=low, end=high))
    return found


def _runs(event: Event) -> Iterator[Run]:
    at, end, header = event.start // 8, event.end // 8, event.detail
    if not isinstance(header, Header):
        name = "req.line" if event.kind == "request" else "res.line"
        yield Run(at, end, family(name), name, event.seq)
        return
    payload = _PAYLOADS.get(Opcode(header.opcode), "payload") if header.opcode in _PAYLOADS else "payload"
    sizes = (
        ("opcode", 1),
        ("len7", 1 if header.form == 7 else 1 + header.form // 8),
        ("key", 4 if header.key is not None else 0),
        (payload, end - at),
    )
    for name, size in sizes:
        stop = min(at + size, end)
        if stop > at:
            yield Run(at, stop, family(name), name, event.seq)
        at = stop
