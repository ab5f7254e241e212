"""From a source to events: every trace folded, with what the importer had to assume."""

from __future__ import annotations

import json
from collections.abc import Iterator

from app.anatomy.jsonlines import Lines, full
from app.importers.source import Known, Source
from app.protocol.conversation import Conversation
from app.protocol.events import Event
from app.protocol.extensions import Deflate
from app.protocol.profiles import STRICT_PROFILE, Profile
from app.trace import Trace

Folded = list[tuple[Trace, list[Event]]]


def fold(source: Source, profile: Profile = STRICT_PROFILE) -> Iterator[tuple[Trace, list[Event]]]:
    """Each trace of the source with its events; what is no WebSocket connection has none."""
    for trace in source.traces:
        known = source.knows(trace)
        yield trace, _events(trace, known, profile) if known.what in ("websocket", "encrypted") else []


def _events(trace: Trace, known: Known, profile: Profile) -> list[Event]:
    conversation = Conversation(
        assume_open=known.opened or trace.fidelity == "payload",  # messages were only sent on an open one
        assume_answer=known.unanswered,
        assume_request=known.unasked,
        deflate=Deflate() if known.compressed else None,
        profile=profile,
    )
    events = [event for record in trace.records for event in conversation.feed(record)]
    return events + conversation.close()


def objects(source: Source, folded: Folded, *, fields: bool = False) -> Iterator[dict[str, object]]:
    """The answer in JSON: the source first, then every event, with `fields` also the spaces that explain its bits."""
    yield source.about()
    for trace, events in folded:
        for event in events:
            yield full(event, trace, fields=fields)


def lines(source: Source, folded: Folded, *, fields: bool = False) -> Iterator[str]:
    """What `objects` gives, as JSON Lines without their line ends, and much faster."""
    yield json.dumps(source.about())
    for trace, events in folded:
        yield from Lines(trace, fields=fields).of(events)
