"""One side's stream as far as a conversation has folded it."""

from __future__ import annotations

from typing import Literal, NamedTuple

from app.protocol.events import Violation
from app.protocol.frames import Header, Opcode
from app.protocol.handshake import EndOfHead
from app.protocol.reader import FrameReader

Phase = Literal["head", "waiting", "frames", "other"]
"""What a side's bytes are: its head, frames that wait for the answer, frames, or nothing of ours (an HTTP body)."""


class Seen(NamedTuple):
    """A complete data frame, remembered for the message it belongs to; start and end in bits."""

    seq: int
    start: int
    end: int


class Recent:
    """Bytes from the start of the unfinished frame on; offsets are bytes of the whole stream."""

    __slots__ = ("_data", "_start")

    def __init__(self) -> None:
        self._data = bytearray()
        self._start = 0

    def begin(self, offset: int) -> None:
        """The next byte stands at `offset`."""
        self._data.clear()
        self._start = offset

    def add(self, data: bytes) -> None:
        """The next bytes have come."""
        self._data += data

    def read(self, start: int, end: int) -> bytes:
        """Bytes `start` to `end`; empty where they are no longer here."""
        return bytes(self._data[start - self._start : end - self._start]) if start >= self._start else b""

    def keep(self, reader: FrameReader, limit: int) -> None:
        """Forget what the reader is done with; of a frame longer than `limit` nothing is kept."""
        begun, unfinished = reader.partial, reader.unfinished
        refused = unfinished is not None and unfinished[0].length > limit
        if begun is None or refused or reader.lost:
            self.begin(self._start + len(self._data))
        elif (done := begun[0] - self._start) > 0:
            del self._data[:done]
            self._start = begun[0]


class Direction:
    """One side's stream as far as it has been folded."""

    __slots__ = (
        "buffer",
        "end_of_head",
        "ended",
        "faults",
        "frames",
        "offset",
        "phase",
        "reader",
        "recent",
        "squeezed",
    )

    def __init__(self) -> None:
        self.phase: Phase = "head"
        self.buffer = bytearray()
        self.end_of_head = EndOfHead()
        self.offset = 0
        self.reader: FrameReader | None = None
        self.faults: list[Violation] = []
        self.frames: list[Seen] = []
        """The data frames of the message that is under way, or came last: of the others nothing is kept."""
        self.ended = False
        self.recent = Recent()
        self.squeezed = False
        """Whether the message that is under way is a compressed one."""

    def remember(self, header: Header, seen: Seen, most: int) -> None:
        """A data frame is complete; a message of more than `most` of them is refused anyway."""
        if header.opcode != Opcode.CONT:
            self.frames.clear()
            self.squeezed = bool(header.rsv1)
        if len(self.frames) < most:
            self.frames.append(seen)

    @property
    def partial(self) -> tuple[int, int] | None:
        """Start and end, in bytes, of a frame or head that has begun and is not complete."""
        if self.phase == "frames" and self.reader:
            return self.reader.partial
        if self.phase == "head" and self.buffer:
            return self.offset, self.offset + len(self.buffer)
        return None

    @property
    def size(self) -> int:
        """Bytes of this side that have been folded."""
        if self.phase == "frames" and self.reader:
            partial = self.reader.partial
            return partial[1] if partial else self.reader.offset
        return self.offset + len(self.buffer)
