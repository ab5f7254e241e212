"""The message that a frame belongs to, where it says more than the frame does. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from app.anatomy import Explanation, explain
from app.anatomy.pieces import Pieces, pieces
from app.protocol.events import Event, Message
from app.protocol.frames import Header, is_control
from app.trace import Trace

AHEAD = 64
"""Events that are looked through for the message of a frame."""


class Whole(NamedTuple):
    """The message, explained; and its frames, when there are several."""

    explanation: Explanation
    pieces: Pieces | None


def whole_of(
    event: Event,
    following: Iterable[Event],
    find: Callable[[int], Event | None],
    trace_of: Callable[[Event], Trace],
) -> Whole | None:
    """The message behind a data frame; None while it is not complete, and when it is just the frame's own payload."""
    if not isinstance(event.detail, Header) or is_control(event.detail.opcode):
        return None
    message = next((one for one in following if _holds(one, event.seq)), None)
    if message is None or not isinstance(message.detail, Message):
        return None
    if len(message.detail.frames) < 2 and not message.detail.compressed:
        return None
    frames = [frame for frame in map(find, message.detail.frames) if frame is not None]
    return Whole(explain(message, trace_of(message)), pieces(event, message, frames, trace_of))


def _holds(event: Event, seq: int) -> bool:
    return isinstance(event.detail, Message) and seq in event.detail.frames
