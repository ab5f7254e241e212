"""What the server does with a connection: small programs, chosen with `?app=`.

An app is a plain function of what it hears: it gets events and returns what to say. It knows nothing of bytes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, Protocol

from app.protocol.frames import Opcode

LONG_TEXT = (
    "Lengths up to 125 fit into seven bits. This text is longer. So the seven bits hold a marker, and the two bytes"
    " after it hold the real size, most significant byte first. A frame of up to 65535 bytes pays only these two"
    " bytes more. Beyond that the marker is another one, and eight bytes follow it instead."
)
"""A text of more than 125 bytes that says why its own frame looks different."""


class Say(NamedTuple):
    """One frame that the server is to send. Opcode CLOSE starts the closing handshake."""

    opcode: int
    payload: bytes = b""
    fin: bool = True


class App(Protocol):
    """Hears what the client says; each method returns what to send, in order."""

    def opened(self) -> list[Say]:
        """The opening handshake is done."""

    def heard(self, opcode: int, payload: bytes) -> list[Say]:
        """A whole message or a Pong has arrived."""


class Echo:
    """Says back what it hears: same opcode, one frame a message. Silent until spoken to."""

    def opened(self) -> list[Say]:
        return []

    def heard(self, opcode: int, payload: bytes) -> list[Say]:
        return [] if opcode == Opcode.PONG else [Say(opcode, payload)]


class Tour:
    """Shows every kind of frame once: an echo, then unasked a message in two fragments with a Ping between them, then
    a message that needs the 16-bit length. From then on it is an echo."""

    def __init__(self) -> None:
        self._shown = 0

    def opened(self) -> list[Say]:
        return []

    def heard(self, opcode: int, payload: bytes) -> list[Say]:
        if opcode == Opcode.PONG:
            return self._second_half() if self._shown == 1 else []
        if self._shown:
            return [Say(opcode, payload)]
        self._shown = 1
        return [
            Say(opcode, payload),
            Say(Opcode.TEXT, b"Hel", fin=False),
            Say(Opcode.PING, b"Hello"),
        ]

    def _second_half(self) -> list[Say]:
        self._shown = 2
        return [Say(Opcode.CONT, b"lo"), Say(Opcode.TEXT, LONG_TEXT.encode())]


APPS: dict[str, Callable[[], App]] = {"echo": Echo, "tour": Tour}
"""Every value of `?app=`."""

UNCOMPRESSED = frozenset({"tour"})
"""Apps whose frames are there to be read, so that the server declines every offer to compress them."""
