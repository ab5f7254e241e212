"""What stands before werkzeug on the one port: our own head reader decides who gets a connection.

`/ws/` goes to the endpoint, however malformed its head; a head that names no path goes to the session of strays;
everything else is judged once, strictly, and handed to werkzeug with every byte put back.
"""

from __future__ import annotations

import io
import logging
import socket
from time import monotonic
from typing import TYPE_CHECKING, Any

from werkzeug.serving import WSGIRequestHandler

from app.live.aim import Aim, aim
from app.live.connection import Connection, Engine
from app.live.endpoint import Endpoint
from app.live.head import Head, read_head
from app.live.pump import Outlet
from app.live.session import Session
from app.live.sessions import Full
from app.live.stray import SAFE, answer, judge, refusal
from app.live.tls import TlsSocket, Writer
from app.protocol.handshake import write_response
from app.protocol.server import Server

if TYPE_CHECKING:
    from app.live.server import FrontServer

LINGER_SECONDS = 1.0
"""How long a refused peer's bytes are still read, so that the answer is not lost to a reset."""
FEED = "/feed/"
TLS_FIRST = b"\x16"
"""The first byte of a TLS connection: a record with a handshake message in it."""
NOTHING = Head((), b"", None, "eof")
KEEP_ALIVE = {"TCP_KEEPIDLE": 60, "TCP_KEEPINTVL": 15, "TCP_KEEPCNT": 4}
"""A peer that vanished without a word is noticed after two minutes; nothing of this shows in the WebSocket."""

log = logging.getLogger("socketscope.live")


class Farewell:
    """The engine of a stray: one answer, and nothing more."""

    def __init__(self, answer: bytes) -> None:
        self.finished = False
        self._answer = answer

    def receive(self, data: bytes) -> list[bytes]:
        """Whatever comes, the answer is the same, once."""
        if self.finished:
            return []
        self.finished = True
        return [self._answer] if self._answer else []

    def eof(self) -> list[bytes]:
        """The end counts as well."""
        return self.receive(b"")

    def shutdown(self, code: int = 1001, reason: str = "") -> list[bytes]:
        """So does the end of the server."""
        return self.receive(b"")


class PutBack(io.RawIOBase):
    """A readable stream: bytes that were read already, then the socket, until `seconds` from now have passed."""

    def __init__(self, data: bytes, sock: socket.socket, seconds: float) -> None:
        self._data, self._sock = memoryview(data), sock
        self._deadline = monotonic() + seconds

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if self._data:
            size = min(len(buffer), len(self._data))
            buffer[:size] = self._data[:size]
            self._data = self._data[size:]
            return size
        self._sock.settimeout(max(self._deadline - monotonic(), 0.001))
        return self._sock.recv_into(buffer)


