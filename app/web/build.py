"""The page on which frames and heads are put together, legal or not; nothing is kept."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl

from flask import Blueprint, Flask, abort, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import BadRequest, HTTPException

from app.anatomy import explain
from app.live.hub import Hub
from app.protocol.events import Violation
from app.protocol.frames import opcode_name
from app.trace import write_jsonl
from app.web import compose, findings, scene
from app.web.edits import written
from app.web.inspect import told
from app.web.wording import w

bp = Blueprint("build", __name__)

MOST = 2**20
FIELDS = 40
SNIPPET = 48


def connect(app: Flask, hub: Hub) -> None:
    """Serve the page."""
    app.register_blueprint(bp)


@bp.errorhandler(HTTPException)
def refused(error: HTTPException) -> ResponseReturnValue:
    """One sentence: as JSON for the script of the page, as a page for forms."""
    if request.args.get("part") or error.response is not None:
        return told(error)
    status = error.code or 400
    return render_template("error.html", status=status, sentence=error.description, active="build"), status


@bp.get("/build")
def page() -> str:
    """A correct frame to begin with."""
    return render_template("build.html", **_view(compose.Wanted()))


@bp.post("/build")
def answer() -> ResponseReturnValue:
    """What the form makes: the whole page, or with `part` what changes on it."""
    if (request.content_length or 0) > MOST:
        abort(413, w("build.long"))
    body = request.get_data(cache=False, parse_form_data=False)
    try:
        fields = dict(parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=FIELDS))
        form = compose.wanted(fields)
        form = _said(form, fields.get("do", ""))
        view = _view(form)
    except ValueError as error:
        sentence = str(error) if not isinstance(error, UnicodeDecodeError) else w("error.form")
        raise BadRequest(sentence) from None
    return render_template("parts/builder/all.html" if request.args.get("part") else "build.html", **view)


def _said(form: compose.Wanted, do: str) -> compose.Wanted:
    """Put the unit into the conversation, or take one out of it."""
    if do == "add":
        one = (form.side, compose.frame(form) if form.what == "frame" else compose.head(form))
        return form._replace(said=(*form.said, one))
    if do.startswith("drop:") and do[5:].isdecimal():
        place = int(do[5:])
        return form._replace(said=(*form.said[:place], *form.said[place + 1 :]))
    return form


def _view(form: compose.Wanted) -> dict[str, Any]:
    built = compose.build(form)
    event = built.event
    explanation = explain(event, built.trace) if event else None
    found = findings.broken(event, built.trace) if event else ()
    errors = [each for each in found if each.violation.severity == "error"]
    alone = [e.detail for e in built.events if isinstance(e.detail, Violation) and e.detail.severity == "error"]
    x = scene.compose(explanation) if explanation else None
    digits = built.data[:SNIPPET].hex()
    return {
        "active": "build",
        "w": w,
        "form": form,
        "built": built,
        "x": x,
        "summary": "",
        "errors_of": {part.names[0]: _of(part, errors, event.start) for part in x.parts} if x and event else {},
        "errors": errors,
        "loose": [] if event else alone,
        "broken": [each for each in found if each.violation.severity != "error"],
        "fix": {n: written(each.edit) for n, each in enumerate(found) if each.edit},
        "opcodes": [(n, opcode_name(n)) for n in range(16)],
        "heads": compose.HEADS,
        "lines": [digits[n : n + 32] for n in range(0, len(digits), 32)],
        "left": max(len(built.data) - SNIPPET, 0),
        "jsonl": "".join(_with_opened(built)),
        "said": _listed(form),
    }


def _with_opened(built: compose.Built) -> list[str]:
    """The conversation as a trace that the page for diagnosis opens."""
    header, *lines = write_jsonl([built.trace])
    told = json.loads(header)
    first = built.trace.records[0].data
    told["connections"]["built"]["opened"] = first[:4] not in (b"GET ", b"HTTP")
    return [json.dumps(told) + "\n", *lines]


def _of(part: Any, errors: list[findings.Broken], start: int) -> findings.Broken | None:
    """The broken rule that points at a part."""
    return next((e for e in errors if part.start <= max(e.violation.start - start, 0) < part.end), None)


def _listed(form: compose.Wanted) -> list[tuple[str, str, int]]:
    return [(side, data[:12].hex(" ") + (" …" if len(data) > 12 else ""), len(data)) for side, data in form.said]
