"""Bytes to meaning: an event said as fields that tile its bits, one sentence, and how each value came about."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import NamedTuple

from app.anatomy.deflate import Unpacked, deflate_spaces, unpack
from app.anatomy.derive import Derivation, derive_frame, derive_head, sent_required
from app.anatomy.field import Field, Origin, Space
from app.anatomy.frame import frame_spaces
from app.anatomy.http import request_space, response_space
from app.anatomy.message import message_space
from app.anatomy.names import family, label
from app.anatomy.sentences import Part, sizes, title
from app.protocol.deflate import InflateError, Inflater, TooBig
from app.protocol.events import Event, Message, Violation
from app.protocol.frames import Header, Opcode, apply_mask
from app.protocol.handshake import Request, Response, find_end, parse_request
from app.protocol.history import Past, payload_of
from app.trace import Trace

__all__ = ["Explanation", "Field", "Origin", "Part", "Space", "explain", "explain_bytes", "family", "label"]

SHOWN = 1 << 20
"""Bytes of one event that are explained; a longer payload is shown as far as that."""

HEAD = 1 << 16


class Unfolded(NamedTuple):
    """A compressed payload, and the spaces that are made of it."""

    unpacked: Unpacked
    spaces: tuple[Space, ...]


@dataclass(frozen=True)
class Explanation:
    """Everything there is to say about one event. `opening` is the field worth seeing first; `surface` are the spaces
    that lie open, and `unfold` goes into a compressed payload once somebody wants to see it."""

    event: Event
    title: str
    sizes: tuple[Part, ...]
    surface: tuple[Space, ...]
    derivations: dict[str, tuple[Derivation, ...]]
    violations: tuple[Violation, ...]
    opening: str
    unfold: Callable[[], Unfolded] | None = None

    @property
    def wire(self) -> Space:
        """The bytes as they travelled."""
        return self.surface[0]

    @cached_property
    def _unfolded(self) -> Unfolded | None:
        return self.unfold() if self.unfold else None

    @property
    def unpacked(self) -> Unpacked | None:
        """What is inside a compressed message, bit by bit."""
        return self._unfolded.unpacked if self._unfolded else None

    @property
    def spaces(self) -> tuple[Space, ...]:
        """Every space, from the wire to what was said."""
        return (*self.surface, *self._unfolded.spaces) if self._unfolded else self.surface


def explain(event: Event, trace: Trace) -> Explanation:
    """Explain an event of a trace."""
    start = event.start // 8
    data = trace.bytes(event.side, start, min((event.end + 7) // 8, start + SHOWN))
    explanation = explain_bytes(event, data, _key(event, trace))
    if event.past is None or _is_fragment(event):
        return explanation
    return replace(explanation, unfold=partial(_unfold, event, event.past, data, trace))


def _is_fragment(event: Event) -> bool:
    """Whether a frame has only a part of its message: that is inflated as a whole."""
    header = event.detail
    return isinstance(header, Header) and (not header.fin or header.opcode == Opcode.CONT)


def _unfold(event: Event, past: Past, data: bytes, trace: Trace) -> Unfolded:
    """Go into a compressed payload, behind the window that came before it."""
    window = past.history.window(past.number, trace)
    detail = event.detail
    payload = payload_of(data)
    unpacked = unpack(payload, past, window)
    if isinstance(detail, Message):
        return Unfolded(unpacked, deflate_spaces(unpacked, Origin("wire", 0, aligned=False), detail.payload))
    assert isinstance(detail, Header)
    origin = Origin("unmasked", 0) if detail.key is not None else Origin("wire", detail.size)
    return Unfolded(unpacked, deflate_spaces(unpacked, origin, _inflated(payload, window)))


def _inflated(payload: bytes, window: bytes) -> bytes | None:
    try:
        return Inflater(15, window=window).message(payload, SHOWN)
    except (InflateError, TooBig):
        return None


def explain_bytes(event: Event, data: bytes, key: bytes | None = None) -> Explanation:
    """Explain an event from its own bytes: held ones are in no trace yet. `key` is the Sec-WebSocket-Key before it."""
    detail = event.detail
    derivations: dict[str, tuple[Derivation, ...]] = {}
    said = data
    if isinstance(detail, Request):
        spaces: tuple[Space, ...] = (request_space(detail),)
        derivations = derive_head(spaces[0], detail.get("Sec-WebSocket-Key"), None)
    elif isinstance(detail, Response):
        spaces = (response_space(detail, event.start // 8),)
        derivations = derive_head(spaces[0], key, detail.get("Sec-WebSocket-Accept"))
    elif isinstance(detail, Header):
        spaces = frame_spaces(data, detail, event.side, event.start // 8)
        payload = data[detail.size :]
        said = apply_mask(payload, detail.key) if detail.key is not None else payload
        derivations = derive_frame(spaces[0], detail, said)
    elif isinstance(detail, Message):
        spaces = (message_space(detail),)
    else:
        spaces = (Space("wire", data, (), event.start // 8),)
    for violation in event.violations:
        name = _field_of(violation, spaces[0])
        derivations[name] = (sent_required(violation, spaces[0]), *derivations.get(name, ()))
    return Explanation(
        event,
        title(event, said),
        sizes(event),
        spaces,
        derivations,
        tuple(event.violations),
        _opening(event, spaces[0]),
    )


def _key(event: Event, trace: Trace) -> bytes | None:
    """The Sec-WebSocket-Key that a response answers."""
    if not isinstance(event.detail, Response):
        return None
    head = trace.bytes("client", 0, HEAD)
    end = find_end(head)
    return parse_request(head[:end]).get("Sec-WebSocket-Key") if end else None


def _field_of(violation: Violation, space: Space) -> str:
    """The field that a violation points at; what is missing after the last one belongs to that."""
    field = space.at(max(violation.start - space.base * 8, 0))
    return field.name if field else space.fields[-1].name if space.fields else "gap"


def _opening(event: Event, wire: Space) -> str:
    """The field that an event opens with: what is wrong, else what is new about it."""
    for violation in event.violations:
        if violation.severity == "error":
            return _field_of(violation, wire)
    detail = event.detail
    if isinstance(detail, Request | Response):
        wanted: tuple[str, ...] = ("req.key", "res.accept", "res.line", "req.line")
    elif isinstance(detail, Header) and detail.opcode == 1 and detail.masked and detail.form == 7:
        wanted = ("payload", "opcode")
    else:
        wanted = ("close.code", "len64", "len16", "opcode")
    return next((name for name in wanted if wire.find(name)), wire.fields[0].name if wire.fields else "")
