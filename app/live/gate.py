"""The step gate of one connection: what is held has not happened.

Units (a head or a frame) wait in one first-in first-out queue over both sides. The connection's own thread offers and
takes them; any other thread sets the mode, steps or extends. A countdown runs for the oldest unit only, so automatic
release goes one unit at a time and never changes the mode.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from typing import Literal, NamedTuple

from app.trace import Side

Mode = Literal["run", "hold"]
NS = 1_000_000_000
GRACE = 3 * NS
"""The least countdown of a held response, however long its request was held before."""
EXTENSION = 300 * NS
"""How far a frame's countdown can be extended; a handshake's depends on the client's own patience."""


class Unit(NamedTuple):
    """A whole head or frame on its way. `start` is its byte offset in the side's stream, `since` when it was held."""

    side: Side
    inbound: bool
    head: bool
    start: int
    data: bytes
    since: int = 0
    n: int = 0


PATIENCE: tuple[tuple[bytes, float], ...] = ((b"Firefox/", 20), (b"Chrome/", 230), (b"websockets/", 10))
"""How many seconds a client waits for the response, by a word in its User-Agent: measured, see the lesson on timing."""


def patience(head: bytes) -> float:
    """Seconds that the sender of this request head is known to wait for an answer; 100 for strangers."""
    return next((seconds for word, seconds in PATIENCE if word in head), 100)


class Gate:
    """`open` is the endpoint's fast path: run mode and nothing held. `now` and all times: ns of the session's clock."""

    def __init__(self, mode: Mode, head: float, frame: float, now: Callable[[], int], wake: Callable[[], None]) -> None:
        self.mode: Mode = mode
        self.open = mode == "run"
        self.patience = 100.0
        self.version = 0
        self.size = 0
        self._spans = {True: int(head * NS), False: int(frame * NS)}
        self._now, self._wake = now, wake
        self._lock = threading.Lock()
        self._queue: deque[Unit] = deque()
        self._tokens = 0
        self._due: int | None = None
        self._first_head: int | None = None
        self._count = 0

    # the connection's own thread

    def offer(self, unit: Unit) -> None:
        """Hold a unit (in run mode it is taken again at once, in its turn)."""
        with self._lock:
            self._count += 1
            self._queue.append(unit._replace(since=self._now(), n=self._count))
            self.size += len(unit.data)
            self._changed()

    def take(self) -> Unit | None:
        """The oldest unit, when the mode, a step or the countdown lets it go."""
        with self._lock:
            if not self._queue or not self._may_go():
                return None
            unit = self._queue.popleft()
            self.size -= len(unit.data)
            self._tokens = max(self._tokens - 1, 0)
            self._due = None
            self._changed()
            return unit

    def left(self) -> float | None:
        """Seconds until the oldest unit goes by itself; None while nothing waits."""
        due = self._due
        return None if due is None else max((due - self._now()) / NS, 0)

    def holds(self, inbound: bool) -> bool:
        """Whether units of that direction wait."""
        with self._lock:
            return any(unit.inbound == inbound for unit in self._queue)

    def waiting_out(self) -> int:
        """How many outbound bytes wait."""
        with self._lock:
            return sum(len(unit.data) for unit in self._queue if not unit.inbound)

    def drop(self) -> None:
        """Forget what is held: there is nobody left to receive it."""
        with self._lock:
            self._queue.clear()
            self._tokens = self.size = 0
            self._due = None
            self._changed()

    # any thread

    def set(self, mode: Mode) -> None:
        """Run releases everything in order; hold stops what comes next."""
        with self._lock:
            self.mode = mode
            self._tokens = 0
            self._changed()
        self._wake()

    def step(self) -> bool:
        """Release the oldest held unit and stay on hold; False, and no token left behind, when nothing is held."""
        with self._lock:
            self.mode = "hold"
            stepped = self._tokens < len(self._queue)
            self._tokens += stepped
            self._changed()
        self._wake()
        return stepped

    def extend(self, seconds: float) -> None:
        """Lengthen the running countdown, up to what the client is known to endure."""
        with self._lock:
            if self._due is None:
                return
            oldest = self._queue[0]
            bound = int(self.patience * NS) if oldest.head else EXTENSION
            since = self._first_head if oldest.head and self._first_head is not None else oldest.since
            self._due = max(self._due, min(self._due + int(seconds * NS), since + bound))
            self._changed()
        self._wake()

    def held(self) -> list[Unit]:
        """What is held, oldest first; units already stepped are on their way and not listed."""
        with self._lock:
            return [] if self.mode == "run" else list(self._queue)[self._tokens :]

    def unit(self, n: int) -> Unit | None:
        """The held unit with that number."""
        return next((unit for unit in self.held() if unit.n == n), None)

    # with the lock held

    def _may_go(self) -> bool:
        return self.mode == "run" or self._tokens > 0 or (self._due is not None and self._now() >= self._due)

    def _changed(self) -> None:
        self.version += 1
        self.open = self.mode == "run" and not self._queue
        if self.mode == "run" or not self._queue:
            self._due = None
        elif self._due is None:
            self._due = self._countdown(self._queue[0])

    def _countdown(self, oldest: Unit) -> int:
        now = self._now()
        if not oldest.head:
            return now + self._spans[False]
        if self._first_head is None:
            self._first_head = now
        # Request and response share one countdown: the client's patience began with its request.
        return max(self._first_head + self._spans[True], now + min(GRACE, self._spans[True]))
