"""The rows of the ladder, before any script runs."""

from __future__ import annotations

from app.protocol.frames import Opcode, write_frame
from app.web.rungs import rungs_of
from tests.web.drawn import KEY, talk


def test_a_message_in_pieces_is_bracketed_with_what_comes_between() -> None:
    events, trace = talk(
        ("server", write_frame(Opcode.TEXT, b"Hel", fin=False)),
        ("server", write_frame(Opcode.PING, b"?")),
        ("client", write_frame(Opcode.PONG, b"?", key=KEY)),
        ("server", write_frame(Opcode.CONT, b"lo")),
    )
    rows = rungs_of(events, lambda event: trace)
    assert [row.tag for row in rows] == ["GET", "101", "TEXT", "PING", "PONG", "CONT"]
    marks = [next((word for word in row.classes.split() if word.startswith("in-")), "") for row in rows]
    assert marks == ["", "", "in-msg", "in-gap", "in-gap", "in-msg"]


def test_a_broken_rule_has_no_row_beside_its_frame() -> None:
    events, trace = talk(("client", write_frame(Opcode.TEXT, b"Hello")))
    rows = rungs_of(events, lambda event: trace)
    assert [row.tag for row in rows] == ["GET", "101", "TEXT"]
    assert "err" in rows[-1].classes.split()
    assert rows[-1].size == 7
