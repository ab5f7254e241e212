"""The client half (RFC 6455 sections 4.1, 5 and 7): bytes in, bytes out. Key and masks come from outside."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from app.protocol import closing
from app.protocol.answering import agreed_deflate, judge_response
from app.protocol.deflate import Deflater
from app.protocol.events import Violation
from app.protocol.fault import Fault
from app.protocol.frames import Opcode, close_payload, write_frame
from app.protocol.handshake import EndOfHead, Request, Response, parse_request, parse_response, write_request
from app.protocol.items import Frame, Received
from app.protocol.limits import Limits
from app.protocol.profiles import STRICT_PROFILE, Profile
from app.protocol.reader import FrameReader

SAMPLE_KEY = "dGhlIHNhbXBsZSBub25jZQ=="
SAMPLE_MASK = bytes.fromhex("37fa213d")
"""Key and mask of the examples in RFC 6455, so that a scripted lesson carries the bytes printed there."""


class Client:
    """One connection, seen from the client. `mask` gives four fresh bytes for every frame.

    `replies` gives what came, and the frames that answer it by themselves: Pongs, and the answer to a Close. What the
    server did wrong is in `violations`. `head` is sent as the request as it is, right or wrong; with `automatic` False
    nothing is answered by itself.
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
        head: bytes | None = None,
        automatic: bool = True,
        profile: Profile = STRICT_PROFILE,
    ) -> None:
        self.response: Response | None = None
        self.heard: list[Received] = []
        self.violations: list[Violation] = []
        self.opened = False
        self.closed = False
        self._mask = mask
        self._profile = profile
        self._head = bytearray()
        self._end_of_head = EndOfHead()
        self._raw = write_request(host, target, key, headers) if head is None else head
        self._automatic = automatic
        self._request: Request = parse_request(self._raw)
        self._limits = limits or Limits()
        self._reader: FrameReader | None = None
        self._deflater: Deflater | None = None
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

    def message(self, opcode: int, payload: bytes) -> bytes:
        """A whole message in one frame; compressed where that was agreed."""
        if self._deflater is None:
            return self.frame(opcode, payload)
        return write_frame(opcode, self._deflater.message(payload), rsv1=True, key=self._mask())

    def receive(self, data: bytes) -> list[bytes]:
        """Take bytes from the server: the frames that answer them. What came is added to `heard`."""
        units: list[bytes] = []
        for unit in self.replies(data):
            if isinstance(unit, bytes):
                units.append(unit)
            else:
                self.heard.append(unit)
        return units

    def replies(self, data: bytes) -> Iterator[bytes | Received]:
        """Take bytes from the server; what came and what answers it, in order, one at a time."""
        if self._reader is None:
            data = self._answer(data)
        if self._reader is not None and data:
            yield from self._frames(data)

    def _answer(self, data: bytes) -> bytes:
        self._head += data
        end = self._end_of_head.find(self._head)
        if self.response or end is None:
            return b""
        self.response = parse_response(bytes(self._head[:end]))
        faults = judge_response(self.response, self._request)
        self.violations += [Violation.of(fault, len(self.violations), self._profile) for fault in faults]
        failed = any(self._profile.severity(fault.rule) == "error" for fault in faults)
        if self.response.status != 101 or failed:
            self.closed = True
            return b""
        self.opened = True
        deflate = agreed_deflate(self.response)
        if deflate:
            self._deflater = Deflater(deflate.client_max_window_bits, not deflate.client_no_context_takeover)
        self._reader = FrameReader("server", offset=end, deflate=deflate, limits=self._limits)
        return bytes(self._head[end:])

    def _frames(self, data: bytes) -> Iterator[bytes | Received]:
        assert self._reader is not None
        for item in self._reader.feed(data):
            if self.closed:
                return
            if isinstance(item, Fault):
                yield from self._fail(item)
            elif not isinstance(item, Frame):
                yield item
                yield from self._take(item)

    def _take(self, item: Received) -> list[bytes]:
        if item[0] == Opcode.PING:
            return [self.frame(Opcode.PONG, item[1])] if self._automatic and not self._said_close else []
        if item[0] == Opcode.CLOSE:
            self.closed = self._automatic or self._said_close
            return [self.frame(Opcode.CLOSE, item[1][:2])] if self._automatic and not self._said_close else []
        return []

    def _fail(self, fault: Fault) -> list[bytes]:
        self.violations.append(Violation.of(fault, len(self.violations), self._profile))
        code = self._profile.answer(fault.rule)
        if code is None:
            return []
        self.closed = True
        return [] if self._said_close else [self.close(code, fault.note)]
