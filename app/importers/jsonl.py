"""Our own traces: JSON Lines, as GET /api/sessions/<id>/trace gives them."""

from __future__ import annotations

import json

from app.importers.source import COMPRESSED, NO_ANSWER, NO_HANDSHAKE, NO_LIMIT, Known, Source, Unreadable
from app.trace import SIDES, Fidelity, Side, Trace, TraceError, other, read_jsonl

NAME = "trace"
WHAT = "a trace that Socketscope saved (JSON Lines)"

# What is known least decides how far the whole source can be trusted.
_WEAKEST: tuple[Fidelity, ...] = ("payload", "frames", "wire")


def sniff(data: bytes) -> bool:
    """Does the first line look like our header?"""
    return data.lstrip()[:1] == b"{" and b'"trace"' in data.lstrip().split(b"\n", 1)[0]


def read(data: bytes, side: Side | None = None) -> Source:
    """The traces; with a side, only what that side sent. Raises Unreadable, naming the line."""
    try:
        traces = read_jsonl(data.decode("utf-8-sig").splitlines(), limit=NO_LIMIT)
    except UnicodeDecodeError:
        raise Unreadable("A trace is UTF-8 text, and this is not.") from None
    except TraceError as error:
        raise Unreadable(f"This trace cannot be read: {error}.") from None
    if side:
        traces = [_only(trace, side) for trace in traces]
    size = sum(trace.size(owner) for trace in traces for owner in SIDES)
    fidelity = next(kind for kind in _WEAKEST if kind == "wire" or any(trace.fidelity == kind for trace in traces))
    left_out = (f"What the {other(side)} sent was left out, as asked.",) if side else ()
    known = _known(data)
    notes = zip(
        (NO_HANDSHAKE, NO_ANSWER, COMPRESSED),
        (any(getattr(each, flag) for each in known.values()) for flag in FLAGS),
        strict=True,
    )
    assumed = tuple(note for note, made in notes if made)
    return Source(NAME, size, traces, fidelity, assumptions=(*left_out, *assumed), known=known)


FLAGS = ("opened", "unanswered", "compressed")
"""What the header of a trace may say of a connection that an importer had to judge; see Known."""


def _known(data: bytes) -> dict[str, Known]:
    """What the header says of its connections; it has been read before, so it is an object."""
    connections = json.loads(data.decode("utf-8-sig").lstrip().split("\n", 1)[0]).get("connections")
    if not isinstance(connections, dict):
        return {}
    return {
        name: Known(
            opened=said.get("opened") is True,
            unanswered=said.get("unanswered") is True,
            compressed=said.get("compressed") is True,
        )
        for name, said in connections.items()
        if isinstance(said, dict) and any(said.get(flag) is True for flag in FLAGS)
    }


def _only(trace: Trace, side: Side) -> Trace:
    half = Trace(trace.connection, limit=NO_LIMIT, fidelity=trace.fidelity)
    for record in trace.records:
        if record.side == side:
            half.add(record.at, side, record.data, record.kind, record.layer, record.opcode)
    return half
