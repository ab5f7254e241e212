"""Bytes by side and layer, counted while they travel, from several threads."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, Literal, NamedTuple

from app.trace import SIDES, Side

Layer = Literal["payload", "framing", "headers", "security", "network"]
LAYERS: tuple[Layer, ...] = ("payload", "framing", "headers", "security", "network")
"""Message bytes; frame, chunk or SCTP bytes; HTTP heads; TLS or DTLS; TCP or UDP with IP."""

SAMPLE_LIMIT = 4096
"""Bytes kept of each piece of the message that can be looked at."""


class Bytes:
    """How many bytes each side sent on each layer."""

    __slots__ = ("_of",)

    def __init__(self, values: dict[tuple[Side, Layer], int] | None = None) -> None:
        self._of = dict(values or {})

    def add(self, side: Side, layer: Layer, size: int) -> None:
        """Count `size` more; negative to take back."""
        self._of[side, layer] = self._of.get((side, layer), 0) + size

    def of(self, side: Side, layer: Layer) -> int:
        """One figure."""
        return self._of.get((side, layer), 0)

    def __add__(self, more: Bytes) -> Bytes:
        sums = Bytes(self._of)
        for (side, layer), size in more._of.items():
            sums.add(side, layer, size)
        return sums

    def __sub__(self, less: Bytes) -> Bytes:
        rest = Bytes(self._of)
        for (side, layer), size in less._of.items():
            rest.add(side, layer, -size)
        return rest

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Bytes) and self.json() == other.json()

    def total(self) -> int:
        """All of them."""
        return sum(self._of.values())

    def json(self) -> dict[str, dict[str, int]]:
        """Side, then layer; every one of them."""
        return {side: {layer: self.of(side, layer) for layer in LAYERS} for side in SIDES}


class Piece(NamedTuple):
    """Some bytes of one layer, as they crossed the wire or, under encryption, as they were before it."""

    side: Side
    layer: Layer
    data: bytes


Probe = Callable[[], Bytes]


class Tally:
    """What was counted so far. A probe asks the kernel about a connection for as long as it lives."""

    def __init__(self) -> None:
        self.sample: list[Piece] = []
        self.sampling = False
        self.datagrams = 0
        self.foreign = 0
        """Header bytes that are there only because the lab's port is an origin of its own."""
        self._fixed = Bytes()
        self._probes: list[Probe] = []
        self._lock = threading.Lock()

    def add(self, side: Side, layer: Layer, data: bytes) -> None:
        """Count bytes, and keep them when this is the message to look at."""
        with self._lock:
            self._fixed.add(side, layer, len(data))
            if self.sampling and data:
                self.sample.append(Piece(side, layer, data[:SAMPLE_LIMIT]))

    def adjust(self, side: Side, layer: Layer, size: int) -> None:
        """Count bytes that need not be kept."""
        with self._lock:
            self._fixed.add(side, layer, size)

    def watch(self, probe: Probe) -> None:
        """From now on this connection counts."""
        with self._lock:
            self._probes.append(probe)

    def settle(self, probe: Probe) -> None:
        """The connection is over: take its last figures."""
        last = probe()
        with self._lock:
            if probe in self._probes:
                self._probes.remove(probe)
                self._fixed += last

    def read(self) -> Bytes:
        """Everything so far."""
        with self._lock:
            total = self._fixed + Bytes()
            probes = list(self._probes)
            for probe in probes:
                total += probe()
        return total

    def sample_json(self) -> list[dict[str, Any]]:
        """The pieces of the message that can be looked at."""
        return [{"side": piece.side, "layer": piece.layer, "hex": piece.data.hex()} for piece in self.sample]
