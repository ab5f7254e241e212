"""A message put together from its frames (RFC 6455 section 5.4)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple

from app.protocol.events import Event, Message, frame_payload, tag
from app.protocol.frames import Header
from app.trace import Trace

SHOWN = 24
"""Bytes of each piece that are shown."""
LISTED = 12
"""Pieces that are listed; a message may have thousands."""


class Piece(NamedTuple):
    """One frame of a message: its first bytes unmasked, and where they go. `mine` marks the frame one came from."""

    seq: int
    tag: str
    fin: int
    start: int
    size: int
    data: bytes
    mine: bool


@dataclass(frozen=True, slots=True)
class Pieces:
    """All frames of a message in order; `left_out` are not listed. `compressed`: joined first, then inflated."""

    pieces: tuple[Piece, ...]
    left_out: int
    size: int
    compressed: bool
    message: int


def pieces(event: Event, whole: Event, frames: Iterable[Event], trace_of: Callable[[Event], Trace]) -> Pieces | None:
    """How the frame `event` becomes the message `whole`; None when the message has no other frame."""
    message = whole.detail
    if not isinstance(message, Message) or len(message.frames) < 2:
        return None
    found: list[Piece] = []
    at = 0
    for frame in frames:
        assert isinstance(frame.detail, Header)
        size = frame.detail.length
        if len(found) < LISTED or frame is event:
            data = frame_payload(frame, trace_of(frame))[:SHOWN]
            found.append(Piece(frame.seq, tag(frame), frame.detail.fin, at, size, data, frame is event))
        at += size
    return Pieces(tuple(found), len(message.frames) - len(found), at, message.compressed, whole.seq)
