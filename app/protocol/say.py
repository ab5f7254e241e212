"""What an app of the server is, and what it may ask for: frames, bytes as they are, time, the end."""

from __future__ import annotations

from typing import NamedTuple, Protocol


class Say(NamedTuple):
    """One frame that the server is to send. Opcode CLOSE starts the closing handshake."""

    opcode: int
    payload: bytes = b""
    fin: bool = True


class Raw(NamedTuple):
    """Bytes to send as they are, right or wrong."""

    data: bytes


class Wake(NamedTuple):
    """A wish to be woken in so many seconds, with nothing said until then."""

    seconds: float


class HangUp(NamedTuple):
    """TCP is closed without a Close frame."""


Act = Say | Raw | Wake | HangUp


class Answer(NamedTuple):
    """How the answer to a good request differs from what it should be: another status, and headers replaced, added,
    repeated or (None) left out."""

    status: int = 101
    headers: tuple[tuple[str, tuple[str, ...] | None], ...] = ()

    def edit(self, headers: list[tuple[str, str]]) -> list[tuple[str, str]]:
        """The headers as they are to be sent."""
        wanted = {name.lower(): values or () for name, values in self.headers}
        kept = [(name, value) for name, value in headers if name.lower() not in wanted]
        return kept + [(name, value) for name, values in self.headers for value in values or ()]


class App(Protocol):
    """Hears what the client says; each method returns what to do, in order."""

    def opened(self) -> list[Act]:
        """The opening handshake is done."""

    def heard(self, opcode: int, payload: bytes) -> list[Act]:
        """A whole message or a Pong has arrived."""

    def woken(self) -> list[Act]:
        """The time that was asked for has passed."""


class Listener:
    """An app that does nothing by itself: what the others begin with."""

    def opened(self) -> list[Act]:
        return []

    def heard(self, opcode: int, payload: bytes) -> list[Act]:
        return []

    def woken(self) -> list[Act]:
        return []
