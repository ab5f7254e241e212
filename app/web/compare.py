"""The comparison lab's page and its calls. Only a server that is bound to this machine measures."""

from __future__ import annotations

import json
import re
import secrets
from typing import Any

from flask import Blueprint, Flask, Response, abort, current_app, jsonify, render_template, request, url_for
from werkzeug.exceptions import ServiceUnavailable

from app.lab import clients, plan, recorded, table
from app.lab.channel import QUIET_SECONDS
from app.lab.lab import Busy, Lab, missing, versions
from app.lab.run import Early, Run
from app.lab.words import COUNTED, FACTS, LAYERS
from app.lab.workloads import WORKLOADS, cost, verdict
from app.live.hub import Hub
from app.live.sessions import Full
from app.trace import Trace
from app.web import safety
from app.web.compare_words import WORDS
from app.web.safety import the_hub

bp = Blueprint("compare", __name__)

API = "/api/compare/runs"
_BROWSERS = re.compile(r"(Edg|Firefox|Chrome|Version)/(\d+)")
_NAMES = {"Edg": "Edge", "Version": "Safari", "Chrome": "Chromium"}


def connect(app: Flask, hub: Hub) -> None:
    """Register the routes; the lab itself starts with the first visit and ends with the hub."""
    lab = Lab("::1" if ":" in hub.clients.address[0] else "127.0.0.1")
    app.extensions["lab"] = lab
    hub.closers.append(lab.close)
    app.register_blueprint(bp)


def the_lab() -> Lab:
    """The lab of the current application; 403 where others can reach the server."""
    if not the_hub().trusted:
        abort(403, WORDS["closed"])
    lab: Lab = current_app.extensions["lab"]
    return lab


def _address(port: int) -> str:
    """Where the page finds the lab: the page's own host name, so that cookies go along, and the lab's port."""
    host = request.host.rsplit(":", 1)[0] if not request.host.endswith("]") else request.host
    return f"{host}:{port}"


def _secure() -> str | None:
    """Where a page that came over https finds the lab over TLS: its browser has accepted the certificate already."""
    hub = the_hub()
    if request.scheme != "https" or not hub.secure.possible:
        return None
    return _address(the_lab().secure(hub.secure.context).port)


def _sources() -> str:
    plain, secure = _address(the_lab().listener().port), _secure()
    return f"connect-src 'self' http://{plain} ws://{plain}" + (f" wss://{secure}" if secure else "")


@bp.get("/compare")
def page() -> Response:
    """The page. Its policy allows one more origin than that of other pages: the lab's listener."""
    trusted = the_hub().trusted
    known = {"missing": missing(), "open": trusted, "events": len(plan.RACE_EVENTS), "facts": _facts()}
    words = {"words": WORDS, "layers": LAYERS, "counted": COUNTED}
    html = render_template(
        "compare.html",
        active="compare",
        w=WORDS,
        sizes=plan.SIZES,
        counts=plan.COUNTS,
        rows=plan.ROWS,
        facts=FACTS,
        works=json.dumps([one._asdict() for one in WORKLOADS]),
        counted=COUNTED.values(),
        quiet_ms=round(QUIET_SECONDS * 1000),
        pace_ms=round(plan.PACE * 1000),
        sample=plan.message(1, 64).decode(),
        shown=_shown(),
        trusted=trusted,
        cookie_bytes=plan.COOKIE_BYTES,
        lab_data=json.dumps(known | words),
    )
    response = Response(html, mimetype="text/html")
    if trusted:
        response.headers["Content-Security-Policy"] = safety.CSP.replace("connect-src 'self'", _sources())
    return response


def _shown() -> list[dict[str, Any]]:
    """The recorded figures for the choices that the page begins with."""
    found = (recorded.result(row.id, plan.Plan().size, plan.Plan().sender) for row in plan.ROWS.values() if row.main)
    shown = []
    for one in filter(None, found):
        cells = [round(table.each(one, layer)) for layer in LAYERS]
        shown.append({"row": one["row"], "cells": [*cells, sum(cells)]})
    return shown


def _facts() -> dict[str, Any]:
    rows = plan.ROWS.values()
    return {row.id: {**FACTS[row.id]._asdict(), **row._asdict(), "racer": row.id in plan.RACERS} for row in rows}


@bp.get("/api/compare/recorded")
def recorded_figures() -> Response:
    """Figures from a real run elsewhere."""
    return jsonify(recorded.load())


@bp.post(API)
def create() -> tuple[Response, int]:
    """A new run; it replaces the one named in `replaces`."""
    lab, body = the_lab(), _body()
    old = lab.run(str(body.get("replaces", "")))
    if old:
        lab.end(old)
    try:
        run = lab.create(plan.read_plan(body), request.headers.get("Origin", ""))
    except plan.Unclear as error:
        abort(400, str(error))
    except Busy as error:
        raise ServiceUnavailable(str(error), retry_after=60) from None
    secure = _secure()
    answer = {
        "id": run.id,
        "base": f"{_address(lab.listener().port)}/{run.id}",
        "secure": secure and f"{secure}/{run.id}",
        "pace_ms": run.plan.pace * 1000,
    }
    return jsonify(answer), 201


