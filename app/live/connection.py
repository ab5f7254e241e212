"""One connection as other threads see it: its trace, its gate, and a place to leave jobs for its own thread."""

from __future__ import annotations

import socket
import threading
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from app.live.condition import Judge, When
from app.live.fold import Fold
from app.live.gate import Gate
from app.live.held import describe, policy_json
from app.live.ledger import make_room
from app.live.patience import client_of
from app.live.unit import Unit
from app.trace import RECORD_COST, Kind, Layer, Side, Trace

if TYPE_CHECKING:
    from app.live.session import Session


class Engine(Protocol):
    """What the endpoint drives: bytes in, units (heads and frames) out. `app.protocol.server.Server` is one."""

    @property
    def finished(self) -> bool:
        """Nothing more will be said: once what was returned has been sent, TCP is to be closed."""

    def receive(self, data: bytes) -> list[bytes]:
        """Bytes from the peer; the units to send, in order."""

    def eof(self) -> list[bytes]:
        """The peer stopped sending."""

    def shutdown(self, code: int = 1001, reason: str = "") -> list[bytes]:
        """Start the closing handshake."""


class Job:
    """Something for the connection's own thread to do with its engine; `sent` counts the bytes that came of it."""

    def __init__(self, act: Callable[[Any], list[bytes]]) -> None:
        self.act = act
        self.done = threading.Event()
        self.sent = 0
        self.error: Exception | None = None


class Connection:
    """`id` is unique in its session; `heard` and `sent` count bytes on the wire, recorded or not."""

    def __init__(self, session: Session, number: int, peer: str, app: str) -> None:
        settings = session.settings
        self.id = f"c{number}"
        self.session = session
        self.peer = peer
        self.app = app
        self.opened_at = session.now()
        self.closed_at: int | None = None
        self.trace = Trace(self.id, limit=0)
        self.ledger = session.connection_ledger()
        self.gate = Gate(
            session.policy,
            settings.hold_head_seconds,
            settings.hold_frame_seconds,
            session.now,
            self._gate_moved,
            self._stops,
        )
        self._judge: Judge | None = None
        self.fold = Fold(self.trace, settings.events_kept, session.limits)
        self.public = (
            self.fold if session.trusted else Fold(self.trace, settings.events_kept, session.limits, public=True)
        )
        self.heard = self.sent = 0
        self.tls: dict[str, Any] | None = None
        """Version, suite and protocol, for a connection over TLS; `keylog` are its secrets, for its owner."""
        self.keylog = b""
        self.dirty = False
        self.abandoned = False
        self.closed = threading.Event()
        self.jobs: deque[Job] = deque()
        self.waker, self._wake_end = socket.socketpair()
        self.waker.setblocking(False)
        self._wake_end.setblocking(False)

    # the connection's own thread

    def record(self, at: int, side: Side, data: bytes, kind: Kind = "data", layer: Layer = "wire") -> None:
        """Record one thing as far as the budgets allow, and tell the publisher if anybody follows."""
        trace = self.trace
        if trace.stopped is None:
            if trace.cost + len(data) + RECORD_COST > trace.limit:
                make_room(trace, len(data), self.ledger)
            trace.add(at, side, data, kind, layer)
        if not self.dirty and self.session.followed:
            self.touch()

    def know(self, head: bytes) -> None:
        """The request head has been read: how patient its sender is decides how long it may be held."""
        self.gate.client = client_of(head)

    def _stops(self, when: When, unit: Unit) -> bool:
        if self._judge is None:
            self._judge = Judge(self.trace, self.session.limits)
        return when.stops(unit, self._judge)

    def end(self) -> None:
        """The connection is over. Jobs that nobody did are told so."""
        self.closed_at = self.session.now()
        self.gate.drop()
        self.closed.set()
        while self.jobs:
            self.jobs.popleft().done.set()
        self.waker.close()
        self._wake_end.close()
        self.session.ended(self)

    # any thread

    @property
    def open(self) -> bool:
        """Whether its socket is still in use."""
        return self.closed_at is None

    def touch(self) -> None:
        """Something changed that followers should hear about."""
        if self.session.followed:
            self.dirty = True
            self.session.touch()

    def wake(self) -> None:
        """Make the connection's own thread look at its jobs and its gate."""
        try:
            self._wake_end.send(b"\0")
        except (BlockingIOError, OSError):
            pass  # it is awake already, or gone

    def _gate_moved(self) -> None:
        self.touch()
        self.wake()

    def post(self, act: Callable[[Any], list[bytes]]) -> Job:
        """Have the connection's thread run `act(engine)` and send the units it returns."""
        job = Job(act)
        if self.open:
            self.jobs.append(job)
            self.wake()
        else:
            job.done.set()
        return job

    def settle(self, seconds: float = 0.5) -> None:
        """Wait until the thread has acted on everything asked of it so far."""
        self.post(lambda engine: []).done.wait(seconds)

    def abandon(self) -> None:
        """Give the connection up without further ceremony."""
        self.abandoned = True
        self.wake()

    def held(self, *, public: bool = False) -> list[dict[str, Any]]:
        """What is held, as JSON."""
        return describe(self.gate, self.session.now(), hide=public and not self.session.trusted)

    def describe(self, *, public: bool = False) -> dict[str, Any]:
        """The connection as JSON; `public` hides where the peer is."""
        hidden = public and not self.session.trusted
        return {
            "id": self.id,
            "peer": "hidden" if hidden else self.peer,
            "app": self.app,
            "open": self.open,
            "opened_at": self.opened_at,
            "closed_at": self.closed_at,
            "bytes": {"client": self.heard, "server": self.sent},
            "stopped": self.trace.stopped,
            "tls": self.tls,
            **self.held_json(public=public),
        }

    def held_json(self, *, public: bool = False) -> dict[str, Any]:
        """What the gate does, how many bytes wait there, and what they are."""
        return {**policy_json(self.gate.policy), "queued": self.gate.size, "held": self.held(public=public)}
