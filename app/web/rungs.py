"""The ladder before any script runs: one row per event that has bytes or an end of its own. Pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from app.protocol.events import Event, Violation, summary, tag
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
    told = {violation.rule for event in events if event.kind != "violation" for violation in event.violations}
    shown = [event for event in events if _has_row(event, told)]
    brackets = _brackets(shown)
    return [_rung(event, trace_of(event), brackets.get(event.seq, "")) for event in shown]


def _has_row(event: Event, told: set[str]) -> bool:
    if event.kind == "message":
        return False
    return not isinstance(event.detail, Violation) or event.detail.rule not in told


def tag_family(event: Event) -> str:
    """The colour of an event's tag."""
    if event.kind in ("request", "response"):
        return "http"
    detail = event.detail
    if not isinstance(detail, Header):
        return "flag"
    if detail.opcode == Opcode.CLOSE:
        return "close"
    return "flag" if is_control(detail.opcode) else "op"


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


def _brackets(events: list[Event]) -> dict[int, str]:
    """Frames of a message in pieces are `in-msg`, what comes between them `in-gap`."""
    marks: dict[int, str] = {}
    begun: dict[Side, int] = {}
    for place, event in enumerate(events):
        detail = event.detail
        if event.kind == "request":
            begun.clear()  # another connection
        if not isinstance(detail, Header) or is_control(detail.opcode):
            continue
        if detail.opcode == Opcode.CONT and event.side in begun:
            for between in events[begun[event.side] : place + 1]:
                mine = (
                    between.side == event.side
                    and isinstance(between.detail, Header)
                    and not is_control(between.detail.opcode)
                )
                marks[between.seq] = "in-msg" if mine else marks.get(between.seq, "in-gap")
        if detail.fin:
            begun.pop(event.side, None)
        else:
            begun[event.side] = place
    return marks
