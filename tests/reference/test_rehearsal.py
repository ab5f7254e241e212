"""Runs without a socket."""

from __future__ import annotations

from app.reference import rehearsal
from app.reference.examples import example, fold
from app.reference.replay import client_script
from app.reference.ways import player


def test_a_rehearsal_with_our_server_ends_as_it_does_in_truth() -> None:
    found = example("frm.mask.client")
    assert found
    trace = rehearsal.endpoint(client_script(found.main, "/chat", "server.example.com"))
    closes = [e for e in fold(trace) if e.kind == "frame" and e.side == "server"]
    assert trace.bytes("server")[closes[0].start // 8 :][:4].hex()[-4:] == "03ea"


def test_a_rehearsal_with_a_browser_knows_what_it_asks() -> None:
    head = rehearsal.browser_head(["chat"])
    assert b"Sec-WebSocket-Protocol: chat\r\n\r\n" in head and b"permessage-deflate" in head


def test_a_browser_that_is_wronged_closes_with_1002() -> None:
    made = player("frm.mask.server", "rule")
    assert made
    trace = rehearsal.victim(made, rehearsal.browser_head([]))
    frames = [event for event in fold(trace) if event.kind == "frame"]
    assert [event.side for event in frames] == ["server", "client", "server"]
