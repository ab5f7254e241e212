"""The events of a connection, folded from its records when somebody asks, never on the connection's own path."""

from __future__ import annotations

import threading
from itertools import islice

from app.live.redact import Redactor
from app.live.unit import Unit
from app.protocol.conversation import Conversation
from app.protocol.events import Event
from app.protocol.limits import Limits
from app.trace import RECORD_COST, Record, Trace

STRIDE = 65_536
"""How much is folded at a time, in bytes with their records' cost: some hundred frames, some hundredths of a second."""
PREVIEW_BYTES = 65_536
"""Held bytes beyond this are not explained before they are sent."""


class Fold:
    """Events so far, from the first. `trace` is what they were folded from: the recording, or its redacted copy."""

    def __init__(self, recorded: Trace, keep: int, limits: Limits, *, public: bool = False) -> None:
        self.trace = Trace(recorded.connection, limit=2**62, fidelity=recorded.fidelity) if public else recorded
        self._redact = Redactor(recorded) if public else None
        self._recorded, self._keep, self._limits = recorded, keep, limits
        self._conversation = Conversation(limits)
        self._lock = threading.Lock()
        self._position = 0
        self._done = 0  # what the folded records cost
        self._ended = False
        self.events: list[Event] = []
        self.last = -1

    @property
    def behind(self) -> int:
        """What the records that are not yet folded cost, in bytes."""
        return self._recorded.cost - self._done

    @property
    def long(self) -> bool:
        """Whether folding what is missing takes long."""
        return self.behind > STRIDE

    def advance(self, ended: bool) -> int:
        """Fold what has been recorded since; with `ended` the connection is over. The `seq` of the last event."""
        while self.stride(ended):
            pass
        return self.last

    def stride(self, ended: bool) -> bool:
        """Fold some of it, so that others get their turn; whether there is more."""
        with self._lock:
            records, end = self._recorded.records, self._done + STRIDE
            while self._position < len(records) and self._done < end:
                self._fold(records[self._position])
            if self._position < len(records):
                return True
            if ended and not self._ended:
                self._ended = True
                self._keep_events(self._conversation.close())
            return False

    def _fold(self, record: Record) -> None:
        self._position += 1
        self._done += len(record.data) + RECORD_COST
        if self._redact:
            record = self._redact(record)
            self.trace.add(record.at, record.side, record.data, record.kind, record.layer)
        self._keep_events(self._conversation.feed(record))

    def kept(self, seq: int, limit: int) -> bool:
        """Whether `after` finds these events without folding everything again."""
        first = self.events[0].seq if self.events else 0
        return max(seq + 1 - first, 0) + limit <= len(self.events) or len(self.events) < self._keep

    def _keep_events(self, events: list[Event]) -> None:
        if events:
            self.last = events[-1].seq
            self.events += events[: max(self._keep - len(self.events), 0)]

    def after(self, seq: int, limit: int) -> list[Event]:
        """At most `limit` events behind `seq`; those that were not kept are folded again."""
        first = self.events[0].seq if self.events else 0
        start = max(seq + 1 - first, 0)
        if self.kept(seq, limit):
            return self.events[start : start + limit]
        return self._again(start, limit)

    def event(self, seq: int) -> Event | None:
        """The event with that `seq`."""
        found = self.after(seq - 1, 1)
        return found[0] if found and found[0].seq == seq else None

    def _again(self, start: int, limit: int) -> list[Event]:
        conversation = Conversation(self._limits)
        events = (event for record in list(self.trace.records) for event in conversation.feed(record))
        return list(islice(events, start, start + limit))

    def pending(self, units: list[Unit], n: int) -> Event | None:
        """What the held unit `n` is, or will be when it is sent behind the outbound units held before it."""
        unit = next((unit for unit in units if unit.n == n), None)
        if unit is None or unit.inbound:
            return self.arrived(unit) if unit else None
        data = b"".join(other.rest for other in units if not other.inbound and other.n <= n)
        if len(data) > PREVIEW_BYTES:
            return None
        with self._lock:
            events = self._conversation.preview("server", data)
        return next((e for e in reversed(events) if e.side == "server" and e.kind in ("response", "frame")), None)

    def arrived(self, unit: Unit) -> Event | None:
        """The event of a held inbound unit: it is on the wire already, only the engine has not seen it."""
        start, end = unit.start * 8, (unit.start + len(unit.data)) * 8
        kinds = ("request", "frame")
        return next(
            (
                event
                for event in reversed(self.events)
                if event.side == unit.side and event.kind in kinds and start <= event.start and event.end <= end
            ),
            None,
        )
