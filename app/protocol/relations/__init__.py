"""The rules that need both sides, time or statistics: small detectors, each told what it watches for.

`Relations` is the only thing that knows them all; the conversation tells it what happens and gets what that breaks.
"""

from __future__ import annotations

from app.protocol import closing
from app.protocol.extensions import Deflate
from app.protocol.fault import Fault
from app.protocol.frames import DATA, Header, Opcode
from app.protocol.handshake import Request, Response
from app.protocol.history import History
from app.protocol.limits import Limits
from app.protocol.relations.answer import Early, GoesOn, Unaccepted
from app.protocol.relations.base import Closed, Detector, Finding, Scene, Sight
from app.protocol.relations.compressed import Compressed, terms
from app.protocol.relations.ending import Closing, TcpEnd, TcpOpen
from app.protocol.relations.heartbeat import Heartbeat
from app.protocol.relations.masks import LengthOrder, MaskKeys, Unmasked
from app.protocol.relations.tls import Tunnel
from app.protocol.rules import RULES
from app.trace import SIDES, Side

__all__ = ["DETECTORS", "Finding", "Relations", "Sight"]

DETECTORS: tuple[type[Detector], ...] = (
    Tunnel,
    Early,
    GoesOn,
    Unaccepted,
    MaskKeys,
    Unmasked,
    LengthOrder,
    Compressed,
    Heartbeat,
    Closing,
    TcpOpen,
    TcpEnd,
)
"""Every detector of one connection, in the order in which they are told things."""

_TOPICS = ("time", "junk", "response", "early", "stray", "fault", "frame", "control", "end", "tls")


class Relations:
    """The detectors of one connection, and the scene they look at."""

    def __init__(self, limits: Limits) -> None:
        self.scene = Scene(limits)
        detectors = [make(self.scene) for make in DETECTORS]
        self._watching = {
            topic: [
                getattr(each, topic) for each in detectors if getattr(type(each), topic) is not getattr(Detector, topic)
            ]
            for topic in _TOPICS
        }

    def _tell(self, topic: str, *facts: object) -> list[Finding]:
        if self.scene.lost:
            return []
        found = [finding for watch in self._watching[topic] for finding in watch(*facts)]
        for side, fault, _ in found:
            self._note(side, fault)
        return found

    def _note(self, side: Side, fault: Fault) -> None:
        if RULES[fault.rule].severity == "error":
            self.scene.broken[side].append(fault.rule)

    def time(self, now: int) -> list[Finding]:
        """A record is about to be told, and this is its time."""
        found = self._tell("time", now) if self.scene.owing and now > self.scene.at else []
        self.scene.at = now
        return found

    def sent(self, side: Side, size: int) -> None:
        """A side has sent so many bytes more."""
        self.scene.sizes[side] += size

    def lost(self) -> None:
        """Bytes are missing from the recording."""
        self.scene.lost = True

    def junk(self, side: Side, data: bytes, start: int) -> list[Finding]:
        """A side begins with something that is no HTTP."""
        return self._tell("junk", side, data, start)

    def request(self, request: Request, faults: list[Fault]) -> None:
        """The request is complete."""
        self.scene.request = request
        for fault in faults:
            self._note("client", fault)

    def response(self, response: Response, faults: list[Fault], start: int) -> list[Finding]:
        """The answer is complete; the connection is open when it says 101."""
        self.scene.response = response
        for fault in faults:
            self._note("server", fault)
        return self._tell("response", response, faults, start)

    def opened(self, deflate: Deflate | None) -> None:
        """Frames follow."""
        self.scene.opened = True
        self.scene.deflate = deflate
        if deflate is not None:
            for side in SIDES:
                self.scene.histories.setdefault(side, History(side, *terms(side, deflate)))

    def early(self, data: bytes, start: int) -> list[Finding]:
        """Bytes of the client that did not wait for the answer."""
        return self._tell("early", data, start)

    def stray(self, side: Side, data: bytes, start: int) -> list[Finding]:
        """Bytes that are neither a head nor frames."""
        return self._tell("stray", side, data, start)

    def fault(self, side: Side, fault: Fault) -> list[Finding]:
        """A fault that one direction alone has shown."""
        self._note(side, fault)
        return self._tell("fault", side, fault)

    def frame(self, frame: Sight) -> list[Finding]:
        """A frame is complete."""
        found = self._tell("frame", frame)
        header, side = frame.header, frame.side
        if header.opcode in DATA:
            self.scene.inside[side] = not header.fin
            self.scene.fragment[side] = not header.fin or header.opcode == Opcode.CONT
            return found
        self.scene.owing = True
        found += self._tell("control", frame)
        if header.opcode == Opcode.CLOSE and side not in self.scene.closes:
            self.scene.closes[side] = Closed(self.scene.at, closing.split(frame.payload())[0])
        return found

    def end(self, side: Side, how: str, cut: bool, unfinished: tuple[Header, int] | None) -> list[Finding]:
        """A side has stopped sending."""
        found = self._tell("end", side, how, cut, unfinished)
        if how != "stop":
            self.scene.ended[side] = how
        return found

    def tls(self, side: Side, data: bytes) -> list[Finding]:
        """Bytes of the TLS layer."""
        return self._tell("tls", side, data)
