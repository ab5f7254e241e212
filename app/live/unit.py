"""What a gate holds: a whole head or frame on its way, and how much of it has been let go."""

from __future__ import annotations

from typing import NamedTuple

from app.trace import Side

CLOSE_FRAME = 0x88


class Unit(NamedTuple):
    """`start` is its byte offset in the side's stream, `since` when it was held, `done` how many bytes have gone on."""

    side: Side
    inbound: bool
    head: bool
    start: int
    data: bytes
    since: int = 0
    n: int = 0
    done: int = 0

    @property
    def rest(self) -> bytes:
        """What is still held of it."""
        return self.data[self.done :]

    @property
    def closes(self) -> bool:
        """Whether it is a Close frame."""
        return not self.head and self.data[:1] == bytes((CLOSE_FRAME,))
