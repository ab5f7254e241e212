"""The JSON API of live sessions: open, read, hold, speak."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import Blueprint, Response, abort, jsonify, request, stream_with_context
from werkzeug.exceptions import ServiceUnavailable

from app.live.condition import parse_when
from app.live.connection import Connection
from app.live.fold import Fold
from app.live.gate import EXTENSION, GRAINS, NS
from app.live.held import policy_json
from app.live.redact import redacted
from app.live.scripted import Crowded
from app.live.session import Session
from app.live.sessions import STRAYS, Full
from app.protocol.events import event_json
from app.trace import Trace, write_jsonl
from app.web import speak
from app.web.safety import require_command, sees_all, the_hub
from app.web.work import bounded

bp = Blueprint("api", __name__, url_prefix="/api")

EVENTS_AT_ONCE = 1000
MODES = ("run", "hold", "step")
MAX_EXTENSION = EXTENSION // NS


@bp.post("/sessions")
def create() -> tuple[Response, int]:
    """A new private session. Its key is shown once; it belongs into the fragment of an address, never the query."""
    _body()
    try:
        session, key = the_hub().sessions.create()
    except Full as error:
        raise ServiceUnavailable(str(error), retry_after=60) from None
    sockets = "wss" if request.scheme == "https" else "ws"
    answer = {
        "id": session.id,
        "key": key,
        "ws_url": f"{sockets}://{request.host}/ws/{session.id}",
        "page_url": f"{request.scheme}://{request.host}/live/{session.id}#key={key}",
    }
    return jsonify(answer), 201


@bp.get("/sessions")
def everything() -> Response:
    """The sessions of this machine; nobody else may list them."""
    if not the_hub().trusted:
        abort(403, "Sessions are listed only on a server that is bound to this machine.")
    sessions = the_hub().sessions.all()
    return jsonify(
        sessions=[{"id": s.id, "public": s.public, "connections": [c.id for c in s.connections()]} for s in sessions]
    )


@bp.get("/sessions/<id>")
def show(id: str) -> Response:
    """A session and its connections."""
    session = find(id)
    public = not sees_all(session)
    return jsonify(
        id=session.id,
        public=session.public,
        **policy_json(session.policy),
        started=session.started,
        now=session.now(),
        position=session.channel(not public).log.end,
        connections=[connection.describe(public=public) for connection in session.connections()],
    )


@bp.get("/sessions/<id>/events")
def events(id: str) -> Response:
    """Events behind `after`, of one connection (the newest unless named), at most a thousand at once."""
    session = find(id)
    connection = session.connection(request.args.get("connection"))
    if connection is None:
        if "connection" in request.args:
            abort(404, "This session has no such connection.")
        return jsonify(connection=None, events=[], more=False)
    fold = view(session, connection)
    after = _number("after", -1)
    found = bounded(not fold.kept(after, EVENTS_AT_ONCE), lambda: fold.after(after, EVENTS_AT_ONCE))
    more = bool(found) and found[-1].seq < fold.last
    return jsonify(connection=connection.id, events=[event_json(e, fold.trace) for e in found], more=more)


@bp.get("/sessions/<id>/trace")
def trace(id: str) -> Response:
    """Every recorded byte as JSON Lines."""
    session = find(id)
    wanted = request.args.get("connection")
    chosen = [c for c in session.connections() if wanted in (None, c.id)]
    if wanted is not None and not chosen:
        abort(404, "This session has no such connection.")
    traces: list[Trace] = [c.trace if sees_all(session) else redacted(c.trace) for c in chosen]
    lines: Iterator[str] = write_jsonl(traces, session.started)
    return Response(stream_with_context(lines), mimetype="application/jsonl")


@bp.get("/sessions/<id>/keylog")
def keylog(id: str) -> Response:
    """The TLS secrets of one connection, the newest unless named: for who may command the session, on this machine."""
    session = find(id)
    if not the_hub().trusted:
        abort(403, "Keys are not given out by a server that others can reach.")
    require_command(session)
    connection = session.connection(request.args.get("connection"))
    if connection is None or not connection.keylog:
        abort(404, "There is no such connection over TLS in this session.")
    headers = {"Content-Disposition": f"attachment; filename={connection.id}.keylog"}
    return Response(connection.keylog, mimetype="text/plain", headers=headers)


@bp.post("/sessions/<id>/gate")
def gate(id: str) -> Response:
    """Run, hold or step; opens the session if need be. `unit` and `when` stay as they are unless they are given."""
    body = _body()
    mode, extend = body.get("mode"), body.get("extend", 0)
    if mode not in MODES:
        abort(400, '"mode" must be run, hold or step.')
    if not isinstance(extend, int | float) or not 0 <= extend <= MAX_EXTENSION:
        abort(400, f'"extend" must be seconds, from 0 to {MAX_EXTENSION}.')
    changes = _changes(body)
    session = find(id, open=True)
    require_command(session)
    wanted = body.get("connection")
    one = session.connection(wanted) if wanted is not None else None
    if wanted is not None and one is None:
        abort(404, "This session has no such connection.")
    if one:
        one.gate.follow(one.gate.policy._replace(**changes))
    else:
        session.set_policy(session.policy._replace(**changes))
    stepped = _step(session, one) if mode == "step" else None
    chosen = [one] if one else session.connections()
    for connection in chosen:
        if extend:
            connection.gate.extend(extend)
        connection.settle()
    return jsonify(
        **policy_json((one.gate if one else session).policy),
        stepped=stepped,
        connections=[{"id": c.id, **c.held_json()} for c in chosen if c.open],
    )


def _changes(body: dict[str, Any]) -> dict[str, Any]:
    """What a call changes about a gate's policy."""
    changes: dict[str, Any] = {"mode": "run" if body["mode"] == "run" else "hold"}
    if "unit" in body:
        if body["unit"] not in GRAINS:
            abort(400, '"unit" must be byte, field or frame.')
        changes["unit"] = body["unit"]
    if "when" in body:
        try:
            changes["when"] = parse_when(body["when"])
        except ValueError as error:
            abort(400, str(error))
    return changes


