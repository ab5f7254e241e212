"""A server that plays one side of a conversation from a script, right or wrong, to whoever comes.

It answers nothing by itself. What it sends next waits until the client has spoken where the script says so, or for as
long as its patience lasts: a client that fails the connection speaks sooner than the script, one that lets a fault
pass never does.
"""

from __future__ import annotations

from typing import NamedTuple

from app.protocol import closing
from app.protocol.frames import Opcode, close_payload, write_frame
from app.protocol.handshake import accept_key, parse_request, parse_response
from app.protocol.items import Frame
from app.protocol.reader import FrameReader
from app.protocol.say import Listener
from app.protocol.server import Server

CLOSE_FRAME = b"\x88"
PATIENCE = 1.5
"""Seconds that a step waits for the client to speak."""


class Step(NamedTuple):
    """Bytes to send, or the end of TCP where there are none. `waits`: the client speaks first, within `patience`
    seconds; `pause`: seconds before it; `answers`: it is a Close frame in answer to one."""

    data: bytes = b""
    waits: bool = False
    pause: float = 0.0
    answers: bool = False
    patience: float = PATIENCE


class Player(Server):
    """Plays `steps`; the first is the response. `accept` is the value in it that belongs to another client's key."""

    def __init__(self, steps: tuple[Step, ...], accept: bytes = b"") -> None:
        super().__init__(Listener())
        self._steps = list(steps)
        self._accept = accept
        self._spoken = False
        self._heard_close = False
        self._said_close = False
        self._paused = self._waited = False

    def receive(self, data: bytes) -> list[bytes]:
        """The client speaks: what the script has for it by now."""
        if self.phase == "head":
            self._head += data
            end = self._end_of_head.find(self._head)
            if end is None:
                return []
            return self._begin(bytes(self._head[:end]), bytes(self._head[end:]))
        self._listen(data)
        return self._play()

    def eof(self) -> list[bytes]:
        """The client has stopped sending: so does the script."""
        self.phase = "finished"
        return []

    def wake(self) -> list[bytes]:
        """Patience, or a pause, is over."""
        self.wake_in = None
        if self._steps and self._steps[0].pause and not self._paused:
            self._paused = True
        else:
            self._waited = True
        return self._play() if self.phase != "finished" else []

    def _begin(self, head: bytes, rest: bytes) -> list[bytes]:
        key = parse_request(head).get("Sec-WebSocket-Key")
        if self._accept and key:
            right = accept_key(key)
            self._steps = [step._replace(data=step.data.replace(self._accept, right)) for step in self._steps]
        self.phase = "open"
        self._reader = FrameReader("client", offset=len(head))
        if self._steps and parse_response(self._steps[0].data).status != 101:
            self.refused = parse_response(self._steps[0].data).status
        self._listen(rest)
        self._spoken = True
        return self._play()

    def _listen(self, data: bytes) -> None:
        """Only a Close frame matters; what is wrong in the rest is for the explanation."""
        self._spoken = self._spoken or bool(data)
        if self._reader is None or not data:
            return
        for item in self._reader.feed(data):
            if isinstance(item, tuple) and not isinstance(item, Frame) and item[0] == Opcode.CLOSE:
                self._heard_close = True

    def _play(self) -> list[bytes]:
        units: list[bytes] = []
        while self._steps and self._due(self._steps[0]):
            step = self._steps.pop(0)
            if not step.data:
                self.phase = "finished"
                break
            unit = step.data
            if step.answers and not self._heard_close:
                unit = write_frame(Opcode.CLOSE, close_payload(closing.NORMAL))
            self._said_close = self._said_close or unit[:1] == CLOSE_FRAME
            units.append(unit)
        if not self._steps:
            self.phase = "finished"
        return units

    def _due(self, step: Step) -> bool:
        """Whether a step may be played now; if not, when to try again."""
        if step.pause and not self._paused:
            self.wake_in = step.pause
            return False
        awaits = step.waits or (not step.data and self._said_close)
        came = self._heard_close or (self._spoken and not step.answers)
        if awaits and not came and not self._waited:
            self.wake_in = step.patience
            return False
        self.wake_in = None
        self._paused = self._waited = False
        if awaits:
            self._spoken = False
        return True
