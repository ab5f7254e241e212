"""What a reader reports: messages and control frames, frames, faults; and every frame before what it completes."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

from app.protocol.fault import Fault
from app.protocol.frames import Header, read_header

Received = tuple[int, bytes, int, int]
"""A message or control frame: opcode, payload (unmasked, inflated), numbers of its first and last frame."""


class Frame(NamedTuple):
    """A complete frame: its header and where it starts and ends, in bytes of the stream."""

    header: Header
    start: int
    end: int


Item = Received | Frame | Fault


def with_frames(data: bytes, offset: int, starts: list[int], number: int, items: list[Item]) -> list[Item]:
    """The items with every frame put before what it completed.

    `starts` are the places of the frames in the stream, and of the end of the last; `data` begins at `offset` there.
    `number` is that of the first frame.
    """
    full: list[Item] = []
    waiting = iter(items)
    item = next(waiting, None)
    for start, end in pairwise(starts):
        header = read_header(data, start - offset)
        assert header is not None
        while isinstance(item, Fault) and item.start <= end * 8:
            full.append(item)
            item = next(waiting, None)
        full.append(Frame(header, start, end))
        if item is not None and not isinstance(item, Fault | Frame) and item[3] == number:
            full.append(item)
            item = next(waiting, None)
        number += 1
    return full
