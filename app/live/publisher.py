"""One thread that turns what changed into news, off the connections' own paths, and only while somebody follows."""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.live.session import Session

COALESCE = 0.016
"""Seconds between two batches of one session; the first after a pause goes out at once."""

log = logging.getLogger("socketscope.live")


class Publisher:
    """`mark` costs next to nothing; a session that is marked already waits for its turn."""

    def __init__(self) -> None:
        self._due: dict[Session, float] = {}
        self._last: dict[Session, float] = {}
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._stopped = False

    def mark(self, session: Session) -> None:
        """The session has something to tell."""
        with self._changed:
            if self._stopped or session in self._due:
                return
            self._due[session] = self._last.get(session, 0.0) + COALESCE
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="publisher", daemon=True)
                self._thread.start()
            self._changed.notify()

    def stop(self) -> None:
        """End the thread; nothing is published any more."""
        with self._changed:
            self._stopped = True
            self._changed.notify()
        if self._thread:
            self._thread.join(2)

    def _run(self) -> None:
        while (sessions := self._next()) is not None:
            for session in sessions:
                try:
                    session.publish()
                except Exception:
                    log.exception("news of a session could not be published")

    def _next(self) -> list[Session] | None:
        """Wait for the sessions whose time has come; None when stopped."""
        with self._changed:
            while not self._stopped:
                now = time.monotonic()
                ready = [session for session, due in self._due.items() if due <= now]
                if ready:
                    for session in ready:
                        del self._due[session]
                    self._last = {s: at for s, at in self._last.items() if now - at < COALESCE}
                    self._last.update(dict.fromkeys(ready, now))
                    return ready
                self._changed.wait(min(self._due.values()) - now if self._due else None)
            return None
