"""The example conversation of each rule that can be seen: its connections, and what fires in them."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import NamedTuple

from app.protocol.conversation import Conversation
from app.protocol.events import Event
from app.protocol.rules import RULES
from app.trace import Side, Trace, read_jsonl

SHIPPED = Path(__file__).parents[1] / "examples" / "rules"
BESIDE = Path(__file__).parents[2] / "tests" / "examples" / "rules"


class Fired(NamedTuple):
    """A rule that fires in an example: where, and the bits in words."""

    connection: str
    rule: str
    side: Side
    start: int
    bits: int
    marked: str


class Example(NamedTuple):
    """A conversation that shows one rule. `main` is the connection that shows it."""

    rule: str
    traces: tuple[Trace, ...]
    fired: tuple[Fired, ...]

    @property
    def shown(self) -> Fired | None:
        """Where the rule itself fires; None where only good behaviour is shown."""
        return next((fired for fired in self.fired if fired.rule == self.rule), None)

    @property
    def main(self) -> Trace:
        wanted = self.shown.connection if self.shown else self.traces[0].connection
        return next(trace for trace in self.traces if trace.connection == wanted)

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        times = [record.at for trace in self.traces for record in trace.records]
        return (max(times) - min(times)) / 1e9


def folder() -> Path:
    """Where the examples are: inside the package once installed, with the tests in the repository."""
    return SHIPPED if SHIPPED.is_dir() else BESIDE


@cache
def example(rule: str) -> Example | None:
    """The example of a rule; None for rules that nothing shows."""
    path = folder() / f"{rule}.jsonl"
    if rule not in RULES or not path.is_file():
        return None
    lines = path.read_text(encoding="utf-8").splitlines()
    fired = tuple(
        Fired(connection, name, side, start, bits, marked)
        for connection, name, side, start, bits, _, marked in json.loads(lines[0])["expect"]
    )
    return Example(rule, tuple(read_jsonl(lines)), fired)


def fold(trace: Trace) -> list[Event]:
    """Everything that happens on a connection."""
    conversation = Conversation()
    events = [event for record in trace.records for event in conversation.feed(record)]
    return events + conversation.close()


@cache
def told(rule: str) -> tuple[Event, ...]:
    """The events of the connection that shows a rule."""
    found = example(rule)
    return tuple(fold(found.main)) if found else ()


def worth_seeing(rule: str) -> Event | None:
    """The event to open with: the one that breaks the rule, else the first frame, else the answer."""
    events = told(rule)
    found = example(rule)
    shown = found.shown if found else None
    for event in events:
        if event.kind != "violation" and any(violation.rule == rule for violation in event.violations):
            return event
    if shown:
        before = [e for e in events if e.side == shown.side and e.kind not in ("message", "violation")]
        at = [e for e in before if e.start <= shown.start <= e.end]
        if at:
            return at[0] if shown.bits else at[-1]
    for kind in ("frame", "response", "request"):
        for event in events:
            if event.kind == kind:
                return event
    return events[0] if events else None
