"""The feed: a session's news for open pages, over a WebSocket (flask-sock) or as server-sent events.

flask-sock does the handshake and the reading; all writing goes through an `Outlet`, whole frames in one queue.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from flask import Blueprint, Flask, Response, abort, request
from flask_sock import Sock
from werkzeug.exceptions import HTTPException, ServiceUnavailable

from app.live.audience import Batch, encode
from app.live.channel import Channel
from app.live.hub import Hub
from app.live.pump import Outlet
from app.live.session import Session
from app.protocol.frames import Opcode, write_frame
from app.web.api import find
from app.web.safety import bearer, the_hub

FIRST_MESSAGE_SECONDS = 10
HEARTBEAT_SECONDS = 15
"""A comment to event streams, so that one whose reader has gone is noticed."""
OPTIONS = {"max_message_size": 4096}

_KEY = re.compile(r"[A-Za-z0-9+/]{21}[AQgw]==")

log = logging.getLogger("socketscope.web")


class OtherVersion(HTTPException):
    """A version of the protocol that nobody speaks."""

    code = 426
    description = "This feed speaks version 13 of the protocol."

    def get_headers(self, *args: Any, **kwargs: Any) -> list[tuple[str, str]]:
        """The version that would do."""
        return [*super().get_headers(*args, **kwargs), ("Sec-WebSocket-Version", "13")]


class Taken(Response):
    """The response of a connection that became a WebSocket: there is none, so the HTTP server must not write one."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        raise ConnectionAbortedError


def connect(app: Flask) -> None:
    """Register the feed's routes."""
    app.config["SOCK_SERVER_OPTIONS"] = OPTIONS
    bp = Blueprint("feed", __name__)
    sock = Sock()
    bp.before_request(_admit)
    bp.after_request(_hush)
    bp.get("/feed/<id>/sse")(stream)
    sock.route("/feed/<id>", bp=bp)(follow)
    app.register_blueprint(bp)


def _admit() -> None:
    """Everything that can be refused is refused in HTTP, before flask-sock answers 101."""
    hub = the_hub()
    find((request.view_args or {}).get("id", ""))
    if hub.stopping or len(hub.pump) + hub.streams >= hub.settings.followers:
        raise ServiceUnavailable("There are as many followers as the server can serve.", retry_after=30)
    if request.path.endswith("/sse"):
        return
    if request.headers.get("Upgrade", "").lower() != "websocket":
        abort(400, "This address takes WebSockets; the same news come as an event stream from /feed/<session>/sse.")
    if not _KEY.fullmatch(request.headers.get("Sec-WebSocket-Key", "")):
        abort(400, "Sec-WebSocket-Key must be 16 bytes in base64.")
    if request.headers.get("Sec-WebSocket-Version") != "13":
        raise OtherVersion()
    take_over = request.environ.get("socketscope.takeover")
    if take_over is None:
        abort(501, "This server cannot carry the feed over a WebSocket; use the event stream.")
    take_over(request.environ)


def _hush(response: Response) -> Response:
    return Taken() if "werkzeug.socket" in request.environ and _outlet() else response


def _outlet() -> Outlet | None:
    outlet = request.environ.get("werkzeug.socket")
    return outlet if isinstance(outlet, Outlet) else None


def follow(ws: Any, id: str) -> None:
    """One follower, from its first message `{"after": position, "key"?}` to its end. With the key nothing is hidden."""
    outlet = _outlet()
    session = find(id)
    if outlet is None:
        return
    follower: Follower | None = None
    try:
        first = _first(ws.receive(timeout=FIRST_MESSAGE_SECONDS))
        if first.key and not session.has_key(first.key):
            raise ValueError("This is not the key of the session.")
        follower = Follower(session, outlet, the_hub(), owner=bool(first.key))
        follower.begin(first.after)
        while True:
            ws.receive()
    except ValueError as error:
        ws.close(1008, str(error))
    except Exception as error:
        if type(error).__name__ != "ConnectionClosed":  # the ordinary end, raised by the library
            log.exception("a feed failed")
            ws.close(1011, "The server failed; the feed can be opened again.")
    finally:
        if follower:
            follower.end()


class First(NamedTuple):
    """Where a follower begins, and the session's key if it has it."""

    after: int
    key: str


def _first(message: Any) -> First:
    """The first message. Raises ValueError with a sentence for the closing reason."""
    try:
        first = json.loads(message or "")
        after, key = first.get("after", 0), first.get("key") or ""
    except (ValueError, AttributeError):
        raise ValueError('The first message must be {"after": position}.') from None
    if not isinstance(after, int) or isinstance(after, bool):
        raise ValueError('"after" must be a whole number.')
    if not isinstance(key, str):
        raise ValueError('"key" must be a text.')
    return First(after, key)


class Follower:
    """A cursor in the session's log. The pump asks it for the next frame whenever the page has taken the last one."""

    def __init__(self, session: Session, outlet: Outlet, hub: Hub, *, owner: bool) -> None:
        self._session, self._outlet, self._pump, self._owner = session, outlet, hub.pump, owner
        self._log = session.follow(owner).log
        self._log.listen(self._pump.wake)
        self._position = 0

    def begin(self, after: int) -> None:
        """Send what there is behind a position, then whatever comes."""
        self._outlet.send(self._frame(self._session.catch_up(after, self._owner)))
        self._outlet.source = self.next
        self._pump.wake()

    def next(self) -> bytes | None:
        """The next frame, when there is news."""
        if self._log.end == self._position:
            return None
        position, gap, message = self._log.message(self._position)
        if gap:
            return self._frame(self._session.whole(True, self._owner))
        self._position = position
        return write_frame(Opcode.TEXT, message)

    def _frame(self, batch: Batch) -> bytes:
        self._position = batch.position
        return write_frame(Opcode.TEXT, encode(batch))

    def end(self) -> None:
        """Nothing more is asked for."""
        self._outlet.source = None
        self._log.leave(self._pump.wake)
        self._session.unfollow(self._owner)


def stream(id: str) -> Response:
    """The same messages as server-sent events; `Last-Event-ID`, or `?after=`, is the position to go on from."""
    session = find(id)
    text = request.headers.get("Last-Event-ID") or request.args.get("after", "0")
    after = int(text) if text.isdecimal() and len(text) < 18 else 0
    owner = session.has_key(bearer())
    response = Response(_events(session, the_hub(), after, owner), mimetype="text/event-stream")
    response.headers["X-Accel-Buffering"] = "no"
    return response


def _events(session: Session, hub: Hub, after: int, owner: bool) -> Iterator[bytes]:
    channel = session.follow(owner)
    hub.streams += 1
    try:
        batch = session.catch_up(after, owner)
        yield _event(batch.position, encode(batch))
        yield from _later(session, hub, batch.position, channel)
    finally:
        hub.streams -= 1
        session.unfollow(owner)


def _later(session: Session, hub: Hub, position: int, channel: Channel) -> Iterator[bytes]:
    quiet = 0
    while not hub.stopping:
        if not channel.log.wait(position, 1):
            quiet += 1
            if quiet >= HEARTBEAT_SECONDS:
                quiet = 0
                yield b": still here\n\n"
            continue
        quiet = 0
        position, gap, message = channel.log.message(position)
        if gap:
            batch = session.whole(True, channel.owner)
            position, message = batch.position, encode(batch)
        yield _event(position, message)


def _event(position: int, message: bytes) -> bytes:
    return b"id: %d\ndata: %b\n\n" % (position, message)
