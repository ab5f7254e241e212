"""The lens inside wss: records as the network sees them, and as the two ends do."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

from flask import Blueprint, Flask, Response, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.anatomy import explain
from app.anatomy.tls.observe import observe, parts, title
from app.live.connection import Connection
from app.live.hub import Hub
from app.live.sealed import recorded
from app.live.session import Session
from app.protocol.events import Event
from app.protocol.tls.decrypt import Decrypted, decrypt
from app.protocol.tls.keylog import read_keylog
from app.trace import Side, Trace
from app.web.api import find
from app.web.layers import fold, inside, layers, opening, steps
from app.web.safety import sees_all, the_hub
from app.web.work import bounded
from app.words import t

bp = Blueprint("sealed", __name__, url_prefix="/lens/tls")

LIMIT = 2**20
"""Ciphertext of one connection that is deciphered for a page."""
LONG = 2**16
RUNGS = 80


class Opened(NamedTuple):
    """A connection, what its keys open, and what was said inside."""

    found: Decrypted
    events: list[Event]
    whole: bool


def connect(app: Flask, hub: Hub) -> None:
    """Serve the lens."""
    app.register_blueprint(bp)


@cache
def _example() -> Opened | None:
    made = recorded()
    if made is None:
        return None
    found = decrypt(made.trace, read_keylog(made.keylog))
    return Opened(found, fold(found), True)


@bp.get("")
def example() -> ResponseReturnValue:
    """The recorded example."""
    opened = _example()
    if opened is None:
        abort(404, t("lens.tls.missing"))
    where = f"{t('lens.tls.lede')} {t('lens.tls.recorded')}"
    return render_template("lens/tls.html", **_page(opened, True), where=where, keylog=url_for("sealed.keylog"))


@bp.get("/example.keylog")
def keylog() -> ResponseReturnValue:
    """The keys of the example."""
    made = recorded()
    if made is None:
        abort(404, t("lens.tls.missing"))
    headers = {"Content-Disposition": "attachment; filename=example.keylog"}
    return Response(made.keylog, mimetype="text/plain", headers=headers)


@bp.get("/<session>")
def session(session: str) -> ResponseReturnValue:
    """A connection of a session: the newest over TLS unless one is named."""
    found = find(session)
    connection = _chosen(found)
    keys = connection.keylog if the_hub().trusted and sees_all(found) else b""
    opened = bounded(connection.trace.size("server", "tls") > LONG, lambda: _open(connection.trace, keys))
    where = f"{t('lens.tls.lede')} {t('lens.tls.live', session=session, connection=connection.id)}"
    link = url_for("api.keylog", id=session, connection=connection.id) if keys else ""
    return render_template("lens/tls.html", **_page(opened, bool(keys)), where=where, keylog=link)


def _chosen(found: Session) -> Connection:
    wanted = request.args.get("connection")
    over_tls = [each for each in found.connections() if each.tls and wanted in (None, each.id)]
    if not over_tls:
        abort(404, t("lens.tls.none"))
    return over_tls[-1]


def _open(trace: Trace, keys: bytes) -> Opened:
    part, size = Trace(trace.connection, limit=2**40), 0
    for record in list(trace.records):
        if record.layer == "tls" and size <= LIMIT:
            size += len(record.data)
            part.add(record.at, record.side, record.data, record.kind, "tls")
    found = decrypt(part, read_keylog(keys))
    return Opened(found, fold(found), size <= LIMIT)


def _page(opened: Opened, keys: bool) -> dict[str, Any]:
    """What the template draws; `view` is `net` or `ends`, `side` and `record` choose a record."""
    found, events = opened.found, opened.events
    ends = request.args.get("view") != "net" and keys
    side, number = _record(opened)
    if number >= len(found.views[side]):
        abort(404, t("error.no-event"))
    view = found.views[side][number]
    said = inside(view, events) if ends else []
    seen = observe(found)
    rungs = steps(found, events, ends=ends)
    place = seen.name_at
    name = found.trace.bytes(place.side, place.start - 9, place.end, layer="tls") if place else b""
    return {
        "active": "learn",
        "ends": ends,
        "keys": keys,
        "whole": opened.whole,
        "limit": LIMIT,
        "steps": rungs[:RUNGS],
        "side": side,
        "number": number,
        "title": f"{explain(said[0], found.trace).title}, sealed" if said else title(view, ends=ends),
        "size": view.end - view.start,
        "parts": [
            p._replace(label="frame") if said and p.field == "tls.content" else p for p in parts(view, ends=ends)
        ],
        "layers": layers(found, view, said, ends=ends),
        "fragment": any(event.past is not None for event in said),
        "seen": seen,
        "inside": max(view.end - view.start - seen.overhead, 0),
        "is_sealed": view.state != "clear",
        "name_before": name[:9].hex(" "),
        "name_bytes": name[9:].hex(" "),
        "address": dict(side=side, record=number, connection=request.args.get("connection")),
    }


def _record(opened: Opened) -> tuple[Side, int]:
    """The record that is asked for, by number or by a byte of what was said in it."""
    number, at = request.args.get("record", -1, type=int), request.args.get("at", -1, type=int)
    side: Side = "server" if request.args.get("side") == "server" else "client"
    carrying = opened.found.record_of(side, at)
    if carrying is not None:
        return side, opened.found.views[side].index(carrying)
    return (side, number) if number >= 0 else opening(opened.found, opened.events)
