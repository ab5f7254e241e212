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


def fresh(connection: Connection, told: Told, owner: bool) -> list[str]:
    """News of a connection since the last time, as JSON texts: it opened, its events, what is held, it closed."""
    ended = not connection.open
    version = connection.gate.version
    fold = connection.fold if owner else connection.public
    more = fold.stride(ended)
    last = fold.last
    news: list[dict[str, Any]] = []
    about = (not ended or more, connection.trace.stopped)  # it has closed once its last event has been told
    if told.about is None:
        news.append(_connection(connection, owner))
    if last > told.seq:
        news.append(_events(connection, owner, told.seq, last))
    if version != told.gate:
        news.append(_held(connection, owner))
    if told.about not in (None, about):
        news.append(_connection(connection, owner))
    told.seq, told.gate, told.about = last, version, about
    if more:
        connection.touch()  # the rest in its turn, after other sessions
    return [json.dumps(item, separators=(",", ":")) for item in news]


def summary(told: list[tuple[Connection, int]], owner: bool) -> list[str]:
    """A whole session in a few items: its connections, their events up to what the log has told, what is held."""
    news: list[dict[str, Any]] = []
    for connection, last in told:
        news.append(_connection(connection, owner))
        if last >= 0:
            news.append(_events(connection, owner, -1, last))
        if connection.gate.held():
            news.append(_held(connection, owner))
    return [json.dumps(item, separators=(",", ":")) for item in news]


def _connection(connection: Connection, owner: bool) -> dict[str, Any]:
    return {"kind": "connection", "connection": connection.describe(public=not owner)}


def _events(connection: Connection, owner: bool, after: int, last: int) -> dict[str, Any]:
    item: dict[str, Any] = {"kind": "events", "connection": connection.id, "events": None, "last_seq": last}
    fold = connection.fold if owner else connection.public
    events = fold.after(after, INLINE + 1) if last - after <= INLINE else []
    events = [event for event in events if event.seq <= last]
    if events:
        item["events"] = [event_json(event, fold.trace) for event in events]
    return item


def _held(connection: Connection, owner: bool) -> dict[str, Any]:
    return {"kind": "held", "connection": connection.id, **connection.held_json(public=not owner)}
