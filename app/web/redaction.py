"""Secrets in a reading: found in heads and payloads, overwritten at equal length before anything leaves the page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from app.live.redact import FILL, redact_head
from app.protocol.events import Event, Message
from app.protocol.frames import Header, Opcode, is_control
from app.protocol.handshake import Request, Response
from app.trace import SIDES, Side, Trace
from app.web.reading import Talk

_PATTERNS = (
    ("token", re.compile(rb"(eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*)")),
    ("bearer", re.compile(rb"bearer\s+([\w.~+/=-]{8,})", re.IGNORECASE)),
    (
        "credential",
        re.compile(
            rb"\b(?:access_?token|refresh_?token|id_?token|auth_?token|token|authorization|password|passwd|secret"
            rb"|client_?secret|api_?key|session_?id|cookie)\"?\s*[:=]\s*\"?([^\"\s,;&}]{4,})",
            re.IGNORECASE,
        ),
    ),
)


class Secret(NamedTuple):
    """A run of bytes that belongs to somebody: where, and what the run becomes."""

    name: str
    side: Side
    start: int
    old: bytes
    new: bytes


def secrets(talk: Talk) -> list[Secret]:
    """Every secret of a connection, in the order of its events."""
    found: list[Secret] = []
    hidden: set[int] = set()
    for event in talk.events:
        detail = event.detail
        if isinstance(detail, Request | Response):
            found += _head(event, talk.trace)
        elif isinstance(detail, Header):
            found += _frame(event, detail, talk.trace)
        elif isinstance(detail, Message) and (detail.compressed or len(detail.frames) > 1) and _spans(detail.payload):
            hidden.update(detail.frames)
    known = {(secret.side, secret.start) for secret in found}
    for event in talk.events:
        if event.seq in hidden and isinstance(event.detail, Header):
            found += (each for each in _whole(event, event.detail, talk.trace) if (each.side, each.start) not in known)
    return found


def _head(event: Event, trace: Trace) -> Iterator[Secret]:
    old = trace.bytes(event.side, event.start // 8, event.end // 8)
    new = redact_head(old)
    detail = event.detail
    assert isinstance(detail, Request | Response)
    for line in detail.headers:
        a, b = line.start - event.start // 8, line.end - event.start // 8
        if old[a:b] != new[a:b]:
            name = bytes(line.name).decode("latin-1", "replace").strip()[:40]
            yield Secret(name, event.side, event.start // 8 + a, old[a:b], new[a:b])
    end = old.find(b"\n") + 1
    if old[:end] != new[:end]:
        yield Secret("query", event.side, event.start // 8, old[:end], new[:end])


def _frame(event: Event, header: Header, trace: Trace) -> Iterator[Secret]:
    """Secrets in one frame that is not compressed; masked bytes are overwritten so that the asterisks come out."""
    if header.rsv1 or header.opcode == Opcode.CLOSE or (is_control(header.opcode) and header.length < 8):
        return
    start = event.start // 8 + header.size
    wire = trace.bytes(event.side, start, event.end // 8)
    plain = _unmask(wire, header.key)
    for name, a, b in _spans(plain):
        new = _unmask(bytes(a) + FILL * (b - a), header.key)[a:b] if header.key else FILL * (b - a)
        yield Secret(name, event.side, start + a, wire[a:b], new)


def _whole(event: Event, header: Header, trace: Trace) -> Iterator[Secret]:
    """The whole payload of a frame whose message holds a secret that no run of its own bytes holds."""
    start = event.start // 8 + header.size
    old = trace.bytes(event.side, start, event.end // 8)
    if old:
        yield Secret("payload", event.side, start, old, _unmask(FILL * len(old), header.key))


def _unmask(data: bytes, key: bytes | None) -> bytes:
    return bytes(byte ^ key[n % 4] for n, byte in enumerate(data)) if key else data


def _spans(plain: bytes) -> list[tuple[str, int, int]]:
    found = [(name, match.start(1), match.end(1)) for name, pattern in _PATTERNS for match in pattern.finditer(plain)]
    kept: list[tuple[str, int, int]] = []
    for span in sorted(found, key=lambda each: (each[1], -each[2])):
        if not kept or span[1] >= kept[-1][2]:
            kept.append(span)
    return kept


def hide(trace: Trace, found: list[Secret]) -> Trace:
    """A copy of the trace in which every secret is overwritten; messages of sources without frames too."""
    streams = {side: bytearray(trace.bytes(side)) for side in SIDES}
    for secret in found:
        streams[secret.side][secret.start : secret.start + len(secret.new)] = secret.new
    copy = Trace(trace.connection, limit=2**62, fidelity=trace.fidelity)
    at = dict.fromkeys(SIDES, 0)
    for record in trace.records:
        data = record.data
        if record.kind == "message":
            data = _plain(data)
        elif record.kind == "data" and record.layer == "wire":
            begin = at[record.side]
            at[record.side] = begin + len(data)
            data = bytes(streams[record.side][begin : at[record.side]])
        copy.add(record.at, record.side, data, record.kind, record.layer, record.opcode)
    copy.stopped = trace.stopped
    return copy


def _plain(data: bytes) -> bytes:
    out = bytearray(data)
    for _, a, b in _spans(data):
        out[a:b] = FILL * (b - a)
    return bytes(out)


def blanked(text: str) -> str:
    """A line about a connection, with what its address may give away overwritten."""
    hidden = _plain(text.encode("utf-8", "replace")).decode("utf-8", "replace")
    return re.sub(r"(\?|&)([^=&\s]+)=([^&\s]{20,})", lambda m: f"{m[1]}{m[2]}={'*' * len(m[3])}", hidden)
