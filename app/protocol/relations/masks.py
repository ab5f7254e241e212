"""Masking keys over several frames, and two mistakes that only show in what the bytes make of themselves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Literal

from app.protocol.fault import Fault, at_bytes
from app.protocol.frames import Header, Opcode, apply_mask
from app.protocol.relations.base import Detector, Finding, Scene, Sight
from app.trace import Side

PATTERN = 8
"""So many keys in a row make a pattern."""
KNOWN = {bytes(4): "a key of zeros: nothing is masked", bytes.fromhex("37fa213d"): "the key printed in RFC 6455"}
SHORTEST_TEXT = 8
"""Fewer bytes than these can be readable by chance, whatever the key."""
GLANCE = 256
_ORDERS: tuple[Literal["big", "little"], ...] = ("big", "little")


def predictable(keys: Sequence[bytes]) -> str | None:
    """What is predictable about so many masking keys in a row; None when nothing is."""
    for order in _ORDERS:
        numbers = [int.from_bytes(key, order) for key in keys]
        steps = {(b - a) % 2**32 for a, b in pairwise(numbers)}
        if len(steps) == 1 and steps != {0}:
            return f"each of {len(keys)} keys is the one before plus {steps.pop()}"
    for period in (2, 3, 4):
        if all(a == b for a, b in zip(keys, keys[period:], strict=False)):
            return f"the same {period} keys over and over" if len(set(keys)) > 1 else None
    return None


class MaskKeys(Detector):
    """Are the client's keys new, and unpredictable (sections 5.3 and 10.3)? Each is told once a connection."""

    def __init__(self, scene: Scene) -> None:
        super().__init__(scene)
        self._keys: list[bytes] = []
        self._last = b""
        self._told: set[str] = set()

    def frame(self, frame: Sight) -> Iterator[Finding]:
        key = frame.header.key
        if frame.side != "client" or key is None or len(self._told) == 2:
            return
        again, self._last = key == self._last, key
        self._keys.append(key)
        if again:
            yield from self._tell("frm.mask.fresh", frame, "the key of the frame before")
        if key in KNOWN:
            yield from self._tell("frm.mask.entropy", frame, KNOWN[key])
        if len(self._keys) == PATTERN:
            if why := predictable(self._keys):
                yield from self._tell("frm.mask.entropy", frame, why)
            self._keys.clear()

    def _tell(self, rule: str, frame: Sight, note: str) -> Iterator[Finding]:
        if rule not in self._told:
            self._told.add(rule)
            yield Finding("client", at_bytes(rule, frame.body - 4, frame.body, note))


class Unmasked(Detector):
    """MASK is 1 and no key follows: then the text itself is read as the key, and only what comes out shows it."""

    def frame(self, frame: Sight) -> Iterator[Finding]:
        header = frame.header
        if header.opcode != Opcode.TEXT or header.key is None or header.length < SHORTEST_TEXT or header.rsv1:
            return  # compressed text is not readable either way: any key may look like letters beside it
        wire = frame.read(frame.body, min(frame.end, frame.body + GLANCE))
        meant = (header.key + wire)[: min(header.length, GLANCE)]
        read = apply_mask(wire[: len(meant) - 4], header.key)
        if len(meant) >= SHORTEST_TEXT and _readable(meant) and not _readable(read):
            yield Finding(
                frame.side,
                at_bytes("frm.mask.bit", frame.body - 4, frame.body, f"reads as text without a key: {meant[:20]!r}"),
            )


def _readable(data: bytes) -> bool:
    text = data.decode("utf-8", "replace")
    return "\ufffd" not in text[:-1] and all(char.isprintable() or char in "\t\r\n" for char in text)


class LengthOrder(Detector):
    """A length that fits what was sent only when its bytes are turned round."""

    def end(self, side: Side, how: str, cut: bool, unfinished: tuple[Header, int] | None) -> Iterator[Finding]:
        if unfinished is None or unfinished[0].form == 7:
            return
        header, came = unfinished
        size = header.form // 8
        swapped = int.from_bytes(header.length.to_bytes(size, "big"), "little")
        if swapped == came and swapped != header.length:
            start = self.scene.sizes[side] - came - header.size + 2
            note = f"{header.length} as it stands, {swapped} when its bytes are turned round; {swapped} came"
            yield Finding(side, Fault("frm.len.order", start * 8, header.form, note))
