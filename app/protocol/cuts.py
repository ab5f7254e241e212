"""Where bytes can be stopped on their way: the ends of the fields of a head or a frame.

TCP carries bytes, so only a field that ends on a byte border can be stopped behind. The bits inside one byte travel
together: FIN, RSV1 to RSV3 and the opcode are one piece, MASK and the seven length bits are another.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from app.protocol.frames import Opcode, read_header


class Cut(NamedTuple):
    """A piece ends before byte `end`; `fields` are the ids of what is in it."""

    end: int
    fields: tuple[str, ...]


FIRST = ("fin", "rsv1", "rsv2", "rsv3", "opcode")
SECOND = ("mask", "len7")
CODE_BYTES = 2


def frame_cuts(data: bytes) -> Iterator[Cut]:
    """The pieces of one frame, or of several in a row; the last one ends where the data does."""
    pos, size = 0, len(data)
    while pos < size:
        for end, fields in _frame(data, pos):
            yield Cut(min(end, size), fields)
            if end >= size:
                return
            pos = end


def _frame(data: bytes, pos: int) -> Iterator[Cut]:
    header = read_header(data, pos)
    yield Cut(pos + 1, FIRST)
    yield Cut(pos + 2, SECOND)
    if header is None:
        yield Cut(len(data), ("unparsed",))
        return
    at = pos + 2
    if header.form != 7:
        at += header.form // 8
        yield Cut(at, (f"len{header.form}",))
    if header.masked:
        at += 4
        yield Cut(at, ("key",))
    end = at + header.length
    if header.opcode == Opcode.CLOSE and header.length >= CODE_BYTES:
        at += CODE_BYTES
        yield Cut(at, ("close.code",))
        if end > at:
            yield Cut(end, ("close.reason",))
    elif end > at:
        yield Cut(end, (PAYLOADS.get(header.opcode, "payload"),))


PAYLOADS: dict[int, str] = {Opcode.PING: "ping.data", Opcode.PONG: "pong.data"}
"""Payloads that have a name of their own."""


def head_cuts(data: bytes) -> Iterator[Cut]:
    """The lines of a head, and what comes behind it as one piece more. Each is called by its header, lower case."""
    pos = 0
    while pos < len(data):
        feed = data.find(b"\n", pos)
        end = len(data) if feed < 0 else feed + 1
        line = data[pos:end].strip(b"\r\n")
        yield Cut(end, (_line_name(line, pos == 0),))
        pos = end
        if not line:
            break
    if pos < len(data):
        yield Cut(len(data), ("body",))


def _line_name(line: bytes, first: bool) -> str:
    if first or not line:
        return "line" if line else "end"
    return line.partition(b":")[0].strip().lower().decode("ascii", "backslashreplace")


def next_cut(data: bytes, done: int, *, head: bool) -> Cut:
    """The piece that begins at byte `done` of a head or frame."""
    cuts = head_cuts(data) if head else frame_cuts(data)
    return next((cut for cut in cuts if cut.end > done), Cut(len(data), ()))
