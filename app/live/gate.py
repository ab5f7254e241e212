"""The step gate of one connection: what is held has not happened.

Heads and frames wait in one first-in first-out queue over both sides. A step lets one unit go: a whole head or frame,
one field of it, or one byte. The connection's own thread offers and takes; any other thread sets the mode, steps or
extends. A countdown runs for the oldest head or frame only; when it ends, what is left of that goes on by itself and
the mode stays.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from typing import Literal, NamedTuple

from app.live.condition import When
from app.live.patience import STRANGER, Client, Wait
from app.live.unit import Unit
from app.protocol.cuts import Cut, next_cut

Mode = Literal["run", "hold"]
Grain = Literal["byte", "field", "frame"]
GRAINS: tuple[Grain, ...] = ("byte", "field", "frame")
NS = 1_000_000_000
GRACE = 3 * NS
"""The least countdown of a held response, however long its request was held before."""
MARGIN = 1.0
"""Seconds before a client is known to give up at which what it waits for is released at the latest."""
EXTENSION = 300 * NS
"""How far a frame's countdown can be extended when nobody is known to give up."""
HANDSHAKE_EXTENSION = 100
"""Seconds that a client nobody knows may be kept waiting for its handshake; browsers wait at least as long."""


class Policy(NamedTuple):
    """What a gate does: run or hold, by which unit a step goes, and on which condition it stops anything."""

    mode: Mode = "run"
    unit: Grain = "frame"
    when: When | None = None


class Piece(NamedTuple):
    """Bytes that are let go: all or part of a unit; `last` when nothing of it is left."""

    unit: Unit
    data: bytes
    last: bool


class Waiting(NamedTuple):
    """What a client waits for, since when (ns), and how many seconds it is known to endure that; 0 for unknown."""

    wait: Wait
    since: int
    endures: float


