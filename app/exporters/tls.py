"""An encrypted connection as text: its records as the network sees them, and how keys for it can be had."""

from __future__ import annotations

from collections.abc import Iterator

from app.anatomy.field import Space
from app.anatomy.names import label
from app.anatomy.text import escape, span
from app.anatomy.tls.observe import ladder, observe
from app.anatomy.tls.stream import records
from app.protocol.tls.decrypt import decrypt
from app.protocol.tls.keylog import KeyLog
from app.trace import SIDES, Trace

MOST = 40
"""Records of one connection that are listed."""

LONGEST = 72
"""Characters of a value."""

HOW = (
    ("browsers", "start Chromium or Firefox with the environment variable SSLKEYLOGFILE=FILE"),
    ("curl", "SSLKEYLOGFILE=FILE curl ..."),
    ("node", "node --tls-keylog=FILE script.js"),
    ("Python", 'ssl_context.keylog_filename = "FILE"'),
    ("Socketscope", "GET /api/sessions/<id>/keylog, for connections to this machine"),
)
"""How programs are made to log their keys; with the log, `explain CAPTURE --keylog FILE` reads the capture."""


def sealed(trace: Trace, *, fields: bool = False) -> Iterator[str]:
    """What shows of a connection without keys, record by record; with `fields` also the fields of what is in clear."""
    found = decrypt(trace, KeyLog({}))
    explained = {side: list(records(trace, side, found.views[side][:MOST])) for side in SIDES} if fields else {}
    for rung in ladder(found, ends=False)[:MOST]:
        arrow = "-->" if rung.side == "client" else "<--"
        note = f"  {escape(rung.note)}" if rung.note else ""
        yield f"{rung.side} {arrow} {rung.label}{note}  {rung.bytes} bytes"
        if fields:
            yield from _fields(explained[rung.side][rung.number][1][0])
    more = sum(map(len, found.views.values())) - MOST
    if more > 0:
        yield f"and {more} more records"
    overhead = observe(found).overhead
    if overhead:
        yield f"Each sealed record is at least {overhead} bytes longer than what it carries."
    yield ""


def _fields(space: Space) -> Iterator[str]:
    at = space.base * 8
    for top in space.fields:
        for field in top.walk():
            value = field.value if len(field.value) <= LONGEST else field.value[: LONGEST - 1] + "…"
            place = span(field.start + at, field.end + at)
            yield f"    {place:<12} {label(field.name):<24} {escape(value)}  {escape(field.meaning)}"


def how_to_get_keys() -> Iterator[str]:
    """A few lines for people who have a capture and no keys yet."""
    yield "Keys cannot be worked out afterwards; have them logged while you capture, then add --keylog FILE:"
    for program, how in HOW:
        yield f"   {program:<12} {how}"
    yield ""
