"""Who may still record how much: one budget for the process, one for each session, one for each connection."""

from __future__ import annotations

import threading

from app.trace import RECORD_COST, Trace

GRANT = 256 * 1024
"""Traces are given room in pieces of this size, so that the hot path asks rarely."""


class Ledger:
    """A budget in bytes, perhaps inside a larger one. Safe to use from any thread."""

    def __init__(self, limit: int, parent: Ledger | None = None) -> None:
        self.limit = limit
        self.used = 0
        self._parent = parent
        self._lock: threading.Lock = parent._lock if parent else threading.Lock()

    def take(self, size: int) -> int:
        """Up to `size` bytes of the budget; 0 when nothing is left."""
        with self._lock:
            granted = max(min(size, self._room()), 0)
            self._book(granted)
            return granted

    def give_back(self) -> None:
        """Return everything that was taken through this ledger, when what it paid for is gone."""
        with self._lock:
            self._book(-self.used)

    def _room(self) -> int:
        room = self.limit - self.used
        return min(room, self._parent._room()) if self._parent else room

    def _book(self, size: int) -> None:
        self.used += size
        if self._parent:
            self._parent._book(size)


def make_room(trace: Trace, size: int, ledger: Ledger) -> None:
    """Raise the trace's own limit until a record of `size` bytes fits, as far as the ledger allows."""
    missing = trace.cost + size + RECORD_COST - trace.limit
    trace.limit += ledger.take(max(missing, GRANT))