class Gate:
    """`open` is the endpoint's fast path: run mode and nothing held. `now` and all times: ns of the session's clock.

    `stops` says of a unit whether the condition `when` applies to it.
    """

    def __init__(
        self,
        policy: Policy,
        head: float,
        frame: float,
        now: Callable[[], int],
        wake: Callable[[], None],
        stops: Callable[[When, Unit], bool] = lambda when, unit: True,
    ) -> None:
        self.policy = policy
        self.open = policy.mode == "run"
        self.client: Client = STRANGER
        self.answered = False
        """Whether the server has said Close: then a client's Close asks for no answer."""
        self.version = 0
        self._spans = {True: int(head * NS), False: int(frame * NS)}
        self._now, self._wake, self._stops = now, wake, stops
        self._lock = threading.Lock()
        self._queue: deque[Unit] = deque()
        self._going: deque[Piece] = deque()  # let go, and not yet taken
        self._bytes = {True: 0, False: 0}  # by direction, inbound or not
        self._due: int | None = None
        self._asked: int | None = None  # since when the client waits for its handshake
        self._closed: int | None = None  # since when it waits for the answer to its Close
        self._extended = 0  # how far the handshake's countdown was lengthened
        self._caught = 0  # the number of the last unit that the condition stopped
        self._count = 0

    @property
    def mode(self) -> Mode:
        """Run or hold."""
        return self.policy.mode

    @property
    def size(self) -> int:
        """Bytes that wait here."""
        return self._bytes[True] + self._bytes[False]

    # the connection's own thread

    def offer(self, unit: Unit) -> None:
        """Hold a unit (in run mode it is taken again at once, in its turn)."""
        with self._lock:
            self._count += 1
            now = self._now()
            self._queue.append(unit._replace(since=now, n=self._count))
            self._bytes[unit.inbound] += len(unit.data)
            if unit.head and self._asked is None:
                self._asked = now
            if unit.inbound and unit.closes and self._closed is None and not self.answered:
                self._closed = now
            self._changed()

    def take(self) -> Piece | None:
        """The oldest bytes that the mode, the condition, a step or the countdown lets go."""
        with self._lock:
            if not self._going and self._queue and self._may_go():
                self._let_go(len(self._queue[0].data))
            if not self._going:
                return None
            piece = self._going.popleft()
            self._bytes[piece.unit.inbound] -= len(piece.data)
            self._changed()
            return piece

    def left(self) -> float | None:
        """Seconds until the oldest unit goes by itself; None while nothing waits."""
        due = self._due
        return None if due is None else max((due - self._now()) / NS, 0)

    def holds(self, inbound: bool) -> bool:
        """Whether bytes of that direction wait."""
        return self._bytes[inbound] > 0

    def waiting_out(self) -> int:
        """How many outbound bytes wait."""
        return self._bytes[False]

    def drop(self) -> None:
        """Forget what is held: there is nobody left to receive it."""
        with self._lock:
            self._queue.clear()
            self._going.clear()
            self._bytes = {True: 0, False: 0}
            self._due = None
            self._changed()

    # any thread

    def set(self, mode: Mode) -> None:
        """Run releases everything in order; hold stops what comes next."""
        self.follow(self.policy._replace(mode=mode))

    def follow(self, policy: Policy) -> None:
        """Act on another policy from now on."""
        with self._lock:
            if policy.when != self.policy.when:
                self._caught = 0
            self.policy = policy
            self._changed()
        self._wake()

    def step(self) -> bool:
        """Let the next unit go and stay on hold; False, with nothing left behind, when nothing is held."""
        with self._lock:
            self.policy = self.policy._replace(mode="hold")
            stepped = bool(self._queue)
            if stepped:
                self._let_go(self._next(self._queue[0]).end)
            self._changed()
        self._wake()
        return stepped

    def extend(self, seconds: float) -> None:
        """Lengthen the running countdown, up to what the client is known to endure."""
        with self._lock:
            if self._due is None:
                return
            oldest = self._queue[0]
            self._due = max(self._due, min(self._due + int(seconds * NS), self._bound(oldest)))
            if oldest.head:
                self._extended = self._due
            self._changed()
        self._wake()

    def held(self) -> list[Unit]:
        """What is held, oldest first."""
        with self._lock:
            queue = self._queue
            passing = self.policy.when is not None and queue and not self._is_caught(queue[0])
            return [] if self.mode == "run" or passing else list(queue)

    def unit(self, n: int) -> Unit | None:
        """The held unit with that number."""
        return next((unit for unit in self.held() if unit.n == n), None)

    def next(self, unit: Unit) -> Cut:
        """What a step would let go of it."""
        return self._next(unit)

    def waiting(self, unit: Unit) -> Waiting | None:
        """What the client waits for while this unit is held, when a clock runs for it."""
        if unit.head:
            since = unit.since if self._asked is None else self._asked
            return Waiting("handshake", since, self.client.endures("handshake"))
        if unit.closes and self._closed is not None:
            return Waiting("close", self._closed, self.client.endures("close"))
        return None

    # with the lock held

    def _next(self, unit: Unit) -> Cut:
        grain, size = self.policy.unit, len(unit.data)
        if grain == "frame":
            return Cut(size, ())
        cut = next_cut(unit.data, unit.done, head=unit.head)
        return cut if grain == "field" else Cut(min(unit.done + 1, size), cut.fields)

    def _let_go(self, end: int) -> None:
        """Move the oldest unit's bytes before `end` on their way."""
        unit = self._queue[0]
        last = end >= len(unit.data)
        self._going.append(Piece(unit, unit.data[unit.done : end], last))
        if last:
            self._queue.popleft()
        else:
            self._queue[0] = unit._replace(done=end)
            self._caught = unit.n
        self._due = None

    def _may_go(self) -> bool:
        """Whether the oldest unit goes on without a step."""
        if self.mode == "run" or (self._due is not None and self._now() >= self._due):
            return True
        oldest, when = self._queue[0], self.policy.when
        if when is None or self._is_caught(oldest):
            return False
        if not self._stops(when, oldest):
            return True
        self._caught = oldest.n
        self._changed()
        return False

    def _is_caught(self, unit: Unit) -> bool:
        return self._caught == unit.n

    def _changed(self) -> None:
        self.version += 1
        self.open = self.mode == "run" and not self._queue and not self._going
        if self.mode == "run" or not self._queue:
            self._due = None
        elif self._due is None:
            self._due = self._countdown(self._queue[0])

    def _countdown(self, oldest: Unit) -> int:
        """When the oldest unit goes by itself. Request and response share one countdown: the client's patience began
        with its request."""
        now, span = self._now(), self._spans[oldest.head]
        waiting = self.waiting(oldest)
        if waiting is None:
            return now + span
        if waiting.endures:
            span = min(span, max(int((waiting.endures - MARGIN) * NS), 0))
        return max(waiting.since + span, now + min(GRACE, span), self._extended if oldest.head else 0)

    def _bound(self, oldest: Unit) -> int:
        waiting = self.waiting(oldest)
        if waiting is None:
            return oldest.since + EXTENSION
        known = waiting.endures - MARGIN if waiting.endures else 0
        unknown = HANDSHAKE_EXTENSION if waiting.wait == "handshake" else EXTENSION // NS
        return waiting.since + int((known or unknown) * NS)
