"""The words in which example conversations are written: steps of a client and a server, with keys that are fixed and
are not those of the RFC, so that nothing fires but what is meant."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable
from hashlib import sha256
from typing import Any, NamedTuple

from app.protocol.frames import Opcode, apply_mask, close_payload, write_frame, write_header
from app.protocol.handshake import accept_key, write_request, write_response
from app.trace import Kind, Layer, Side, Trace

HOST, TARGET = "server.example.com", "/chat"
KEY = b64encode(b"sixteen bytes ok").decode()
MILLISECOND = 1_000_000
SECOND = 1000 * MILLISECOND
BETWEEN = 5 * MILLISECOND
"""Time between two steps, unless a step waits longer."""
PMD = "permessage-deflate"


class Step(NamedTuple):
    """One record: who sends what, and how long after the step before."""

    side: Side
    data: bytes = b""
    kind: Kind = "data"
    layer: Layer = "wire"
    wait: int = BETWEEN
    connection: str = "c1"


Steps = list[Step]


def C(*data: bytes, **more: Any) -> Step:
    """The client sends."""
    return Step("client", b"".join(data), **more)


def S(*data: bytes, **more: Any) -> Step:
    """The server sends."""
    return Step("server", b"".join(data), **more)


def after(seconds: float, step: Step) -> Step:
    """The same step, that much later."""
    return step._replace(wait=int(seconds * SECOND))


def on(connection: str, steps: Iterable[Step]) -> Steps:
    """The same steps on another connection."""
    return [step._replace(connection=connection) for step in steps]


C_FIN, S_FIN = Step("client", kind="fin"), Step("server", kind="fin")
C_RST, S_RST = Step("client", kind="rst"), Step("server", kind="rst")


# Heads.


def request(*more: tuple[str, str], target: str = TARGET, host: str = HOST, key: str = KEY) -> bytes:
    """A request without a fault, and more headers."""
    return write_request(host, target, key, more)


def without(name: str, head: bytes) -> bytes:
    """The head without the header of that name."""
    return b"\r\n".join(line for line in head.split(b"\r\n") if not line.startswith(name.encode() + b":"))


def answer(*more: tuple[str, str], key: str = KEY) -> bytes:
    """The 101 that accepts `request`, and more headers."""
    accept = accept_key(key.encode()).decode()
    first = [("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Accept", accept)]
    return write_response(101, [*first, *more])


def refusal(status: int = 400, *more: tuple[str, str]) -> bytes:
    """A refusal with a short body."""
    return write_response(status, more, b"No.\n")


def refused(bad: bytes, status: int = 400, *more: tuple[str, str]) -> Steps:
    """A request that the server refuses, as it should."""
    return [C(bad), S(refusal(status, *more)), S_FIN, C_FIN]


def opened(offer: str = "", accept: str | None = None, *, asked: Iterable[tuple[str, str]] = ()) -> Steps:
    """An opening handshake; `offer` and `accept` are values of Sec-WebSocket-Extensions."""
    accept = offer if accept is None else accept
    header = "Sec-WebSocket-Extensions"
    return [
        C(request(*asked, *([(header, offer)] if offer else []))),
        S(answer(*([(header, accept)] if accept else []))),
    ]


OPEN = opened()
PMD_OPEN = opened(PMD)


# Frames. A client's key is drawn from what the frame holds: always the same, and never twice in a row.


def key(opcode: int, payload: bytes, turn: int = 0) -> bytes:
    """A masking key for a frame; another `turn` for the same frame again."""
    return sha256(bytes([opcode, turn]) + payload).digest()[:4]


def cf(opcode: int, payload: bytes = b"", *, turn: int = 0, mask: bytes | None = None, **more: Any) -> bytes:
    """A frame of the client."""
    return write_frame(opcode, payload, key=mask or key(opcode, payload, turn), **more)


def sf(opcode: int, payload: bytes = b"", **more: Any) -> bytes:
    """A frame of the server."""
    return write_frame(opcode, payload, **more)


def bits(frame: bytes, first: int) -> bytes:
    """The frame with another first byte."""
    return bytes([first]) + frame[1:]


def long_form(opcode: int, payload: bytes, form: int) -> bytes:
    """A client's frame whose length takes more room than it needs."""
    mask = key(opcode, payload)
    return write_header(opcode, len(payload), key=mask, form=form) + apply_mask(payload, mask)


