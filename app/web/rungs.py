"""The ladder before any script runs: one row per event that has bytes or an end of its own. Pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from app.protocol.events import Event, Message, summary, tag
from app.protocol.frames import Header, Opcode, is_control
from app.trace import Side, Trace


class Rung(NamedTuple):
    """One row of the ladder."""

    seq: int
    key: str
    side: Side
    tag: str
    summary: str
    size: int
    family: str
    classes: str


def rungs_of(events: list[Event], trace_of: Callable[[Event], Trace]) -> list[Rung]:
    """The rows, in order. Messages repeat what their frames say, violations belong to the frame they are about."""
    told = {violation.seq for event in events if event.kind != "violation" for violation in event.violations}
    shown = [event for event in events if event.kind != "message" and event.seq not in told]
    brackets = _brackets(shown, events)
    return [_rung(event, trace_of(event), brackets.get(event.seq, "")) for event in shown]


FAMILIES = {"request": "http", "response": "http", "control": "flag", "CLOSE": "close", "data": "op", "": "flag"}
"""The colour of a tag, by what it stands for; scripts draw with the same table."""


def tag_family(event: Event) -> str:
    """The colour of an event's tag."""
    return FAMILIES[_family_of(event)]


def _family_of(event: Event) -> str:
    if event.kind in ("request", "response"):
        return event.kind
    if not isinstance(event.detail, Header):
        return ""
    if event.detail.opcode == Opcode.CLOSE:
        return "CLOSE"
    return "control" if is_control(event.detail.opcode) else "data"


def _rung(event: Event, trace: Trace, bracket: str) -> Rung:
    classes = [
        "rung",
        "c2s" if event.side == "client" else "s2c",
        "err" if any(violation.severity == "error" for violation in event.violations) else "",
        bracket,
        "end" if event.kind == "end" else "",
        f"ls-{event.state['client'].lower()}",
        f"rs-{event.state['server'].lower()}",
    ]
    return Rung(
        seq=event.seq,
        key=f"e{event.seq}",
        side=event.side,
        tag=tag(event),
        summary=summary(event, trace),
        size=(event.end - event.start) // 8,
        family=tag_family(event),
        classes=" ".join(filter(None, classes)),
    )


def _brackets(rows: list[Event], events: list[Event]) -> dict[int, str]:
    """Frames of a message in pieces are `in-msg`, rows between `in-gap`. The engine says which belong together."""
    places = {event.seq: place for place, event in enumerate(rows)}
    marks: dict[int, str] = {}
    for event in events:
        if not isinstance(event.detail, Message) or len(event.detail.frames) < 2:
            continue
        pieces = event.detail.frames
        for between in rows[places[pieces[0]] : places[pieces[-1]]]:
            marks.setdefault(between.seq, "in-gap")
        marks.update(dict.fromkeys(pieces, "in-msg"))
    return marks
