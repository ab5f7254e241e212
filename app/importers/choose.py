"""Parts of a source: one connection, or what happened around a time."""

from __future__ import annotations

import re

from app.importers.source import Source, Unreadable, size_of
from app.protocol.events import Event
from app.trace import SIDES

SECOND = 1_000_000_000
AT_LEAST = 5
"""Events on either side of a time that are shown even when they are further away than WITHIN."""
WITHIN = SECOND

_TIME = re.compile(r"(?:(?:(?P<hours>\d+):)?(?P<minutes>\d+):)?(?P<seconds>\d+(?:\.\d{1,9})?)s?")

_WHATS = {
    "websocket": "WebSocket",
    "encrypted": "encrypted (TLS): what is inside stays hidden without a key log",
    "http": "HTTP without an upgrade to WebSocket: not explained",
    "other": "no WebSocket: not explained",
    "silent": "no bytes in either direction",
}


def only(source: Source, name: str) -> Source:
    """The source with one of its connections. Raises Unreadable when it has none of that name."""
    chosen = [trace for trace in source.traces if trace.connection == name]
    if not chosen:
        names = ", ".join(trace.connection for trace in source.traces[:20])
        raise Unreadable(f"There is no connection {name}; there are: {names}.")
    return source._replace(traces=chosen, bytes=sum(size_of(chosen[0], side) for side in SIDES))


def about(source: Source, name: str) -> str:
    """A connection in one line: its number, who talks to whom, what it carries."""
    trace = next(trace for trace in source.traces if trace.connection == name)
    known = source.knows(trace)
    peers = f" {known.client} to {known.server}" if known.client else ""
    target = f" {known.target}" if known.target else ""
    client, server = (size_of(trace, side) for side in SIDES)
    return f"Connection {name}{peers}{target}: {_WHATS[known.what]}; {client} bytes from the client, {server} back"


def time_of(text: str) -> int:
    """Seconds, minutes:seconds or hours:minutes:seconds since the first packet, in nanoseconds. Raises ValueError."""
    match = _TIME.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"{text!r} is no time: give seconds since the beginning, such as 12.5 or 1:02:03")
    whole, _, fraction = match["seconds"].partition(".")
    total = (int(match["hours"] or 0) * 60 + int(match["minutes"] or 0)) * 60 + int(whole)
    return total * SECOND + int(fraction.ljust(9, "0") or 0)


def around(events: list[Event], at: int) -> list[Event]:
    """The events within a second of a time, and at least the nearest before and after it."""
    before = [event for event in events if event.at < at]
    after = [event for event in events if event.at >= at]
    first = sum(event.at >= at - WITHIN for event in before)
    last = sum(event.at <= at + WITHIN for event in after)
    return before[len(before) - max(first, min(AT_LEAST, len(before))) :] + after[: max(last, AT_LEAST)]
