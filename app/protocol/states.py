"""The states of the two peers (RFC 6455 sections 4, 5.5.1 and 7; the names are those of the browser's readyState).

One table. It does not know which side is "ours": a peer either sends what happens or receives it.
"""

from __future__ import annotations

from app.protocol.events import State
from app.trace import Side

TRANSITIONS: dict[tuple[State, str], State] = {
    ("CONNECTING", "sends 101"): "OPEN",
    ("CONNECTING", "receives 101"): "OPEN",
    ("CONNECTING", "sends refusal"): "CLOSED",
    ("CONNECTING", "receives refusal"): "CLOSED",
    ("CONNECTING", "ends"): "CLOSED",
    ("OPEN", "sends close"): "CLOSING",
    ("OPEN", "receives close"): "CLOSING",
    ("OPEN", "ends"): "CLOSED",
    ("CLOSING", "ends"): "CLOSED",
}
"""(state, what happens) -> next state; what is not listed changes nothing."""


def advance(states: dict[Side, State], side: Side, what: str) -> dict[Side, State]:
    """Both peers' states after `side` did `what`: "101", "refusal", "close", or "ends" (its TCP direction)."""
    after = dict(states)
    for peer, state in states.items():
        trigger = what if what == "ends" else f"{'sends' if peer == side else 'receives'} {what}"
        after[peer] = TRANSITIONS.get((state, trigger), state)
    return after
