"""Several connections side by side: hints, and what is no hint. The examples show each rule."""

from __future__ import annotations

from app.protocol.conversation import Conversation
from app.protocol.crowd import Visit, compare
from tests.protocol import rule_steps as do
from tests.protocol.rule_steps import BYE, C_FIN, S_FIN, C, S, Steps, after, on


def remarks(steps: Steps, clients: dict[str, str] | None = None) -> list[tuple[str, str]]:
    visits = []
    for trace in do.traces(steps):
        conversation = Conversation()
        events = [event for record in trace.records for event in conversation.feed(record)]
        who = (clients or {}).get(trace.connection, "")
        visits.append(Visit(trace.connection, events + conversation.close(), client=who))
    return [(remark.connection, remark.fault.rule) for remark in compare(visits)]


def key(n: int) -> str:
    return f"{n}AECAwQFBgcICQoLDA0ODw=="


def lost(n: int, wait: float) -> Steps:
    """A connection that opens after a wait and is cut off."""
    return on(f"c{n}", [after(wait, C(do.request(key=key(n)))), S(do.answer(key=key(n))), S_FIN, C_FIN])


def test_growing_delays_are_backing_off() -> None:
    steps = [step for n, wait in enumerate((0, 1, 2, 4, 8)) for step in lost(n, wait)]
    assert remarks(steps) == []


def test_steady_delays_are_not() -> None:
    steps = [step for n in range(5) for step in lost(n, 0.5)]
    assert remarks(steps) == [("c3", "cls.backoff")]


def test_who_was_not_cut_off_may_come_back_at_once() -> None:
    steps = [s for n in range(6) for s in on(f"c{n}", [C(do.request(key=key(n))), S(do.answer(key=key(n))), *BYE])]
    assert remarks(steps) == []


def test_two_clients_may_connect_at_once() -> None:
    both = [*on("a", [C(do.request(key=key(1)))]), *on("b", [C(do.request(key=key(2)))])]
    both += [*on("a", [S(do.answer(key=key(1)))]), *on("b", [S(do.answer(key=key(2)))])]
    assert remarks(both) == [("b", "conn.one-connecting")]
    assert remarks(both, {"a": "10.0.0.1", "b": "10.0.0.2"}) == []


def test_the_key_of_the_rfc_is_told_by_the_request_itself() -> None:
    sample = "dGhlIHNhbXBsZSBub25jZQ=="
    one = [C(do.request(key=sample)), S(do.answer(key=sample)), *BYE]
    assert remarks([*on("a", one), *on("b", one)]) == []


def test_a_connection_without_a_request_is_no_visit() -> None:
    assert remarks([*on("a", [do.S_RST]), *on("b", [*do.OPEN, *BYE])]) == []
