"""From a source to events: every trace folded, with what the importer had to assume."""

from __future__ import annotations

from collections.abc import Iterator

from app.importers.source import Source
from app.protocol.conversation import Conversation
from app.protocol.events import Event
from app.protocol.extensions import Deflate
from app.trace import Trace


def fold(source: Source) -> Iterator[tuple[Trace, list[Event]]]:
    """Each trace of the source with its events."""
    for trace in source.traces:
        conversation = Conversation(assume_open=source.opened, deflate=Deflate() if source.compressed else None)
        events = [event for record in trace.records for event in conversation.feed(record)]
        yield trace, events + conversation.close()
