"""Rules that only show when several connections are laid side by side. Pure: conversations in, remarks out.

Who is the same client is the caller's knowledge: an address, a cookie, one capture taken at one machine. Everything
here is a hint and never an error: behind one address there may be many clients.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from typing import NamedTuple

from app.protocol.events import Event
from app.protocol.fault import Fault, at_bytes
from app.protocol.frames import Header, Opcode
from app.protocol.handshake import Request, Response
from app.protocol.opening import SAMPLE_KEYS
from app.trace import Side

BACKOFF_TRIES = 3
"""Delays in a row that must fail to grow before a client is said not to back off."""
GROWTH = 1.2
"""A delay at least this many times the one before has grown."""


class Remark(NamedTuple):
    """A fault in one of several connections: when it showed, and who committed it."""

    connection: str
    at: int
    side: Side
    fault: Fault


class Visit:
    """One connection among several: its heads, when it began and ended, and whether it ended as agreed."""

    def __init__(self, connection: str, events: Iterable[Event], *, client: str = "", server: str = "") -> None:
        self.connection = connection
        self.client = client
        self.server = server
        self.request: Event | None = None
        self.response: Event | None = None
        self.ended: int | None = None
        closes: set[Side] = set()
        for event in events:
            if event.kind == "request":
                self.request = self.request or event
            elif event.kind == "response":
                self.response = event
            elif event.kind == "frame" and isinstance(event.detail, Header) and event.detail.opcode == Opcode.CLOSE:
                closes.add(event.side)
            elif event.kind == "end":
                self.ended = event.at
        self.clean = len(closes) == 2

    @property
    def begun(self) -> int:
        """When the request came."""
        return self.request.at if self.request else 0

    @property
    def head(self) -> Request | None:
        """The request."""
        return self.request.detail if self.request and isinstance(self.request.detail, Request) else None

    @property
    def status(self) -> int | None:
        """The status of the answer; None without one."""
        answer = self.response.detail if self.response else None
        return answer.status if isinstance(answer, Response) else None

    def said(self, rule: str, note: str) -> Remark:
        """A remark on the status of the answer."""
        assert self.response is not None and isinstance(self.response.detail, Response)
        start, end = self.response.detail.spans[1]
        fault = at_bytes(rule, start, end, note)
        return Remark(self.connection, self.response.at, "server", fault)

    def asked(self, rule: str, note: str) -> Remark:
        """A remark on the request as such, marked at its first byte."""
        assert self.request is not None
        return Remark(self.connection, self.request.at, "client", Fault(rule, self.request.start, 8, note))


def compare(visits: Iterable[Visit]) -> list[Remark]:
    """Everything that several connections show together, in the order of time."""
    known = sorted((visit for visit in visits if visit.head), key=lambda visit: visit.begun)
    groups: dict[tuple[str, str], list[Visit]] = defaultdict(list)
    for visit in known:
        groups[visit.client, visit.server].append(visit)
    remarks = [remark for check in _SAME_CLIENT for group in groups.values() for remark in check(group)]
    remarks += [remark for check in _ALL for remark in check(known)]
    return sorted(remarks, key=lambda remark: remark.at)


def _connecting(visits: list[Visit]) -> Iterator[Remark]:
    """Section 4.1: a client has at most one connection to a host in its opening handshake."""
    for before, visit in pairwise(visits):
        answered = before.response.at if before.response else before.ended
        if answered is None or visit.begun < answered:
            yield visit.asked("conn.one-connecting", f"{before.connection} was still without an answer")


def _backoff(visits: list[Visit]) -> Iterator[Remark]:
    """Section 7.2.3: who was cut off comes back after a random delay, and then after longer ones."""
    delays: list[int] = []
    for before, visit in pairwise(visits):
        if before.ended is None or before.clean or visit.begun < before.ended:
            delays = []
            continue
        delays.append(visit.begun - before.ended)
        last = delays[-BACKOFF_TRIES:]
        if len(last) == BACKOFF_TRIES and not any(after > delay * GROWTH for delay, after in pairwise(last)):
            yield visit.asked("cls.backoff", f"back after {', '.join(f'{delay / 1e9:.2f}' for delay in last)} s")
            delays = []


def _same_key(visits: list[Visit]) -> Iterator[Remark]:
    seen: dict[bytes, str] = {}
    for visit in visits:
        line = next(iter(visit.head.lines("Sec-WebSocket-Key")), None) if visit.head else None
        if line is None or not line.value or line.value in SAMPLE_KEYS:
            continue
        if first := seen.get(line.value):
            fault = at_bytes("req.key.random", line.value_start, line.value_end, f"the key of {first}")
            yield Remark(visit.connection, visit.begun, "client", fault)
        seen.setdefault(line.value, visit.connection)


def _by_target(visits: list[Visit]) -> Iterator[list[Visit]]:
    targets: dict[tuple[str, bytes], list[Visit]] = defaultdict(list)
    for visit in visits:
        if visit.head:
            targets[visit.server, visit.head.target].append(visit)
    yield from targets.values()


def _resource(visits: list[Visit]) -> Iterator[Remark]:
    for group in _by_target(visits):
        unknown = next((visit for visit in group if visit.status in (404, 410)), None)
        taken = next((visit for visit in group if visit.status == 101), None)
        if unknown and taken:
            yield taken.said("res.resource", f"{unknown.connection} was told that there is no such resource")


def _origin(visits: list[Visit]) -> Iterator[Remark]:
    for group in _by_target(visits):
        refused = next((v for v in group if v.status == 403 and v.head and v.head.get("Origin")), None)
        taken = next((v for v in group if v.status == 101 and v.head and v.head.get("Origin") is None), None)
        if refused and taken:
            yield taken.said("req.origin.absent", f"no Origin is accepted; the one of {refused.connection} is not")


_SAME_CLIENT: tuple[Callable[[list[Visit]], Iterator[Remark]], ...] = (_connecting, _backoff)
_ALL: tuple[Callable[[list[Visit]], Iterator[Remark]], ...] = (_same_key, _resource, _origin)
