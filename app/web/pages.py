"""The pages, and the fragments that explain one event on them."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

from flask import Blueprint, Response, abort, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from app.anatomy import Explanation, explain, explain_bytes, family
from app.lessons import Binding, Example, Lesson, bind, bind_live, play, readable, render, render_intro
from app.lessons.given import given_of
from app.live.aim import SESSION_ID
from app.live.connection import Connection
from app.live.fold import Fold
from app.live.session import Session
from app.protocol.events import Event, event_json, summary, tag
from app.protocol.handshake import Request
from app.trace import Trace
from app.web import rungs, scene
from app.web.api import find, view
from app.web.safety import MACHINE, tell, the_hub
from app.web.states import diagram
from app.web.steps import StepView, step_views
from app.web.whole import AHEAD, Whole, whole_of
from app.web.work import bounded
from app.words import for_browser, t

bp = Blueprint("pages", __name__)

MANY_EVENTS = 2000
"""Looking through more than this is long work."""
STATES = diagram()
log = logging.getLogger("socketscope.web")


class Recorded(NamedTuple):
    """A lesson with its recorded example."""

    lesson: Lesson
    example: Example
    binding: Binding

    @property
    def events(self) -> list[Event]:
        """The events of every connection, in order."""
        return self.example.events

    def trace_of(self, event: Event) -> Trace:
        """The trace that an event belongs to."""
        return self.example.trace_of(event.seq)


@cache
def shelf() -> dict[str, Lesson]:
    """Every lesson that can be read by its slug, in order; the others are named in the log."""
    found, broken = readable()
    for error in broken:
        log.error("a lesson cannot be read: %s", error)
    return {lesson.slug: lesson for lesson in found}


@cache
def recorded(slug: str) -> Recorded:
    """A lesson's recorded example; it never changes."""
    lesson = shelf()[slug]
    example = play(lesson)
    return Recorded(lesson, example, bind(lesson, example))


def entrance() -> str:
    """The lesson that newcomers are led to: the first that is about WebSocket; lesson 0 is for those who want it."""
    slugs = [lesson.slug for lesson in shelf().values() if lesson.id > 0]
    return slugs[0] if slugs else next(iter(shelf()))


def _recorded(slug: str) -> Recorded:
    if slug not in shelf():
        abort(404, t("error.no-lesson"))
    return recorded(slug)


@bp.app_context_processor
def _for_templates() -> dict[str, Any]:
    navigation = [
        ("learn", url_for("pages.learn", slug=entrance())),
        ("inspect", url_for("inspect.page")),
        ("build", url_for("build.page")),
        ("compare", url_for("compare.page")),
        ("reference", url_for("reference.index")),
    ]
    return {
        "t": t,
        "asset": lambda name: url_for("static", filename=name),
        "js_words": json.dumps(for_browser()),
        "navigation": navigation,
        "family": family,
        "tag": tag,
        "tag_family": rungs.tag_family,
        "rung_families": json.dumps(rungs.FAMILIES),
        "states": STATES,
        "place": lambda bit: f"{bit // 8}.{bit % 8}",
        "section_url": scene.section_url,
        "section_name": scene.section_name,
        "section_short": scene.section_short,
    }


@bp.app_template_filter("capitalize_first")
def _capitalize_first(text: str) -> str:
    return text[:1].upper() + text[1:]


@bp.get("/")
def home() -> str:
    """The start page."""
    first = recorded(entrance())
    masked = next((event for event in first.events if event.kind == "frame" and event.side == "client"), None)
    strip = scene.compose(explain(masked, first.trace_of(masked))) if masked else None
    shown = [lesson for lesson in shelf().values() if not lesson.twin_of]
    return render_template("home.html", lessons=shown, first=first.lesson, strip=strip, ws_base=_ws_base(), active="")


def _ws_base() -> str:
    return f"{'wss' if request.scheme == 'https' else 'ws'}://{request.host}/ws"


@bp.get("/learn")
def learn_first() -> ResponseReturnValue:
    """The first lesson."""
    return Response(status=302, headers={"Location": url_for("pages.learn", slug=entrance())})


