"""The live half of the application in one object: sessions, followers, scripted clients, and where they can connect."""

from __future__ import annotations

import ipaddress
import time
from collections.abc import Callable
from typing import Any

from app.live.pump import Pump
from app.live.scripted import ScriptedClients
from app.live.secure import Secure
from app.live.sessions import Sessions
from app.live.workers import Workers
from app.protocol.apps import programs
from app.protocol.server import Server
from app.settings import Settings

GOING_AWAY = 1001
GRACE_SECONDS = 2.5
"""How long peers get for their half of the closing handshake when the server stops."""


def is_loopback(host: str) -> bool:
    """Whether a server bound to `host` can be reached from this machine only. A name counts only if it is localhost."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


class Hub:
    """`bind` is the address the server listens on; it alone decides trust, never the peer's address."""

    def __init__(self, settings: Settings, bind: tuple[str, int]) -> None:
        self.settings = settings
        self.trusted = is_loopback(bind[0])
        self.sessions = Sessions(settings, trusted=self.trusted)
        self.secure = Secure(settings, bind[0], trusted=self.trusted)
        self.pump = Pump(settings.send_seconds)
        self.clients = ScriptedClients(settings.scripted)
        self.workers = Workers(settings.explain_workers, settings.explain_waiting, settings.explain_seconds)
        self.programs = programs()
        """What each value of `?app=` runs."""
        self.players: dict[str, Callable[[], Server | None]] = {}
        """Values of `?app=` that play a server's side from a script."""
        self.stopping = False
        self.closers: list[Callable[[], None]] = []
        """What else has to end with the server."""
        self.streams = 0
        self.bound(bind)

    def bound(self, address: tuple[str, int]) -> None:
        """The address that the server really got; scripted clients connect to it."""
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(address[0], address[0])
        self.clients.address = (host, address[1])

    def stop(self) -> None:
        """Close every connection with 1001, let go all that is held, and return within about four seconds."""
        self.stopping = True
        connections = [c for session in self.sessions.all() for c in session.connections() if c.open]
        for connection in connections:
            connection.gate.set("run")
            connection.post(_shutdown)
        self.pump.stop(GOING_AWAY)
        deadline = time.monotonic() + GRACE_SECONDS
        for connection in connections:
            connection.closed.wait(max(deadline - time.monotonic(), 0))
        for connection in connections:
            connection.abandon()
        for connection in connections:
            connection.closed.wait(0.5)
        self.clients.stop()
        self.workers.stop()
        for close in self.closers:
            close()
        self.sessions.publisher.stop()


def _shutdown(engine: Any) -> list[bytes]:
    shutdown: Callable[[int], list[bytes]] = engine.shutdown
    return shutdown(GOING_AWAY)
