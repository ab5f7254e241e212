"""The state diagram is the table of transitions."""

from __future__ import annotations

from app.protocol.states import TRANSITIONS
from app.web.states import STATES, diagram


def test_every_transition_is_drawn_once() -> None:
    drawn = {(edge.before, trigger): edge.after for edge in diagram().edges for trigger in edge.triggers}
    assert drawn == TRANSITIONS
    assert [node.state for node in diagram().nodes] == list(STATES)
