"""Holding and stepping, alone and in front of a live connection."""

from __future__ import annotations

import socket
from collections.abc import Callable
from dataclasses import replace

import pytest

from app.live.gate import NS, Gate, Unit, patience
from app.live.session import Session
from app.live.sessions import Sessions
from app.protocol.frames import write_close
from app.settings import Settings

from .conftest import ACCEPT, REQUEST, WAIT, Play

KEY = bytes.fromhex("37fa213d")
HELLO = bytes.fromhex("818537fa213d7f9f4d5158")
HELLO_BACK = bytes.fromhex("810548656c6c6f")
Start = Callable[..., Play]


class Clock:
    def __init__(self) -> None:
        self.at = 0

    def __call__(self) -> int:
        return self.at

    def pass_seconds(self, seconds: float) -> None:
        self.at += int(seconds * NS)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def gate(clock: Clock) -> Gate:
    return Gate("hold", 15, 60, clock, lambda: None)


def head(data: bytes = b"GET") -> Unit:
    return Unit("client", True, True, 0, data)


def frame(data: bytes = b"\x81\x00") -> Unit:
    return Unit("client", True, False, 3, data)


class TestAlone:
    def test_units_leave_in_the_order_they_came(self, gate: Gate) -> None:
        gate.offer(head())
        gate.offer(frame())
        assert gate.take() is None
        gate.step()
        gate.step()
        taken = [gate.take(), gate.take(), gate.take()]
        assert [unit.n if unit else None for unit in taken] == [1, 2, None]

    def test_a_step_with_nothing_held_leaves_no_token(self, gate: Gate) -> None:
        assert not gate.step()
        gate.offer(head())
        assert gate.take() is None
        assert gate.step() and not gate.step()

    def test_a_stepped_unit_is_no_longer_listed(self, gate: Gate) -> None:
        gate.offer(head())
        gate.offer(frame())
        gate.step()
        assert [unit.n for unit in gate.held()] == [2]

    def test_run_lets_everything_go(self, gate: Gate) -> None:
        gate.offer(head())
        gate.offer(frame())
        gate.set("run")
        assert gate.held() == [] and not gate.open
        assert gate.take() and gate.take() and gate.open

    def test_the_countdown_releases_one_unit_and_keeps_the_mode(self, gate: Gate, clock: Clock) -> None:
        gate.offer(frame())
        gate.offer(frame())
        assert gate.left() == 60
        clock.pass_seconds(60)
        assert gate.take() is not None and gate.take() is None
        assert gate.mode == "hold" and gate.left() == 60

    def test_request_and_response_share_the_handshake_countdown(self, gate: Gate, clock: Clock) -> None:
        gate.offer(head())
        clock.pass_seconds(5)
        gate.step()
        gate.take()
        gate.offer(Unit("server", False, True, 0, b"HTTP"))
        assert gate.left() == 10
        clock.pass_seconds(10)
        assert gate.take() is not None

    def test_a_response_gets_a_moment_of_its_own(self, gate: Gate, clock: Clock) -> None:
        gate.offer(head())
        clock.pass_seconds(15)
        gate.take()
        gate.offer(Unit("server", False, True, 0, b"HTTP"))
        assert gate.left() == 3

    def test_extending_ends_where_the_clients_patience_ends(self, gate: Gate) -> None:
        gate.patience = patience(b"User-Agent: Firefox/153.0")
        gate.offer(head())
        gate.extend(3)
        assert gate.left() == 18
        gate.extend(300)
        assert gate.left() == 20

    def test_extending_nothing_is_harmless(self, gate: Gate) -> None:
        gate.extend(10)
        assert gate.left() is None

    def test_what_is_dropped_is_gone(self, gate: Gate) -> None:
        gate.offer(head())
        gate.drop()
        assert gate.held() == [] and gate.size == 0 and gate.left() is None

    def test_units_are_found_by_number(self, gate: Gate) -> None:
        gate.offer(head())
        found = gate.unit(1)
        assert found and found.data == b"GET" and gate.unit(2) is None


class TestInFrontOfAConnection:
    def test_the_101_is_held_until_it_is_stepped(self, session: Session, play: Start) -> None:
        session.set_mode("hold")
        run = play() >> REQUEST
        run.holding("client head").silent()
        session.step()
        run.holding("server head").silent()
        session.step()
        run << ACCEPT
        assert session.mode == "hold"

    def test_held_bytes_in_are_recorded_and_held_bytes_out_are_not(self, session: Session, play: Start) -> None:
        session.set_mode("hold")
        run = play() >> REQUEST
        run.holding("client head")
        session.step()
        run.holding("server head")
        assert run.connection.trace.size("client") == len(REQUEST)
        assert run.connection.trace.size("server") == 0

    def test_frames_are_held_one_by_one_across_reads(self, session: Session, play: Start) -> None:
        run = play() >> REQUEST << ACCEPT >> HELLO[:4]
        run.until(lambda: run.connection.heard == len(REQUEST) + 4)
        session.set_mode("hold")
        run.settled() >> HELLO[4:] + HELLO * 2
        run.holding(*["client frame"] * 3)
        sizes = [len(unit.data) for unit in run.connection.gate.held()]
        assert sizes == [len(HELLO) - 4, len(HELLO), len(HELLO)]
        session.set_mode("run")
        run << HELLO_BACK * 3

    def test_part_of_a_frame_goes_on_when_holding_ends(self, session: Session, play: Start) -> None:
        run = play() >> REQUEST << ACCEPT
        session.set_mode("hold")
        run >> HELLO[:5]
        run.until(lambda: run.connection.heard == len(REQUEST) + 5)
        session.set_mode("run")
        run.settled() >> HELLO[5:] << HELLO_BACK

    def test_first_in_first_out_over_both_sides(self, session: Session, play: Start) -> None:
        run = play() >> REQUEST << ACCEPT
        session.set_mode("hold")
        run >> HELLO * 2
        run.holding("client frame", "client frame")
        session.step()
        run.holding("client frame", "server frame")
        session.step()
        run.holding("server frame", "server frame").silent()
        session.set_mode("run")
        run << HELLO_BACK * 2

    def test_one_connections_hold_never_stops_another(self, session: Session, play: Start) -> None:
        held, free = play(), play()
        held.connection.gate.set("hold")
        held >> REQUEST
        free >> REQUEST << ACCEPT >> HELLO << HELLO_BACK
        held.holding("client head").silent()

    def test_a_fin_during_a_hold_is_noticed_at_once(self, session: Session, play: Start) -> None:
        session.set_mode("hold")
        run = play() >> REQUEST
        run.holding("client head")
        run.client.shutdown(socket.SHUT_WR)
        run.until(lambda: run.kinds()[-1] == "client fin").holding("client head")
        session.set_mode("run")
        run << ACCEPT
        run.ends()

    def test_the_countdown_goes_by_itself(self, play: Start) -> None:
        settings = replace(Settings(), hold_head_seconds=0.05, hold_frame_seconds=0.05)
        session = Sessions(settings, trusted=True).named("short")
        session.set_mode("hold")
        play(on=session) >> REQUEST << ACCEPT >> HELLO << HELLO_BACK
        assert session.mode == "hold"

    def test_a_held_close_is_still_answered(self, session: Session, play: Start) -> None:
        run = play() >> REQUEST << ACCEPT
        session.set_mode("hold")
        run >> write_close(1000, key=KEY)
        run.holding("client frame")
        session.step()
        run.holding("server frame")
        assert run.connection.open
        session.step()
        run << write_close(1000)
        run.ends()
        assert run.connection.closed.wait(WAIT)
