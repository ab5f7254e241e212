"""What one connection carried: append-only records of bytes, bounded, and JSON Lines in and out."""

from __future__ import annotations

import json
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from typing import Any, Literal, NamedTuple, TypeVar

Side = Literal["client", "server"]
Kind = Literal["data", "fin", "rst", "gap", "message"]
Layer = Literal["wire", "tls"]
Fidelity = Literal["wire", "frames", "payload"]

SIDES: tuple[Side, Side] = ("client", "server")
KINDS: tuple[Kind, ...] = ("data", "fin", "rst", "gap", "message")
LAYERS: tuple[Layer, ...] = ("wire", "tls")
FIDELITIES: tuple[Fidelity, ...] = ("wire", "frames", "payload")

DEFAULT_LIMIT = 16 * 2**20
RECORD_COST = 96
"""Bytes that one record costs beside its data; counted, so that a peer cannot fill memory one byte at a time."""

VERSION = 1


def other(side: Side) -> Side:
    """The peer of a side."""
    return "server" if side == "client" else "client"


class Record(NamedTuple):
    """One thing that happened on the wire: `at` in nanoseconds since the session began.

    A source without wire bytes tells whole messages: kind "message", `data` the payload, `opcode` 1 or 2.
    """

    at: int
    side: Side
    layer: Layer
    kind: Kind
    data: bytes
    opcode: int = 0


class TraceError(ValueError):
    """A JSON Lines trace that cannot be read; the text names the line and what is wrong there."""


class _Stream:
    """The data of one side and layer: the blocks as they came, and where each begins."""

    __slots__ = ("blocks", "size", "starts")

    def __init__(self) -> None:
        self.blocks: list[bytes] = []
        self.starts = array("Q")
        self.size = 0

    def add(self, data: bytes) -> None:
        self.starts.append(self.size)
        self.blocks.append(data)
        self.size += len(data)

    def read(self, start: int, end: int) -> bytes:
        start, end = max(start, 0), min(end, self.size)
        if start >= end:
            return b""
        first, last = bisect_right(self.starts, start) - 1, bisect_right(self.starts, end - 1)
        offset = self.starts[first]
        if last - first == 1:
            return self.blocks[first][start - offset : end - offset]
        return b"".join(self.blocks[first:last])[start - offset : end - offset]


class Trace:
    """Append-only records of one connection, with one writer.

    `limit` bounds what is kept, in bytes. The first bytes are kept, never a ring: the handshake and the compression
    window need the beginning. Once the budget is used up `stopped` holds the time of the first record that was not
    kept, and nothing more is recorded.
    """

    def __init__(self, connection: str, *, limit: int = DEFAULT_LIMIT, fidelity: Fidelity = "wire") -> None:
        self.connection = connection
        self.fidelity: Fidelity = fidelity
        self.limit = limit
        self.records: list[Record] = []
        self.stopped: int | None = None
        self.cost = 0
        self._streams = {layer: {side: _Stream() for side in SIDES} for layer in LAYERS}

    def add(
        self, at: int, side: Side, data: bytes = b"", kind: Kind = "data", layer: Layer = "wire", opcode: int = 0
    ) -> bool:
        """Record one thing; False when the budget no longer allows it. `opcode` is that of a message."""
        if self.stopped is not None:
            return False
        cost = len(data) + RECORD_COST
        if self.cost + cost > self.limit:
            self.stopped = at
            return False
        self.cost += cost
        if kind == "data":
            self._streams[layer][side].add(data)
        self.records.append(Record(at, side, layer, kind, data, opcode))
        return True

    def size(self, side: Side, layer: Layer = "wire") -> int:
        """How many bytes of a side are kept."""
        return self._streams[layer][side].size

    def bytes(self, side: Side, start: int = 0, end: int | None = None, layer: Layer = "wire") -> bytes:
        """Bytes `start` to `end` (offsets in bytes) of what a side sent; shorter where the trace ends."""
        stream = self._streams[layer][side]
        return stream.read(start, stream.size if end is None else end)