@bp.post(f"{API}/<id>/rows/<row>/open")
def open_row(id: str, row: str) -> Response:
    """Get ready for a row."""
    run = _run(id)
    if row not in plan.ROWS:
        abort(404, "There is no such row.")
    run.open(row, race=bool(_body().get("race")))
    the_lab().tidy(run)
    return jsonify(messages=run.plan.count)


@bp.post(f"{API}/<id>/rows/<row>/begin")
def begin(id: str, row: str) -> Response:
    """The transport is open: set-up ends here."""
    _run(id).begin(row)
    return jsonify(row=row)


@bp.post(f"{API}/<id>/rows/<row>/finish")
def finish(id: str, row: str) -> Response:
    """The messages are through: the figures."""
    run = _run(id)
    found = run.finish(row, _times(_body().get("times")), _client())
    the_lab().tidy(run)
    return jsonify(found)


@bp.post(f"{API}/<id>/rows/<row>/python")
def python(id: str, row: str) -> Response:
    """Measure a row with a Python client: what a browser cannot do by itself."""
    run = _run(id)
    if row not in plan.ROWS or row in missing():
        abort(404, "This row cannot be measured here.")
    try:
        return jsonify(clients.measure(the_lab(), run, row))
    except (clients.Failed, OSError) as error:
        abort(409, str(error))


@bp.post(f"{API}/<id>/race")
def race(id: str) -> Response:
    """Let things happen on every line at once."""
    return jsonify(_run(id).start_race())


@bp.post(f"{API}/<id>/race/finish")
def finish_race(id: str) -> Response:
    """When everybody knew."""
    run, body = _run(id), _body()
    times = body.get("times")
    starts = body.get("starts")
    if not isinstance(times, dict) or not isinstance(starts, int):
        abort(400, '"starts" and "times" are needed.')
    found = run.finish_race(starts, {row: _times(of) for row, of in times.items() if row in plan.RACERS})
    the_lab().tidy(run)
    return jsonify(found)


@bp.post(f"{API}/<id>/stop")
def stop(id: str) -> Response:
    """Stop, wherever it is; what was measured stays for export."""
    run = _run(id)
    run.stop()
    the_lab().tidy(run)
    return jsonify(stopped=True)


@bp.post("/api/compare/workloads")
def workloads() -> Response:
    """What measured rows come to in each workload: `{"workload id": [result, ...]}` in, verdicts out."""
    body = _body()
    answers = []
    for one in WORKLOADS:
        found = body.get(one.id, [])
        try:
            answers.append(verdict(one, [cost(one, row) for row in found]))
        except (KeyError, TypeError, AttributeError, ValueError):
            abort(400, "These are not results of the lab.")
    return jsonify(answers)


@bp.get(f"{API}/<id>/results.<kind>")
def export(id: str, kind: str) -> Response:
    """Everything measured in a run, as JSON or CSV."""
    run = _run(id)
    about = {"versions": versions(), "race": run.race, "results": list(run.results.values())}
    makers = {
        "json": lambda: Response(json.dumps(about, indent=1) + "\n", mimetype="application/json"),
        "csv": lambda: Response(table.csv_text(run.results.values()), mimetype="text/csv"),
    }
    if kind not in makers:
        abort(404, "Results come as json or csv.")
    response = makers[kind]()
    response.headers["Content-Disposition"] = f'attachment; filename="socketscope-compare.{kind}"'
    return response


@bp.post(f"{API}/<id>/rows/<row>/workbench")
def workbench(id: str, row: str) -> Response:
    """Put the recorded WebSocket connections of a row into a session, where every bit can be looked at."""
    channel = _run(id).traces.get(row)
    if channel is None or channel.row.kind != "socket":
        abort(404, "This row has no WebSocket that could be opened there.")
    try:
        session = the_hub().sessions.named(f"lab-{secrets.token_hex(8)}")
    except Full as error:
        raise ServiceUnavailable(str(error), retry_after=60) from None
    for trace in channel.traces:
        _replay(session, trace)
    return jsonify(page_url=url_for("pages.live", session=session.id))


def _replay(session: Any, trace: Trace) -> None:
    connection = session.connect(f"lab:{trace.connection}", "echo")
    first = trace.records[0].at if trace.records else 0
    for record in trace.records:
        connection.record(record.at - first, record.side, record.data, record.kind)
        connection.heard += len(record.data) if record.side == "client" else 0
        connection.sent += len(record.data) if record.side == "server" else 0
    connection.end()


def _run(id: str) -> Run:
    run = the_lab().run(id)
    if run is None:
        abort(404, "There is no such run; it may have ended.")
    return run


def _body() -> dict[str, Any]:
    body = request.get_json(silent=True) if request.content_length else {}
    if not isinstance(body, dict):
        abort(400, "The body must be a JSON object.")
    return body


def _times(value: object) -> dict[int, int]:
    """Message numbers and nanoseconds, as JSON has them."""
    if not isinstance(value, dict) or len(value) > plan.MAX_COUNT:
        abort(400, '"times" must be an object of message numbers and nanoseconds.')
    try:
        return {int(index): int(at) for index, at in value.items()}
    except (ValueError, TypeError):
        abort(400, '"times" must be an object of message numbers and nanoseconds.')


def _client() -> str:
    found = _BROWSERS.search(request.user_agent.string)
    return f"{_NAMES.get(found[1], found[1])} {found[2]}" if found else "a browser"


@bp.errorhandler(Early)
def _early(error: Early) -> tuple[Response, int]:
    return jsonify(error=str(error)), 409
