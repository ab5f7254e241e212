"""Hiding what belongs to other people: header values are overwritten at equal length, so every offset stays true."""

from __future__ import annotations

import re

from app.protocol.handshake import find_end
from app.trace import Record, Side, Trace

HIDDEN = (
    "Cookie",
    "Set-Cookie",
    "Authorization",
    "Proxy-Authorization",
    "Forwarded",
    "X-Forwarded-For",
    "X-Forwarded-Host",
    "X-Real-IP",
    "True-Client-IP",
    "CF-Connecting-IP",
)
"""Headers whose values are for the two parties only. A space before the colon or an odd case does not save them."""

_NAMES = b"|".join(re.escape(name.encode()) for name in HIDDEN)
_LINE = re.compile(rb"^(?:%s)[ \t]*:[ \t]*([^\n]*(?:\n[ \t][^\n]*)*)" % _NAMES, re.IGNORECASE | re.MULTILINE)
_VISIBLE = re.compile(rb"[^\r\n]")
FILL = b"*"
MAX_HEAD = 2**16 + 1


def redact_head(head: bytes) -> bytes:
    """The head with hidden values replaced by asterisks, byte for byte."""
    return _LINE.sub(_blank, head)


def _blank(match: re.Match[bytes]) -> bytes:
    start = match.start(1) - match.start()
    end = match.end(1) - match.start()
    whole = match[0]
    return whole[:start] + _VISIBLE.sub(FILL, whole[start:end]) + whole[end:]


class Redactor:
    """Redacts the records of one trace in order; only the heads can hold what is hidden."""

    def __init__(self, trace: Trace) -> None:
        self._trace = trace
        self._at: dict[Side, int] = {"client": 0, "server": 0}

    def __call__(self, record: Record) -> Record:
        """The record as others may see it."""
        if record.kind != "data" or record.layer != "wire":
            return record
        start = self._at[record.side]
        self._at[record.side] = end = start + len(record.data)
        if start >= MAX_HEAD:
            return record
        known = self._trace.bytes(record.side, 0, min(end, MAX_HEAD))
        size = find_end(known) or len(known)
        if start >= size:
            return record
        return record._replace(data=redact_head(known[:size])[start:end] + record.data[max(size - start, 0) :])


def redacted(trace: Trace) -> Trace:
    """A copy of a trace as others may see it; bytes behind the heads are shared, not copied."""
    copy = Trace(trace.connection, limit=2**62, fidelity=trace.fidelity)
    redact = Redactor(trace)
    for record in list(trace.records):
        shown = redact(record)
        copy.add(shown.at, shown.side, shown.data, shown.kind, shown.layer)
    copy.stopped = trace.stopped
    return copy