@bp.get("/learn/<slug>")
def learn(slug: str) -> str:
    """A lesson with its recorded example; `step` or `seq` and `field` choose what is marked."""
    found = _recorded(slug)
    seed = request.args.get("seed", 0, type=int)
    binding = bind(found.lesson, found.example, given=given_of(found.lesson, seed)) if seed else found.binding
    views = step_views(found.lesson, render(found.lesson, binding, seed), found.events)
    event, current = _chosen(found, views)
    field = request.args.get("field") or (current.field if current and "seq" not in request.args else "")
    rows = rungs.rungs_of(found.events, found.trace_of)
    return render_template(
        "learn.html",
        active="learn",
        lesson=found.lesson,
        intro=render_intro(found.lesson, found.binding),
        steps=views,
        current=current.number if current else 0,
        rungs=rows,
        seq=event.seq,
        number=next((n for n, row in enumerate(rows, 1) if row.seq == event.seq), 1),
        state=event.state["client"].lower(),
        plan=json.dumps(found.lesson.script),
        explain_url=url_for("pages.explain_lesson", slug=slug),
        **_scene(explain(event, found.trace_of(event)), found.trace_of(event), field, whole=_whole(found, event)),
    )


def _chosen(found: Recorded, views: list[StepView]) -> tuple[Event, StepView | None]:
    """The event that the address asks for, and the step that it belongs to."""
    seq = request.args.get("seq", type=int)
    block = request.args.get("open", "")
    opened = found.lesson.step_of_block(block) if block else None
    if seq is None:
        number = opened or request.args.get("step", 1, type=int)
        wanted = next((view for view in views if view.number == number and view.seq is not None), views[0])
        seq = wanted.seq or 0
    event = next((event for event in found.events if event.seq == seq), None)
    if event is None:
        abort(404, t("error.no-event"))
    return event, _step_at(views, event.seq, request.args.get("step", type=int) if opened is None else opened)


def _step_at(views: list[StepView], seq: int, wanted: int | None) -> StepView | None:
    """The step that shows an event: the wanted one if it does, else the first that does, else the last before it."""
    here = [view for view in views if view.seq == seq]
    before = [view for view in views if view.seq is not None and view.seq <= seq]
    return next((view for view in here if view.number == wanted), next(iter(here or before[-1:]), None))


def _whole(found: Recorded, event: Event) -> Whole | None:
    by_seq = {one.seq: one for one in found.events}
    return whole_of(event, found.events, by_seq.get, found.trace_of)


def _scene(
    explanation: Explanation, trace: Trace, field: str, *, pending: bool = False, whole: Whole | None = None
) -> dict[str, Any]:
    """What `parts/explain.html` needs. `more` is `all`, or a byte that must be visible."""
    more = request.args.get("more", "")
    at = int(more) if more.isdecimal() and len(more) < 10 else None
    composed = scene.compose(explanation, chosen=field, at=at, expand=more == "all", pending=pending, whole=whole)
    return {"x": composed, "summary": "" if pending else summary(explanation.event, trace)}


@bp.get("/learn/<slug>/explain")
def explain_lesson(slug: str) -> str:
    """One event of the recorded example as a fragment."""
    found = _recorded(slug)
    seq = request.args.get("seq", type=int)
    event = next((event for event in found.events if event.seq == seq), None)
    if event is None:
        abort(404, t("error.no-event"))
    trace = found.trace_of(event)
    parts = _scene(explain(event, trace), trace, "", whole=_whole(found, event))
    return render_template("parts/explain.html", **parts)


@bp.get("/learn/<slug>/events")
def lesson_events(slug: str) -> Response:
    """The events of the recorded example."""
    found = _recorded(slug)
    return jsonify(events=[event_json(event, found.trace_of(event)) for event in found.events])


@bp.get("/learn/<slug>/bind")
def lesson_bind(slug: str) -> Response:
    """How a live connection fills the lesson."""
    found = _recorded(slug)
    fold, connection = _fold(find(request.args.get("session", "")))
    part = found.lesson.part_of(connection.app)
    long = len(fold.events) > MANY_EVENTS
    binding = bounded(long, lambda: bind_live(found.lesson, part, fold.events, fold.trace))
    return jsonify(steps=binding.steps, values=binding.values)


def _fold(session: Session) -> tuple[Fold, Connection]:
    connection = session.connection(request.args.get("connection"))
    if connection is None:
        abort(404, t("error.no-event"))
    return view(session, connection), connection


@bp.get("/api/sessions/<id>/explain")
def explain_session(id: str) -> ResponseReturnValue:
    """One event of a live connection, or one held unit, as a fragment."""
    fold, connection = _fold(find(id))
    held = request.args.get("held", type=int)
    if held is not None:
        return _explain_held(fold, connection, held)
    seq = request.args.get("seq", -1, type=int)
    event = bounded(not fold.kept(seq - 1, 1), lambda: fold.event(seq))
    if event is None:
        abort(404, t("error.no-event"))
    whole = whole_of(event, fold.after(seq, AHEAD), fold.event, lambda _: fold.trace)
    parts = _scene(explain(event, fold.trace), fold.trace, "", whole=whole)
    return render_template("parts/explain.html", **parts, wss=_inside_tls(id, connection, event))


