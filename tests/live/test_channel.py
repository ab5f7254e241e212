"""What others are told of a session, and what its owner is told."""

from __future__ import annotations

import json

import pytest

from app.live.sessions import Sessions
from app.protocol.client import SAMPLE_KEY
from app.protocol.handshake import write_request
from app.settings import Settings

HEAD = write_request("localhost", "/ws/demo", SAMPLE_KEY, [("Cookie", "secret")])


@pytest.fixture
def sessions() -> Sessions:
    return Sessions(Settings(), trusted=False)


def test_each_has_its_own_log_and_view(sessions: Sessions) -> None:
    session, _ = sessions.create()
    connection = session.connect("1.2.3.4:5", "echo")
    connection.record(0, "client", HEAD)
    others, owner = session.catch_up(0), session.catch_up(0, owner=True)
    told = [json.loads(batch.news[0])["connection"]["peer"] for batch in (others, owner)]
    assert told == ["hidden", "1.2.3.4:5"]
    assert b"secret" not in connection.public.trace.bytes("client") and b"secret" in connection.fold.trace.bytes(
        "client"
    )
    connection.end()


def test_on_this_machine_they_are_one() -> None:
    session, _ = Sessions(Settings(), trusted=True).create()
    assert session.channel() is session.channel(owner=True)


def test_what_nobody_follows_is_not_encoded(sessions: Sessions) -> None:
    session, _ = sessions.create()
    ends = [session.channel(owner).log.end for owner in (False, True)]
    session.follow(owner=True)
    connection = session.connect("p", "echo")
    connection.record(0, "client", HEAD)
    session.publish()
    assert session.channel().log.end == ends[0] and session.channel(owner=True).log.end > ends[1]
    assert connection.public.last == -1 and not connection.dirty
    session.unfollow(owner=True)
    connection.end()


def test_a_forgotten_connection_is_forgotten_here_too(sessions: Sessions) -> None:
    session, _ = sessions.create()
    connection = session.connect("p", "echo")
    session.catch_up(0)
    assert session.channel().knows(connection)
    session.channel().forget(connection)
    assert not session.channel().knows(connection)
    connection.end()
