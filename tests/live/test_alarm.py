"""An app that wants to be woken is woken, in its time. On a real connection: test_front."""

from __future__ import annotations

from app.live.alarm import Alarm
from app.live.front import Farewell
from app.protocol.apps import programs
from app.protocol.client import SAMPLE_KEY
from app.protocol.handshake import write_request
from app.protocol.server import Server


def ticking() -> Server:
    server = Server.running(programs()["ticker"])
    server.receive(write_request("localhost", "/", SAMPLE_KEY))
    return server


def test_it_rings_when_the_time_has_come_and_not_before() -> None:
    now = [10.0]
    alarm = Alarm(ticking(), lambda: now[0])
    assert alarm.ring() == []
    assert 200 < (alarm.sooner(None) or 0) < 202
    assert alarm.sooner(5.0) == 5.0
    now[0] += 0.25
    assert alarm.ring() == [b"\x81\x06tick 1"]
    assert alarm.ring() == []
    now[0] += 0.25
    assert alarm.ring() == [b"\x81\x06tick 2"]


def test_it_ends_with_the_connection() -> None:
    server = ticking()
    alarm = Alarm(server, lambda: 0.0)
    alarm.ring()
    server.eof()
    assert alarm.ring() == []
    assert alarm.sooner(7.0) == 7.0


def test_an_engine_without_an_app_has_no_time_of_its_own() -> None:
    alarm = Alarm(Farewell(b""))
    assert alarm.ring() == []
    assert alarm.sooner(None) is None
