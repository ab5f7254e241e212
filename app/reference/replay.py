"""An example as something that can be said again: a script for the server's side, chunks for the client's. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from app.protocol.client import Client
from app.protocol.frames import apply_mask, read_header
from app.protocol.handshake import accept_key, find_end, parse_request, split_tokens
from app.protocol.items import Received
from app.protocol.player import PATIENCE, Step
from app.reference.examples import Example
from app.trace import Record, Side, Trace

SLOW = 0.5
"""Seconds between two records from which on the time itself is part of the example."""
LEAVING = 1.0
"""Seconds in which a client that leaves first does so."""
HOST = b"server.example.com"
TARGET = re.compile(rb"^(\S+ (?:https?://[^/ ]*)?)/[a-z]*")
CLOSE_FRAME = 0x88


class Chunk(NamedTuple):
    """Something the client sends, after a rest of so many seconds; or (`leave`) how it goes: fin or rst."""

    data: bytes
    rest: float = 0.0
    leave: str = ""


class ClientScript(NamedTuple):
    """The client's side: its head with what follows it unasked, and the rest in order."""

    head: bytes
    chunks: tuple[Chunk, ...]


def client_script(trace: Trace, path: str, host: str) -> ClientScript:
    """The client's side of a connection, aimed at `path` on `host`."""
    records = trace.records
    mine = [n for n, record in enumerate(records) if record.side == "client"]
    head, chunks, answered = b"", [], False
    for place, number in enumerate(mine):
        record = records[number]
        answered = answered or any(r.side == "server" for r in records[:number])
        if record.kind == "data" and not answered:
            head += record.data
        elif record.kind == "data":
            chunks.append(Chunk(record.data, _rest(records, number, "client")))
        elif _leads(records, number) and place == len(mine) - 1:
            chunks.append(Chunk(b"", _rest(records, number, "client"), record.kind))
    return ClientScript(aimed(head, path, host), tuple(chunks))


def aimed(head: bytes, path: str, host: str) -> bytes:
    """A head of the examples, sent to another place."""
    line, end, rest = head.partition(b"\r\n")
    there = path.encode()
    return TARGET.sub(lambda found: found[1] + there, line) + end + rest.replace(HOST, host.encode(), 1)


def _leads(records: list[Record], number: int) -> bool:
    """Whether the client ends TCP of its own accord: before the server does, or with a reset."""
    before = [record for record in records[:number] if record.side == "server"]
    return records[number].kind == "rst" or all(record.kind == "data" for record in before)


def _rest(records: list[Record], number: int, side: Side) -> float:
    """Seconds since that side last did something, where they matter."""
    before = [record for record in records[:number] if record.side == side]
    seconds = (records[number].at - before[-1].at) / 1e9 if before else 0.0
    return seconds if seconds >= SLOW else 0.0


def server_script(trace: Trace) -> tuple[Step, ...]:
    """The server's side of a connection, for a player."""
    return tuple(_steps(trace, "server"))


def mirrored_script(trace: Trace) -> tuple[Step, ...]:
    """The client's frames as a server would send them, unmasked; () where they cannot be."""
    opening = [record for record in trace.records if record.kind == "data"][:2]
    rest = trace.records[2:]
    if [record.side for record in opening] != ["client", "server"] or trace.records[:2] != opening:
        return ()
    if any(record.kind == "rst" for record in rest) or not any(r.kind == "data" and r.side == "client" for r in rest):
        return ()
    return (Step(opening[1].data, waits=True), *_steps_of(rest, "client", unmask=True))


def _steps(trace: Trace, side: Side) -> list[Step]:
    return _steps_of(trace.records, side)


def _steps_of(records: list[Record], side: Side, *, unmask: bool = False) -> list[Step]:
    steps: list[Step] = []
    waits = heard_close = left = False
    for number, record in enumerate(records):
        if record.side != side:
            waits = waits or record.kind == "data"
            left = left or record.kind != "data"
            heard_close = heard_close or record.data[:1] == bytes([CLOSE_FRAME])
            continue
        data = unmasked(record.data) if unmask else record.data
        closes = data[:1] == bytes([CLOSE_FRAME]) and heard_close
        if record.kind == "data" and data:
            steps.append(_step(data, waits, records, number, closes))
        elif record.kind != "data":
            end = _step(b"", waits, records, number)
            steps.append(end._replace(pause=LEAVING) if left else end)
            break
        waits = False
    return steps if steps and not steps[-1].data else [*steps, Step()]


def _step(data: bytes, waits: bool, records: list[Record], number: int, answers: bool = False) -> Step:
    """A step that waits as long as the example does: for the client, or for its own time."""
    rest = _rest(records, number, records[number].side)
    slow = records[number].at - records[number - 1].at >= SLOW * 1e9 if number else False
    return Step(data, waits, rest if slow else 0.0, answers, PATIENCE + rest)


def unmasked(data: bytes) -> bytes:
    """Frames of a client as frames of a server: the same first bytes, no key, the payload in clear. The last may be
    cut."""
    out = bytearray()
    while header := read_header(data):
        plain = data[header.size : header.size + header.length]
        if header.key is not None:
            plain = apply_mask(plain, header.key)
            out += bytes([data[0], data[1] & 0x7F]) + data[2 : header.size - 4] + plain
        else:
            out += data[: header.size] + plain
        data = data[header.size + header.length :]
    return bytes(out) + data


def right_accept(trace: Trace) -> bytes:
    """The Sec-WebSocket-Accept that belongs to the key of an example."""
    sent = trace.bytes("client")
    key = parse_request(sent[: find_end(sent) or 0]).get("Sec-WebSocket-Key")
    return accept_key(key) if key else b""


def protocols(found: Example) -> list[str]:
    """The subprotocols that the client of an example offers."""
    sent = found.main.bytes("client")
    request = parse_request(sent[: find_end(sent) or 0])
    return [name.decode("ascii", "replace") for name in split_tokens(request.all("Sec-WebSocket-Protocol"))]


class Heedless(Client):
    """A client that plays its part whatever the server says: it judges nothing and answers nothing by itself."""

    def __init__(self, head: bytes) -> None:
        super().__init__("", "", key="", mask=bytes, head=head, automatic=False)

    def replies(self, data: bytes) -> Iterator[bytes | Received]:
        """Once any head has come, it goes on."""
        self._head += data
        self.opened = self.opened or self._end_of_head.find(self._head) is not None
        return iter(())
