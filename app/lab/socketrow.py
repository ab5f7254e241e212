"""The WebSocket rows: our own engine on a counted socket, its frames taken apart into header and payload."""

from __future__ import annotations

import threading

from app.lab.channel import Channel
from app.lab.tap import Tap
from app.protocol.frames import Opcode, read_header
from app.protocol.handshake import Request
from app.protocol.say import Act, Listener, Say
from app.protocol.server import Server

PATIENCE_SECONDS = 600.0
CLOCK = b"clock"


class Ear(Listener):
    """The app behind the engine: it hands messages to the row, and tells the time to who asks for it."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel

    def heard(self, opcode: int, payload: bytes) -> list[Act]:
        """A message has arrived."""
        if payload == CLOCK:
            return [Say(Opcode.TEXT, str(self._channel.clock()).encode())]
        if opcode in (Opcode.TEXT, Opcode.BINARY):
            self._channel.heard(payload)
        return []


class Counting:
    """Cuts the frames of the client out of the stream, so that each byte finds its layer."""

    def __init__(self, tap: Tap) -> None:
        self._tap = tap
        self._data = bytearray()

    def take(self, data: bytes) -> None:
        """More bytes from the client."""
        self._data += data
        while (header := read_header(bytes(self._data[:14]))) and len(self._data) >= header.size + header.length:
            end = header.size + header.length
            self._tap.took("framing", bytes(self._data[: header.size]))
            self._tap.took(
                "framing" if header.opcode >= Opcode.CLOSE else "payload", bytes(self._data[header.size : end])
            )
            del self._data[:end]


def converse(tap: Tap, channel: Channel, request: Request, rest: bytes) -> None:
    """Serve the connection from its request to its end. Raises OSError."""
    server = Server(Ear(channel), deflate=channel.row.deflate)
    lock = threading.Lock()
    counting = Counting(tap)

    def push(payload: bytes) -> None:
        with lock:
            units = server.send(Say(Opcode.TEXT, payload))
            if not units:
                raise ConnectionResetError
            for unit in units:
                _send_frame(tap, unit)

    for unit in server.receive(request.raw):
        tap.send(("headers", unit))
    if server.refused:
        return
    channel.speaks(push)
    data = rest
    while not server.finished:
        if data:
            counting.take(data)
            with lock:
                for unit in server.receive(data):
                    _send_frame(tap, unit)
        if server.finished or not (data := tap.recv(PATIENCE_SECONDS)):
            return


def _send_frame(tap: Tap, unit: bytes) -> None:
    header = read_header(unit)
    size = header.size if header else len(unit)
    control = header is None or header.opcode >= Opcode.CLOSE
    tap.send(("framing", unit[:size]), ("framing" if control else "payload", unit[size:]))
