"""All sessions: opening them by name or at random, finding them, and forgetting those that nobody uses."""

from __future__ import annotations

import secrets
import threading
import time

from app.live.aim import RESERVED, SESSION_ID
from app.live.ledger import Ledger
from app.live.publisher import Publisher
from app.live.session import Session
from app.settings import Settings

STRAYS = "strays"
SWEEP_SECONDS = 10


class Full(Exception):
    """There is no room for another session; trying again later helps."""


class Sessions:
    """The registry. `trusted`: the server is bound to this machine only."""

    def __init__(self, settings: Settings, *, trusted: bool) -> None:
        self.trusted = trusted
        self.publisher = Publisher()
        self._settings = settings
        self._ledger = Ledger(settings.trace_process)
        self._lock = threading.Lock()
        self._sessions: dict[str, Session] = {}
        self._anonymous: set[str] = set()
        self._swept = time.monotonic()

    def create(self) -> tuple[Session, str]:
        """A new private session under a random id, and its key. Raises Full."""
        key = secrets.token_urlsafe(16)
        return self._open(secrets.token_hex(16), key), key

    def named(self, name: str) -> Session:
        """The session of that name, opened in public if need be. Raises Full, or ValueError for a bad name."""
        if not SESSION_ID.fullmatch(name) or name in RESERVED:
            raise ValueError("A session name is 1 to 64 of a-z, 0-9 and -, and not echo or strays.")
        with self._lock:
            found = self._sessions.get(name)
        return found or self._open(name, "")

    def anonymous(self) -> Session:
        """A session of its own for one connection to /ws/echo. Raises Full."""
        session = self._open(secrets.token_hex(16), "")
        with self._lock:
            self._anonymous.add(session.id)
        return session

    def strays(self) -> Session | None:
        """The session of heads that belong to no path; only on this machine."""
        if not self.trusted:
            return None
        with self._lock:
            found = self._sessions.get(STRAYS)
        return found or self._open(STRAYS, "")

    def get(self, id: str) -> Session | None:
        """The session with that id."""
        with self._lock:
            self._sweep()
            return self._sessions.get(id)

    def all(self) -> list[Session]:
        """Every session."""
        with self._lock:
            self._sweep()
            return list(self._sessions.values())

    def _open(self, id: str, key: str) -> Session:
        with self._lock:
            self._sweep()
            if id in self._sessions:
                return self._sessions[id]
            if len(self._sessions) >= self._settings.sessions and not self._make_room():
                raise Full("There is no room for another session; please try again in a minute.")
            session = Session(
                id, key, self._settings, trusted=self.trusted, ledger=self._ledger, publisher=self.publisher
            )
            self._sessions[id] = session
            return session

    def _sweep(self) -> None:
        if time.monotonic() - self._swept < SWEEP_SECONDS:
            return
        self._swept = time.monotonic()
        for session in list(self._sessions.values()):
            if session.idle() > self._settings.idle_seconds:
                self._remove(session)

    def _make_room(self) -> bool:
        """Forget the /ws/echo session that has been idle longest: nobody chose its id."""
        idle = [(s.idle(), s.id) for id in self._anonymous if (s := self._sessions.get(id)) and s.idle() > 0]
        if idle:
            self._remove(self._sessions[max(idle)[1]])
        return bool(idle)

    def _remove(self, session: Session) -> None:
        del self._sessions[session.id]
        self._anonymous.discard(session.id)
        session.discard()
