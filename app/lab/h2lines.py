"""Python clients over HTTP/2: a stream for each POST, or one stream that carries WebSocket frames."""

from __future__ import annotations

import os
import threading
from typing import Any

from app.lab.h2server import prepare, send_data
from app.lab.lines import READ, WAIT_SECONDS, Where, cut
from app.protocol.client import SAMPLE_KEY, Client
from app.protocol.frames import Opcode
from app.protocol.handshake import accept_key, write_response


class Multiplexed:
    """The base: an HTTP/2 connection whose events a thread reads."""

    def __init__(self, where: Where) -> None:
        from h2.config import H2Configuration
        from h2.connection import H2Connection

        self.where = where
        self._sock = where.connect()
        self._sock.settimeout(None)
        self.h2 = H2Connection(H2Configuration(client_side=True, header_encoding="utf-8"))
        self.changed = threading.Condition()
        self.ready = False
        self._ended = threading.Event()
        with self.changed:
            prepare(self.h2, websocket=False)
            self.flush()
        threading.Thread(target=self._run, name="lab client", daemon=True).start()
        self.until(lambda: self.ready)

    def _run(self) -> None:
        try:
            while data := self._sock.recv(READ):
                with self.changed:
                    for event in self.h2.receive_data(data):
                        self.ready = self.ready or type(event).__name__ == "RemoteSettingsChanged"
                        self.take(event)
                    self.flush()
                    self.changed.notify_all()
        except OSError:
            pass  # the line was closed
        finally:
            self._ended.set()

    def flush(self) -> None:
        """Send what the library has to send."""
        data = self.h2.data_to_send()
        if data:
            self._sock.sendall(data)

    def until(self, condition: Any) -> None:
        """Wait for something; raises OSError when it does not come."""
        with self.changed:
            if not self.changed.wait_for(condition, WAIT_SECONDS):
                raise ConnectionResetError("the server did not answer")

    def head(self, method: str, what: str, *more: tuple[str, str]) -> list[tuple[str, str]]:
        """Headers of a request."""
        where = self.where
        pseudo = [(":method", method), (":scheme", "https"), (":authority", f"{where.host}:{where.port}")]
        pseudo.append((":path", where.path(what)))
        own = [(name.lower(), value) for name, value in where.headers.items()]
        return [*pseudo, *(one for one in more if one[0][0] == ":"), *own, *(one for one in more if one[0][0] != ":")]

    def take(self, event: Any) -> None:
        """Something has come."""

    def close(self) -> None:
        """Leave."""
        cut(self._sock, self._ended)


class Posting(Multiplexed):
    """A POST on a stream of its own for every message."""

    def __init__(self, where: Where) -> None:
        self._answered = 0
        self._said = 0
        super().__init__(where)
        self._ask("GET", b"")  # set-up: TLS, settings, and the headers that later requests only refer to

    def say(self, payload: bytes) -> None:
        """Send one and wait for its answer, as the clients of HTTP/1.1 do."""
        self._ask("POST", payload)

    def _ask(self, method: str, payload: bytes) -> None:
        with self.changed:
            stream = self.h2.get_next_available_stream_id()
            self.h2.send_headers(stream, self.head(method, "message", ("content-length", str(len(payload)))))
            send_data(self.h2, stream, payload, end=True)
            self.flush()
            self._said += 1
        self.until(lambda: self._answered >= self._said)

    def take(self, event: Any) -> None:
        """Count answers."""
        if type(event).__name__ == "StreamEnded":
            self._answered += 1


class Tunnelled(Multiplexed):
    """WebSocket on one stream, opened with extended CONNECT."""

    def __init__(self, where: Where) -> None:
        self._client = Client("lab", "/", key=SAMPLE_KEY, mask=lambda: os.urandom(4))
        self._open = False
        super().__init__(where)
        with self.changed:
            self._stream = self.h2.get_next_available_stream_id()
            more = ((":protocol", "websocket"), ("sec-websocket-version", "13"))
            self.h2.send_headers(self._stream, self.head("CONNECT", "socket", *more))
            self.flush()
        self.until(lambda: self._open)

    def take(self, event: Any) -> None:
        """The stream is open, or carries frames."""
        name = type(event).__name__
        if name == "ResponseReceived" and not self._open:
            accept = accept_key(SAMPLE_KEY.encode()).decode()
            upgrade = [("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Accept", accept)]
            self._client.receive(write_response(101, upgrade))  # on HTTP/2 a status of 200 says the same
            self._open = dict(event.headers).get(":status") == "200"
        elif name == "DataReceived":
            self.h2.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
            for unit in self._client.receive(event.data):
                send_data(self.h2, self._stream, unit)
            for opcode, payload, *_ in self._client.heard:
                if opcode in (Opcode.TEXT, Opcode.BINARY):
                    self.where.heard(payload)
            self._client.heard.clear()

    def say(self, payload: bytes) -> None:
        """A text message."""
        with self.changed:
            send_data(self.h2, self._stream, self._client.message(Opcode.TEXT, payload))
            self.flush()
