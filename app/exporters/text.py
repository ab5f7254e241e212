"""A conversation as text for terminals: every event with its bytes, and a last line that counts what is wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from app.anatomy import explain
from app.anatomy.text import render
from app.protocol.events import Event, Message, Violation
from app.trace import Trace

SEVERITIES = ("error", "warning", "note")


def annotate(trace: Trace, events: Iterable[Event], *, fields: bool = False) -> Iterator[str]:
    """The lines that tell a conversation; what one event has told already is not told by the next."""
    told: set[Violation] = set()
    waiting: list[Event] = []
    for event in events:
        # A violation comes just before the event that carries it.
        if isinstance(event.detail, Violation):
            waiting.append(event)
            continue
        told.update(event.violations)
        for alone in (each for each in waiting if each.detail not in told):
            yield from render(explain(alone, trace), fields=fields)
        waiting.clear()
        if not _repeats(event):
            yield from render(explain(event, trace), fields=fields)
    for alone in waiting:
        yield from render(explain(alone, trace), fields=fields)


def _repeats(event: Event) -> bool:
    """A message in one frame, not compressed, says what its frame has said."""
    message = event.detail
    return isinstance(message, Message) and len(message.frames) == 1 and not message.compressed


def severities(events: Iterable[Event]) -> Counter[str]:
    """How many violations there are of each severity."""
    return Counter(event.detail.severity for event in events if isinstance(event.detail, Violation))


def verdict(found: Counter[str]) -> str:
    """What was found, in one line."""
    counts = [f"{found[name]} {name}{'s' if found[name] != 1 else ''}" for name in SEVERITIES if found[name]]
    return ", ".join(counts) + "." if counts else "No rule is broken."
