"""Clients in Python, one for each way to carry messages; the command line measures with them."""

from __future__ import annotations

import asyncio
import http.client
import os
import re
import socket
import ssl
import threading
from base64 import b64encode
from collections.abc import Callable
from typing import Any, NamedTuple, Protocol

from app.lab.plan import Row, cookie
from app.lab.rtc import Peers, without_names
from app.protocol.client import Client
from app.protocol.frames import Opcode

WAIT_SECONDS = 10.0
LEAVE_SECONDS = 2.0
READ = 65_536
DEFLATE = ("Sec-WebSocket-Extensions", "permessage-deflate")
_EVENT = re.compile(rb"data: (.*?)\n\n", re.DOTALL)

Heard = Callable[[bytes], None]


class Where(NamedTuple):
    """What a client needs to know. `heard` is called with every message that arrives, from any thread."""

    host: str
    port: int
    run: str
    row: Row
    heard: Heard
    cookies: bool
    tls: ssl.SSLContext | None
    peers: Peers

    def path(self, what: str) -> str:
        """The target of a request."""
        return f"/{self.run}/{self.row.id}/{what}"

    @property
    def headers(self) -> dict[str, str]:
        """Headers of every request."""
        return {"Cookie": cookie()} if self.cookies else {}

    def connect(self) -> socket.socket:
        """A connected socket, with TLS where the row has it. Raises OSError."""
        sock = socket.create_connection((self.host, self.port), WAIT_SECONDS)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return self.tls.wrap_socket(sock, server_hostname=self.host) if self.tls else sock


class Line(Protocol):
    """An open way to the server."""

    def say(self, payload: bytes) -> None:
        """Send a message, or ask for one. Raises OSError."""

    def close(self) -> None:
        """Leave."""


class Asking:
    """HTTP: every message is a request."""

    def __init__(self, where: Where) -> None:
        self._where = where
        self._http = http.client.HTTPConnection(where.host, where.port, timeout=WAIT_SECONDS)
        if where.row.keep_alive:
            self._http.connect()
            assert self._http.sock
            self._http.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def say(self, payload: bytes) -> None:
        """A GET for the next message, or a POST with one."""
        where = self._where
        try:
            if where.row.kind == "post":
                self._http.request("POST", where.path("message"), payload, where.headers)
            else:
                self._http.request("GET", where.path("message"), headers=where.headers)
            response = self._http.getresponse()
            body = response.read()
        except http.client.HTTPException as error:
            raise ConnectionResetError(str(error)) from None
        for message in body.split(b"\n") if body else ():
            where.heard(message)

    def close(self) -> None:
        """Leave."""
        self._http.close()


class Waiting:
    """Long polling: a request that is answered when there is something to tell, then the next one."""

    def __init__(self, where: Where) -> None:
        self._where = where
        self._over = False
        self._ended = threading.Event()
        self._http = http.client.HTTPConnection(where.host, where.port, timeout=30)
        self._http.connect()
        threading.Thread(target=self._run, name="lab client", daemon=True).start()

    def _run(self) -> None:
        try:
            while not self._over:
                self._http.request("GET", self._where.path("wait"), headers=self._where.headers)
                body = self._http.getresponse().read()
                for message in body.split(b"\n") if body else ():
                    self._where.heard(message)
        except (OSError, http.client.HTTPException):
            pass  # the line was closed
        finally:
            self._ended.set()

    def say(self, payload: bytes) -> None:
        """Nothing can be said on this line."""

    def close(self) -> None:
        """Leave."""
        self._over = True
        if self._http.sock:
            cut(self._http.sock, self._ended)


class Reading:
    """A socket that a thread reads: the base of SSE and WebSocket."""

    def __init__(self, where: Where) -> None:
        self.where = where
        self._sock = where.connect()
        self._lock = threading.Lock()
        self._ended = threading.Event()

    def start(self) -> None:
        """Begin to read."""
        self._sock.settimeout(None)
        threading.Thread(target=self._run, name="lab client", daemon=True).start()

    def send(self, data: bytes) -> None:
        """Send bytes, whole."""
        with self._lock:
            self._sock.sendall(data)

    def _run(self) -> None:
        try:
            while data := self._sock.recv(READ):
                self.take(data)
        except OSError:
            pass  # the line was closed
        finally:
            self._ended.set()

    def take(self, data: bytes) -> None:
        """Bytes have come."""

    def say(self, payload: bytes) -> None:
        """Send a message."""

    def close(self) -> None:
        """Leave."""
        cut(self._sock, self._ended)


