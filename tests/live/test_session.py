"""One session: its connections, its key, its clock, its mode."""

from __future__ import annotations

import json
import threading
from dataclasses import replace

import pytest

from app.live.session import Session
from app.live.sessions import Sessions
from app.live.unit import Unit
from app.settings import Settings


def kinds(news: list[str]) -> list[str]:
    return [json.loads(item)["kind"] for item in news]


def test_only_its_own_key_fits(sessions: Sessions) -> None:
    session, key = sessions.create()
    assert session.has_key(key) and not session.has_key("") and not session.has_key(key + "x")
    assert not session.public and sessions.named("demo").public and not sessions.named("demo").has_key("")


def test_the_oldest_closed_connection_is_forgotten_first() -> None:
    session = Sessions(replace(Settings(), session_connections=2), trusted=True).named("demo")
    made = [session.connect("p", "echo") for _ in range(3)]
    assert [c.id for c in session.connections()] == ["c1", "c2", "c3"]
    made[1].end()
    made.append(session.connect("p", "echo"))
    made[0].end()
    assert [c.id for c in session.connections()] == ["c1", "c3", "c4"]
    made.append(session.connect("p", "echo"))
    assert [c.id for c in session.connections()] == ["c3", "c4", "c5"]
    for connection in made[2:]:
        connection.end()


def test_its_clock_begins_with_the_first_byte(session: Session) -> None:
    first = session.began - 1_000_000
    connection = session.connect("p", "echo", first)
    assert session.began == first and connection.opened_at >= 1_000_000
    connection.end()


def test_it_is_idle_when_nobody_uses_it(session: Session) -> None:
    connection = session.connect("p", "echo")
    assert session.idle() == 0
    connection.end()
    assert session.idle() > 0
    session.follow()
    assert session.idle() == 0
    session.unfollow()


def test_a_peer_is_found_when_it_comes(session: Session) -> None:
    made: list[object] = []
    threading.Thread(target=lambda: made.append(session.connect("1.2.3.4:5", "echo"))).start()
    found = session.find_peer("1.2.3.4:5", 5)
    assert found is not None and session.find_peer("nobody", 0) is None
    found.end()


def test_new_connections_take_its_mode(session: Session) -> None:
    session.set_mode("hold")
    connection = session.connect("p", "echo")
    assert connection.gate.mode == "hold" and session.step() is None
    connection.end()


class TestPublishing:
    def test_nothing_is_folded_while_nobody_follows(self, session: Session) -> None:
        connection = session.connect("p", "echo")
        connection.record(0, "client", b"GET / HTTP/1.1\r\n\r\n")
        assert not connection.dirty and connection.fold.last == -1
        batch = session.catch_up(0)
        assert kinds(batch.news) == ["connection", "events"] and not batch.gap
        connection.end()

    def test_news_go_on_where_the_summary_ended(self, session: Session) -> None:
        connection = session.connect("p", "echo")
        connection.record(0, "client", b"GET / HTTP/1.1\r\n\r\n")
        position = session.catch_up(0).position
        connection.record(1, "server", b"HTTP/1.1 101 Switching Protocols\r\n\r\n")
        batch = session.catch_up(position)
        numbers = [e["seq"] for item in map(json.loads, batch.news) if item["kind"] == "events" for e in item["events"]]
        assert numbers and numbers[0] == connection.fold.events[-len(numbers)].seq
        assert session.catch_up(batch.position).news == []
        connection.end()

    def test_a_close_is_news(self, session: Session) -> None:
        connection = session.connect("p", "echo")
        position = session.catch_up(0).position
        connection.end()
        last = json.loads(session.catch_up(position).news[-1])
        assert last["kind"] == "connection" and last["connection"]["open"] is False

    def test_the_publisher_tells_followers_by_itself(self, session: Session) -> None:
        session.follow()
        position = session.catch_up(0).position
        connection = session.connect("p", "echo")
        connection.record(0, "client", b"GET / HTTP/1.1\r\n\r\n")
        assert session.log.wait(position, 5)
        connection.end()
        session.unfollow()


@pytest.mark.parametrize("trusted", [True, False])
def test_others_see_a_held_head_redacted(trusted: bool) -> None:
    session = Sessions(Settings(), trusted=trusted).named("demo")
    connection = session.connect("p", "echo")
    connection.gate.set("hold")
    head = b"GET /?key=" + b"k" * 30 + b" HTTP/1.1\r\nCookie: x\r\n\r\n"
    connection.gate.offer(Unit("client", True, True, 0, head))
    shown = connection.held(public=True)[0]
    assert (head.hex() == shown["hex"]) is trusted and len(shown["hex"]) == len(head.hex())
    assert shown["summary"] == "/?key=" + ("k" if trusted else "*") * 30
    assert connection.held()[0]["hex"] == head.hex()
    connection.end()
