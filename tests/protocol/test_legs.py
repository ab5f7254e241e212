"""An intermediary between two connections: what it may do to frames, and what not."""

from __future__ import annotations

import pytest

from app.protocol import legs
from app.protocol.conversation import Conversation
from app.protocol.events import Event
from tests.protocol.rule_steps import CONT, OPEN, PING, TEXT, C, Steps, bits, cf, opened, traces


def events(steps: Steps) -> list[Event]:
    conversation = Conversation()
    return [event for record in traces(steps)[0].records for event in conversation.feed(record)]


def found(front: Steps, back: Steps) -> list[str]:
    return [remark.fault.rule for remark in legs.compare(events(front), events(back))]


WHOLE = [C(cf(TEXT, b"Hello"))]
PARTS = [C(cf(TEXT, b"Hel", fin=False)), C(cf(CONT, b"lo"))]
MARKED = [C(bits(cf(TEXT, b"Hello"), 0x91))]


@pytest.mark.parametrize(
    ("front", "back", "rules"),
    [
        ([*OPEN, *WHOLE], [*OPEN, *PARTS], []),
        ([*OPEN, *PARTS], [*OPEN, *WHOLE], []),
        ([*OPEN, *MARKED], [*OPEN, *MARKED], []),
        ([*OPEN, *MARKED], [*OPEN, *PARTS], ["msg.intermediary.rsv"]),
        ([*opened("bbf-usp-protocol"), *WHOLE], [*opened("bbf-usp-protocol"), *PARTS], ["msg.intermediary.ext"]),
        ([*opened("bbf-usp-protocol"), *WHOLE], [*opened("bbf-usp-protocol"), *WHOLE], []),
        (
            [*OPEN, C(cf(PING, b"12"))],
            [*OPEN, C(cf(PING, b"1", fin=False)), C(cf(CONT, b"2"))],
            ["msg.intermediary.control"],
        ),
    ],
)
def test_what_is_passed_on(front: Steps, back: Steps, rules: list[str]) -> None:
    assert found(front, back)[: len(rules) or None] == rules
