"""The client half (RFC 6455 sections 4.1, 5 and 7): bytes in, bytes out. Key and masks come from outside."""

from __future__ import annotations

from collections.abc import Callable

from app.protocol import closing
from app.protocol.events import Violation
from app.protocol.fault import Fault
from app.protocol.frames import Opcode, close_payload, write_frame
from app.protocol.handshake import Request, Response, find_end, parse_request, parse_response, write_request
from app.protocol.limits import Limits
from app.protocol.opening import agreed_deflate, judge_response
from app.protocol.reader import Frame, FrameReader, Received
from app.protocol.rules import RULES

SAMPLE_KEY = "dGhlIHNhbXBsZSBub25jZQ=="
SAMPLE_MASK = bytes.fromhex("37fa213d")
"""Key and mask of the examples in RFC 6455, so that a scripted lesson carries the bytes printed there."""


class Client:
    """One connection, seen from the client. `mask` gives four fresh bytes for every frame.

    After `receive`, `heard` holds the messages and control frames that came, and `reply` what they ask for: Pongs and
    the answer to a Close. What the server did wrong is in `violations`.
    """

    def __init__(
        self,
        host: str,
        target: str,
        *,
        key: str,
        mask: Callable[[], bytes],
        headers: tuple[tuple[str, str], ...] = (),
        limits: Limits | None = None,
    ) -> None:
        self.response: Response | None = None
        self.heard: list[Received] = []
        self.violations: list[Violation] = []
        self.opened = False
        self.closed = False
        self._mask = mask
        self._head = bytearray()
        self._raw = write_request(host, target, key, headers)
        self._request: Request = parse_request(self._raw)
        self._limits = limits or Limits()
        self._reader: FrameReader | None = None
        self._said_close = False

    def request(self) -> bytes:
        """The opening handshake to send first."""
        return self._raw

    def frame(self, opcode: int, payload: bytes = b"", *, fin: bool = True) -> bytes:
        """One frame to send, masked."""
        self._said_close = self._said_close or opcode == Opcode.CLOSE
        return write_frame(opcode, payload, fin=fin, key=self._mask())

    def close(self, code: int | None = closing.NORMAL, reason: str = "") -> bytes:
        """A Close frame to send."""
        return self.frame(Opcode.CLOSE, close_payload(code, reason))

    def receive(self, data: bytes) -> list[bytes]:
        """Take bytes from the server; the frames that answer them."""
        if self._reader is None:
            rest = self._answer(data)
            return self._frames(rest) if self._reader and rest else []
        return self._frames(data)

    def _answer(self, data: bytes) -> bytes:
        self._head += data
        end = find_end(self._head)
        if self.response or end is None:
            return b""
        self.response = parse_response(bytes(self._head[:end]))
        faults = judge_response(self.response, self._request)
        self.violations += [Violation.of(fault, len(self.violations)) for fault in faults]
        failed = any(RULES[fault.rule].severity == "error" for fault in faults)
        if self.response.status != 101 or failed:
            self.closed = True
            return b""
        self.opened = True
        deflate = agreed_deflate(self.response)
        self._reader = FrameReader("server", offset=end, deflate=deflate, limits=self._limits)
        return bytes(self._head[end:])

    def _frames(self, data: bytes) -> list[bytes]:
        assert self._reader is not None
        units: list[bytes] = []
        for item in self._reader.feed(data):
            if self.closed:
                break
            if isinstance(item, Fault):
                units += self._fail(item)
            elif not isinstance(item, Frame):
                units += self._take(item)
        return units

    def _take(self, item: Received) -> list[bytes]:
        self.heard.append(item)
        if item[0] == Opcode.PING:
            return [] if self._said_close else [self.frame(Opcode.PONG, item[1])]
        if item[0] == Opcode.CLOSE:
            self.closed = True
            return [] if self._said_close else [self.frame(Opcode.CLOSE, item[1][:2])]
        return []

    def _fail(self, fault: Fault) -> list[bytes]:
        rule = RULES[fault.rule]
        self.violations.append(Violation.of(fault, len(self.violations)))
        if rule.severity != "error" or rule.close_code is None:
            return []
        self.closed = True
        return [] if self._said_close else [self.close(rule.close_code, fault.note)]
