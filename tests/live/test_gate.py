"""Holding and stepping, alone and in front of a live connection."""

from __future__ import annotations

import socket
from collections.abc import Callable
from dataclasses import replace

import pytest

from app.live.condition import When
from app.live.gate import NS, Gate, Policy
from app.live.held import describe
from app.live.patience import client_of
from app.live.session import Session
from app.live.sessions import Sessions
from app.live.unit import Unit
from app.protocol.frames import write_close, write_frame
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
    return Gate(Policy("hold"), 15, 60, clock, lambda: None)


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
        assert [piece.unit.n if piece else None for piece in taken] == [1, 2, None]

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
        gate.client = client_of(b"GET / HTTP/1.1\r\nUser-Agent: Firefox/153.0\r\n\r\n")
        gate.offer(head())
        gate.extend(3)
        assert gate.left() == 18
        gate.extend(300)
        assert gate.left() == pytest.approx(19.6)

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


class TestByByteAndField:
    def pieces(self, gate: Gate, unit: Unit) -> list[bytes]:
        """What step after step lets go of one unit."""
        gate.offer(unit)
        taken: list[bytes] = []
        while gate.step():
            piece = gate.take()
            assert piece and gate.take() is None and piece.last is (not gate.held())
            taken.append(piece.data)
        return taken

    def test_byte_after_byte(self, gate: Gate) -> None:
        gate.follow(Policy("hold", "byte"))
        assert self.pieces(gate, frame(HELLO)) == [HELLO[n : n + 1] for n in range(len(HELLO))]

    def test_field_after_field(self, gate: Gate) -> None:
        gate.follow(Policy("hold", "field"))
        assert self.pieces(gate, frame(HELLO)) == [HELLO[:1], HELLO[1:2], HELLO[2:6], HELLO[6:]]
        assert self.pieces(gate, head(REQUEST)) == REQUEST.splitlines(keepends=True)

    def test_the_grain_can_change_on_the_way(self, gate: Gate) -> None:
        gate.follow(Policy("hold", "byte"))
        gate.offer(frame(HELLO))
        gate.step()
        gate.follow(Policy("hold", "field"))
        gate.step()
        gate.follow(Policy("hold", "frame"))
        gate.step()
        taken = [gate.take(), gate.take(), gate.take()]
        assert [piece.data for piece in taken if piece] == [HELLO[:1], HELLO[1:2], HELLO[2:]] and gate.held() == []

    def test_first_in_first_out_whatever_the_grain(self, gate: Gate) -> None:
        gate.follow(Policy("hold", "byte"))
        gate.offer(frame(b"ab"))
        gate.offer(Unit("server", False, False, 0, b"cd"))
        for _ in range(3):
            gate.step()
        taken = [gate.take(), gate.take(), gate.take(), gate.take()]
        assert [piece.data if piece else None for piece in taken] == [b"a", b"b", b"c", None]
        assert gate.size == 1 and gate.waiting_out() == 1 and not gate.holds(True)

    def test_the_countdown_lets_the_rest_of_a_unit_go(self, gate: Gate, clock: Clock) -> None:
        gate.follow(Policy("hold", "byte"))
        gate.offer(frame(HELLO))
        gate.offer(frame(HELLO))
        clock.pass_seconds(40)
        gate.step()
        assert gate.take() is not None and gate.left() == 60
        clock.pass_seconds(60)
        rest = gate.take()
        assert rest and rest.data == HELLO[1:] and gate.take() is None and len(gate.held()) == 1

    def test_a_partly_released_frame_is_on_the_wire_as_far_as_it_went(self, session: Session, play: Start) -> None:
        run = play() >> REQUEST << ACCEPT >> HELLO << HELLO_BACK
        session.set_policy(Policy("hold", "field"))
        run >> HELLO
        run.holding("client frame")
        for _ in range(4):
            session.step()
        run.holding("server frame").silent()
        before = run.connection.trace.size("server")
        session.step()
        run << HELLO_BACK[:1]
        run.settled()
        assert run.connection.trace.bytes("server", before) == HELLO_BACK[:1]
        held = run.connection.held()[0]
        assert (held["released"], held["bytes"], run.connection.gate.size) == (1, 7, 6)
        session.set_mode("run")
        run << HELLO_BACK[1:]

    def test_the_101_drips_byte_by_byte(self, session: Session, play: Start) -> None:
        session.set_policy(Policy("hold", "byte"))
        run = play() >> REQUEST
        run.holding("client head")
        for _ in REQUEST:
            session.step()
        run.holding("server head")
        for n in range(len(ACCEPT)):
            session.step()
            run << ACCEPT[n : n + 1]

    def test_many_held_frames_are_released_in_good_time(self, session: Session, play: Start) -> None:
        run = play() >> REQUEST << ACCEPT
        session.set_mode("hold")
        ping, count = write_frame(9, b"", key=KEY), 20_000
        run >> ping * count
        run.until(lambda: run.connection.heard == len(REQUEST) + len(ping) * count)
        assert len(run.connection.held()) == 64
        session.set_mode("run")
        run << b"\x8a\x00" * count


