"""What every request has to pass, and what every response carries."""

from __future__ import annotations

import ipaddress
import logging
import re

from flask import Flask, Request, Response, abort, current_app, jsonify, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from app.live.hub import Hub
from app.live.session import Session

CSP = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "connect-src 'self'",
        "img-src 'self' blob:",
        "font-src 'self'",
        "worker-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        # Browsers that know Trusted Types take HTML only from the one policy of static/js/dom.js; others skip these.
        "require-trusted-types-for 'script'",
        "trusted-types socketscope",
    )
)
HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
MACHINE = ("/api/", "/feed/")
"""Paths that programs use: errors there are JSON."""
ANY_BODY = ("/api/explain",)
"""Calls that change nothing on this server and take bytes of any kind."""
PLAIN_WORDS = {
    404: "Nothing is served under this address.",
    405: "This address does not take that method.",
    413: "The body is larger than this server takes.",
    500: "The server failed; what it had recorded is kept.",
}
"""What is said where nobody said anything more exact."""
PASSED_ON = ("allow", "retry-after", "sec-websocket-version")
"""Headers of an error that reach the caller."""
UPLOAD_ON_LOOPBACK = 100 * 2**20

_HOST = re.compile(r"(?P<name>\[[0-9A-Fa-f:.]+\]|[^:\[\]]+)(?::\d{1,5})?")

log = logging.getLogger("socketscope.web")


def protect(app: Flask, hub: Hub) -> None:
    """Put every check and every header in place."""
    body = hub.settings.body_bytes
    app.config["MAX_CONTENT_LENGTH"] = max(body, UPLOAD_ON_LOOPBACK) if hub.trusted else body
    app.before_request(check_host)
    app.before_request(check_origin)
    app.after_request(add_headers)
    app.after_request(note)
    app.register_error_handler(HTTPException, tell)


def the_hub() -> Hub:
    """The live half of the current application."""
    hub: Hub = current_app.extensions["hub"]
    return hub


def known_host(host: str, names: frozenset[str]) -> bool:
    """Whether a Host value is one that a foreign web site cannot make point here: a literal, localhost, or listed."""
    match = _HOST.fullmatch(host)
    if not match:
        return False
    name = match["name"].strip("[]").lower()
    if name == "localhost" or name in names:
        return True
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def check_host() -> None:
    """421 for a Host that is not ours: a foreign name that resolves to this machine gets nothing."""
    if not known_host(request.headers.get("Host", ""), the_hub().settings.host_names):
        abort(421, "This server does not answer to that Host; list it in SOCKETSCOPE_HOSTS.")


def check_origin() -> None:
    """Changing calls and the feed: from our own pages or from programs, JSON only."""
    changing = request.method not in ("GET", "HEAD", "OPTIONS")
    if not changing and not request.path.startswith("/feed/"):
        return
    origin = request.headers.get("Origin")
    if origin is not None and origin != f"{request.scheme}://{request.host}":
        abort(403, "Calls from pages of another origin are refused.")
    if changing and request.path.startswith("/api/") and request.path not in ANY_BODY and not _is_json(request):
        abort(415, "This call takes a body of type application/json.")


def _is_json(call: Request) -> bool:
    empty = not call.content_length and "Transfer-Encoding" not in call.headers
    return call.is_json or (empty and "Origin" not in call.headers)


def bearer() -> str:
    """The key that came with the request: only ever in the Authorization header, never in an address."""
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    return key.strip() if scheme.lower() == "bearer" else ""


def sees_all(session: Session) -> bool:
    """Whether the caller may read the unredacted trace."""
    return session.trusted or session.has_key(bearer())


def require_command(session: Session) -> None:
    """403 unless the caller may command the session.

    With its key always. Without one only on this machine: programs, which send no Origin, and our own pages for
    sessions that have no key because they were opened by name.
    """
    if session.has_key(bearer()):
        return
    if session.trusted and not bearer() and (session.public or "Origin" not in request.headers):
        return
    if session.public:
        abort(403, "A session that was opened by its name always runs when others can reach the server.")
    abort(403, "This session's key is needed.")


def add_headers(response: Response) -> Response:
    """The headers of every response."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.path.startswith(MACHINE):
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def note(response: Response) -> Response:
    """One line for the log: the route (never the address, which could hold anything), status and size."""
    rule = request.url_rule.rule if request.url_rule else "-"
    log.info("%s %s %s %s", _method(), rule, response.status_code, response.content_length or "-")
    return response


def _method() -> str:
    return request.method if request.method.isalpha() and len(request.method) < 10 else "?"


def tell(error: HTTPException) -> ResponseReturnValue:
    """An error as JSON for programs, as plain text for people."""
    if error.response is not None or (error.code or 500) < 400:
        return error.get_response(request.environ)
    said = error.description != type(error).description and error.description
    sentence = said or PLAIN_WORDS.get(error.code or 500) or error.description or error.name
    if request.path.startswith(MACHINE):
        response = jsonify(error=sentence)
    else:
        response = Response(f"{error.code} {error.name}\n\n{sentence}\n", mimetype="text/plain")
    response.status_code = error.code or 500
    for name, value in error.get_headers(request.environ):
        if name.lower() in PASSED_ON:
            response.headers[name] = value
    return response