def write_jsonl(traces: Iterable[Trace], started: str = "") -> Iterator[str]:
    """The traces as JSON Lines: a header, then one record a line. `started` is the wall-clock time of `at` 0."""
    traces = list(traces)
    connections = {t.connection: {"fidelity": t.fidelity, "stopped": t.stopped} for t in traces}
    yield _line({"trace": VERSION, "clock": "ns", "started": started, "connections": connections})
    for trace in traces:
        for record in list(trace.records):
            yield _line(_to_json(trace.connection, record))


def _line(value: dict[str, Any]) -> str:
    return json.dumps(value, separators=(",", ":")) + "\n"


def _to_json(connection: str, record: Record) -> dict[str, Any]:
    value: dict[str, Any] = {
        "connection": connection,
        "at": record.at,
        "side": record.side,
        "layer": record.layer,
        "kind": record.kind,
    }
    if record.data:
        value["data"] = record.data.hex()
    if record.opcode:
        value["opcode"] = record.opcode
    return value


def read_jsonl(lines: Iterable[str], *, limit: int = 2**40) -> list[Trace]:
    """Read what `write_jsonl` wrote, connections in order of first appearance. Raises TraceError.

    A last line that was cut off is dropped: a trace stays readable wherever its writer was stopped.
    """
    traces: dict[str, Trace] = {}
    bad: TraceError | None = None
    for number, text in enumerate(lines, 1):
        if not text.strip():
            continue
        if bad:
            raise bad
        try:
            value = json.loads(text)
            if not isinstance(value, dict):
                raise ValueError("not an object")
            if number == 1:
                _header(value, traces, limit)
            else:
                _add(value, traces, limit)
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            bad = TraceError(f"line {number}: {_why(error)}")
            if number == 1 or not isinstance(error, json.JSONDecodeError):
                raise bad from None
    return list(traces.values())


def _why(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return "this is not JSON"
    if isinstance(error, RecursionError):
        return "nested too deeply"
    if isinstance(error, KeyError):
        return f"the key {error} is missing"
    return str(error)


def _header(value: dict[str, Any], traces: dict[str, Trace], limit: int) -> None:
    if value.get("trace") != VERSION:
        raise ValueError('the first line must be a header with "trace": 1')
    connections = value.get("connections", {})
    if not isinstance(connections, dict):
        raise ValueError('"connections" must be an object')
    for name, about in connections.items():
        if not isinstance(about, dict):
            raise ValueError(f"connection {name!r} must be an object")
        traces[name] = Trace(name, limit=limit, fidelity=_one_of("fidelity", about.get("fidelity", "wire"), FIDELITIES))


def _add(value: dict[str, Any], traces: dict[str, Trace], limit: int) -> None:
    name = str(value["connection"])
    trace = traces.setdefault(name, Trace(name, limit=limit))
    at = value["at"]
    if not isinstance(at, int) or isinstance(at, bool):
        raise ValueError('"at" must be whole nanoseconds')
    side = _one_of("side", value["side"], SIDES)
    layer = _one_of("layer", value.get("layer", "wire"), LAYERS)
    kind = _one_of("kind", value.get("kind", "data"), KINDS)
    try:
        data = bytes.fromhex(value.get("data", ""))
    except (ValueError, TypeError):
        raise ValueError('"data" must be hexadecimal digits') from None
    opcode = value.get("opcode", 0)
    if not isinstance(opcode, int) or not 0 <= opcode <= 15:
        raise ValueError('"opcode" must be a number from 0 to 15')
    trace.add(at, side, data, kind, layer, opcode)


T = TypeVar("T", bound=str)


def _one_of(key: str, value: object, allowed: tuple[T, ...]) -> T:
    for choice in allowed:
        if value == choice:
            return choice
    raise ValueError(f'"{key}" is {value!r}; it must be one of {", ".join(allowed)}')
