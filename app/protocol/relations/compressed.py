"""Compressed messages, judged when their last byte has come (RFC 7692 sections 6 and 7.2).

Every message is inflated a second time here, to see how its stream ends; distances are walked only where zlib has
failed or where a smaller window than the usual one was agreed.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from app.protocol.deflate import MAX_RESTARTS, TAIL, WINDOW
from app.protocol.extensions import Deflate
from app.protocol.fault import Fault, at_bytes
from app.protocol.frames import DATA, Opcode
from app.protocol.inflate_walk import Step, WalkError, walk
from app.protocol.relations.base import Detector, Finding, Scene, Sight
from app.trace import SIDES, Side

WALK_LIMIT = 16_384
"""Compressed bytes of one message that are walked: walking is slow, and a peer must not make it endless."""
_EMPTY_FINAL_BLOCK = b"\x01\x00\x00\xff\xff"


class Outcome(NamedTuple):
    """How a message inflates: `state` good, bad (invalid), cut (stops inside a block) or big (over a limit)."""

    state: str
    out: bytes
    final: bool
    """Whether a block with BFINAL = 1 was among it."""


def inflate(payload: bytes, window: bytes, limit: int) -> Outcome:
    """Inflate the whole payload of a message, without its tail, behind `window`."""
    out, data, final = b"", payload + TAIL, False
    machine = zlib.decompressobj(-15, zdict=window)
    try:
        for _ in range(MAX_RESTARTS + 1):
            out += machine.decompress(data, limit + 1 - len(out))
            if len(out) > limit or machine.unconsumed_tail:
                return Outcome("big", out[:limit], final)
            if not machine.eof:
                return Outcome("good" if _between_blocks(machine) else "cut", out, final)
            final, data = True, machine.unused_data
            if data in (TAIL, b""):
                return Outcome("good", out, final)
            machine = zlib.decompressobj(-15, zdict=(window + out)[-WINDOW:])
        return Outcome("big", out, final)
    except zlib.error:
        return Outcome("bad", out, final)


def _between_blocks(machine: zlib._Decompress) -> bool:
    """Whether a stream stands where the next block may begin: only there is an empty final block taken for one."""
    try:
        return not machine.decompress(_EMPTY_FINAL_BLOCK) and machine.eof
    except zlib.error:
        return False


class _Parts:
    """The fragments of a compressed message, which begins at byte `start` of the stream: where each payload starts,
    and its bytes."""

    def __init__(self, start: int) -> None:
        self.start = start
        self.pieces: list[tuple[int, bytes]] = []

    @property
    def payload(self) -> bytes:
        return b"".join(data for _, data in self.pieces)

    def place(self, index: int) -> int:
        """Where byte `index` of the payload is in the stream."""
        for start, data in self.pieces:
            if index < len(data):
                return start + index
            index -= len(data)
        start, data = self.pieces[-1]
        return start + len(data)

    def fault(self, rule: str, start: int, end: int, note: str) -> Fault:
        """A fault over bytes `start` to `end` of the payload."""
        return at_bytes(rule, self.place(start), self.place(end - 1) + 1, note)


class Compressed(Detector):
    """Keeps, for each side, the window and the fragments of the message that is under way."""

    def __init__(self, scene: Scene) -> None:
        super().__init__(scene)
        self._windows: dict[Side, bytes] = dict.fromkeys(SIDES, b"")
        self._parts: dict[Side, _Parts | None] = dict.fromkeys(SIDES)
        self._bad_text: dict[Side, Fault | None] = dict.fromkeys(SIDES)

    def fault(self, side: Side, fault: Fault) -> tuple[Finding, ...]:
        if fault.rule == "msg.utf8":
            self._bad_text[side] = fault
        return ()

    def frame(self, frame: Sight) -> Iterator[Finding]:
        side, header, deflate = frame.side, frame.header, self.scene.deflate
        if deflate is None or header.opcode not in DATA or side in self.scene.closes:
            return
        if header.opcode != Opcode.CONT:
            self._parts[side] = _Parts(frame.start) if header.rsv1 else None
        if header.length > self.scene.limits.frame:
            self._parts[side] = None
        parts, bad = self._parts[side], self._bad_text[side]
        self._bad_text[side] = None
        if parts is None:
            return
        if bad:
            yield Finding(side, bad._replace(rule="pmd.utf8-after", note="not UTF-8 once it is inflated"))
        parts.pieces.append((frame.body, frame.payload()))
        if header.fin:
            self._parts[side] = None
            yield from (Finding(side, fault) for fault in self._judge(side, parts, deflate, frame.end))

    def _judge(self, side: Side, parts: _Parts, deflate: Deflate, end: int) -> Iterator[Fault]:
        payload, window, history = parts.payload, self._windows[side], self.scene.histories[side]
        if not payload:
            history.add(parts.start, end, 0, 0, window)
            return  # strictly a byte of zeros is due; everybody takes this for an empty message
        bits, forgets = terms(side, deflate)
        result = inflate(payload, window, self.scene.limits.message)
        self._windows[side] = b"" if forgets else (window + result.out)[-WINDOW:]
        size = len(payload)
        history.add(parts.start, end, size, len(result.out), window)
        if payload.endswith(TAIL):
            yield parts.fault("pmd.tail", size - 4, size, "the tail of the flush is still there")
        elif result.state == "cut":
            yield parts.fault("pmd.deflate.valid", size - 1, size, "the last block is cut off")
        if result.state == "bad":
            yield from _untailed(parts, window, self.scene.limits.message)
        if (result.state == "bad" or result.final or bits < 15) and size <= WALK_LIMIT:
            yield from _walked(side, parts, bits, forgets)


def terms(side: Side, deflate: Deflate) -> tuple[int, bool]:
    """Window bits and "starts every message with an empty window", for what this side sends."""
    if side == "client":
        return deflate.client_max_window_bits, deflate.client_no_context_takeover
    return deflate.server_max_window_bits, deflate.server_no_context_takeover


def _untailed(parts: _Parts, window: bytes, limit: int) -> Iterator[Fault]:
    """Whether putting the tail back behind every fragment makes the message valid."""
    pieces = [data for _, data in parts.pieces]
    if len(pieces) > 1 and inflate(TAIL.join(pieces), window, limit).state == "good":
        border = len(pieces[0])
        yield parts.fault(
            "pmd.tail.nonfinal", max(border - 1, 0), max(border, 1), "the tail was cut off before the last fragment"
        )


def _walked(side: Side, parts: _Parts, bits: int, forgets: bool) -> Iterator[Fault]:
    told: set[str] = set()
    for step in _steps(parts.payload):
        for rule, note in _broken(side, step, bits, forgets):
            if rule not in told:
                told.add(rule)
                yield parts.fault(rule, step.start // 8, (step.end + 7) // 8, note)


def _steps(payload: bytes) -> Iterable[Step]:
    """The steps up to where the stream breaks or stops."""
    try:
        yield from walk(payload)
    except WalkError:
        return


def _broken(side: Side, step: Step, bits: int, forgets: bool) -> Iterator[tuple[str, str]]:
    if step.kind == "pad" and step.value:
        yield "pmd.bfinal.pad", f"pad bits {step.value:b} instead of zeros"
    if step.kind == "copy" and step.distance > 1 << bits:
        yield f"pmd.window.{side}", f"reaches {step.distance} bytes back; {1 << bits} were agreed"
    if step.kind == "copy" and forgets and step.distance > step.at:
        note = f"reaches {step.distance} bytes back, {step.at} bytes into the message"
        yield f"pmd.ctx.{side}", note
        if side == "client":
            yield "pmd.cnct.support", note
