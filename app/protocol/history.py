"""What one direction has compressed so far, so that any of its messages can be inflated again later.

No window is kept for each message: one for each MiB that has come out, and the messages behind it are inflated anew
from the recorded bytes until the wanted one is reached (RFC 7692 section 7.2.2).
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from typing import NamedTuple

from app.protocol.deflate import WINDOW, InflateError, Inflater, TooBig
from app.protocol.frames import DATA, apply_mask, read_header
from app.trace import Side, Trace

APART = 2**20
"""Inflated bytes between two windows that are kept."""
LIMIT = 2**24
"""Bytes that one message may inflate to on the way."""


class Turn(NamedTuple):
    """One compressed message: its `number` in its direction from 0, its frames' place in the stream (bytes), the
    compressed bytes that they carry, what it inflates to, and how many bytes came out and were sent before it."""

    number: int
    start: int
    end: int
    sent: int
    size: int
    out_before: int
    sent_before: int


class History:
    """The compressed messages of one direction. `bits` is its agreed window size, `forgets`: each message begins with
    an empty window."""

    def __init__(self, side: Side, bits: int, forgets: bool) -> None:
        self.side: Side = side
        self.bits = bits
        self.forgets = forgets
        self._starts, self._ends = array("Q"), array("Q")
        self._sent, self._out = array("Q", [0]), array("Q", [0])
        self._windows: list[tuple[int, bytes]] = [(0, b"")]
        self._latest = (0, b"")

    def __len__(self) -> int:
        return len(self._starts)

    def add(self, start: int, end: int, sent: int, size: int, window: bytes) -> None:
        """A message is complete; `window` is what came out before it, at least as much as it could copy from."""
        if not self.forgets and self._out[-1] - self._out[self._windows[-1][0]] >= APART:
            self._windows.append((len(self), window[-WINDOW:]))
        self._starts.append(start)
        self._ends.append(end)
        self._sent.append(self._sent[-1] + sent)
        self._out.append(self._out[-1] + size)

    def turn(self, number: int) -> Turn | None:
        """The message of that number, None while it is not complete."""
        if not 0 <= number < len(self):
            return None
        sent, out = self._sent, self._out
        return Turn(
            number,
            self._starts[number],
            self._ends[number],
            sent[number + 1] - sent[number],
            out[number + 1] - out[number],
            out[number],
            sent[number],
        )

    @property
    def out(self) -> int:
        """Bytes that have come out of all messages."""
        return self._out[-1]

    def before(self, number: int) -> int:
        """Bytes that had come out before a message, which may be the one that is under way."""
        return self._out[min(number, len(self))]

    def number_at(self, place: int) -> int:
        """The message that gave byte `place` of everything that has come out."""
        return bisect_right(self._out, place) - 1

    def window(self, number: int, trace: Trace) -> bytes:
        """What stands in the window when a message begins; shorter where the trace does not have it all."""
        if self.forgets:
            return b""
        first, window = self._windows[bisect_right(self._windows, number, key=lambda kept: kept[0]) - 1]
        latest = self._latest  # whoever explains one message after the other begins where the last one ended
        if first <= latest[0] <= number:
            first, window = latest
        machine = Inflater(15, window=window)
        for each in range(first, min(number, len(self))):
            payload = payload_of(trace.bytes(self.side, self._starts[each], self._ends[each]))
            try:
                window = (window + machine.message(payload, LIMIT))[-WINDOW:]
            except (InflateError, TooBig):
                machine = Inflater(15, window=window)
        self._latest = (number, window) if number <= len(self) else latest
        return window


class Past(NamedTuple):
    """Where a compressed frame or message stands in its direction: `number` is its message's."""

    history: History
    number: int

    @property
    def turn(self) -> Turn | None:
        """Its message, once that is complete."""
        return self.history.turn(self.number)


def payload_of(data: bytes) -> bytes:
    """The payload of one message, unmasked and joined, from the bytes of its frames; control frames between them do
    not belong to it. What is cut off is left out."""
    parts, pos = [], 0
    while (header := read_header(data, pos)) is not None:
        body = pos + header.size
        pos = body + header.length
        if header.opcode in DATA:
            piece = data[body:pos]
            parts.append(apply_mask(piece, header.key) if header.key is not None else piece)
        if pos >= len(data):
            break
    return b"".join(parts)
