"""A recorded TLS connection and a key log become the bytes that were inside, each with the record it came in."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field

from app.protocol.tls import names
from app.protocol.tls.ciphers import NoCipher
from app.protocol.tls.directions import Direction, RecordView, Terms
from app.protocol.tls.hello import Hello, read_hello
from app.protocol.tls.keylog import KeyLog
from app.protocol.tls.records import MessageReader, read_records
from app.trace import SIDES, Record, Side, Trace

GREETING = 2**18
"""Bytes of a side in which its hello must be."""

NO_HELLO = "the hellos are not among the recorded bytes, so no key can be chosen."
NO_SECRETS = "the key log has no secrets for this connection."
NO_TRAFFIC = "the key log has no traffic secrets for this connection: it ended early, or the log is cut."
NOT_OPENED = "its cipher suite {} is not one that can be opened here."
LOST = "what the {} sent after byte {} cannot be deciphered: bytes are missing or changed."
FATAL = "the {} gave up with the alert {}."


@dataclass(frozen=True, slots=True)
class Decrypted:
    """`trace` has the records on layer "tls" and what they held on layer "wire"; `views` are all records, by side.

    `problems` say, each as the end of a sentence, what could not be opened and why.
    """

    trace: Trace
    views: dict[Side, tuple[RecordView, ...]]
    client: Hello | None
    server: Hello | None
    version: int
    suite: int
    problems: tuple[str, ...]
    _index: dict[Side, tuple[list[RecordView], list[int]]] = field(default_factory=dict)

    @property
    def opened(self) -> bool:
        """Was any application data deciphered?"""
        return any(self.trace.size(side) for side in SIDES)

    def record_of(self, side: Side, offset: int) -> RecordView | None:
        """The TLS record that carried a byte of the deciphered stream."""
        if side not in self._index:
            views = [view for view in self.views[side] if view.wire is not None]
            self._index[side] = views, [view.wire or 0 for view in views]
        carrying, starts = self._index[side]
        place = bisect_right(starts, offset) - 1
        if offset < 0 or place < 0 or offset >= starts[place] + len(carrying[place].content):
            return None
        return carrying[place]

    def all(self) -> list[RecordView]:
        """The records of both sides in the order in which they were whole."""
        return sorted((view for side in SIDES for view in self.views[side]), key=lambda view: view.at)


def greet(trace: Trace, secrets: KeyLog | None = None) -> Terms:
    """What the hellos of a connection agree on, and its secrets. A second ClientHello has the random of the first."""
    clients = _hellos(trace, "client")
    servers = [hello for hello in _hellos(trace, "server") if not hello.is_retry]
    client, server = clients[0] if clients else None, servers[0] if servers else None
    return Terms(client, server, secrets.of(client.random) if client and secrets else {})


def _hellos(trace: Trace, side: Side) -> list[Hello]:
    kind = names.CLIENT_HELLO if side == "client" else names.SERVER_HELLO
    reader, found = MessageReader(), []
    records, rest = read_records(trace.bytes(side, 0, GREETING, layer="tls"))
    for record in records:
        if record.type == names.APPLICATION_DATA:
            break
        if record.type == names.HANDSHAKE:
            found += [
                read_hello(body, client=side == "client") for got, body in reader.feed(record.payload) if got == kind
            ]
    return found


def decrypt(trace: Trace, secrets: KeyLog) -> Decrypted:
    """Open what the secrets open. Never raises on what was recorded; records on layer "wire" are made anew.

    One wire record for each TLS record with application data. A direction ends on layer "wire" with its close_notify
    or with TCP, whichever is first, because nothing may follow a close_notify (RFC 8446 section 6.1).
    """
    terms = greet(trace, secrets)
    problems: list[str] = []
    try:
        directions = {side: Direction(side, terms) for side in SIDES}
    except NoCipher as error:
        problems.append(f"{error}")
        terms = terms._replace(secrets={})
        directions = {side: Direction(side, terms) for side in SIDES}
    work = _Work(Trace(trace.connection, limit=2**62, fidelity=trace.fidelity), directions)
    for record in list(trace.records):
        if record.layer == "tls":
            work.take(record)
    problems += _judge(terms, directions) + work.problems
    views = {side: tuple(work.views[side]) for side in SIDES}
    return Decrypted(
        work.trace, views, terms.client, terms.server, terms.version, terms.number, tuple(dict.fromkeys(problems))
    )


class _Work:
    """Deciphering as it goes on, record by record of the trace."""

    def __init__(self, trace: Trace, directions: dict[Side, Direction]) -> None:
        self.trace = trace
        self.views: dict[Side, list[RecordView]] = {side: [] for side in SIDES}
        self.problems: list[str] = []
        self._directions = directions
        self._ended: set[Side] = set()
        self._readable = any(direction.readable for direction in directions.values())

    def take(self, record: Record) -> None:
        """Copy a record of the layer below, and add what it brings to light."""
        self.trace.add(*record[:2], record.data, record.kind, "tls")
        direction = self._directions[record.side]
        if record.kind == "data":
            was_lost = direction.lost
            for view in direction.feed(record.at, record.data):
                self._show(view)
            if direction.lost and not was_lost:
                self._lose(record, direction)
        elif record.kind == "gap" and not direction.lost:
            direction.lost = True
            self._lose(record, direction)
        elif record.kind in ("fin", "rst"):
            self._end(record.at, record.side, record.kind == "rst")

    def _show(self, view: RecordView) -> None:
        self.views[view.side].append(view)
        if view.wire is not None and view.side not in self._ended:
            self.trace.add(view.at, view.side, view.content)
        elif view.type == names.ALERT and view.state != "sealed" and len(view.content) == 2:
            level, what = view.content
            if what == names.CLOSE_NOTIFY:
                self._end(view.at, view.side, False)
            elif level == 2:
                self.problems.append(FATAL.format(view.side, names.name_of(names.ALERTS, what)))

    def _lose(self, record: Record, direction: Direction) -> None:
        self.problems.append(LOST.format(record.side, direction.reader.offset))
        if self._readable and record.side not in self._ended:
            self.trace.add(record.at, record.side, kind="gap")

    def _end(self, at: int, side: Side, reset: bool) -> None:
        if self._readable and side not in self._ended:
            self._ended.add(side)
            self.trace.add(at, side, kind="rst" if reset else "fin")


def _judge(terms: Terms, directions: dict[Side, Direction]) -> list[str]:
    """Why something stayed sealed."""
    if terms.client is None or terms.server is None:
        return [NO_HELLO]
    if terms.suite is None:
        return [NOT_OPENED.format(names.name_of(names.SUITES, terms.number))]
    if not terms.secrets:
        return [NO_SECRETS]
    cut = [side for side, direction in directions.items() if not direction.readable]
    return [NO_TRAFFIC] if cut and any(directions[side].missing for side in cut) else []