TEXT, BINARY, CONT, CLOSE, PING, PONG = (
    Opcode.TEXT,
    Opcode.BINARY,
    Opcode.CONT,
    Opcode.CLOSE,
    Opcode.PING,
    Opcode.PONG,
)


def ct(text: str, **more: Any) -> Step:
    """The client sends a text."""
    return C(cf(TEXT, text.encode(), **more))


def st(text: str, **more: Any) -> Step:
    """The server sends a text."""
    return S(sf(TEXT, text.encode(), **more))


def c_close(code: int | None = 1000, reason: str = "") -> Step:
    """The client's Close frame."""
    return C(cf(CLOSE, close_payload(code, reason)))


def s_close(code: int | None = 1000, reason: str = "") -> Step:
    """The server's Close frame."""
    return S(sf(CLOSE, close_payload(code, reason)))


FINS = [S_FIN, C_FIN]
BYE = [c_close(), s_close(), *FINS]
"""The client closes, everything as it should be."""


def fails(code: int, *, by: Side = "server") -> Steps:
    """One side fails the connection, the other answers."""
    first, second = (s_close(code), c_close(code)) if by == "server" else (c_close(code), s_close(code))
    return [first, second, *FINS]


# DEFLATE, written symbol by symbol, so that the bytes do not depend on a library.


class Deflate:
    """A DEFLATE stream in the making; numbers go least significant bit first, codes most significant bit first."""

    def __init__(self) -> None:
        self._bits: list[int] = []

    def number(self, value: int, count: int) -> Deflate:
        self._bits += [value >> n & 1 for n in range(count)]
        return self

    def code(self, value: int, count: int) -> Deflate:
        self._bits += [value >> n & 1 for n in reversed(range(count))]
        return self

    def pad(self, value: int = 0) -> Deflate:
        return self.number(value, -len(self._bits) % 8)

    def block(self, kind: int, final: bool = False) -> Deflate:
        return self.number(final, 1).number(kind, 2)

    def stored(self, data: bytes) -> Deflate:
        self.block(0).pad().number(len(data), 16).number(len(data) ^ 0xFFFF, 16)
        for byte in data:
            self.number(byte, 8)
        return self

    def literals(self, data: bytes) -> Deflate:
        """Symbols of the fixed code; bytes below 144."""
        for byte in data:
            self.code(0x30 + byte, 8)
        return self

    def copy3(self, code: int, extra: int = 0, extra_bits: int = 0) -> Deflate:
        """A copy of three bytes, with that distance code of the fixed code."""
        return self.code(1, 7).code(code, 5).number(extra, extra_bits)

    def end(self) -> Deflate:
        return self.code(0, 7)

    def done(self) -> bytes:
        """The stream up to its last bit."""
        self.pad()
        return bytes(
            sum(bit << n for n, bit in enumerate(self._bits[at : at + 8])) for at in range(0, len(self._bits), 8)
        )

    def flushed(self, keep_tail: bool = False) -> bytes:
        """The stream behind a sync flush, without its tail, as a message carries it."""
        return self.block(0).done() + (b"\x00\x00\xff\xff" if keep_tail else b"")


def squeezed(text: bytes) -> bytes:
    """A text in one fixed block."""
    return Deflate().block(1).literals(text).end().flushed()


def zeros(runs: int) -> bytes:
    """1 + 258 * `runs` bytes of zero in two bits a run: one dynamic block whose shortest codes are what it needs."""
    stream = Deflate().block(2).number(29, 5).number(0, 5).number(14, 4)
    lengths = {18: 1, 1: 2, 2: 2}
    for symbol in (16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1):
        stream.number(lengths.get(symbol, 0), 3)
    one, two, many = (0b10, 2), (0b11, 2), (0, 1)
    stream.code(*two)  # the byte 0
    stream.code(*many).number(138 - 11, 7).code(*many).number(117 - 11, 7)
    stream.code(*two)  # the end of the block
    stream.code(*many).number(28 - 11, 7).code(*one)  # a run of 258
    stream.code(*one)  # distance 1
    stream.code(0b10, 2)
    for _ in range(runs):
        stream.code(0, 1).code(0, 1)
    return stream.code(0b11, 2).flushed()


def traces(steps: Steps) -> list[Trace]:
    """The connections that the steps make."""
    made: dict[str, Trace] = {}
    now = 0
    for step in steps:
        now += step.wait
        trace = made.setdefault(step.connection, Trace(step.connection))
        trace.add(now, step.side, step.data, step.kind, step.layer)
    return list(made.values())
