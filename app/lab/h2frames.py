"""HTTP/2 taken apart (RFC 9113 section 4): which bytes of the stream are payload, headers, and framing."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from app.lab.tally import Layer
from app.protocol.frames import Opcode, read_header

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
FRAME_HEADER = 9
DATA, HEADERS, CONTINUATION = 0, 1, 9
LAYERS: dict[int, Layer] = {DATA: "payload", HEADERS: "headers", CONTINUATION: "headers"}

Part = tuple[Layer, bytes]


class Splitter:
    """Gives each byte of one direction its layer. `websocket`: what DATA frames carry is WebSocket frames."""

    def __init__(self, *, websocket: bool, preface: bool) -> None:
        self._data = bytearray()
        self._preface = preface
        self._inner = WebSocketParts() if websocket else None

    def feed(self, data: bytes) -> Iterator[Part]:
        """More bytes; whole frames come out."""
        self._data += data
        if self._preface and len(self._data) >= len(PREFACE):
            self._preface = False
            yield "framing", self._take(len(PREFACE))
        while not self._preface and len(self._data) >= FRAME_HEADER:
            end = FRAME_HEADER + int.from_bytes(self._data[:3])
            if len(self._data) < end:
                return
            yield from self._frame(self._take(end))

    def _take(self, size: int) -> bytes:
        taken = bytes(self._data[:size])
        del self._data[:size]
        return taken

    def _frame(self, frame: bytes) -> Iterator[Part]:
        layer = LAYERS.get(frame[3], "framing")
        yield "headers" if layer == "headers" else "framing", frame[:FRAME_HEADER]
        if layer == "payload" and self._inner:
            yield from self._inner.feed(frame[FRAME_HEADER:])
        else:
            yield layer, frame[FRAME_HEADER:]


class WebSocketParts:
    """WebSocket frames in whatever pieces they come: headers and control frames are framing."""

    def __init__(self) -> None:
        self._head = bytearray()
        self._left = 0
        self._layer: Layer = "payload"

    def feed(self, data: bytes) -> Iterator[Part]:
        """More bytes; each comes out at once."""
        while data:
            if self._left:
                part, data = data[: self._left], data[self._left :]
                self._left -= len(part)
                yield self._layer, part
                continue
            self._head.append(data[0])
            yield "framing", data[:1]
            data = data[1:]
            header = read_header(bytes(self._head))
            if header:
                self._left = header.length
                self._layer = "framing" if header.opcode >= Opcode.CLOSE else "payload"
                self._head.clear()


def route(parts: Iterator[Part], to: Callable[[Layer, bytes], None]) -> None:
    """Hand every part on; neighbours of one layer go together."""
    held: Part | None = None
    for layer, data in parts:
        if held and held[0] == layer:
            held = (layer, held[1] + data)
        else:
            if held:
                to(*held)
            held = (layer, data)
    if held:
        to(*held)
