"""The states of both peers: one table, no side of its own."""

from itertools import product
from typing import get_args

import pytest

from app.protocol.events import State
from app.protocol.states import TRANSITIONS, advance
from app.trace import Side

ORDER = get_args(State)


def after(*happened: tuple[Side, str]) -> tuple[State, State]:
    states: dict[Side, State] = {"client": "CONNECTING", "server": "CONNECTING"}
    for side, what in happened:
        states = advance(states, side, what)
    return states["client"], states["server"]


class TestAdvance:
    """RFC 6455 4.1, 7.1.3 and 7.1.4: opening, the closing handshake, and the end."""

    @pytest.mark.parametrize(
        ("happened", "states"),
        [
            ([], ("CONNECTING", "CONNECTING")),
            ([("server", "101")], ("OPEN", "OPEN")),
            ([("server", "refusal")], ("CLOSED", "CLOSED")),
            ([("server", "101"), ("client", "close")], ("CLOSING", "CLOSING")),
            ([("server", "101"), ("server", "close"), ("client", "close")], ("CLOSING", "CLOSING")),
            ([("server", "101"), ("client", "ends")], ("CLOSED", "CLOSED")),
            ([("client", "ends"), ("server", "101")], ("CLOSED", "CLOSED")),
            ([("client", "close")], ("CONNECTING", "CONNECTING")),
        ],
    )
    def test_a_conversation(self, happened: list[tuple[Side, str]], states: tuple[State, State]) -> None:
        assert after(*happened) == states

    def test_the_states_before_stay_as_they_were(self) -> None:
        before: dict[Side, State] = {"client": "OPEN", "server": "OPEN"}
        assert advance(before, "client", "close") is not before
        assert before == {"client": "OPEN", "server": "OPEN"}


class TestTable:
    def test_a_connection_never_goes_back(self) -> None:
        assert all(ORDER.index(old) < ORDER.index(new) for (old, _), new in TRANSITIONS.items())

    def test_every_state_but_the_last_can_be_left_by_an_end(self) -> None:
        assert {old for (old, what) in TRANSITIONS if what == "ends"} == set(ORDER[:-1])

    def test_sender_and_receiver_agree(self) -> None:
        for old, what in product(ORDER, ("101", "refusal", "close")):
            assert TRANSITIONS.get((old, f"sends {what}")) == TRANSITIONS.get((old, f"receives {what}"))
