"""One row of one run while it is measured: what is to be sent, what has arrived, and the counts in between."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from time import monotonic

from app.lab.plan import RACE_EVENTS, Plan, Row, index_of, message
from app.lab.tally import Bytes, Tally
from app.trace import Trace

QUIET_SECONDS = 0.08
"""A connection is at rest when nothing moved for this long: twice the time that TCP may delay an acknowledgement."""
REST_SECONDS = 2.0
TICK_SECONDS = 0.01
TRACE_LIMIT = 2**20
TRACES = 8
"""Connections of a row that are recorded; a row that opens one for each message needs no more to be understood."""
SAMPLED = 1
"""The message whose bytes are kept: the first may carry what is said only once."""

Push = Callable[[bytes], None]


class Channel:
    """Connections bring their bytes here; `begin` and `finish` mark what belongs to the messages.

    `clock` gives nanoseconds since the run began; pages of `origin` may take part. On some transports the server may
    start: these say so with `speaks`.
    """

    def __init__(self, row: Row, plan: Plan, clock: Callable[[], int], *, race: bool = False, origin: str = "") -> None:
        self.row, self.plan, self.clock, self.race, self.origin = row, plan, clock, race, origin
        self.tally = Tally()
        self.traces: list[Trace] = []
        self.connections = 0
        self.counted_by = "computed"
        self.sent: list[int] = []
        self.arrived: dict[int, int] = {}
        self.stamps: list[int] = []
        self.open, self.stopped = threading.Event(), threading.Event()
        self.setup, self.end = Bytes(), Bytes()
        self.setup_connections = 0
        self.begun = False
        self._cuts: list[Callable[[], None]] = []
        self._push: Push | None = None
        self._queue: deque[bytes] = deque()
        self._changed = threading.Condition()
        self._pusher: threading.Thread | None = None

    @property
    def total(self) -> int:
        """How many messages there will be."""
        return len(RACE_EVENTS) if self.race else self.plan.count

    # connections

    def connect(self, handshake: Bytes, cut: Callable[[], None]) -> Trace | None:
        """Another connection; the trace to record it in, as long as there is room. `cut` ends it.

        A connection that stays for all messages is set-up, also when it is made by the first of them.
        """
        self.connections += 1
        self._cuts.append(cut)
        if self.begun and self.row.keep_alive:
            self.setup += handshake
            self.setup_connections += 1
        if len(self.traces) >= TRACES:
            return None
        trace = Trace(f"{self.row.id}-{self.connections}", limit=TRACE_LIMIT)
        self.traces.append(trace)
        return trace

    def speaks(self, push: Push) -> None:
        """The server may start on this connection, by calling `push`."""
        self._push = push
        self.open.set()

    # messages from the server

    def next(self) -> list[bytes]:
        """For a client that asks: what has happened since it last did. When measuring bytes, one message each time."""
        if self.race or self.row.kind == "long":
            with self._changed:
                found = list(self._queue)
                self._queue.clear()
            return found
        if not self.begun or len(self.sent) >= self.total:
            return []
        return [self._make()]

    def wait(self, seconds: float) -> list[bytes]:
        """The same for a client that is willing to wait."""
        with self._changed:
            self._changed.wait_for(lambda: bool(self._queue) or self.stopped.is_set(), seconds)
        return self.next()

    def _make(self) -> bytes:
        index = len(self.sent)
        if self._push:
            self.tally.sampling = index == SAMPLED
        self.sent.append(self.clock())
        return message(index, self.plan.size)

    def emit(self) -> None:
        """Something happens: tell the client, now or when it asks."""
        if self._push and self.sent:
            self.passed()  # by now the one before has been acknowledged too
        data = self._make()
        if self._push and self.row.kind not in ("poll", "long"):
            self._push(data)
            return
        with self._changed:
            self._queue.append(data)
            self._changed.notify_all()

    def passed(self) -> None:
        """A message has gone through: note how many bytes that makes."""
        if self.row.kind in ("poll", "long"):
            self.tally.sampling = len(self.sent) == SAMPLED  # from the answer before it, so that the question is in
        if self.begun and not self.race:
            self.stamps.append(self.tally.read().total())

    # messages from the client

    def heard(self, payload: bytes) -> None:
        """A message has arrived."""
        at = self.clock()
        if not self.begun:
            return
        index = index_of(payload)
        self.arrived[len(self.arrived) if index is None else index] = at
        self.passed()
        self.tally.sampling = len(self.arrived) == SAMPLED

    # phases

    def rest(self) -> Bytes:
        """Wait until nothing moves; what was counted by then."""
        last, since, began = self.tally.read(), monotonic(), monotonic()
        while monotonic() - since < QUIET_SECONDS and monotonic() - began < REST_SECONDS:
            if self.stopped.wait(TICK_SECONDS):
                break
            now = self.tally.read()
            if now != last:
                last, since = now, monotonic()
        return last

    def begin(self) -> None:
        """Set-up is over; from here on messages are counted. Where the server starts, it does."""
        self.setup, self.setup_connections = self.rest(), self.connections
        self.begun = True
        asked = self.row.kind in ("poll", "post", "h2")
        if self.plan.sender == "server" and not self.race and not asked:
            self._pusher = threading.Thread(target=self._push_all, name=f"lab {self.row.id}", daemon=True)
            self._pusher.start()

    def _push_all(self) -> None:
        try:
            for _ in range(self.total):
                if self.stopped.wait(self.plan.pace):
                    return
                self.emit()
        except OSError:
            self.stop()  # the reader has left

    def finish(self) -> None:
        """The messages are over: wait for the last bytes and mark the end."""
        if self._pusher:
            self._pusher.join(self.total * self.plan.pace * 2 + REST_SECONDS)
        self.tally.sampling = False
        self.end = self.rest()
        self.begun = False

    def stop(self) -> None:
        """Give up, wherever it is, and end its connections: none of them may serve another row."""
        self.stopped.set()
        for cut in self._cuts:
            cut()
        with self._changed:
            self._changed.notify_all()
