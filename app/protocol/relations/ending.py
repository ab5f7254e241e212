"""How a connection ends: the Close frames of both sides against each other and against TCP (RFC 6455 section 7)."""

from __future__ import annotations

from collections.abc import Iterator

from app.protocol import closing
from app.protocol.fault import Fault
from app.protocol.frames import Header, Opcode
from app.protocol.relations.base import SECOND, Detector, Finding, Scene, Sight
from app.protocol.rules import RULES
from app.trace import SIDES, Side, other

CLOSE_SOON = 1 * SECOND
"""A Close frame that is answered later than this was not answered as soon as practical."""
TCP_WAIT = 5 * SECOND
"""How long TCP may stay open after both Close frames."""

FAILING = frozenset({closing.PROTOCOL_ERROR, closing.INVALID_PAYLOAD, closing.TOO_BIG, 1010})
"""Close codes that say: this connection has failed."""


class Closing(Detector):
    """Close frames: what the other side makes of them, and when."""

    def __init__(self, scene: Scene) -> None:
        super().__init__(scene)
        self._suspect: dict[Side, bool] = dict.fromkeys(SIDES, False)

    def fault(self, side: Side, fault: Fault) -> tuple[Finding, ...]:
        self._suspect[side] = True
        return ()

    def control(self, frame: Sight) -> Iterator[Finding]:
        side, opcode, first = frame.side, frame.header.opcode, frame.start * 8
        mine, theirs = (self.scene.closes.get(each) for each in (side, other(side)))
        if opcode == Opcode.PONG and mine and mine.code in FAILING:
            note = f"answers a Ping after its own Close with {mine.code}"
            yield Finding(side, Fault("cls.fail.stop", first + 4, 4, note))
        elif opcode == Opcode.CLOSE and mine is None:
            if theirs and self.scene.at - theirs.at > CLOSE_SOON:
                note = f"{(self.scene.at - theirs.at) / SECOND:.1f} s after the Close it answers"
                yield Finding(side, Fault("cls.reply.soon", first, (frame.end - frame.start) * 8, note))
            yield from self._code(frame, answers=theirs is not None)

    def _code(self, frame: Sight, answers: bool) -> Iterator[Finding]:
        side, body = frame.side, frame.body * 8
        code, reason = closing.split(frame.payload())
        if code == 1010 and not answers and (side == "server" or not reason):
            note = "sent by a server" if side == "server" else "does not say which extensions are missing"
            yield Finding(side, Fault("cls.code.1010", body, 16, note))
        if code == closing.PROTOCOL_ERROR and not answers and self.scene.fragment[other(side)]:
            if not self._suspect[other(side)]:
                note = "called a protocol error, and all that came were legal fragments"
                yield Finding(side, Fault("msg.receive-both", body, 16, note))


class TcpOpen(Detector):
    """TCP that stays open although both Close frames have been sent."""

    def __init__(self, scene: Scene) -> None:
        super().__init__(scene)
        self._told = False

    def time(self, now: int) -> Iterator[Finding]:
        closes, ended = self.scene.closes, self.scene.ended
        if self._told or len(closes) < 2 or len(ended) == 2:
            return
        if now - max(close.at for close in closes.values()) > TCP_WAIT:
            self._told = True
            side: Side = "client" if "server" in ended else "server"
            yield self.scene.missing(side, "cls.tcp", f"TCP still open {TCP_WAIT // SECOND} s after both Close frames")


class TcpEnd(Detector):
    """The end of TCP, against what should have been said before it."""

    def end(self, side: Side, how: str, cut: bool, unfinished: tuple[Header, int] | None) -> Iterator[Finding]:
        if how == "stop" or cut:
            return
        judge = self._opened if self.scene.opened else self._opening
        if found := judge(side, how):
            yield self.scene.missing(side, *found)

    def _opening(self, side: Side, how: str) -> tuple[str, str] | None:
        scene = self.scene
        if how == "rst" and scene.request is None and not scene.broken["client"]:
            return "conn.open-failed", "TCP was reset before there was a request"
        if (
            side == "client"
            or "client" in scene.ended
            or scene.sizes["server"]
            or "tls.first" in scene.broken["client"]
        ):
            return None
        if scene.broken["client"]:
            return "res.error-status", "TCP ended without saying what is wrong with the request"
        return ("res.refuse", "TCP ended without an answer") if scene.request else None

    def _opened(self, side: Side, how: str) -> tuple[str, str] | None:
        scene, peer = self.scene, other(side)
        if side in scene.closes:
            if how == "rst":
                return "cls.tcp.clean", "TCP was reset"
            early = side == "client" and peer in scene.closes and peer not in scene.ended
            return ("cls.tcp.server-first", "the client ends TCP before the server does") if early else None
        if peer in scene.closes:
            return "cls.reply", "TCP ended without an answer to the Close frame"
        if how == "rst":
            return "cls.lost", "TCP was reset without a Close frame"
        if peer in scene.ended:
            return None
        if scene.broken[peer]:
            first = RULES[scene.broken[peer][0]].id
            return "cls.fail.code", f"TCP ended after {first} was broken, without a Close frame that says so"
        return "cls.start", "TCP ended without a Close frame"
