"""An app's own time: it asks to be woken, and this says when. Only the connection's thread touches it."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

from app.live.connection import Engine
from app.protocol.server import Server


class Alarm:
    """Watches the wish of an engine that runs an app; other engines have none. `clock` gives seconds."""

    def __init__(self, engine: Engine, clock: Callable[[], float] = monotonic) -> None:
        self._server = engine if isinstance(engine, Server) else None
        self._clock = clock
        self._due: float | None = None

    @property
    def set(self) -> bool:
        """Whether the app wants to be woken."""
        return self._server is not None and self._server.wake_in is not None

    def ring(self) -> list[bytes]:
        """What the app says now that its time has come; nothing before."""
        if self._server is None or not self._note(self._server):
            return []
        if self._due is None or self._clock() < self._due:
            return []
        self._due = None
        units = self._server.wake()
        self._note(self._server)
        return units

    def _note(self, server: Server) -> bool:
        if server.wake_in is None or server.finished:
            self._due = None
            return False
        if self._due is None:
            self._due = self._clock() + server.wake_in
        return True

    def sooner(self, milliseconds: float | None) -> float | None:
        """How long may be waited at most, given how long others would wait."""
        if self._due is None:
            return milliseconds
        mine = max(self._due - self._clock(), 0) * 1000 + 1
        return mine if milliseconds is None else min(mine, milliseconds)
