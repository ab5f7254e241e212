"""Events as JSON Lines, fast: most frames differ from others of their shape in a few values only.

The line of a shape is made once, by the same functions as every other answer, and kept as a template with gaps for
what differs. Whatever is unusual goes the long way.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import fields as fields_of
from hashlib import sha256
from json.encoder import encode_basestring_ascii as quoted
from typing import Any

from app.anatomy import explain
from app.anatomy.field import Field, Space, raw_of
from app.anatomy.frame import quote
from app.protocol.events import Event, Message, describe_payload, event_json
from app.protocol.frames import Header, Opcode, apply_mask
from app.trace import Trace

LONGEST = 1 << 16
"""A longer payload goes the long way: copying it costs more than its line."""
MOST = 4096
"""Templates that are kept at a time; frames of many different lengths have one each."""

_GAP = "\ufdd0"
"""A code point that is no character, so no text holds it: marks what differs."""
_PLAIN = frozenset({Opcode.TEXT, Opcode.BINARY, Opcode.PING, Opcode.PONG})
_PAYLOADS = frozenset({"payload", "ping.data", "pong.data", "text"})

_NAMES = tuple(field.name for field in fields_of(Field) if field.name != "children")


def full(event: Event, trace: Trace, *, fields: bool = False) -> dict[str, Any]:
    """The object of any event, with `fields` also the spaces that explain its bits."""
    value = event_json(event, trace)
    if fields:
        value["spaces"] = [_space(space) for space in explain(event, trace).spaces]
    return value


def _space(space: Space) -> dict[str, Any]:
    return {"name": space.name, "base": space.base, "fields": [_field(field) for field in space.fields]}


def _field(field: Field) -> dict[str, Any]:
    value = {name: getattr(field, name) for name in _NAMES}
    value["children"] = [_field(child) for child in field.children]
    return value


class Lines:
    """The lines of one trace."""

    def __init__(self, trace: Trace, *, fields: bool = False) -> None:
        self._trace = trace
        self._fields = fields
        self._templates: dict[tuple[object, ...], str] = {}

    def of(self, events: Iterable[Event]) -> Iterator[str]:
        """A line for each event."""
        for event in events:
            detail = event.detail
            if isinstance(detail, Header) and detail.opcode in _PLAIN and self._usual(event, detail.length):
                yield self._frame(event, detail)
            elif isinstance(detail, Message) and self._usual(event, len(detail.payload)):
                yield self._message(event, detail)
            else:
                yield json.dumps(full(event, self._trace, fields=self._fields))

    def _usual(self, event: Event, length: int) -> bool:
        return 0 < length <= LONGEST and not event.violations and not (self._fields and event.past)

    def _frame(self, event: Event, header: Header) -> str:
        key, size = header.key, header.size
        # Lengths are part of the shape, so everything that follows from them is in the template.
        shape = (event.side, header[:8], size, *event.state.values())
        template = self._templates.get(shape) or self._keep(shape, event)
        wire = self._trace.bytes(event.side, (event.start >> 3) + size, event.end >> 3)
        plain = apply_mask(wire, key) if key is not None else wire
        text = header.opcode != Opcode.BINARY and not header.rsv1
        said = quoted(describe_payload(header.opcode, plain, compressed=bool(header.rsv1 and header.opcode < 3)))
        values: list[object] = [event.seq, event.at, event.start, event.end, said]
        if key is not None:
            values.append(f'"{key.hex()}"')
        values.append(f'"{sha256(plain).hexdigest()}"')
        if self._fields:
            shown = [quoted(quote(plain))] if text else []
            values.append(event.start >> 3)
            if key is not None:
                values += (f'"{key.hex()}"', f'"{key.hex(" ")}"', _raw(wire), *shown)
                values += ((event.start >> 3) + size, _raw(plain), *shown)
            else:
                values += (_raw(wire), *shown)
        return template % tuple(values)

    def _message(self, event: Event, message: Message) -> str:
        payload = message.payload
        shape = (event.side, message.opcode, len(payload), message.compressed, *event.state.values())
        template = self._templates.get(shape) or self._keep(shape, event)
        said = quoted(describe_payload(message.opcode, payload))
        digest = f'"{sha256(payload).hexdigest()}"'
        values = [event.seq, event.at, event.start, event.end, said, list(message.frames), digest]
        if self._fields:
            values += [_raw(payload), said] if message.opcode == Opcode.TEXT else [_raw(payload)]
        return template % tuple(values)

    def _keep(self, shape: tuple[object, ...], event: Event) -> str:
        """The line of an event with gaps, in the order in which the values are filled in."""
        value = full(event, self._trace, fields=self._fields)
        for name in ("seq", "at", "start", "end", "summary", "payload_sha256"):
            value[name] = _GAP
        if "message" in value:
            value["message"]["frames"] = _GAP
        elif value["frame"]["masking_key"]:
            value["frame"]["masking_key"] = _GAP
        for space in value.get("spaces", ()):
            _leave_gaps(space, "frame" in value)
        if len(self._templates) >= MOST:
            self._templates.clear()
        template = json.dumps(value).replace("%", "%%").replace(quoted(_GAP), "%s")
        self._templates[shape] = template
        return template


def _leave_gaps(space: dict[str, Any], in_frame: bool) -> None:
    if in_frame:
        space["base"] = _GAP
    for field in space["fields"]:
        if field["name"] in _PAYLOADS:
            field["raw"] = _GAP
            if field["value"][:1] == "“":
                field["value"] = _GAP
        elif field["name"] == "key":
            field["raw"] = field["value"] = _GAP


def _raw(data: bytes) -> str:
    return quoted(raw_of(data, 0, len(data) * 8))
