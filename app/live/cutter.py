"""Cutting what a client sends into whole heads and frames, for holding them; idle while nothing is held."""

from __future__ import annotations

from app.live.unit import Unit
from app.protocol.frames import read_header
from app.protocol.handshake import find_end
from app.trace import Trace

LONGEST_HEADER = 14


class Cutter:
    """`head_end`: where the request ends; 0 until that is known. `given`: up to here the engine has what came, or will
    have it through the units that were cut; whoever passes bytes on uncut adds them.

    Bytes that went to the engine uncut are found again in the trace."""

    def __init__(self, trace: Trace, limit: int) -> None:
        self.head_end = 0
        self._trace, self._limit = trace, limit
        self._frame = 0  # where the current unit begins in the stream
        self.given = 0
        self._buffer = bytearray()
        self._lost = False

    @property
    def waiting(self) -> bool:
        """Whether part of a unit waits for the rest of it."""
        return bool(self._buffer)

    def cut(self, data: bytes) -> list[Unit]:
        """The units that these bytes complete."""
        self._buffer += data
        units: list[Unit] = []
        while self._buffer and (size := self._next()) is not None:
            units.append(self._unit(size))
        return units

    def rest(self) -> list[Unit]:
        """What is left of a unit that will not be completed."""
        return [self._unit(len(self._buffer))] if self._buffer else []

    def _unit(self, size: int) -> Unit:
        data = bytes(self._buffer[:size])
        del self._buffer[:size]
        unit = Unit("client", True, self.given < self.head_end or not self.head_end, self.given, data)
        self.given += size
        return unit

    def _next(self) -> int | None:
        """How many bytes of the buffer make the next unit; None while it is incomplete."""
        if self._lost:
            return len(self._buffer)
        if not self.head_end:
            self.head_end = find_end(self._trace.bytes("client", 0, self.given) + bytes(self._buffer)) or 0
            if not self.head_end:
                return None
        if self.given < self.head_end:
            return self._within(self.head_end - self.given)
        self._align()
        if self._lost:
            return len(self._buffer)
        header = read_header(self._seen() + bytes(self._buffer[:LONGEST_HEADER]))
        if header is None:
            return None
        if header.length > self._limit:  # it will be refused by its header alone
            self._lost = True
            return len(self._buffer)
        return self._within(self._frame + header.size + header.length - self.given)

    def _within(self, size: int) -> int | None:
        return size if len(self._buffer) >= size else None

    def _seen(self) -> bytes:
        """The first bytes of the current frame that the engine has already."""
        return self._trace.bytes("client", self._frame, min(self.given, self._frame + LONGEST_HEADER))

    def _align(self) -> None:
        """Move the frame boundary forward over whole frames that the engine has."""
        self._frame = max(self._frame, self.head_end)
        if self._frame == self.given:
            return
        if self._trace.size("client") < self.given:  # not recorded any more: from here on units are reads
            self._lost = True
            return
        start, data = self._frame, self._trace.bytes("client", self._frame, self.given)
        while (header := read_header(data, self._frame - start)) is not None:
            end = self._frame + header.size + header.length
            if end > self.given:
                break
            self._frame = end
