"""One direction of a TCP connection put together again (RFC 9293 section 3.4): whatever order its segments came in,
however often, and with what is missing said."""

from __future__ import annotations

from heapq import heappop, heappush
from typing import Literal, NamedTuple

WRAP, HALF = 1 << 32, 1 << 31
FARTHEST = 1 << 30
"""No window is larger: a segment further away belongs to another connection on the same ports."""
EARLIEST = 64
"""So many pieces into a capture that begins in the middle, older data is still put before the newer."""


class Piece(NamedTuple):
    """A run of bytes, or the fact that the stream ends or lacks something. `number` is the packet that made it
    available, `at` its time: what waited for an older segment has the number and time of that one."""

    number: int
    at: int
    kind: Literal["data", "fin", "rst", "gap"]
    data: bytes


class Stream:
    """The segments of one direction, in the order of the capture."""

    def __init__(self) -> None:
        self.pieces: list[Piece] = []
        self.syn: int | None = None
        """Sequence number of the SYN, if it was captured."""
        self.next: int | None = None
        """Sequence number of the next byte in order."""
        self.size = 0
        self.repeated = 0
        """Bytes that came again."""
        self.different = 0
        """Segments that came again with other bytes."""
        self._first = 0
        self._farthest = 0
        self._fin: tuple[int, int, int] | None = None
        self._waiting: list[tuple[int, int, int, bytes]] = []
        self._number = 0
        self._at = 0

    @property
    def spoke(self) -> bool:
        """Has any payload been seen?"""
        return bool(self._waiting) or any(piece.kind == "data" for piece in self.pieces)

    def begin(self, sequence: int) -> None:
        """The SYN was captured, or the peer has said where this stream begins."""
        self.next = sequence % WRAP

    def fits(self, sequence: int) -> bool:
        """Whether a segment can belong to this connection."""
        return self.next is None or abs((sequence - self.next + HALF) % WRAP - HALF) < FARTHEST

    def add(self, number: int, at: int, sequence: int, data: bytes, length: int) -> None:
        """A segment with payload; `length` is what it had on the wire, `data` what was kept of it."""
        if self.next == sequence and len(data) == length and not self._waiting:
            self._put(number, at, data)
            return
        if self.next is None:
            self.next = sequence
            if data == b"\0" and length == 1:
                return  # a keep-alive probe: one byte that has been sent before, without meaning
        place = self.size + (sequence - self.next + HALF) % WRAP - HALF
        self._farthest = max(self._farthest, place + length)
        if place < self._first:
            place, data = self._before(place, data)
        if place <= self.size:
            self._overlapping(number, at, place, data)
        elif data:
            heappush(self._waiting, (place, number, at, data))
        if self._waiting:
            self._drain()

    def fin(self, number: int, at: int, sequence: int) -> None:
        """A FIN; `sequence` is the number that it takes itself."""
        if self._fin is None:
            if self.next is None:
                self.next = sequence
            self._fin = (self.size + (sequence - self.next + HALF) % WRAP - HALF, number, at)

    def rst(self, number: int, at: int) -> None:
        """A reset, which needs no place in the stream."""
        self.pieces.append(Piece(max(number, self._number), at, "rst", b""))

    def finish(self) -> list[Piece]:
        """Everything, with a gap wherever bytes never came."""
        while self._waiting:
            place, number, at, _ = self._waiting[0]
            if self._fin and place >= self._fin[0]:
                break
            self._gap(place, number, at)
            self._drain()
        if self._fin and self._fin[0] >= self.size:
            place, number, at = self._fin
            if place > self.size:
                self._gap(place, number, at)
            self._mark("fin", number, at)
        elif self._farthest > self.size:
            self._gap(self._farthest, self._number, self._at)
        return sorted(self.pieces, key=lambda piece: piece.number)

    def _before(self, place: int, data: bytes) -> tuple[int, bytes]:
        """Older than the first byte: with a known beginning it is a keep-alive or a repetition, else news."""
        known = self.syn is not None or len(self.pieces) > EARLIEST or len(data) < 2
        if known:
            self.repeated += min(len(data), self._first - place)
            return self._first, data[self._first - place :]
        self._restart(place)
        return place, data

    def _restart(self, place: int) -> None:
        """The stream begins earlier than was thought: put its pieces together again from there."""
        assert self.next is not None
        at = self._first
        for piece in self.pieces:
            if piece.kind == "data":
                heappush(self._waiting, (at, piece.number, piece.at, piece.data))
                at += len(piece.data)
        self.pieces = [piece for piece in self.pieces if piece.kind != "data"]
        self.next = (self.next - (self.size - place)) % WRAP
        self._first = self.size = place

    def _overlapping(self, number: int, at: int, place: int, data: bytes) -> None:
        """A segment that begins at or before the next byte: what of it is new counts, the rest came before."""
        known = self.size - place
        self.repeated += min(known, len(data))
        if known and len(data) > 1 and not self._same(place, data[:known]):
            self.different += 1
        if len(data) > known:
            self._put(number, at, data[known:])

    def _same(self, place: int, data: bytes) -> bool:
        """Compare a repetition with the newest pieces; what lies further back is not looked for."""
        end, parts = self.size, []
        for piece in self.pieces[: -EARLIEST - 1 : -1]:
            if piece.kind == "data":
                parts.append(piece.data)
                end -= len(piece.data)
                if end <= place:
                    break
        if end > place:
            return True
        have = b"".join(reversed(parts))[place - end :]
        return have.startswith(data)

    def _drain(self) -> None:
        while self._waiting and self._waiting[0][0] <= self.size:
            place, number, at, data = heappop(self._waiting)
            self._overlapping(number, at, place, data)

    def _put(self, number: int, at: int, data: bytes) -> None:
        self.size += len(data)
        self.next = (self.next or 0) + len(data) & 0xFFFFFFFF
        self._mark("data", number, at, data)

    def _gap(self, place: int, number: int, at: int) -> None:
        self.next = ((self.next or 0) + place - self.size) % WRAP
        self.size = place
        self._mark("gap", number, at)

    def _mark(self, kind: Literal["data", "fin", "gap"], number: int, at: int, data: bytes = b"") -> None:
        """Nothing becomes available before what comes earlier in the stream."""
        if number > self._number:
            self._number, self._at = number, at
        self.pieces.append(Piece(self._number, self._at, kind, data))
