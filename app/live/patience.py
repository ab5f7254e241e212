"""How long clients wait before they give up: measured, by the name they give themselves in their request."""

from __future__ import annotations

from typing import Literal, NamedTuple

from app.protocol.handshake import parse_request

Wait = Literal["handshake", "close"]
"""What a client waits for with a clock running: the answer to its request, or to its Close frame."""


class Client(NamedTuple):
    """Seconds; 0 where nobody knows."""

    name: str
    word: bytes
    handshake: float
    close: float

    def endures(self, wait: Wait) -> float:
        """How long this client waits."""
        return self.handshake if wait == "handshake" else self.close


CLIENTS = (
    Client("Firefox", b"Firefox/", 20.6, 20.6),
    Client("Chromium", b"Chrome/", 240, 60),
    Client("Python websockets", b"websockets/", 10, 10),
)
STRANGER = Client("", b"", 0, 0)


def client_of(head: bytes) -> Client:
    """Who sent this request head, by a word in its User-Agent."""
    agent = parse_request(head).get("User-Agent") or b""
    return next((client for client in CLIENTS if client.word in agent), STRANGER)