class TestOnACondition:
    def test_only_what_meets_it_is_held(self, session: Session, play: Start) -> None:
        session.set_policy(Policy("hold", when=When(opcode=9, side="client")))
        run = play() >> REQUEST << ACCEPT >> HELLO << HELLO_BACK
        run >> write_frame(9, b"", key=KEY) + HELLO
        run.holding("client frame", "client frame").silent()
        session.step()
        run << b"\x8a\x00" << HELLO_BACK
        run.holding()

    def test_a_servers_frame_that_breaks_a_rule_is_held(self, session: Session, play: Start) -> None:
        session.set_policy(Policy("hold", when=When(violation=True)))
        run = play() >> REQUEST << ACCEPT >> HELLO << HELLO_BACK
        run.connection.post(lambda engine: engine.send_raw(b"\x81\x00"))
        run << b"\x81\x00"
        run.connection.post(lambda engine: engine.send_raw(b"\x83\x00"))
        run.holding("server frame").silent()
        session.set_policy(Policy("hold"))
        run.settled().holding("server frame")
        session.step()
        run << b"\x83\x00"

    def test_a_clients_frame_that_breaks_a_rule_is_held(self, session: Session, play: Start) -> None:
        session.set_policy(Policy("hold", "byte", When(violation=True)))
        run = play() >> REQUEST << ACCEPT >> HELLO << HELLO_BACK >> b"\x81\x00"
        run.holding("client frame")
        session.step()
        run.settled().holding("client frame")
        session.set_mode("run")
        run << b"\x88"


class TestWhoWaits:
    CHROME = b"GET / HTTP/1.1\r\nUser-Agent: Chrome/156\r\n\r\n"
    WEBSOCKETS = b"GET / HTTP/1.1\r\nUser-Agent: Python/3 websockets/17\r\n\r\n"
    CLOSE = write_close(1000, key=KEY)

    def waits(self, gate: Gate, clock: Clock) -> list[tuple[str, str, str, int | None]]:
        return [tuple(item["waits"].values()) for item in describe(gate, clock.at)]

    def test_a_client_for_its_handshake(self, gate: Gate, clock: Clock) -> None:
        gate.client = client_of(self.CHROME)
        gate.offer(head())
        clock.pass_seconds(30)
        gate.offer(Unit("server", False, True, 0, b"HTTP"))
        assert self.waits(gate, clock) == [("client", "handshake", "Chromium", 210_000)] * 2

    def test_a_stranger_says_nothing_of_its_patience(self, gate: Gate, clock: Clock) -> None:
        gate.offer(head())
        assert self.waits(gate, clock) == [("client", "handshake", "", None)]

    def test_a_client_for_the_answer_to_its_close(self, gate: Gate, clock: Clock) -> None:
        gate.client = client_of(self.CHROME)
        gate.offer(frame(self.CLOSE))
        clock.pass_seconds(20)
        gate.step(), gate.take()
        gate.offer(Unit("server", False, False, 0, write_close(1000)))
        assert self.waits(gate, clock) == [("client", "close", "Chromium", 40_000)]
        assert gate.left() == 39

    def test_not_for_a_close_that_is_itself_the_answer(self, gate: Gate, clock: Clock) -> None:
        gate.answered = True
        gate.offer(frame(self.CLOSE))
        assert self.waits(gate, clock) == [("server", "frame", "", None)] and gate.left() == 60

    def test_whoever_is_to_receive_a_frame(self, gate: Gate, clock: Clock) -> None:
        gate.offer(frame(HELLO))
        gate.offer(Unit("server", False, False, 0, HELLO_BACK))
        assert [side for side, *_ in self.waits(gate, clock)] == ["server", "client"]

    def test_it_is_let_go_before_the_client_gives_up(self, gate: Gate) -> None:
        gate.client = client_of(self.WEBSOCKETS)
        gate.offer(head())
        assert gate.left() == 9
        gate.extend(300)
        assert gate.left() == 9

    def test_what_was_extended_counts_for_the_response_too(self, gate: Gate, clock: Clock) -> None:
        gate.client = client_of(self.CHROME)
        gate.offer(head())
        gate.extend(60)
        clock.pass_seconds(20)
        gate.step(), gate.take()
        gate.offer(Unit("server", False, True, 0, b"HTTP"))
        assert gate.left() == 55
        gate.extend(300)
        assert gate.left() == 219

    def test_a_frame_that_nobody_waits_for_can_be_held_for_minutes(self, gate: Gate) -> None:
        gate.offer(frame())
        gate.extend(1000)
        assert gate.left() == 300
