"""The server half (RFC 6455 sections 4.2, 5 and 7): bytes in, bytes out, no clock and no socket.

What it returns is a list of units, one head or frame each, in the order in which they are to be sent. What a client
sends is answered strictly one thing at a time: the answer to a frame is written before the next frame is looked at.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from app.protocol import closing
from app.protocol.apps import Act, Answer, App, Program, Raw, Say, Wake
from app.protocol.deflate import Deflater
from app.protocol.extensions import answer
from app.protocol.fault import Fault
from app.protocol.frames import CLOSE, PING, Opcode, close_payload, write_frame
from app.protocol.handshake import EndOfHead, Request, accept_key, parse_request, split_tokens, write_response
from app.protocol.items import Frame
from app.protocol.limits import Limits
from app.protocol.opening import STATUS, judge_request, offered_extensions
from app.protocol.profiles import STRICT_PROFILE, Profile
from app.protocol.reader import FrameReader
from app.protocol.rules import RULES

RIGHT = Answer()
Phase = Literal["head", "open", "closing", "finished"]

TOLERATED = frozenset({"req.ext.params"})
"""Errors of a request that do not refuse it: an offer that cannot be read is declined (RFC 7692 section 7)."""


class Server:
    """One connection, seen from the server.

    `resource_ok` False answers a well-formed request with 404. `subprotocols` are those the server speaks, `deflate` is
    whether it accepts permessage-deflate, and with `own_origin` pages of other sites get 403. `answer` changes what a
    good request gets, right or wrong.
    """

    def __init__(
        self,
        app: App,
        *,
        limits: Limits | None = None,
        resource_ok: bool = True,
        subprotocols: tuple[str, ...] = (),
        deflate: bool = True,
        own_origin: bool = False,
        answer: Answer = RIGHT,
        profile: Profile = STRICT_PROFILE,
    ) -> None:
        self.phase: Phase = "head"
        self.refused: int | None = None
        self.request: Request | None = None
        self.refusal_headers: tuple[tuple[str, str], ...] = ()
        """What every refusal carries beside what it needs: a browser may show its body as a page."""
        self.fault: Fault | None = None
        """What made the server fail the connection, once it has."""
        self.wake_in: float | None = None
        """In how many seconds the app wants to be woken; whoever sees to that calls `wake`."""
        self._app = app
        self._profile = profile
        self._limits = limits or Limits()
        self._resource_ok = resource_ok
        self._subprotocols = subprotocols
        self._accept_deflate = deflate
        self._own_origin = own_origin
        self._edited = answer
        self._head = bytearray()
        self._end_of_head = EndOfHead()
        self._reader: FrameReader | None = None
        self._deflater: Deflater | None = None

    @classmethod
    def running(cls, program: Program, *, limits: Limits | None = None, resource_ok: bool = True) -> Server:
        """A server that runs a program on its terms."""
        terms = program.terms
        return cls(
            program.make(),
            limits=limits,
            resource_ok=resource_ok,
            subprotocols=terms.subprotocols,
            deflate=terms.deflate,
            own_origin=terms.own_origin,
            answer=terms.answer,
        )

    @property
    def finished(self) -> bool:
        """Nothing more will be said: once what was returned has been sent, TCP is to be closed."""
        return self.phase == "finished"

    def receive(self, data: bytes) -> list[bytes]:
        """Take bytes from the client; the units to send."""
        if self.phase == "head":
            return self._opening(data)
        if self.phase == "finished" or self._reader is None:
            return []
        return self._frames(data)

    def eof(self) -> list[bytes]:
        """The client has stopped sending."""
        if self.phase == "head" and self._head:
            return self._refuse(400, "The request ended before its empty line.")
        self.phase = "finished"
        return []

    def time_out(self) -> list[bytes]:
        """The request did not arrive in time."""
        return self._refuse(408, "The request did not arrive in time.") if self.phase == "head" else []

    def shutdown(self, code: int = closing.GOING_AWAY, reason: str = "") -> list[bytes]:
        """The server is going away: start the closing handshake, or refuse what has not been opened."""
        if self.phase == "head":
            return self._refuse(503, "The server is shutting down.", [("Retry-After", "5")])
        return self.send(Say(Opcode.CLOSE, close_payload(code, reason))) if self.phase == "open" else []

    def send(self, *acts: Act) -> list[bytes]:
        """Make the server speak; nothing comes out unless the connection is open."""
        units: list[bytes] = []
        self._act(acts, units)
        return units

    def _act(self, acts: Iterable[Act], units: list[bytes]) -> None:
        """Do what an app asks for; what is to be sent is added to `units`."""
        for act in acts:
            if self.phase != "open":
                break
            if isinstance(act, Say):
                units.append(self._write(act))
                if act.opcode == CLOSE:
                    self.phase = "closing"
            elif isinstance(act, Wake):
                self.wake_in = act.seconds
            elif isinstance(act, Raw):
                units += self.send_raw(act.data)
            else:
                self.phase = "finished"

    def wake(self) -> list[bytes]:
        """The time of `wake_in` has passed."""
        self.wake_in = None
        return self.send(*self._app.woken()) if self.phase == "open" else []

    def send_raw(self, data: bytes) -> list[bytes]:
        """Send bytes as they are, right or wrong, once the connection is open."""
        return [data] if data and self.phase == "open" else []

    def _write(self, say: Say) -> bytes:
        opcode, payload, fin = say
        if self._deflater and opcode in (Opcode.TEXT, Opcode.BINARY) and fin:
            return write_frame(opcode, self._deflater.message(payload), rsv1=True)
        return write_frame(opcode, payload, fin=fin)

    # The opening handshake.

    def _opening(self, data: bytes) -> list[bytes]:
        self._head += data
        end = self._end_of_head.find(self._head)
        if end is None and len(self._head) <= self._limits.head:
            return []
        if end is None or end > self._limits.head:
            return self._refuse(431, f"The request head is longer than {self._limits.head} bytes.")
        request = self.request = parse_request(bytes(self._head[:end]))
        rest = bytes(self._head[end:])
        units = self._answer(request)
        if self.phase == "open" and rest:
            units += self._frames(rest)
        return units

    def _answer(self, request: Request) -> list[bytes]:
        faults = [fault for fault in judge_request(request) if _refuses(fault)]
        if faults:
            return self._refuse_fault(faults)
        if not self._resource_ok:
            return self._refuse(404, "There is nothing to speak with at this address.")
        if self._own_origin and not _same_site(request):
            return self._refuse(403, "Only pages of this site may come in.")
        headers = [
            ("Upgrade", "websocket"),
            ("Connection", "Upgrade"),
            ("Sec-WebSocket-Accept", accept_key(request.get("Sec-WebSocket-Key") or b"").decode()),
        ]
        offered = [name.decode("ascii", "replace") for name in split_tokens(request.all("Sec-WebSocket-Protocol"))]
        headers += [("Sec-WebSocket-Protocol", name) for name in offered if name in self._subprotocols][:1]
        if self._edited.status != 101:
            status = self._edited.status
            return self._refuse(status, "This server answers otherwise.", self._edited.edit([]))
        chosen = answer(offered_extensions(request)) if self._accept_deflate else None
        if chosen:
            headers.append(("Sec-WebSocket-Extensions", chosen[1]))
            bits, forget = chosen[0].server_max_window_bits, chosen[0].server_no_context_takeover
            self._deflater = Deflater(bits, not forget)
        self._reader = FrameReader("client", deflate=chosen[0] if chosen else None, limits=self._limits)
        self._reader.offset = len(request.raw)
        self.phase = "open"
        return [write_response(101, self._edited.edit(headers)), *self.send(*self._app.opened())]

    def _refuse_fault(self, faults: list[Fault]) -> list[bytes]:
        """The first fault decides; a version or an upgrade that is merely missing is said to be what is needed."""
        fault = self.fault = faults[0]
        status = STATUS.get(fault.rule, 400)
        headers: list[tuple[str, str]] = []
        if status == 426:
            headers = [("Upgrade", "websocket"), ("Connection", "Upgrade, close"), ("Sec-WebSocket-Version", "13")]
        elif status == 405:
            headers = [("Allow", "GET")]
        found = f" Found: {fault.note}." if fault.note else ""
        body = f"{RULES[fault.rule].text}{found} (RFC 6455 section {RULES[fault.rule].section}, {fault.rule})"
        return self._refuse(status, body, headers)

    def _refuse(self, status: int, sentence: str, headers: list[tuple[str, str]] | None = None) -> list[bytes]:
        self.phase = "finished"
        self.refused = status
        return [write_response(status, [*(headers or []), *self.refusal_headers], (sentence + "\n").encode())]

    # Frames.

    def _frames(self, data: bytes) -> list[bytes]:
        assert self._reader is not None
        units: list[bytes] = []
        for item in self._reader.feed(data):
            if self.phase == "finished":
                break
            if isinstance(item, Fault):
                units += self._fail(item)
            elif not isinstance(item, Frame):
                self._heard(item[0], item[1], units)
        return units

    def _heard(self, opcode: int, payload: bytes, units: list[bytes]) -> None:
        if opcode == CLOSE:
            units += self._closed(payload)
        elif self.phase == "open" and opcode == PING:
            units.append(write_frame(Opcode.PONG, payload))
        elif self.phase == "open":
            self._act(self._app.heard(opcode, payload), units)

    def _closed(self, payload: bytes) -> list[bytes]:
        """A Close frame: answer it once, with the same code, and be the one who closes TCP."""
        answered = self.phase == "closing"
        self.phase = "finished"
        return [] if answered else [write_frame(Opcode.CLOSE, payload[:2])]

    def _fail(self, fault: Fault) -> list[bytes]:
        code = self._profile.answer(fault.rule)
        if code is None:
            return []
        self.fault = fault
        answered = self.phase == "closing"
        self.phase = "finished"
        return [] if answered else [write_frame(Opcode.CLOSE, close_payload(code, fault.note))]


def _same_site(request: Request) -> bool:
    """Whether Origin names the Host that is asked (RFC 6455 section 10.2). No Origin: no browser, so no answer."""
    origin, host = request.get("Origin"), request.get("Host")
    return origin is not None and host is not None and origin.lower().partition(b"://")[2] == host.lower()


def _refuses(fault: Fault) -> bool:
    return RULES[fault.rule].severity == "error" and not fault.rule.startswith("pmd.") and fault.rule not in TOLERATED
