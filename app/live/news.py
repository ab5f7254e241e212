"""What followers are told: changes of connections, new events, what is held."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from app.protocol.events import event_json

if TYPE_CHECKING:
    from app.live.connection import Connection

INLINE = 64
"""More events than this at once are announced by their last number only; pages fetch the range they show."""


class Told:
    """How much of one connection the log already tells."""

    def __init__(self) -> None:
        self.seq = -1
        self.gate = 0
        self.about: tuple[bool, int | None] | None = None


def fresh(connection: Connection, told: Told) -> list[str]:
    """News of a connection since the last time, as JSON texts: it opened, its events, what is held, it closed."""
    connection.dirty = False
    ended = not connection.open
    version = connection.gate.version
    more = connection.public.stride(ended)
    last = connection.public.last
    news: list[dict[str, Any]] = []
    about = (not ended or more, connection.trace.stopped)  # it has closed once its last event has been told
    if told.about is None:
        news.append(_connection(connection))
    if last > told.seq:
        news.append(_events(connection, told.seq, last))
    if version != told.gate:
        news.append(_held(connection))
    if told.about not in (None, about):
        news.append(_connection(connection))
    told.seq, told.gate, told.about = last, version, about
    if more:
        connection.touch()  # the rest in its turn, after other sessions
    return [json.dumps(item, separators=(",", ":")) for item in news]


def summary(told: list[tuple[Connection, int]]) -> list[str]:
    """A whole session in a few items: its connections, their events up to what the log has told, what is held."""
    news: list[dict[str, Any]] = []
    for connection, last in told:
        news.append(_connection(connection))
        if last >= 0:
            news.append(_events(connection, -1, last))
        if connection.gate.held():
            news.append(_held(connection))
    return [json.dumps(item, separators=(",", ":")) for item in news]


def _connection(connection: Connection) -> dict[str, Any]:
    return {"kind": "connection", "connection": connection.describe(public=True)}


def _events(connection: Connection, after: int, last: int) -> dict[str, Any]:
    item: dict[str, Any] = {"kind": "events", "connection": connection.id, "events": None, "last_seq": last}
    fold = connection.public
    events = fold.after(after, INLINE + 1) if last - after <= INLINE else []
    events = [event for event in events if event.seq <= last]
    if events:
        item["events"] = [event_json(event, fold.trace) for event in events]
    return item


def _held(connection: Connection) -> dict[str, Any]:
    return {"kind": "held", "connection": connection.id, **connection.held_json(public=True)}
