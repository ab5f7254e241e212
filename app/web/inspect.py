"""The page that takes any bytes, and the call that explains them: nothing is stored, everything is bounded."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from functools import partial
from typing import Any

from flask import Blueprint, Flask, Response, abort, current_app, jsonify, make_response, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import BadRequest, Gone, HTTPException, ServiceUnavailable

from app.anatomy import explain as explanation_of
from app.anatomy.ending import seconds
from app.anatomy.jsonlines import Lines
from app.importers import IMPORTERS, Unreadable, read
from app.importers.choose import about
from app.importers.source import Source
from app.live.hub import Hub
from app.protocol.events import Event
from app.trace import SIDES
from app.web import exports, findings, intake, scene
from app.web.edits import written
from app.web.intake import Asked
from app.web.reading import MINUTES, Forgotten, How, Reading, Shelf, Talk, Working, agreed, folding
from app.web.redaction import secrets
from app.web.safety import the_hub
from app.web.triage import triage, verdict
from app.web.wording import w
from app.web.work import RETRY_SECONDS, bounded

bp = Blueprint("inspect", __name__)

LONG_BYTES = 200_000
"""Reading more than this is long work."""
API_EVENTS = 500_000
"""Events of one answer; the last object says so when there were more."""
EXAMPLE = """\
00000000  81 85 37 fa 21 3d 7f 9f  4d 51 58 89 8e 9c 4b 07  |..7.!=..MQX...K.|
00000010  e2 fd 39 62 c2 e5 24 72  c2 e8 23 62 90 f9 74 81  |..9b..$r..#b..t.|
00000020  8c 5a d1 c8 6e 39 b0 ae  ad 72 b0 bd 4e 36 b0 a1  |.Z..n9...r..N6..|
00000030  1a                                                |.|
00000031
"""


def connect(app: Flask, hub: Hub) -> None:
    """Serve the pages, with room for what is being looked at."""
    app.extensions["shelf"] = Shelf(time.monotonic)
    app.register_blueprint(bp)


def shelf() -> Shelf:
    """What is being looked at just now."""
    kept: Shelf = current_app.extensions["shelf"]
    return kept


@bp.post("/api/explain")
def explain() -> ResponseReturnValue:
    """Bytes or text in, the objects of `explain --json` out, as one array."""
    wanted = intake.asked()
    long = len(wanted.data) > LONG_BYTES
    try:
        source = bounded(long, lambda: read(wanted.data, wanted.format, wanted.side))
    except Unreadable as error:
        abort(400, str(error))
    fields = bool(request.args.get("fields"))
    return Response(_array(_objects(source, fields)), mimetype="application/json")


def _objects(source: Source, fields: bool) -> Iterator[str]:
    yield json.dumps(source.about())
    left = API_EVENTS
    for trace in source.traces:
        known = source.knows(trace)
        if known.what not in ("websocket", "encrypted"):
            continue
        lines = Lines(trace, fields=fields)
        for events in folding(trace, known, agreed(known, How())):
            left -= len(events)
            if left < 0:
                yield json.dumps({"kind": "stopped", "events": API_EVENTS})
                return
            yield from lines.of(events)


def _array(objects: Iterator[str]) -> Iterator[str]:
    before = "["
    for text in objects:
        yield before + text
        before = ",\n"
    yield "]\n"


@bp.get("/inspect")
def page() -> str:
    """The empty page."""
    return render_template("inspect.html", **_frame(Asked(b"")), result=None)


@bp.post("/inspect")
def answer() -> ResponseReturnValue:
    """What was handed in, explained: as a page for forms, as a part of it for scripts (`part`)."""
    part = request.args.get("part", "")
    wanted = Asked(b"")
    try:
        wanted = intake.asked()
        found = result(wanted)
    except HTTPException as error:
        if part:
            raise
        return _refused(wanted, error)
    if part == "scope":
        return render_template("parts/inspect/scope.html", **found)
    if part:
        return render_template("parts/inspect/result.html", **found)
    return render_template("inspect.html", **_frame(wanted) | found, result=True)


@bp.post("/inspect/export/<kind>")
def export(kind: str) -> ResponseReturnValue:
    """What is looked at, as a file; secrets are overwritten unless the reader says otherwise."""
    wanted = intake.asked()
    chosen = exports.EXPORTS.get(kind)
    if chosen is None:
        abort(404, w("error.export"))
    reading = read_in(wanted)
    talk = choose(reading, wanted)
    original = shelf().data(reading.digest)
    try:
        parcel = exports.parcel(reading, talk, wanted.seq, original, open=wanted.open)
        pieces = exports.make(kind, parcel)
    except exports.Refused as error:
        abort(400, str(error))
    headers = {"Content-Disposition": f"attachment; filename={chosen.file}"}
    return Response(pieces, mimetype=chosen.mimetype, headers=headers)


@bp.errorhandler(HTTPException)
def told(error: HTTPException) -> ResponseReturnValue:
    """Scripts of the page get one sentence as JSON."""
    if error.response is not None:
        return error.get_response(request.environ)
    response = jsonify(error=error.description)
    response.status_code = error.code or 500
    if "retry-after" in dict(error.get_headers()):
        response.headers["Retry-After"] = dict(error.get_headers())["retry-after"]
    return response


def _refused(wanted: Asked, error: HTTPException) -> Response:
    sentence = error.description or w("error.form")
    page = render_template("inspect.html", **_frame(wanted), result=None, refused=sentence)
    return make_response(page, error.code or 400)


def _frame(wanted: Asked) -> dict[str, Any]:
    """What the page holds beside the answer."""
    trusted = the_hub().trusted
    return {
        "active": "inspect",
        "w": w,
        "text": wanted.text,
        "example": EXAMPLE,
        "most": intake.most(),
        "most_said": intake.megabytes(intake.most()),
        "where": w("where.here", minutes=MINUTES) if trusted else w("where", host=request.host, minutes=MINUTES),
        "formats": [(each.name, each.what) for each in IMPORTERS.values()],
        "asked": wanted,
    }


def read_in(wanted: Asked) -> Reading:
    """The reading that is asked for; what is large is read by one of the few workers."""
    kept = shelf()
    digest = kept.put(wanted.data) if wanted.data or not wanted.of else wanted.of
    how = How(wanted.format, wanted.side, wanted.compressed, wanted.edits)
    try:
        return bounded(len(kept.data(digest)) > LONG_BYTES, partial(kept.read, digest, how))
    except Working:
        raise ServiceUnavailable(w("error.working"), retry_after=RETRY_SECONDS) from None
    except Forgotten:
        raise Gone(w("error.gone")) from None
    except Unreadable as error:
        raise BadRequest(str(error)) from None


def choose(reading: Reading, wanted: Asked) -> Talk:
    """The connection that is asked for, else the one that ended most abnormally."""
    if wanted.connection:
        found = reading.talk(wanted.connection)
        if found is None:
            abort(404, w("error.connection"))
        return found
    best = max(reading.talks, key=lambda talk: talk.ending.abnormal if talk.ending else -1, default=None)
    if best is None:
        raise BadRequest(w("error.connection"))
    return best


def result(wanted: Asked) -> dict[str, Any]:
    """Everything that the templates draw of an answer."""
    reading = read_in(wanted)
    talk = choose(reading, wanted)
    events = talk.events
    source = reading.source
    told = about(source, talk.name)
    listed = findings.units(talk.trace, events, wanted.start, wanted.search)
    many = len(reading.talks) > 1
    return {
        "w": w,
        "reading": reading,
        "source": source,
        "talk": talk,
        "wanted": wanted,
        "many": many,
        "verdict": verdict(talk, told),
        "triage": triage(reading, talk, wanted.beside, told) if many else None,
        "units": listed,
        "streams": findings.streams(talk.trace, events) if talk.known.what == "websocket" else (),
        "changed": sum(each.changed for each in reading.talks),
        "direction": _direction(talk),
        "exports": exports.SHOWN,
        "secrets": sorted({secret.name for secret in secrets(talk)}),
        "seconds": seconds,
        **_scope(talk, events, wanted, listed),
    }


def _direction(talk: Talk) -> str:
    sides = [side for side in SIDES if talk.trace.size(side)]
    return sides[0] if len(sides) == 1 else "both"


def _at(events: list[Event], place: tuple[str, int]) -> int | None:
    """The unit that holds a bit of a side, else the first behind it."""
    side, bit = place
    mine = (e for e in events if e.side == side and e.space == "wire" and e.kind not in ("violation", "end", "message"))
    return next((event.seq for event in mine if event.end > bit), None)


def _scope(talk: Talk, events: list[Event], wanted: Asked, listed: findings.Units) -> dict[str, Any]:
    """The chosen event; at first the first broken one, else the first of the list."""
    shown = [unit.seq for unit in listed.rows]
    bad = next((unit.seq for unit in listed.rows if unit.severity == "error"), None)
    seq = _at(events, wanted.place) if wanted.place else wanted.seq
    if seq is None:
        seq = bad if bad is not None else shown[0] if shown else None
    event = next((event for event in events if event.seq == seq), None)
    if event is None:
        return {"x": None, "seq": None, "broken": ()}
    at = int(wanted.more) if wanted.more.isdecimal() and len(wanted.more) < 10 else None
    explanation = explanation_of(event, talk.trace)
    broken = findings.broken(event, talk.trace)
    composed = scene.compose(explanation, chosen=wanted.field, at=at, expand=wanted.more == "all")
    return {
        "x": composed,
        "seq": seq,
        "summary": "",
        "broken": broken,
        "fix": {n: written(each.edit) for n, each in enumerate(broken) if each.edit},
    }