def _step(session: Session, one: Connection | None) -> str | None:
    """The id of the connection on which a unit was let go."""
    if one:
        return one.id if one.gate.step() else None
    stepped = session.step()
    return stepped.id if stepped else None


@bp.post("/sessions/<id>/send")
def send(id: str) -> Response:
    """Make the server speak on a connection, or a scripted client on a connection of its own."""
    session = find(id, open=True)
    require_command(session)
    return jsonify(_scripted(lambda: speak.send(the_hub(), session, _body())))


@bp.post("/sessions/<id>/script")
def script(id: str) -> Response:
    """Play a lesson's script on a new connection, with the key and mask of the RFC's examples."""
    session = find(id, open=True)
    require_command(session)
    return jsonify(_scripted(lambda: speak.play(the_hub(), session, _body())))


def _scripted(act: Any) -> dict[str, Any]:
    try:
        answer: dict[str, Any] = act()
    except speak.Unclear as error:
        abort(error.status, str(error))
    except Crowded as error:
        raise ServiceUnavailable(str(error), retry_after=60) from None
    except OSError:
        abort(502, "The server could not connect to its own port.")
    return answer


def find(id: str, *, open: bool = False) -> Session:
    """The session, or 404; with `open` a well-formed new name opens it."""
    sessions = the_hub().sessions
    session = sessions.get(id)
    if session is None and id == STRAYS:
        session = sessions.strays()
    if session is None and open:
        try:
            session = sessions.named(id)
        except ValueError as error:
            abort(400, str(error))
        except Full as error:
            raise ServiceUnavailable(str(error), retry_after=60) from None
    if session is None:
        abort(404, "There is no such session; it may have ended.")
    session.used()
    return session


def view(session: Session, connection: Connection) -> Fold:
    """The events of a connection, and the trace behind them, as the caller may see them; up to date."""
    fold = connection.fold if sees_all(session) else connection.public
    ended = not connection.open
    bounded(fold.long, lambda: fold.advance(ended))
    return fold


def _body() -> dict[str, Any]:
    try:
        body = request.get_json(silent=True) if request.content_length or request.is_json else {}
    except RecursionError:  # brackets by the thousand
        body = None
    if not isinstance(body, dict):
        abort(400, "The body must be a JSON object.")
    return body


def _number(name: str, default: int) -> int:
    text = request.args.get(name, str(default))
    try:
        return int(text[:20])
    except ValueError:
        abort(400, f'"{name}" must be a whole number.')
