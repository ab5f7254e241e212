"""Ping and Pong: is every Ping answered, in time, with its own bytes (RFC 6455 sections 5.5.2 and 5.5.3)?"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import NamedTuple

from app.protocol.fault import at_bytes
from app.protocol.frames import Opcode
from app.protocol.relations.base import SECOND, Detector, Finding, Scene, Sight
from app.trace import SIDES, other

PONG_SOON = 1 * SECOND
"""A Pong that takes longer than this did not come as soon as practical."""
PONG_WAIT = 10 * SECOND
"""A Ping that is unanswered for longer than this is taken to stay so."""


class _Ping(NamedTuple):
    at: int
    start: int
    payload: bytes
    inside: bool
    """Whether it was sent between the fragments of a message."""


class _Waiting:
    """The Pings of one side that wait for their Pong, oldest first. The newest with some payload is found at once: a
    peer may send many thousands before the first Pong."""

    def __init__(self) -> None:
        self.pings: deque[_Ping] = deque()
        self._gone = 0
        self._newest: dict[bytes, int] = {}

    def add(self, ping: _Ping) -> None:
        self._newest[ping.payload] = self._gone + len(self.pings)
        self.pings.append(ping)

    def find(self, payload: bytes) -> int | None:
        """The place among `pings` of the newest one with this payload."""
        number = self._newest.get(payload)
        return None if number is None else number - self._gone

    def take(self) -> _Ping:
        """The oldest, which waits no longer."""
        ping = self.pings.popleft()
        if self._newest[ping.payload] == self._gone:
            del self._newest[ping.payload]
        self._gone += 1
        return ping


class Heartbeat(Detector):
    """Remembers the Pings that wait for their Pong. A Pong answers the newest Ping with its payload, and with it all
    Pings before that one."""

    def __init__(self, scene: Scene) -> None:
        super().__init__(scene)
        self._waiting = {side: _Waiting() for side in SIDES}

    def control(self, frame: Sight) -> Iterator[Finding]:
        header, side = frame.header, frame.side
        if header.opcode == Opcode.PING and other(side) not in self.scene.closes and side not in self.scene.closes:
            ping = _Ping(self.scene.at, frame.start, frame.payload(), self.scene.inside[side])
            self._waiting[side].add(ping)
        elif header.opcode == Opcode.PONG:
            yield from self._pong(frame)
        elif header.opcode == Opcode.CLOSE:
            self._waiting[side] = _Waiting()  # who has received a Close owes no Pong

    def _pong(self, frame: Sight) -> Iterator[Finding]:
        waiting = self._waiting[other(frame.side)]
        payload = frame.payload()
        match = waiting.find(payload)
        if match is None and waiting.pings:
            start = frame.body if payload else frame.start
            yield Finding(
                frame.side, at_bytes("pong.echo", start, frame.end, f"not the payload of {_place(waiting.pings[-1])}")
            )
            match = len(waiting.pings) - 1
        elif match is not None and (late := self.scene.at - waiting.pings[match].at) > PONG_SOON:
            note = f"answers {_place(waiting.pings[match])} after {late / SECOND:.1f} s"
            yield Finding(frame.side, at_bytes("ping.soon", frame.start, frame.end, note))
        for _ in range(0 if match is None else match + 1):
            waiting.take()

    def time(self, now: int) -> Iterator[Finding]:
        for side, waiting in self._waiting.items():
            while waiting.pings and now - waiting.pings[0].at > PONG_WAIT:
                ping = waiting.take()
                peer = other(side)
                note = f"no Pong for {_place(ping)} in {PONG_WAIT // SECOND} s"
                yield self.scene.missing(peer, "ping.reply", note)
                if ping.inside:
                    yield self.scene.missing(peer, "msg.control-between", note)


def _place(ping: _Ping) -> str:
    return f"the Ping at byte {ping.start}"
