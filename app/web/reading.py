"""What was handed in, read and folded once: bounded, kept in memory for a few minutes under the hash of its bytes."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from app.anatomy.ending import Ending, judge
from app.importers import read
from app.importers.source import Known, Source
from app.protocol.conversation import Conversation
from app.protocol.events import Event, Violation
from app.protocol.extensions import Deflate
from app.trace import Record, Side, Trace
from app.web.edits import Edit, differs, edited

EVENTS = 50_000
"""Events of one connection that are explained on a page; the page says where it stopped."""
KEPT_EVENTS = 100_000
"""Events of one reading that are kept; those of other connections are folded again when they are asked for."""
SLICE = 65_536
"""Bytes that are folded between two looks at the number of events."""
MINUTES = 10
SHELF_BYTES = 128 * 2**20
SHELF_ENTRIES = 16
READINGS = 4
"""Readings of the same bytes that are kept: other assumptions, other edits."""
EXPLAINED = ("websocket", "encrypted")


class How(NamedTuple):
    """How bytes are read: what the reader said about them."""

    format: str | None = None
    side: Side | None = None
    compressed: str = ""
    edits: tuple[Edit, ...] = ()


@dataclass(slots=True)
class Talk:
    """One connection of a reading. `whole` is False where folding stopped at EVENTS; `changed` counts edited bits."""

    trace: Trace
    known: Known
    deflate: Deflate | None
    count: int
    errors: int
    whole: bool
    ending: Ending | None
    changed: int
    kept: list[Event] | None

    @property
    def name(self) -> str:
        return self.trace.connection

    @property
    def events(self) -> list[Event]:
        """The events; folded again where they were not kept."""
        return fold_some(self.trace, self.known, self.deflate)[0] if self.kept is None else self.kept


@dataclass(slots=True)
class Reading:
    """Everything that a page shows of what was handed in."""

    source: Source
    talks: list[Talk]
    how: How
    digest: str

    def talk(self, name: str) -> Talk | None:
        """The connection of that name."""
        return next((talk for talk in self.talks if talk.name == name), None)


def fold_some(
    trace: Trace, known: Known, deflate: Deflate | None = None, most: int = EVENTS
) -> tuple[list[Event], bool]:
    """The first events of a trace, and whether these are all."""
    if known.what not in EXPLAINED:
        return [], True
    events: list[Event] = []
    for some in folding(trace, known, deflate):
        events += some
        if len(events) > most:
            return events[:most], False
    return events, True


def folding(trace: Trace, known: Known, deflate: Deflate | None = None) -> Iterator[list[Event]]:
    """The events of a trace, a slice of its bytes at a time."""
    conversation = Conversation(
        assume_open=known.opened or trace.fidelity == "payload",  # messages were only sent on an open one
        assume_answer=known.unanswered,
        deflate=deflate,
    )
    for record in trace.records:
        for piece in _slices(record):
            yield conversation.feed(piece)
    yield conversation.close()


def _slices(record: Record) -> Iterator[Record]:
    if len(record.data) <= SLICE or record.kind != "data":
        yield record
        return
    for at in range(0, len(record.data), SLICE):
        yield record._replace(data=record.data[at : at + SLICE])


def agreed(known: Known, how: How) -> Deflate | None:
    """What is taken as agreed about compression: what the bytes suggest, unless the reader knows better."""
    if not (known.compressed if not how.compressed else how.compressed != "no"):
        return None
    fresh = how.compressed == "fresh"
    return Deflate(server_no_context_takeover=fresh, client_no_context_takeover=fresh)


def look(data: bytes, how: How, digest: str, source: Source | None = None) -> Reading:
    """Read (unless `source` has it already) and fold bytes. Raises Unreadable."""
    source = source or read(data, how.format, how.side)
    left = KEPT_EVENTS
    talks: list[Talk] = []
    for trace in source.traces:
        known = source.knows(trace)
        deflate = agreed(known, how)
        mine = edited(trace, how.edits)
        events, whole = fold_some(mine, known, deflate)
        errors = sum(isinstance(e.detail, Violation) and e.detail.severity == "error" for e in events)
        ending = judge(mine, events) if known.what == "websocket" else None
        kept = events if len(events) <= left else None
        left -= len(events) if kept is not None else 0
        changed = differs(trace, mine) if mine is not trace else 0
        talks.append(Talk(mine, known, deflate, len(events), errors, whole, ending, changed, kept))
    return Reading(source, talks, how, digest)


@dataclass(slots=True)
class _Entry:
    data: bytes
    used: float
    readings: OrderedDict[How, Reading]


class Forgotten(KeyError):
    """The bytes are not here any more; the page still has them."""


class Working(Exception):
    """The same bytes are being read just now; doing it twice helps nobody."""


class Shelf:
    """The last things that were handed in, by the hash of their bytes; in memory only, and forgotten after minutes."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._entries: OrderedDict[str, _Entry] = OrderedDict()
        self._working: set[tuple[str, How]] = set()

    def put(self, data: bytes) -> str:
        """Take bytes in; what they are called from now on."""
        digest = hashlib.sha256(data).hexdigest()
        with self._lock:
            self._tidy()
            entry = self._entries.setdefault(digest, _Entry(data, 0, OrderedDict()))
            entry.used = self._clock()
            self._entries.move_to_end(digest)
            while len(self._entries) > SHELF_ENTRIES or self._size() > SHELF_BYTES:
                if len(self._entries) == 1:
                    break
                self._entries.popitem(last=False)
        return digest

    def read(self, digest: str, how: How) -> Reading:
        """The bytes of that name, read in this way. Raises Forgotten, Unreadable, or Working while another does it."""
        with self._lock:
            self._tidy()
            entry = self._entries.get(digest)
            if entry is None:
                raise Forgotten(digest)
            entry.used = self._clock()
            if found := entry.readings.get(how):
                return found
            if (digest, how) in self._working:
                raise Working(digest)
            self._working.add((digest, how))
        try:
            first = self.read(digest, how._replace(edits=())) if how.edits else None
            found = look(entry.data, how, digest, first.source if first else None)
        finally:
            with self._lock:
                self._working.discard((digest, how))
        with self._lock:
            entry.readings[how] = found
            while len(entry.readings) > READINGS:
                entry.readings.popitem(last=False)
        return found

    def data(self, digest: str) -> bytes:
        """The bytes of that name. Raises Forgotten."""
        with self._lock:
            entry = self._entries.get(digest)
        if entry is None:
            raise Forgotten(digest)
        return entry.data

    def _size(self) -> int:
        return sum(len(entry.data) for entry in self._entries.values())

    def _tidy(self) -> None:
        old = self._clock() - MINUTES * 60
        for digest in [name for name, entry in self._entries.items() if entry.used < old]:
            del self._entries[digest]
