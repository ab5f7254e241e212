"""What the followers of a session are told: a log, and how much it tells. One for all, redacted; one for the owner."""

from __future__ import annotations

import threading

from app.live import news
from app.live.audience import Batch, Log
from app.live.connection import Connection


class Channel:
    """`owner`: its followers have shown the session's key, so nothing is hidden from them."""

    def __init__(self, keep: int, *, owner: bool) -> None:
        self.log = Log(keep)
        self.owner = owner
        self.followers = 0
        self._told: dict[Connection, news.Told] = {}
        self._lock = threading.Lock()

    def publish(self, connections: list[Connection]) -> None:
        """Put what is new about these connections into the log."""
        with self._lock:
            self._publish(connections)

    def _publish(self, connections: list[Connection]) -> None:
        for connection in connections:
            told = self._told.setdefault(connection, news.Told())
            self.log.append(news.fresh(connection, told, self.owner))

    def knows(self, connection: Connection) -> bool:
        """Whether the log has told of this connection."""
        return connection in self._told

    def forget(self, connection: Connection) -> None:
        """The session no longer remembers it."""
        self._told.pop(connection, None)

    def catch_up(self, connections: list[Connection], after: int) -> Batch:
        """What a newcomer (0) or somebody who comes back gets first."""
        self.publish(connections)
        batch = self.log.read(after)
        return self.whole(connections, after != 0) if batch.gap else batch

    def whole(self, connections: list[Connection], gap: bool) -> Batch:
        """A summary of everything the log has told so far, for those who come new or have missed something."""
        with self._lock:
            self._publish(connections)
            told = [(connection, self._told[connection].seq) for connection in connections]
            return Batch(self.log.end, gap, news.summary(told, self.owner))
