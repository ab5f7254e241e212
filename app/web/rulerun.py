"""Runs of a rule: a scripted client plays its part, and what came of it is told."""

from __future__ import annotations

import os

from flask import Blueprint, Response, abort, jsonify, request
from werkzeug.exceptions import ServiceUnavailable

from app.live.aim import aim
from app.live.head import Head
from app.live.hub import Hub
from app.live.scripted import Crowded, Say, ScriptedClient
from app.live.session import Session
from app.protocol.client import Client
from app.reference.examples import example
from app.reference.replay import Chunk, ClientScript, Heedless, client_script
from app.reference.ways import Way, ways
from app.trace import Trace
from app.web import rulepage
from app.web.api import find, view
from app.web.reference import known
from app.web.safety import require_command, the_hub
from app.words import t

bp = Blueprint("rulerun", __name__, url_prefix="/api/sessions")

ACCEPT_SECONDS = 5
LISTENS_SECONDS = 2.0
"""How long our client listens to a server that breaks a rule, beyond what the example takes."""


@bp.post("/<id>/rule")
def run(id: str) -> Response:
    """{"rule", "way"}: a scripted client on a new connection of this session, or of the strays when its first bytes
    name no session."""
    session = find(id, open=True)
    require_command(session)
    body = request.get_json(silent=True)
    asked = body if isinstance(body, dict) else {}
    way = way_of(str(asked.get("rule", "")), str(asked.get("way", "")))
    if way.name == "browser":
        abort(400, t("error.no-way"))
    found = example(str(asked["rule"]))
    assert found is not None
    path = f"/ws/{session.id}" + ("" if way.script == "echo" else f"?app={way.script}")
    try:
        client, landed = _start(the_hub(), session, way, found.main, path)
    except Crowded as error:
        raise ServiceUnavailable(str(error), retry_after=60) from None
    except OSError:
        abort(502, "The server could not connect to its own port.")
    connection = landed.find_peer(client.name, ACCEPT_SECONDS)
    if connection is None:
        raise ServiceUnavailable("The scripted client was not served in time.", retry_after=5)
    return jsonify(session=landed.id, connection=connection.id)


def way_of(rule: str, name: str) -> Way:
    """A way to run a rule, or 404."""
    for way in ways(known(rule).id):
        if way.name == name:
            return way
    abort(404, t("error.no-way"))


def _start(hub: Hub, session: Session, way: Way, trace: Trace, path: str) -> tuple[ScriptedClient, Session]:
    made: list[ClientScript] = []

    def make(host: str) -> Client:
        script = client_script(trace, path, host)
        made.append(script)
        if way.name != "client":
            return Heedless(script.head)
        return Client("", "", key="", mask=lambda: os.urandom(4), head=script.head)

    chunks = client_script(trace, path, "").chunks
    plan = [] if way.name == "client" else [say for chunk in chunks for say in _says(chunk)]
    plan += [] if way.name == "endpoint" else _listens(way)
    client = hub.clients.start(session.id, make, plan)
    return client, _landing(hub, session, made[0].head)


def _says(chunk: Chunk) -> list[Say]:
    """A chunk, and before it a rest where time is part of the example."""
    pause = [Say(lambda client: b"", rest=chunk.rest)] if chunk.rest else []
    return [*pause, Say(lambda client: chunk.data, leave=chunk.leave)]


def _listens(way: Way) -> list[Say]:
    return [Say(lambda client: b"", rest=way.seconds + LISTENS_SECONDS), Say(lambda client: b"")]


def _landing(hub: Hub, session: Session, head: bytes) -> Session:
    """The session in which a head ends up: what names no path is kept with the strays."""
    cut = "" if head[:1].isalpha() else "junk"
    target = aim(Head(((0, head),), head, len(head), cut))  # type: ignore[arg-type]
    strays = hub.sessions.strays() if target.kind != "ws" or not target.name else None
    return strays or session


@bp.get("/<id>/verdict")
def verdict(id: str) -> Response:
    """?rule=&way=&connection= -> {done, fired, seq, says}: what a run has come to; clean=0 from a page whose
    JavaScript was told that it did not end well."""
    session = find(id)
    rule = known(request.args.get("rule", ""))
    way = way_of(rule.id, request.args.get("way", ""))
    connection = session.connection(request.args.get("connection"))
    if connection is None:
        abort(404, t("error.no-event"))
    fold = view(session, connection)
    failed = request.args.get("clean") == "0"
    return jsonify(rulepage.verdict(rule, way, fold.events, fold.trace, done=not connection.open, failed=failed).json)
