"""One accepted connection of the lab's listener: requests in a loop, or an event stream, or a WebSocket."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from typing import Protocol

from app.lab import h2server, web
from app.lab.channel import Channel
from app.lab.plan import cookie
from app.lab.socketrow import converse
from app.lab.tap import Tap

IDLE_SECONDS = 30.0
LONG_POLL_SECONDS = 20.0
TLS_RECORD = b"\x16"


class Desk(Protocol):
    """What a visitor asks its listener."""

    context: ssl.SSLContext | None

    def find(self, run: str, row: str) -> Channel | None:
        """The row that is being measured under these names."""

    def signal(self, channel: Channel, offer: bytes) -> bytes:
        """The answer to a WebRTC offer. Raises OSError when there can be none."""


class Visitor:
    """Serves one connection until it is over."""

    def __init__(self, tap: Tap, desk: Desk) -> None:
        self._tap, self._desk = tap, desk
        self._data = b""
        self.channel: Channel | None = None

    def run(self) -> None:
        """Answer requests. Never raises on what a peer does."""
        try:
            if self._greet() == "h2":
                h2server.Conversation(self._tap, self._desk.find).run()
            while self._one():
                pass
        except (OSError, web.Bad, ValueError):
            pass  # the peer left, or was never one of ours
        finally:
            self._tap.close()

    def _greet(self) -> str | None:
        """The protocol that TLS agreed on, if it is TLS that the client speaks."""
        if self._desk.context is None or self._tap.peek(IDLE_SECONDS) != TLS_RECORD:
            return None
        return self._tap.secure(self._desk.context, IDLE_SECONDS)

    def _one(self) -> bool:
        """One request; whether another may follow."""
        while (found := web.take_head(self._data)) is None:
            data = self._tap.recv(IDLE_SECONDS)
            if not data:
                return False
            self._data += data
        asked, self._data = found
        if not self._admit(asked):
            return False
        act = ROUTES.get((asked.head.method, asked.what))
        if act is None:
            self._answer(asked, 404)
            return False
        return act(self, asked)

    def _admit(self, asked: web.Asked) -> bool:
        origin = (asked.head.get("Origin") or b"").decode("latin-1")
        channel = self._desk.find(asked.run, asked.row)
        if channel and origin and origin != channel.origin:
            self._answer(asked, 403)
            return False
        if channel and self.channel and self.channel is not channel:
            return False  # a connection is one row's; a browser whose request is not answered opens a new one
        if channel is None:
            self._answer(asked, 404)
            return False
        if self.channel is None:
            self.channel = channel
            trace = channel.connect(self._tap.handshake, self._tap.cut)
            self._tap.belongs(channel.tally, trace, channel.clock, asked.head.raw + self._data)
            channel.counted_by = self._tap.counted_by
        self._tap.took("headers", asked.head.raw)
        channel.tally.foreign += web.foreign_bytes(asked.head) if channel.begun else 0
        return True

    def _answer(self, asked: web.Asked, status: int, body: bytes = b"", *extra: tuple[str, str]) -> bool:
        channel = self.channel
        close = asked.closes or (channel is not None and not channel.row.keep_alive) or status >= 400
        headers = list(extra)
        if status != 204:
            headers += [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(body)))]
        head = web.answer(status, headers, self._origin(asked), cookies=self._cookies(), close=close)
        if channel and channel.begun:
            channel.tally.foreign += web.foreign_part(head)
        self._tap.send(("headers", head), ("payload", body))
        return not close

    def _origin(self, asked: web.Asked) -> str:
        return self.channel.origin if self.channel and asked.head.get("Origin") else ""

    def _cookies(self) -> bool:
        return bool(self.channel and self.channel.plan.cookies)

    # what can be asked for

    def _cookie(self, asked: web.Asked) -> bool:
        """Set-up: a cookie for this run alone."""
        return self._answer(asked, 204, b"", ("Set-Cookie", f"{cookie()}; Path=/{asked.run}; SameSite=Strict"))

    def _poll(self, asked: web.Asked) -> bool:
        assert self.channel
        return self._tell(asked, self.channel.next())

    def _long(self, asked: web.Asked) -> bool:
        assert self.channel
        return self._tell(asked, self.channel.wait(LONG_POLL_SECONDS))

    def _tell(self, asked: web.Asked, found: list[bytes]) -> bool:
        assert self.channel
        again = self._answer(asked, 200 if found else 204, b"\n".join(found))
        for _ in found:
            self.channel.passed()
        return again

    def _post(self, asked: web.Asked) -> bool:
        assert self.channel
        body = self._body(asked)
        self._tap.took("payload", body)
        again = self._answer(asked, 204)
        self.channel.heard(body)
        return again

    def _body(self, asked: web.Asked) -> bytes:
        size = asked.length
        while len(self._data) < size:
            data = self._tap.recv(IDLE_SECONDS)
            if not data:
                raise web.Bad
            self._data += data
        body, self._data = self._data[:size], self._data[size:]
        return body

    def _stream(self, asked: web.Asked) -> bool:
        assert self.channel
        headers = [("Content-Type", "text/event-stream"), ("Transfer-Encoding", "chunked")]
        head = web.answer(200, headers, self._origin(asked), cookies=self._cookies(), close=False)
        self._tap.send(("headers", head))
        self.channel.speaks(lambda payload: self._tap.send(*web.event(payload)))
        self._until_gone()
        return False

    def _until_gone(self) -> None:
        """Nothing more is expected from this client; its end is."""
        while (data := self._tap.recv(600)) and len(data) < web.MAX_HEAD:
            self._tap.took("framing", data)

    def _socket(self, asked: web.Asked) -> bool:
        assert self.channel
        converse(self._tap, self.channel, asked.head, self._data)
        return False

    def _offer(self, asked: web.Asked) -> bool:
        assert self.channel
        offer = self._body(asked)
        self._tap.took("headers", offer)
        reply = self._desk.signal(self.channel, offer)
        headers = [("Content-Type", "application/sdp"), ("Content-Length", str(len(reply)))]
        head = web.answer(200, headers, self._origin(asked), cookies=self._cookies(), close=True)
        self._tap.send(("headers", head), ("headers", reply))
        return False


ROUTES: dict[tuple[bytes, str], Callable[[Visitor, web.Asked], bool]] = {
    (b"GET", "cookie"): Visitor._cookie,
    (b"GET", "message"): Visitor._poll,
    (b"GET", "wait"): Visitor._long,
    (b"POST", "message"): Visitor._post,
    (b"GET", "stream"): Visitor._stream,
    (b"GET", "socket"): Visitor._socket,
    (b"POST", "offer"): Visitor._offer,
}
