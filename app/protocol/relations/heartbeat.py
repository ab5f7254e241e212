"""Ping and Pong: is every Ping answered, in time, with its own bytes (RFC 6455 sections 5.5.2 and 5.5.3)?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from app.protocol.fault import at_bytes
from app.protocol.frames import Opcode
from app.protocol.relations.base import SECOND, Detector, Finding, Scene, Sight
from app.trace import SIDES, Side, other

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


class Heartbeat(Detector):
    """Remembers the Pings that wait for their Pong. A Pong answers the newest Ping with its payload, and with it all
    Pings before that one."""

    def __init__(self, scene: Scene) -> None:
        super().__init__(scene)
        self._waiting: dict[Side, list[_Ping]] = {side: [] for side in SIDES}

    def control(self, frame: Sight) -> Iterator[Finding]:
        header, side = frame.header, frame.side
        if header.opcode == Opcode.PING and other(side) not in self.scene.closes and side not in self.scene.closes:
            ping = _Ping(self.scene.at, frame.start, frame.payload(), self.scene.inside[side])
            self._waiting[side].append(ping)
        elif header.opcode == Opcode.PONG:
            yield from self._pong(frame)
        elif header.opcode == Opcode.CLOSE:
            self._waiting[side].clear()  # who has received a Close owes no Pong

    def _pong(self, frame: Sight) -> Iterator[Finding]:
        waiting = self._waiting[other(frame.side)]
        payload = frame.payload()
        match = next((n for n in reversed(range(len(waiting))) if waiting[n].payload == payload), None)
        if match is None and waiting:
            start = frame.body if payload else frame.start
            yield Finding(
                frame.side, at_bytes("pong.echo", start, frame.end, f"not the payload of {_place(waiting[-1])}")
            )
            match = len(waiting) - 1
        elif match is not None and (late := self.scene.at - waiting[match].at) > PONG_SOON:
            note = f"answers {_place(waiting[match])} after {late / SECOND:.1f} s"
            yield Finding(frame.side, at_bytes("ping.soon", frame.start, frame.end, note))
        del waiting[: match + 1 if match is not None else 0]

    def time(self, now: int) -> Iterator[Finding]:
        for side, waiting in self._waiting.items():
            while waiting and now - waiting[0].at > PONG_WAIT:
                ping = waiting.pop(0)
                peer = other(side)
                note = f"no Pong for {_place(ping)} in {PONG_WAIT // SECOND} s"
                yield self.scene.missing(peer, "ping.reply", note)
                if ping.inside:
                    yield self.scene.missing(peer, "msg.control-between", note)


def _place(ping: _Ping) -> str:
    return f"the Ping at byte {ping.start}"
