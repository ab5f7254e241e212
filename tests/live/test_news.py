"""What followers are told about one connection."""

from __future__ import annotations

import json
from typing import Any

from app.live.news import INLINE, Told, fresh, summary
from app.live.session import Session
from app.live.unit import Unit
from app.protocol.frames import write_frame

from .conftest import ACCEPT, REQUEST


def read(news: list[str]) -> list[dict[str, Any]]:
    return [json.loads(item) for item in news]


def test_in_order_it_opens_says_holds_and_closes(session: Session) -> None:
    connection, told = session.connect("p", "echo"), Told()
    connection.record(0, "client", REQUEST)
    connection.gate.set("hold")
    connection.gate.offer(Unit("server", False, True, 0, ACCEPT))
    first = read(fresh(connection, told, True))
    assert [item["kind"] for item in first] == ["connection", "events", "held"]
    assert first[2]["mode"] == "hold" and first[2]["held"][0]["summary"] == "Switching Protocols"
    assert fresh(connection, told, True) == []
    connection.end()
    assert [item["kind"] for item in read(fresh(connection, told, True))][-1] == "connection"
    assert fresh(connection, told, True) == []


def test_many_events_are_announced_by_their_last_number(session: Session) -> None:
    connection, told = session.connect("p", "echo"), Told()
    connection.record(0, "client", REQUEST)
    connection.record(0, "server", ACCEPT + write_frame(9) * (INLINE + 10))
    item = read(fresh(connection, told, True))[1]
    assert item["events"] is None and item["last_seq"] == told.seq
    connection.record(0, "server", write_frame(9) * 3)
    item = read(fresh(connection, told, True))[0]
    assert [event["tag"] for event in item["events"]] == ["PING"] * 3
    connection.end()


def test_the_summary_stops_where_the_log_does(session: Session) -> None:
    connection = session.connect("p", "echo")
    connection.record(0, "client", REQUEST)
    connection.record(0, "server", ACCEPT)
    connection.fold.advance(False)
    items = read(summary([(connection, 0)], True))
    assert [event["seq"] for event in items[1]["events"]] == [0]
    assert [item["kind"] for item in read(summary([(connection, -1)], True))] == ["connection"]
    connection.end()
