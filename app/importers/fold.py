"""From a source to events: every trace folded, with what the importer had to assume."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict

from app.anatomy import Space, explain
from app.importers.source import Known, Source
from app.protocol.conversation import Conversation
from app.protocol.events import Event, event_json
from app.protocol.extensions import Deflate
from app.trace import Trace

Folded = list[tuple[Trace, list[Event]]]


def fold(source: Source) -> Iterator[tuple[Trace, list[Event]]]:
    """Each trace of the source with its events; what is no WebSocket connection has none."""
    for trace in source.traces:
        known = source.knows(trace)
        yield trace, _events(trace, known) if known.what in ("websocket", "encrypted") else []


def _events(trace: Trace, known: Known) -> list[Event]:
    conversation = Conversation(
        assume_open=known.opened or trace.fidelity == "payload",  # messages were only sent on an open one
        assume_answer=known.unanswered,
        deflate=Deflate() if known.compressed else None,
    )
    events = [event for record in trace.records for event in conversation.feed(record)]
    return events + conversation.close()


def objects(source: Source, folded: Folded, *, fields: bool = False) -> Iterator[dict[str, object]]:
    """The answer in JSON: the source first, then every event, with `fields` also the spaces that explain its bits."""
    yield source.about()
    for trace, events in folded:
        for event in events:
            more = {"spaces": [_space(space) for space in explain(event, trace).spaces]} if fields else {}
            yield {**event_json(event, trace), **more}


def _space(space: Space) -> dict[str, object]:
    return {"name": space.name, "base": space.base, "fields": [asdict(field) for field in space.fields]}
