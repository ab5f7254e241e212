"""A session: one live bench. The traces of its connections, a gate for new ones, and a log for those who follow."""

from __future__ import annotations

import hmac
import threading
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from app.live.audience import Batch, Log
from app.live.channel import Channel
from app.live.connection import Connection
from app.live.gate import Mode, Policy
from app.live.ledger import Ledger
from app.protocol.limits import Limits
from app.settings import Settings

if TYPE_CHECKING:
    from app.live.publisher import Publisher


class Session:
    """`key` is empty for a public session. `trusted`: the server is reachable from this machine only."""

    def __init__(
        self, id: str, key: str, settings: Settings, *, trusted: bool, ledger: Ledger, publisher: Publisher
    ) -> None:
        self.id = id
        self.settings = settings
        self.trusted = trusted
        self.policy = Policy()
        self.began = time.monotonic_ns()
        self.started = datetime.now(UTC).isoformat(timespec="milliseconds")
        others = Channel(settings.log_items, owner=trusted)
        self._channels = {False: others, True: others if trusted else Channel(settings.log_items, owner=True)}
        self.followed = 0
        self.limits = Limits(
            head=settings.head_bytes,
            frame=settings.message_bytes,
            message=settings.message_bytes,
            fragments=settings.fragments,
            empty_fragments=settings.empty_fragments,
        )
        self._key = key.encode()
        self._ledger = Ledger(settings.trace_session, ledger)
        self._publisher = publisher
        self._lock = threading.Condition()
        self._connections: list[Connection] = []
        self._count = 0
        self._used = time.monotonic()

    @property
    def public(self) -> bool:
        """Whether it was opened by naming it; anybody who knows the name may watch."""
        return not self._key

    def now(self) -> int:
        """Nanoseconds since the session began."""
        return time.monotonic_ns() - self.began

    def has_key(self, key: str) -> bool:
        """Whether this is the session's key, compared in constant time."""
        return bool(self._key) and hmac.compare_digest(self._key, key.encode())

    # connections

    def connect(self, peer: str, app: str, first: int | None = None) -> Connection:
        """A new connection; `first` is the monotonic time of its first byte."""
        with self._lock:
            if first is not None and not self._connections:
                self.began = min(self.began, first)
            self._count += 1
            connection = Connection(self, self._count, peer, app)
            self._connections.append(connection)
            self._forget()
            self._used = time.monotonic()
            self._lock.notify_all()
        if self.followed:
            connection.touch()
        return connection

    def _forget(self) -> None:
        surplus = len(self._connections) - self.settings.session_connections
        for connection in [c for c in self._connections if not c.open][: max(surplus, 0)]:
            self._connections.remove(connection)
            for channel in self._channels.values():
                channel.forget(connection)
            connection.ledger.give_back()

    def connection_ledger(self) -> Ledger:
        """The budget of one connection's trace."""
        return Ledger(self.settings.trace_connection, self._ledger)

    def connections(self) -> list[Connection]:
        """Those it remembers, oldest first."""
        with self._lock:
            return list(self._connections)

    def connection(self, id: str | None) -> Connection | None:
        """The connection with that id; without one the newest."""
        found = [c for c in self.connections() if id is None or c.id == id]
        return found[-1] if found else None

    def find_peer(self, peer: str, seconds: float) -> Connection | None:
        """Wait for the connection that comes from this address."""
        with self._lock:
            self._lock.wait_for(lambda: self._from(peer) is not None, seconds)
            return self._from(peer)

    def _from(self, peer: str) -> Connection | None:
        return next((c for c in reversed(self._connections) if c.peer == peer), None)

    def ended(self, connection: Connection) -> None:
        """A connection closed."""
        self._used = time.monotonic()
        if self.followed:
            connection.touch()

    def idle(self) -> float:
        """Seconds since it was last used; 0 while a connection is open or somebody follows."""
        if self.followed or any(connection.open for connection in self.connections()):
            return 0
        return time.monotonic() - self._used

    def used(self) -> None:
        """Somebody looked at it."""
        self._used = time.monotonic()

    def discard(self) -> None:
        """Give back what its traces took from the process budget."""
        self._ledger.give_back()

    # the gate

    @property
    def mode(self) -> Mode:
        """Run or hold, for new connections."""
        return self.policy.mode

    def set_mode(self, mode: Mode) -> None:
        """Run or hold, for all connections and for those to come."""
        self.set_policy(self.policy._replace(mode=mode))

    def set_policy(self, policy: Policy) -> None:
        """What all gates do, those of connections to come too."""
        self.policy = policy
        for connection in self.connections():
            if connection.open:
                connection.gate.follow(policy)

    def step(self) -> Connection | None:
        """Release the oldest unit held on any connection and stay on hold; the connection it was held on."""
        self.policy = self.policy._replace(mode="hold")
        for connection in self.connections():
            if connection.open and connection.gate.policy != self.policy:
                connection.gate.follow(self.policy)
        held = [(units[0].since, c.id, c) for c in self.connections() if (units := c.gate.held())]
        if not held:
            return None
        oldest = min(held)[2]
        oldest.gate.step()
        return oldest

    # followers

    def channel(self, owner: bool = False) -> Channel:
        """What those are told who have shown the key, or those who have not."""
        return self._channels[owner]

    @property
    def log(self) -> Log:
        """The log of those who have no key."""
        return self._channels[False].log

    def follow(self, owner: bool = False) -> Channel:
        """Somebody follows from now on."""
        with self._lock:
            self.followed += 1
            self._channels[owner].followers += 1
        return self._channels[owner]

    def unfollow(self, owner: bool = False) -> None:
        """Somebody left."""
        with self._lock:
            self.followed -= 1
            self._channels[owner].followers -= 1
            self._used = time.monotonic()

    def touch(self) -> None:
        """Something changed; it is published soon if anybody follows."""
        if self.followed:
            self._publisher.mark(self)

    def publish(self) -> None:
        """Put what is new into the logs that are followed, from connections that said so."""
        connections = self.connections()
        changed = [connection for connection in connections if connection.dirty]
        for connection in changed:
            connection.dirty = False
        for channel in set(self._channels.values()):
            if channel.followers:
                channel.publish([c for c in connections if c in changed or not channel.knows(c)])

    def catch_up(self, after: int, owner: bool = False) -> Batch:
        """What a newcomer (0) or somebody who comes back gets first."""
        return self._channels[owner].catch_up(self.connections(), after)

    def whole(self, gap: bool, owner: bool = False) -> Batch:
        """A summary of everything so far, for those who come new or have missed something."""
        return self._channels[owner].whole(self.connections(), gap)