def _inside_tls(id: str, connection: Connection, event: Event) -> str:
    """Where the record that carried an event is shown, for connections over TLS."""
    if not connection.tls:
        return ""
    return url_for("sealed.session", session=id, connection=connection.id, side=event.side, at=event.start // 8)


def _explain_held(fold: Fold, connection: Connection, number: int) -> ResponseReturnValue:
    """A held unit that is still to be sent: explained from its own bytes, for it is in no trace yet."""
    units = connection.gate.held()
    unit = next((unit for unit in units if unit.n == number), None)
    long = len(fold.events) > MANY_EVENTS
    event = bounded(long, lambda: fold.pending(units, number)) if unit and fold is connection.fold else None
    if unit is None or event is None:
        return "", 204  # it was let through while the page asked
    key = next((e.detail.get("Sec-WebSocket-Key") for e in fold.events if isinstance(e.detail, Request)), None)
    explanation = explain_bytes(event, unit.data, key)
    parts = _scene(explanation, fold.trace, "", pending=not unit.inbound)
    told = next((item["summary"] for item in connection.held() if item["n"] == number), "")
    return render_template("parts/explain.html", **{**parts, "summary": told})


PYTHON = """from websockets.sync.client import connect

with connect("{url}") as ws:
    ws.send("Hello")
    print(ws.recv())
"""
BROWSER = """const ws = new WebSocket("{url}");
ws.onopen = () => ws.send("Hello");
ws.onmessage = (event) => console.log(event.data);
"""


@bp.get("/live/<session>")
def live(session: str) -> str:
    """A session: how to connect, until somebody has; then what they say. Looking does not open it."""
    if not SESSION_ID.fullmatch(session):
        abort(404, t("error.bad-name"))
    url = f"{_ws_base()}/{session}"
    return render_template(
        "live.html",
        active="",
        session=session,
        known=the_hub().sessions.get(session) is not None,
        ws_url=url,
        python=PYTHON.format(url=url),
        browser=BROWSER.format(url=url),
        lesson=None,
        rungs=[],
        seq=None,
        number=0,
        state="connecting",
        x=None,
        explain_url="",
    )


CALLS: tuple[tuple[str, str, str], ...] = (
    ("POST /api/sessions", "Opens a session.", "201 {id, key, ws_url, page_url}"),
    ("GET /api/sessions/ID", "The session and its connections.", "{id, public, mode, connections}"),
    ("GET /api/sessions/ID/events", "Events of a connection, behind ?after=SEQ.", "{connection, events, more}"),
    (
        "GET /api/sessions/ID/bytes",
        "Bytes of one side, ?side=client&start=0&end=64; at most 65536.",
        "{side, start, size, hex, runs}",
    ),
    ("GET /api/sessions/ID/figure.svg", "The bits of event ?seq=N as a figure.", "an SVG document"),
    ("GET /api/sessions/ID/trace", "Every recorded byte, as JSON Lines.", "a header line, then records"),
    (
        "POST /api/sessions/ID/gate",
        "Runs, holds, or lets one unit through; opens the session if need be.",
        "{mode, connections}",
    ),
    ("POST /api/sessions/ID/send", "Makes the server or a scripted client speak.", "{connection, bytes}"),
    ("POST /api/sessions/ID/script", "Plays a lesson on a new connection.", "{connection}"),
    ("POST /learn/LESSON/task", "Judges {task, answer, seed}.", "{right, reasons}"),
    ("POST /api/sessions/ID/rule", "Runs the example of a rule on a new connection.", "{session, connection}"),
    ("GET /api/sessions/ID/verdict", "What such a run has come to.", "{done, fired, seq, says}"),
    ("WS /feed/ID", 'News of a session; the first message is {"after": position}.', "{position, gap, news}"),
    ("GET /feed/ID/sse", "The same as server-sent events.", "text/event-stream"),
)


@bp.get("/reference/api")
def reference_api() -> str:
    """What scripts may call."""
    return render_template("reference_api.html", active="reference", calls=CALLS, ws_base=_ws_base())


def _page_for(status: int) -> Callable[[Exception], ResponseReturnValue]:
    def handler(error: Exception) -> ResponseReturnValue:
        if isinstance(error, HTTPException) and request.path.startswith(MACHINE):
            return tell(error)
        said = getattr(error, "description", None) if status == 404 else None
        default = HTTPException.description if said is None else None
        general = said is None or said == default or said.startswith("The requested URL")
        sentence = t("error.404" if status == 404 else "error.other") if general else str(said)
        return render_template("error.html", status=status, sentence=sentence, active=""), status

    return handler


for _status in (404, 500):
    bp.app_errorhandler(_status)(_page_for(_status))
