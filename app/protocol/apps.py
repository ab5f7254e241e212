"""What the server does with a connection: small programs, chosen with `?app=`.

An app is a plain function of what it hears: it gets events and returns what to do. It knows nothing of sockets.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from app.protocol.frames import Opcode
from app.protocol.say import Act, Answer, App, HangUp, Listener, Raw, Say, Wake

__all__ = [
    "APPS",
    "TERMS",
    "UNCOMPRESSED",
    "Act",
    "Answer",
    "App",
    "HangUp",
    "Program",
    "Raw",
    "Say",
    "Terms",
    "Wake",
    "programs",
]

LONG_TEXT = (
    "Lengths up to 125 fit into seven bits. This text is longer. So the seven bits hold a marker, and the two bytes"
    " after it hold the real size, most significant byte first. A frame of up to 65535 bytes pays only these two"
    " bytes more. Beyond that the marker is another one, and eight bytes follow it instead."
)
"""A text of more than 125 bytes that says why its own frame looks different."""
SECRET = b"balance: 1234"
"""What only the owner of the account should read."""


class Echo(Listener):
    """Says back what it hears: same opcode, one frame a message. Silent until spoken to."""

    def heard(self, opcode: int, payload: bytes) -> list[Act]:
        return [] if opcode == Opcode.PONG else [Say(opcode, payload)]


class Tour(Listener):
    """Shows every kind of frame once: an echo, then unasked a message in two fragments with a Ping between them, then
    a message that needs the 16-bit length. From then on it is an echo."""

    def __init__(self) -> None:
        self._shown = 0

    def heard(self, opcode: int, payload: bytes) -> list[Act]:
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

    def _second_half(self) -> list[Act]:
        self._shown = 2
        return [Say(Opcode.CONT, b"lo"), Say(Opcode.TEXT, LONG_TEXT.encode())]


class Welcome(Echo):
    """Speaks first, unasked; then it is an echo."""

    def opened(self) -> list[Act]:
        return [Say(Opcode.TEXT, b"welcome")]


class Account(Echo):
    """Tells a secret to whoever has come in."""

    def opened(self) -> list[Act]:
        return [Say(Opcode.TEXT, SECRET)]


class Ticker(Echo):
    """Speaks on its own, ten times a fifth of a second apart, whatever the client does meanwhile."""

    TICKS, SECONDS = 10, 0.2

    def __init__(self) -> None:
        self._told = 0

    def opened(self) -> list[Act]:
        return [Wake(self.SECONDS)]

    def woken(self) -> list[Act]:
        self._told += 1
        tick = Say(Opcode.TEXT, b"tick %d" % self._told)
        return [tick, Wake(self.SECONDS)] if self._told < self.TICKS else [tick]


class Lengths(Listener):
    """Answers a number with a text of so many letters, up to 70000."""

    MOST = 70_000

    def heard(self, opcode: int, payload: bytes) -> list[Act]:
        if opcode != Opcode.TEXT or not payload.isdigit() or len(payload) > 5:
            return []
        return [Say(Opcode.TEXT, b"x" * min(int(payload), self.MOST))]


class Fragments(Listener):
    """Says back what it hears as a text, a fragment for each piece between bars, and a Ping after the first."""

    def heard(self, opcode: int, payload: bytes) -> list[Act]:
        if opcode not in (Opcode.TEXT, Opcode.BINARY):
            return []
        pieces = payload.split(b"|")
        says: list[Act] = [
            Say(Opcode.CONT if n else Opcode.TEXT, piece, n == len(pieces) - 1) for n, piece in enumerate(pieces)
        ]
        return [says[0], Say(Opcode.PING, b"mid"), *says[1:]] if len(says) > 1 else says


class Closer(Listener):
    """Closes when asked: `4000 bye` sends that code and reason, a bare `hang up` closes TCP without a word."""

    def heard(self, opcode: int, payload: bytes) -> list[Act]:
        if opcode != Opcode.TEXT:
            return []
        code, _, reason = payload.partition(b" ")
        if payload == b"hang up":
            return [HangUp()]
        if not code:
            return [Say(Opcode.CLOSE)]
        if not code.isdigit() or len(code) > 5 or int(code) > 65535:
            return []
        return [Say(Opcode.CLOSE, int(code).to_bytes(2, "big") + reason[:123])]


class Impatient(Echo):
    """Echoes, and closes TCP without a word once it has looked twice, a second apart, and heard nothing in between.

    Boxes on the way drop quiet connections like this, only with more patience.
    """

    SECONDS = 1.0

    def __init__(self) -> None:
        self._heard = True

    def opened(self) -> list[Act]:
        return [Wake(self.SECONDS)]

    def heard(self, opcode: int, payload: bytes) -> list[Act]:
        self._heard = True
        return super().heard(opcode, payload)

    def woken(self) -> list[Act]:
        quiet, self._heard = not self._heard, False
        return [HangUp()] if quiet else [Wake(self.SECONDS)]


@dataclass(frozen=True, slots=True)
class Terms:
    """On which terms an app takes a connection: whether it compresses, the subprotocols it speaks, whether only pages
    of its own site may come in, and how its answer differs from a right one."""

    deflate: bool = True
    subprotocols: tuple[str, ...] = ()
    own_origin: bool = False
    answer: Answer = Answer()


class Program(NamedTuple):
    """An app and its terms: what one value of `?app=` means."""

    make: Callable[[], App]
    terms: Terms = Terms()


APPS: dict[str, Callable[[], App]] = {
    "echo": Echo,
    "plain": Echo,
    "tour": Tour,
    "welcome": Welcome,
    "chat": Echo,
    "account": Account,
    "guarded": Account,
    "ticker": Ticker,
    "lengths": Lengths,
    "fragments": Fragments,
    "closer": Closer,
    "impatient": Impatient,
}
"""Every value of `?app=`."""

TERMS: dict[str, Terms] = {
    "chat": Terms(subprotocols=("chat.v1",)),
    "guarded": Terms(own_origin=True),
    **{name: Terms(deflate=False) for name in ("plain", "tour", "lengths", "fragments", "impatient")},
}
"""The terms of the apps that have any of their own."""

UNCOMPRESSED = frozenset(name for name, terms in TERMS.items() if not terms.deflate)
"""Apps whose frames are there to be read, so that the server declines every offer to compress them."""


def programs() -> dict[str, Program]:
    """Every app with its terms."""
    return {name: Program(make, TERMS.get(name, Terms())) for name, make in APPS.items()}
