"""The registry: names, room, expiry."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.live import sessions as module
from app.live.sessions import Full, Sessions
from app.settings import Settings


def test_random_ids_have_128_bits(sessions: Sessions) -> None:
    ids = {sessions.create()[0].id for _ in range(20)} | {sessions.anonymous().id for _ in range(20)}
    assert len(ids) == 40 and all(len(bytes.fromhex(id)) == 16 for id in ids)


def test_a_name_opens_a_session_once(sessions: Sessions) -> None:
    assert sessions.named("demo") is sessions.named("demo") is sessions.get("demo")


@pytest.mark.parametrize("name", ["", "Demo", "-x", "a_b", "x" * 65, "echo", "strays"])
def test_bad_names_are_refused(sessions: Sessions, name: str) -> None:
    with pytest.raises(ValueError):
        sessions.named(name)


def test_strays_are_kept_on_this_machine_only(sessions: Sessions) -> None:
    assert sessions.strays() is sessions.get("strays")
    assert Sessions(Settings(), trusted=False).strays() is None


def test_a_full_registry_forgets_an_idle_echo_before_it_refuses() -> None:
    sessions = Sessions(replace(Settings(), sessions=2), trusted=True)
    echo, kept = sessions.anonymous(), sessions.named("kept")
    sessions.named("new")
    assert sessions.get(echo.id) is None and sessions.get("kept") is kept
    with pytest.raises(Full):
        sessions.create()


def test_idle_sessions_end_and_give_their_budget_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SWEEP_SECONDS", 0)
    settings = replace(Settings(), idle_seconds=1e-9, trace_process=1000)
    sessions = Sessions(settings, trusted=True)
    session = sessions.named("old")
    connection = session.connect("p", "echo")
    connection.record(0, "client", bytes(100))
    assert sessions.get("old") is session
    connection.end()
    assert sessions.get("old") is None
    fresh = sessions.named("new").connect("p", "echo")
    fresh.record(0, "client", bytes(800))
    assert fresh.trace.stopped is None
    fresh.end()
