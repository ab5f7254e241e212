"""Ranges of bytes, and figures, of lessons and sessions."""

from __future__ import annotations

import pytest
from websockets.sync.client import connect

from tests.web.conftest import Caller

LESSON = "/learn/one-conversation"


def test_a_lesson_gives_its_bytes_by_range(call: Caller) -> None:
    answer = call("GET", f"{LESSON}/bytes?seq=0&side=client&start=0&end=4").json
    assert bytes.fromhex(answer["hex"]) == b"GET "
    assert answer["runs"] == [[0, 4, "http", "req.line", 0]]
    assert answer["size"] > 200


def test_a_session_gives_its_bytes_by_range(call: Caller) -> None:
    with connect(call.url("/ws/cut"), compression=None) as ws:
        ws.send("Hello")
        assert ws.recv() == "Hello"
        size = call("GET", "/api/sessions/cut/bytes?side=server").json["size"]
        tail = call("GET", f"/api/sessions/cut/bytes?side=server&start={size - 7}&end={size}").json
    assert bytes.fromhex(tail["hex"]) == b"\x81\x05Hello"
    assert [run[2] for run in tail["runs"]] == ["op", "len", "data"]


def test_what_lies_behind_the_end_is_empty(call: Caller) -> None:
    answer = call("GET", f"{LESSON}/bytes?seq=0&side=client&start=1000000").json
    assert (answer["hex"], answer["runs"]) == ("", [])


@pytest.mark.parametrize(
    "query", ["seq=0", "seq=0&side=middle", "seq=0&side=client&start=0&end=70000", "seq=0&side=client&start=5&end=4"]
)
def test_a_range_is_bounded(call: Caller, query: str) -> None:
    assert call("GET", f"{LESSON}/bytes?{query}").status == 400


@pytest.mark.parametrize(
    "path", [f"{LESSON}/bytes?seq=9999&side=client", "/learn/none/bytes", "/api/sessions/none/bytes"]
)
def test_what_does_not_exist_is_404(call: Caller, path: str) -> None:
    assert call("GET", path).status == 404


def test_an_event_can_be_taken_away_as_a_figure(call: Caller) -> None:
    events = call("GET", f"{LESSON}/events").json["events"]
    seq = next(event["seq"] for event in events if event["kind"] == "frame")
    answer = call("GET", f"{LESSON}/figure.svg?seq={seq}")
    assert answer.headers["Content-Type"].startswith("image/svg+xml")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert b"<svg" in answer.body and b"opcode" in answer.body
