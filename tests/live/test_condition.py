"""On which condition a unit is stopped, asked in JSON, and what breaks a rule."""

from __future__ import annotations

from typing import Any

import pytest

from app.live.condition import Judge, When, parse_when
from app.live.unit import Unit
from app.protocol.frames import Opcode, write_frame
from app.protocol.limits import Limits
from app.trace import Side, Trace

from .conftest import ACCEPT, REQUEST

KEY = bytes.fromhex("37fa213d")
HELLO = write_frame(Opcode.TEXT, b"Hello", key=KEY)
UNMASKED = write_frame(Opcode.TEXT, b"Hello")
MASKED = HELLO


@pytest.fixture
def trace() -> Trace:
    made = Trace("c1")
    made.add(0, "client", REQUEST)
    made.add(1, "server", ACCEPT)
    return made


@pytest.fixture
def judge(trace: Trace) -> Judge:
    return Judge(trace, Limits())


def read(trace: Trace, data: bytes) -> Unit:
    """A unit that was recorded when it was read."""
    start = trace.size("client")
    trace.add(2, "client", data)
    return Unit("client", True, False, start, data)


def said(start: int, data: bytes, side: Side = "server") -> Unit:
    return Unit(side, False, False, start, data)


@pytest.mark.parametrize(
    ("value", "when"),
    [
        (None, None),
        ({}, None),
        ({"violation": False}, None),
        ({"opcode": "ping"}, When(9)),
        ({"opcode": 3, "side": "client"}, When(3, "client")),
        ({"violation": True}, When(violation=True)),
    ],
)
def test_a_condition_in_json(value: Any, when: When | None) -> None:
    assert parse_when(value) == when


@pytest.mark.parametrize(
    "value",
    ["ping", [], {"code": 1}, {"opcode": "song"}, {"opcode": 16}, {"opcode": True}, {"opcode": 1.5}, {"side": "both"}]
    + [{"violation": 1}, {"opcode": []}, {"side": {}}],
)
def test_what_is_no_condition(value: Any) -> None:
    with pytest.raises(ValueError, match=r'^".*\.$'):
        parse_when(value)


def test_it_is_told_as_it_was_asked() -> None:
    assert When(9, "client").json() == {"opcode": 9, "side": "client"}
    assert When(0, violation=True).json() == {"opcode": 0, "violation": True}


def test_all_that_is_asked_must_hold(judge: Judge) -> None:
    ping, head = said(0, write_frame(Opcode.PING)), Unit("server", False, True, 0, ACCEPT)
    assert (
        When(9).stops(ping, judge) and When(9, "server").stops(ping, judge) and When(side="server").stops(head, judge)
    )
    assert not When(9, "client").stops(ping, judge) and not When(1).stops(ping, judge)
    assert not When(ACCEPT[0] & 15).stops(head, judge)


def test_a_clients_frame_is_judged_by_what_was_recorded(trace: Trace, judge: Judge) -> None:
    units = [read(trace, HELLO), read(trace, UNMASKED)]
    assert [judge.breaks(unit) for unit in units] == [False, True]


def test_a_servers_frame_is_judged_before_it_is_sent(trace: Trace, judge: Judge) -> None:
    at = len(ACCEPT)
    assert not judge.breaks(said(at, UNMASKED)) and judge.breaks(said(at + 7, MASKED))
    trace.add(3, "server", UNMASKED + MASKED[:4])
    trace.add(4, "server", MASKED[4:] + UNMASKED)
    assert not judge.breaks(said(at + 25, UNMASKED))


def test_nothing_is_guessed_without_a_record(trace: Trace, judge: Judge) -> None:
    trace.stopped = 5
    assert not judge.breaks(read(trace, UNMASKED))
