"""A trace as a capture that Wireshark opens: TCP made around the bytes, times to the nanosecond."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from struct import pack

from app.trace import SIDES, Side, Trace

SECTION, INTERFACE, PACKET = 0x0A0D0D0A, 1, 6
RAW_IP = 101
NANOSECONDS = 9
TSRESOL, COMMENT = 9, 1
SEGMENT = 16_384
FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16
FIRST_PORT, SERVER_PORT = 49_152, 80
ADDRESSES = {"client": bytes((192, 0, 2, 1)), "server": bytes((192, 0, 2, 2))}
"""From the block for documentation: nobody's."""
NOTE = "Made from a Socketscope trace: the bytes are those of the connection, addresses and TCP around them are not."


def write_pcapng(traces: Iterable[Trace]) -> Iterator[bytes]:
    """The blocks of a capture. Bytes of the wire only: what was sent is clear here also where TLS carried it."""
    yield _block(SECTION, pack("<IHHq", 0x1A2B3C4D, 1, 0, -1) + _option(COMMENT, NOTE.encode()) + _option(0, b""))
    resolution = _option(TSRESOL, bytes((NANOSECONDS,))) + _option(0, b"")
    yield _block(INTERFACE, pack("<HHI", RAW_IP, 0, 0) + resolution)
    for number, trace in enumerate(traces):
        yield from _connection(trace, FIRST_PORT + number % 16_000)


class _Stream:
    """The two sequence numbers of a connection, and what has been sent so far."""

    def __init__(self, port: int) -> None:
        self.ports = {"client": port, "server": SERVER_PORT}
        self.next = {"client": 1000, "server": 5000}

    def segment(self, at: int, side: Side, flags: int, data: bytes = b"") -> bytes:
        """One packet as a block; moves the sequence number on."""
        peer: Side = "server" if side == "client" else "client"
        seq, ack = self.next[side] % 2**32, self.next[peer] % 2**32 if flags & ACK else 0
        head = pack(">HHIIBBHHH", self.ports[side], self.ports[peer], seq, ack, 0x50, flags, 65_535, 0, 0)
        self.next[side] += len(data) + bool(flags & (SYN | FIN))
        tcp = head + data
        ends = ADDRESSES[side] + ADDRESSES[peer]
        total = _sum(ends + pack(">BBH", 0, 6, len(tcp)) + tcp)
        tcp = head[:16] + pack(">H", total) + head[18:] + data
        ip = pack(">BBHHHBBH", 0x45, 0, 20 + len(tcp), 0, 0x4000, 64, 6, 0) + ends
        packet = ip[:10] + pack(">H", _sum(ip)) + ip[12:] + tcp
        header = pack("<IIIII", 0, at >> 32, at & 0xFFFFFFFF, len(packet), len(packet))
        return _block(PACKET, header + _padded(packet))


def _connection(trace: Trace, port: int) -> Iterator[bytes]:
    stream = _Stream(port)
    records = [record for record in trace.records if record.layer == "wire"]
    at = records[0].at if records else 0
    yield stream.segment(at, "client", SYN)
    yield stream.segment(at, "server", SYN | ACK)
    yield stream.segment(at, "client", ACK)
    ended: set[Side] = set()
    for record in records:
        if record.side in ended:
            continue
        if record.kind in ("fin", "rst"):
            yield stream.segment(record.at, record.side, (FIN | ACK) if record.kind == "fin" else (RST | ACK))
            ended.update(SIDES if record.kind == "rst" else (record.side,))
        elif record.kind == "gap":
            stream.next[record.side] += 1  # a reader sees that something is missing
        elif record.kind == "data":
            for start in range(0, len(record.data), SEGMENT):
                yield stream.segment(record.at, record.side, PSH | ACK, record.data[start : start + SEGMENT])


def _block(kind: int, body: bytes) -> bytes:
    size = 12 + len(body)
    return pack("<II", kind, size) + body + pack("<I", size)


def _option(code: int, value: bytes) -> bytes:
    return pack("<HH", code, len(value)) + _padded(value)


def _padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % 4)


def _sum(data: bytes) -> int:
    """The checksum of the Internet (RFC 1071)."""
    data += bytes(len(data) % 2)
    total = sum(int.from_bytes(data[n : n + 2], "big") for n in range(0, len(data), 2))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF
