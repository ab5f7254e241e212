"""One direction of a TLS connection as Spaces: record after record, opened or not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from app.anatomy.field import Field, Space, raw_of, tile
from app.anatomy.tls.build import RECORD, plural
from app.anatomy.tls.record import record_spaces
from app.protocol.tls import names
from app.protocol.tls.directions import RecordView
from app.protocol.tls.names import name_of
from app.trace import Side, Trace


def records(trace: Trace, side: Side, views: Sequence[RecordView]) -> Iterator[tuple[RecordView, tuple[Space, ...]]]:
    """Each record of a side with its spaces; messages that are cut over records are followed."""
    begun = 0
    for view in views:
        data = trace.bytes(side, view.start, view.end, layer="tls")
        yield view, record_spaces(data, view, min(begun, len(view.content)))
        if view.type == names.HANDSHAKE and view.state != "sealed":
            begun = _missing(view.content, begun)


def _missing(content: bytes, begun: int) -> int:
    """How many bytes of the last message are still to come."""
    at = begun
    while at + 4 <= len(content):
        at += 4 + int.from_bytes(content[at + 1 : at + 4], "big")
    return at - len(content) if at >= len(content) else 0


def direction_space(trace: Trace, side: Side, views: Sequence[RecordView]) -> Space:
    """All TLS bytes of a side as one Space: a field for each record, with its own fields inside."""
    data = trace.bytes(side, layer="tls")
    fields = [_record(view, spaces[0], data) for view, spaces in records(trace, side, views)]
    at = fields[-1].end // 8 if fields else 0
    if at < len(data):
        rest, bits = len(data) - at, (len(data) - at) * 8
        meaning = "These bytes are no whole record"
        fields.append(Field("tls.rest", at * 8, bits, raw_of(data, at * 8, bits), plural(rest), meaning, RECORD))
    return Space("tls", data, tile(fields, data, len(data) * 8))


def _record(view: RecordView, space: Space, data: bytes) -> Field:
    start, bits = view.start * 8, (view.end - view.start) * 8
    children = tuple(_moved(field, start) for field in space.fields)
    meaning = "A record of its own: header, then content or a seal"
    return Field("tls.record", start, bits, raw_of(data, start, bits), told(view), meaning, RECORD, (), children)


def _moved(field: Field, by: int) -> Field:
    children = tuple(_moved(child, by) for child in field.children)
    return Field(
        field.name,
        field.start + by,
        field.bits,
        field.raw,
        field.value,
        field.meaning,
        field.section,
        field.rules,
        children,
    )


def told(view: RecordView, *, ends: bool = True) -> str:
    """What a record is, in a word or two: its messages or its type, and RECORD 23 while it is sealed."""
    if view.state == "sealed" or (view.state == "opened" and not ends):
        return f"RECORD {view.outer}"
    if view.messages:
        return " + ".join(name_of(names.MESSAGES, kind) for kind in view.messages)
    if view.type == names.ALERT and len(view.content) == 2:
        return name_of(names.ALERTS, view.content[1])
    return name_of(names.CONTENT, view.type)
