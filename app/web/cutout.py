"""Bytes and figures of what a page shows: ranges of a side's stream, each byte with its field's colour, and SVG."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, jsonify, request

from app.anatomy import explain
from app.exporters.svg import figure
from app.protocol.events import Event
from app.trace import SIDES, Trace
from app.web.api import find, view
from app.web.pages import recorded, shelf
from app.web.runs import runs
from app.web.work import bounded
from app.words import t

bp = Blueprint("cutout", __name__)

AT_ONCE = 1 << 16
"""Bytes that one call answers with at most."""


@bp.get("/api/sessions/<id>/bytes")
def session_bytes(id: str) -> Response:
    """Bytes `start` to `end` of one side, as hex, and which event and colour they belong to; at most 64 KiB."""
    events, trace = _live(id)
    return jsonify(_cut(events, trace))


@bp.get("/learn/<slug>/bytes")
def lesson_bytes(slug: str) -> Response:
    """The same of a recorded example: of the connection that event `seq` belongs to."""
    events, trace = _recorded(slug)
    return jsonify(_cut(events, trace))


@bp.get("/api/sessions/<id>/figure.svg")
def session_figure(id: str) -> Response:
    """The bits of one event as a figure."""
    events, trace = _live(id)
    return _figure(events, trace)


@bp.get("/learn/<slug>/figure.svg")
def lesson_figure(slug: str) -> Response:
    """The same of a recorded example."""
    events, trace = _recorded(slug)
    return _figure(events, trace)


def _live(id: str) -> tuple[list[Event], Trace]:
    session = find(id)
    connection = session.connection(request.args.get("connection"))
    if connection is None:
        abort(404, t("error.no-event"))
    fold = view(session, connection)
    return fold.events, fold.trace


def _recorded(slug: str) -> tuple[list[Event], Trace]:
    if slug not in shelf():
        abort(404, t("error.no-lesson"))
    found = recorded(slug)
    seq = request.args.get("seq", 0, type=int)
    event = next((event for event in found.events if event.seq == seq), None)
    if event is None:
        abort(404, t("error.no-event"))
    trace = found.trace_of(event)
    return [one for one in found.events if found.trace_of(one) is trace], trace


def _cut(events: list[Event], trace: Trace) -> dict[str, Any]:
    side = next((side for side in SIDES if side == request.args.get("side")), None)
    if side is None:
        abort(400, '"side" must be client or server.')
    size = trace.size(side)
    start = request.args.get("start", 0, type=int)
    end = request.args.get("end", start + AT_ONCE, type=int)
    if not 0 <= start <= end or end - start > AT_ONCE:
        abort(400, f'"start" and "end" must be at most {AT_ONCE} bytes apart.')
    start, end = min(start, size), min(end, size)
    return {
        "side": side,
        "start": start,
        "size": size,
        "hex": trace.bytes(side, start, end).hex(),
        "runs": runs(events, side, start, end),
    }


def _figure(events: list[Event], trace: Trace) -> Response:
    seq = request.args.get("seq", 0, type=int)
    event = next((event for event in events if event.seq == seq), None)
    if event is None:
        abort(404, t("error.no-event"))
    drawn = bounded(event.end - event.start > AT_ONCE * 8, lambda: figure(explain(event, trace)))
    headers = {"Content-Disposition": f"attachment; filename=event-{seq}.svg"}
    return Response(drawn, mimetype="image/svg+xml", headers=headers)