class Streaming(Reading):
    """Server-sent events."""

    def __init__(self, where: Where) -> None:
        super().__init__(where)
        self._data = b""
        lines = [f"GET {where.path('stream')} HTTP/1.1", f"Host: {where.host}:{where.port}"]
        lines += ["Accept: text/event-stream", *(f"{name}: {value}" for name, value in where.headers.items())]
        self.send(("\r\n".join(lines) + "\r\n\r\n").encode())
        self.start()

    def take(self, data: bytes) -> None:
        """Find whole events; chunk headers stand between them and are passed over."""
        self._data += data
        while match := _EVENT.search(self._data):
            self._data = self._data[match.end() :]
            self.where.heard(match[1])


class Talking(Reading):
    """WebSocket, with our own engine as the client."""

    def __init__(self, where: Where) -> None:
        super().__init__(where)
        headers = tuple(where.headers.items()) + ((DEFLATE,) if where.row.deflate else ())
        self._opened = threading.Event()
        self._client = Client(
            f"{where.host}:{where.port}",
            where.path("socket"),
            key=b64encode(os.urandom(16)).decode(),
            mask=lambda: os.urandom(4),
            headers=headers,
        )
        self.send(self._client.request())
        self.start()
        if not self._opened.wait(WAIT_SECONDS):
            self.close()
            raise ConnectionRefusedError("the server did not open the WebSocket")

    def take(self, data: bytes) -> None:
        """Frames have come, or the answer to the opening handshake."""
        for unit in self._client.receive(data):
            self.send(unit)
        if self._client.opened:
            self._opened.set()
        for opcode, payload, *_ in self._client.heard:
            if opcode in (Opcode.TEXT, Opcode.BINARY):
                self.where.heard(payload)
        self._client.heard.clear()

    def say(self, payload: bytes) -> None:
        """A text message."""
        self.send(self._client.message(Opcode.TEXT, payload))

    def close(self) -> None:
        """Close as the protocol asks; the server ends TCP."""
        try:
            self.send(self._client.close())
            self._ended.wait(1)
        except OSError:
            pass  # it is gone already
        cut(self._sock, self._ended)


class Channelling:
    """A WebRTC data channel, with aiortc on both sides."""

    def __init__(self, where: Where) -> None:
        self._where = where
        self._peer: Any = None
        self._line: Any = None
        where.peers.run(self._open(), 2 * WAIT_SECONDS)

    async def _open(self) -> None:
        from aiortc import RTCPeerConnection, RTCSessionDescription

        self._peer = RTCPeerConnection()
        loose: dict[str, Any] = {} if self._where.row.ordered else {"ordered": False, "maxRetransmits": 0}
        self._line = self._peer.createDataChannel("lab", **loose)
        self._line.on("message", lambda text: self._where.heard(text if isinstance(text, bytes) else text.encode()))
        opened = asyncio.Event()
        self._line.on("open", opened.set)
        await self._peer.setLocalDescription(await self._peer.createOffer())
        offer = without_names(self._peer.localDescription.sdp.encode())
        reply = await asyncio.to_thread(self._signal, offer)
        await self._peer.setRemoteDescription(RTCSessionDescription(reply.decode(), "answer"))
        await asyncio.wait_for(opened.wait(), WAIT_SECONDS)

    def _signal(self, offer: bytes) -> bytes:
        line = http.client.HTTPConnection(self._where.host, self._where.port, timeout=WAIT_SECONDS)
        try:
            line.request("POST", self._where.path("offer"), offer, self._where.headers)
            response = line.getresponse()
            reply = response.read()
        finally:
            line.close()
        if response.status != 200:
            raise ConnectionRefusedError("the server did not answer the offer")
        return reply

    def say(self, payload: bytes) -> None:
        """A text message."""
        self._where.peers.run(self._say(payload))

    async def _say(self, payload: bytes) -> None:
        self._line.send(payload.decode())

    def close(self) -> None:
        """Leave."""
        if self._peer:
            self._where.peers.run(self._peer.close(), WAIT_SECONDS)


def cut(sock: socket.socket, ended: threading.Event) -> None:
    """End a connection. Its number is given back only when the thread that reads it has returned: TLS would write its
    last words to whoever got that number next."""
    try:
        sock.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass  # it was over
    ended.wait(LEAVE_SECONDS)
    sock.close()


LINES: dict[str, Callable[[Where], Line]] = {
    "poll": Asking,
    "post": Asking,
    "long": Waiting,
    "stream": Streaming,
    "socket": Talking,
    "channel": Channelling,
}
"""The client for each kind of row."""
