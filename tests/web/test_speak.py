"""Turning a lesson's script into a plan, and a request into a payload. Over the wire: test_api."""

from __future__ import annotations

import pytest

from app.lessons.model import Action
from app.protocol.client import SAMPLE_KEY, SAMPLE_MASK, Client
from app.web.speak import Unclear, _payload, plan


def test_waiting_becomes_a_condition_of_what_follows() -> None:
    actions = (
        Action(1, "send", {"text": "Hello"}),
        Action(2, "wait", {"messages": 1}),
        Action(3, "ping", {"text": "Hello"}),
        Action(4, "close", {"code": 1000}),
    )
    steps = plan(actions)
    assert [step.after for step in steps] == [0, 1, 1]
    client = Client("localhost", "/", key=SAMPLE_KEY, mask=lambda: SAMPLE_MASK)
    assert steps[0].act(client) == bytes.fromhex("818537fa213d7f9f4d5158")


@pytest.mark.parametrize(
    ("kind", "body", "payload"),
    [
        ("text", {"text": "é"}, "é".encode()),
        ("binary", {"hex": "00ff"}, b"\x00\xff"),
        ("ping", {}, b""),
        ("close", {}, b""),
        ("close", {"code": 1000, "reason": "bye"}, b"\x03\xe8bye"),
        ("raw", {"hex": "8180"}, b"\x81\x80"),
    ],
)
def test_a_payload(kind: str, body: dict[str, object], payload: bytes) -> None:
    assert _payload(kind, body) == payload


def test_too_much_is_too_much() -> None:
    with pytest.raises(Unclear) as refused:
        _payload("text", {"text": "x" * (2**20 + 1)})
    assert refused.value.status == 413
