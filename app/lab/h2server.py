"""The lab's HTTP/2 end: requests that carry messages, and WebSocket on a stream of its own (RFC 8441)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from app.lab.channel import Channel
from app.lab.h2frames import Splitter, route
from app.lab.socketrow import Ear
from app.lab.tap import Tap
from app.protocol.client import SAMPLE_KEY
from app.protocol.frames import Opcode
from app.protocol.handshake import write_request
from app.protocol.say import Say
from app.protocol.server import Server

WINDOW = 2**22
"""Flow control shall not be what is measured: a window larger than any message."""
FRAME = 16_384
IDLE_SECONDS = 30.0

Find = Callable[[str, str], Channel | None]


def prepare(connection: Any, *, websocket: bool) -> None:
    """Start a connection with windows that never close; offer extended CONNECT."""
    from h2.settings import SettingCodes

    connection.initiate_connection()
    settings = {SettingCodes.INITIAL_WINDOW_SIZE: WINDOW}
    if websocket:
        settings[SettingCodes.ENABLE_CONNECT_PROTOCOL] = 1
    connection.update_settings(settings)
    connection.increment_flow_control_window(WINDOW)


def send_data(connection: Any, stream: int, data: bytes, *, end: bool = False) -> None:
    """DATA frames of the usual size."""
    for at in range(0, max(len(data), 1), FRAME):
        part = data[at : at + FRAME]
        connection.send_data(stream, part, end_stream=end and at + FRAME >= len(data))


class Conversation:
    """One HTTP/2 connection. All of it belongs to the row that its first request names."""

    def __init__(self, tap: Tap, find: Find) -> None:
        from h2.config import H2Configuration
        from h2.connection import H2Connection

        self._tap, self._find = tap, find
        self._h2 = H2Connection(H2Configuration(client_side=False, header_encoding="utf-8"))
        self._lock = threading.Lock()
        self._channel: Channel | None = None
        self._bodies: dict[int, bytearray] = {}
        self._engine: Server | None = None
        self._stream = 0
        self._early: list[tuple[bytes, bool]] = []
        self._splits: tuple[Splitter, Splitter] | None = None

    def run(self) -> None:
        """Serve until the end, or until the peer breaks the protocol. Raises OSError."""
        from h2.exceptions import H2Error

        try:
            with self._lock:
                prepare(self._h2, websocket=True)
                self._flush()
            while data := self._tap.recv(IDLE_SECONDS):
                self._count(data, by_server=False)
                with self._lock:
                    self._heard(data)
        except H2Error:
            return

    def _heard(self, data: bytes) -> None:
        for event in self._h2.receive_data(data):
            self._take(event)
        self._flush()

    def _flush(self) -> None:
        data = self._h2.data_to_send()
        if data:
            if self._channel is None:
                self._tap.send_uncounted(data)
                self._count(data, by_server=True)
            else:
                parts: list[tuple[Any, bytes]] = []
                assert self._splits
                route(self._splits[1].feed(data), lambda layer, part: parts.append((layer, part)))
                self._tap.send(*parts)

    def _count(self, data: bytes, *, by_server: bool) -> None:
        if self._splits is None:
            self._early.append((data, by_server))
            return
        route(self._splits[by_server].feed(data), self._tap.sent_before if by_server else self._tap.took)

    def _take(self, event: Any) -> None:
        acts: dict[str, Callable[[Any], None]] = {
            "RequestReceived": self._request,
            "DataReceived": self._data,
            "StreamEnded": self._ended,
        }
        act = acts.get(type(event).__name__)
        if act:
            act(event)

    def _request(self, event: Any) -> None:
        headers = dict(event.headers)
        parts = headers.get(":path", "").split("/")
        channel = self._find(parts[1], parts[2]) if len(parts) == 4 else None
        if channel is None or (self._channel and self._channel is not channel):
            self._h2.send_headers(event.stream_id, [(":status", "404")], end_stream=True)
            return
        if self._channel is None:
            self._adopt(channel)
        if headers.get(":protocol") == "websocket":
            self._open(event.stream_id, channel)
        else:
            self._bodies[event.stream_id] = bytearray()

    def _adopt(self, channel: Channel) -> None:
        self._channel = channel
        websocket = channel.row.kind == "h2-socket"
        self._splits = (Splitter(websocket=websocket, preface=True), Splitter(websocket=websocket, preface=False))
        self._tap.belongs(channel.tally, channel.connect(self._tap.handshake, self._tap.cut), channel.clock, b"")
        channel.counted_by = self._tap.counted_by
        early, self._early = self._early, []
        for data, by_server in early:
            self._count(data, by_server=by_server)

    def _open(self, stream: int, channel: Channel) -> None:
        self._h2.send_headers(stream, [(":status", "200")])
        self._engine = Server(Ear(channel), deflate=False)
        self._engine.receive(write_request("lab", "/", SAMPLE_KEY))  # on HTTP/2 the stream is the handshake
        self._stream = stream
        channel.speaks(self._push)

    def _push(self, payload: bytes) -> None:
        with self._lock:
            units = self._engine.send(Say(Opcode.TEXT, payload)) if self._engine else []
            if not units:
                raise ConnectionResetError
            send_data(self._h2, self._stream, b"".join(units))
            self._flush()

    def _data(self, event: Any) -> None:
        self._h2.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
        if self._engine and event.stream_id == self._stream:
            units = self._engine.receive(event.data)
            if units:
                send_data(self._h2, self._stream, b"".join(units), end=self._engine.finished)
        elif event.stream_id in self._bodies:
            self._bodies[event.stream_id] += event.data

    def _ended(self, event: Any) -> None:
        body = self._bodies.pop(event.stream_id, None)
        if body is not None and self._channel:
            self._h2.send_headers(event.stream_id, [(":status", "204")], end_stream=True)
            self._flush()
            self._channel.heard(bytes(body))
