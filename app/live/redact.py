"""Hiding what belongs to other people: header values are overwritten at equal length, so every offset stays true."""

from __future__ import annotations

import re
from functools import partial

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
LONG = 20
"""A subprotocol or part of a query from this length on may be a token in disguise, and is hidden too."""
_LONG_PARTS = (
    (re.compile(rb"(\A[\r\n]*[^\r\n?]*\?)([^\r\n]*)"), re.compile(rb"[^?&=;#\s]+")),
    (
        re.compile(rb"(^Sec-WebSocket-Protocol[ \t]*:)([^\n]*(?:\n[ \t][^\n]*)*)", re.IGNORECASE | re.MULTILINE),
        re.compile(rb"[^,\s]+"),
    ),
)
"""Where long parts are looked for (behind the first group), and what a part is."""
FILL = b"*"
MAX_HEAD = 2**16 + 1


def redact_head(head: bytes) -> bytes:
    """The head with hidden values replaced by asterisks, byte for byte. What may grow longer yet is hidden early."""
    for region, part in _LONG_PARTS:
        head = region.sub(partial(_blank_long, part), head)
    return _LINE.sub(_blank, head)


def _blank_long(part: re.Pattern[bytes], region: re.Match[bytes]) -> bytes:
    text = region[2]
    growing = region.end() == len(region.string)

    def hide(found: re.Match[bytes]) -> bytes:
        long = len(found[0]) >= LONG or (growing and found.end() == len(text))
        return FILL * len(found[0]) if long else found[0]

    return region[1] + part.sub(hide, text)


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
        self._heads: dict[Side, bytes] = {}  # complete ones, as others may see them

    def __call__(self, record: Record) -> Record:
        """The record as others may see it."""
        if record.kind != "data" or record.layer != "wire":
            return record
        start = self._at[record.side]
        self._at[record.side] = end = start + len(record.data)
        head = self._head(record.side) if start < MAX_HEAD else b""
        if start >= len(head):
            return record
        return record._replace(data=head[start:end] + record.data[max(len(head) - start, 0) :])

    def _head(self, side: Side) -> bytes:
        """A head as far as it has been recorded: what came later tells how long a part is."""
        found = self._heads.get(side)
        if found is not None:
            return found
        known = self._trace.bytes(side, 0, MAX_HEAD)
        size = find_end(known)
        shown = redact_head(known[:size])
        if size is not None or len(known) == MAX_HEAD:
            self._heads[side] = shown
        return shown


def redacted(trace: Trace) -> Trace:
    """A copy of a trace as others may see it; bytes behind the heads are shared, not copied."""
    copy = Trace(trace.connection, limit=2**62, fidelity=trace.fidelity)
    redact = Redactor(trace)
    for record in list(trace.records):
        shown = redact(record)
        copy.add(shown.at, shown.side, shown.data, shown.kind, shown.layer)
    copy.stopped = trace.stopped
    return copy