class FrontHandler(WSGIRequestHandler):
    """Handles one connection in one thread: a single request, or a whole WebSocket conversation."""

    server: FrontServer
    outlet: Outlet | None = None
    tls: TlsSocket | None = None
    _glued = b""

    def setup(self) -> None:
        self.request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.request.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for name, value in KEEP_ALIVE.items():
            if hasattr(socket, name):
                self.request.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
        super().setup()

    def handle(self) -> None:
        """Read the head and pass the connection to whom it is for."""
        settings = self.server.hub.settings
        head = read_head(self.connection, settings.head_bytes, settings.head_seconds)
        if head.data[:1] == TLS_FIRST and self.server.hub.secure.possible:
            head = self._secure(head)
        if not head.data:
            return  # a browser that connected in advance, or a port scan: nothing was said
        target = aim(head)
        if target.kind == "page":
            self._page(head)
        else:
            self._live(head, target)

    def _secure(self, head: Head) -> Head:
        """The head inside TLS; an empty one when it does not come to that."""
        hub = self.server.hub
        try:
            tls = hub.secure.wrap(self.connection, head.pieces)
        except OSError as error:
            log.warning("TLS is not possible: %s", error)
            return head
        self.tls = self.connection = self.request = tls
        self.wfile = Writer(tls)
        if tls.handshake(hub.settings.head_seconds):
            return read_head(self.connection, hub.settings.head_bytes, hub.settings.head_seconds)
        self._stray_handshake(tls)
        return NOTHING

    def _stray_handshake(self, tls: TlsSocket) -> None:
        """Keep what was said in a handshake that failed, where strays are kept."""
        try:
            strays = self.server.hub.sessions.strays()
            connection = strays and strays.connect(self._peer, "", tls.began)
        except (Full, OSError) as error:
            log.debug("a failed handshake is not kept: %s", error)
            return
        if connection:
            tls.attach(connection)
            connection.end()

    # pages

    def _page(self, head: Head) -> None:
        verdict = judge(head)
        if verdict:
            self._refuse(refusal(verdict))
            return
        settings = self.server.hub.settings
        if self.tls:
            self.tls.forget()
        self._glued = head.data[head.end :]
        self.rfile.close()
        self.rfile = io.BufferedReader(PutBack(head.data, self.connection, settings.request_seconds))
        self.connection.settimeout(settings.send_seconds)
        super().handle()

    def make_environ(self) -> dict[str, Any]:
        """For the feed: a socket that only lets whole frames through, and no offer of compression."""
        environ: dict[str, Any] = super().make_environ()
        if self.tls:
            environ["wsgi.url_scheme"] = "https"
        environ["socketscope.bind"] = self.server.server_address[0]
        if environ["PATH_INFO"].startswith(FEED) and "HTTP_SEC_WEBSOCKET_KEY" in environ:
            environ.pop("HTTP_SEC_WEBSOCKET_EXTENSIONS", None)
            environ["socketscope.takeover"] = self._take_over
        return environ

    def _take_over(self, environ: dict[str, Any]) -> Outlet:
        """From here on the connection is a WebSocket: no HTTP byte follows."""
        outlet = self.outlet = Outlet(self.connection, self.server.hub.pump, self._glued)
        environ["werkzeug.socket"] = outlet
        self.wfile = io.BytesIO()
        self.rfile = io.BytesIO()
        self.close_connection = True
        return outlet

    def handle_expect_100(self) -> bool:
        """werkzeug says 100 Continue itself; the standard library would say it a second time."""
        return True

    def connection_dropped(self, error: BaseException, environ: dict[str, Any] | None = None) -> None:
        """The peer went away, or the response was ours to end: nothing more is read."""
        self.close_connection = True

    def finish(self) -> None:
        """A feed's last frames are sent before the socket goes."""
        if self.outlet:
            self.outlet.finish(2)
        try:
            super().finish()
            if self.tls:
                self.tls.shutdown(socket.SHUT_WR)
        except OSError as error:
            log.debug("a peer left before the end of its response: %s", error)

    def log(self, type: str, message: str, *args: Any) -> None:
        """The application logs its own requests, by route; what the peer wrote never reaches the log."""

    # the endpoint

    def _live(self, head: Head, target: Aim) -> None:
        try:
            session = self._session(target)
        except Full as error:
            self._refuse(busy(str(error)))
            return
        if session is None or self.server.hub.stopping:
            self._refuse(answer(head) if session is None else busy("The server is shutting down."))
            return
        first = self.tls.began if self.tls else head.pieces[0][0]
        try:
            connection = session.connect(self._peer, target.app or "echo", first)
        except OSError:  # no descriptors for its waker
            self._refuse(busy("The server has as many connections as it can serve; please try again in a minute."))
            return
        if self.tls:
            self.tls.attach(connection)
        end = len(head.data) if head.end is None else head.end
        connection.know(head.data[:end])
        pieces = [(max(at - session.began, 0), data) for at, data in head.pieces]
        Endpoint(self.connection, self._engine(head, target, connection), connection).run(pieces, end)

    @property
    def _peer(self) -> str:
        return "{}:{}".format(*self.client_address[:2])

    def _session(self, target: Aim) -> Session | None:
        sessions = self.server.hub.sessions
        if target.name == "echo":
            return sessions.anonymous()
        return sessions.named(target.name) if target.name else sessions.strays()

    def _engine(self, head: Head, target: Aim, connection: Connection) -> Engine:
        if target.kind == "stray":
            return Farewell(answer(head))
        make = self.server.hub.players.get(target.app)
        player = make() if make else None
        if player:
            return player
        programs = self.server.hub.programs
        known = target.exact and target.app in programs
        program = programs.get(target.app, programs["echo"])
        server = Server.running(program, limits=connection.session.limits, resource_ok=known)
        server.refusal_headers = SAFE
        if head.cut == "slow":
            connection.post(lambda engine: server.time_out())
        return server

    def _refuse(self, response: bytes) -> None:
        """Answer, then read a little, so that the peer sees the answer and not a reset."""
        try:
            self.connection.settimeout(LINGER_SECONDS)
            self.connection.sendall(response)
            self.connection.shutdown(socket.SHUT_WR)
            deadline = monotonic() + LINGER_SECONDS
            while monotonic() < deadline and self.connection.recv(65_536):
                pass
        except OSError as error:
            log.debug("a refused peer left early: %s", error)


def busy(sentence: str) -> bytes:
    """503, plainly."""
    return write_response(503, [("Retry-After", "60"), *SAFE], f"{sentence}\n".encode())
