"""The TCP connections of a capture: who talks to whom, which segment belongs where, and who is the client."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from ipaddress import ip_address
from struct import Struct

from app.importers.ip import Network
from app.importers.link import LINKS
from app.importers.packets import Packet
from app.importers.tcp import Stream

FIN, SYN, RST, ACK = 1, 2, 4, 16
_HEAD = Struct(">IIBB").unpack_from


class Connection:
    """Two streams; the first belongs to who was seen first. `client` is the index of the client's stream, None while
    nobody knows."""

    def __init__(self, number: int, addresses: bytes, at: int) -> None:
        self.number = number
        self.addresses = addresses
        self.at = at
        self.streams = (Stream(), Stream())
        self.client: int | None = None

    def peer(self, index: int) -> str:
        """Address and port of a side, as people write them."""
        ports, half = self.addresses[-4:], (len(self.addresses) - 4) // 2
        address = ip_address(self.addresses[index * half : (index + 1) * half])
        port = int.from_bytes(ports[index * 2 : index * 2 + 2], "big")
        return f"[{address}]:{port}" if address.version == 6 else f"{address}:{port}"

    def port(self, index: int) -> int:
        """The port of a side."""
        return int.from_bytes(self.addresses[-4:][index * 2 : index * 2 + 2], "big")

    @property
    def spoke(self) -> bool:
        """Has either side sent payload?"""
        return self.streams[0].spoke or self.streams[1].spoke


class Connections:
    """Sorts packets into connections; the same ports used again after a new SYN are a new connection."""

    def __init__(self) -> None:
        self.all: list[Connection] = []
        self.unread: Counter[int] = Counter()
        """Packets whose link type is not read, by type."""
        self.others = 0
        """Packets that carry no TCP, or are damaged."""
        self.strays = 0
        """Segments that fit no connection."""
        self._network = Network()
        self._flows: dict[bytes, tuple[Connection, int]] = {}

    @property
    def incomplete(self) -> int:
        """IP packets of which fragments are missing."""
        return self._network.incomplete

    def read(self, packets: Iterable[Packet]) -> list[Connection]:
        """All connections, in the order of their first packets."""
        segment = self._network.segment
        for number, (at, link, frame) in enumerate(packets, 1):
            below = LINKS.get(link)
            if below is None:
                self.unread[link] += 1
                continue
            found = below(frame)
            inside = segment(found[0], frame, found[1]) if found else None
            if inside is None:
                self.others += 1
                continue
            addresses, data, start, end, length = inside
            sequence, acknowledged, offset, flags = _HEAD(data, start + 4)
            head = (offset >> 4) * 4
            if head < 20 or head > length:
                self.others += 1
                continue
            key = addresses + data[start : start + 4]
            flow = self._flows.get(key)
            if flow is None or flags & SYN:
                flow = self._opened(key, flow, at, sequence, flags)
            # Of what carries nothing only the first acknowledgement matters: it says where the peer's stream begins.
            if length > head or flags & (FIN | RST) or flow[0].streams[1 - flow[1]].next is None:
                payload = data[start + head : end]
                self._take(flow, number, at, (sequence, acknowledged, flags), payload, length - head)
        return self.all

    def _opened(
        self, key: bytes, flow: tuple[Connection, int] | None, at: int, sequence: int, flags: int
    ) -> tuple[Connection, int]:
        """The connection of a segment that opens one, or is the first that was captured of it."""
        if flow is not None and flags & SYN:
            connection, side = flow
            known = connection.streams[side].syn
            again = known == sequence or (known is None and not connection.streams[side].spoke)
            if not again or (not flags & ACK and known is None and connection.spoke):
                flow = None
        if flow is None:
            half, ports = len(key) - 4 >> 1, key[-4:]
            connection, side = Connection(len(self.all), key, at), 0
            self.all.append(connection)
            reverse = key[half : 2 * half] + key[:half] + ports[2:] + ports[:2]
            self._flows[reverse] = connection, 1
            self._flows[key] = connection, 0
        connection.client = connection.client if not flags & SYN else 1 - side if flags & ACK else side
        if flags & SYN and connection.streams[side].syn is None:
            connection.streams[side].syn = sequence
            connection.streams[side].begin(sequence + 1)
        return connection, side

    def _take(
        self,
        flow: tuple[Connection, int],
        number: int,
        at: int,
        head: tuple[int, int, int],
        payload: bytes,
        length: int,
    ) -> None:
        connection, side = flow
        stream, peer = connection.streams[side], connection.streams[1 - side]
        sequence, acknowledged, flags = head
        if flags & SYN:
            sequence += 1
        if flags & ACK and peer.next is None and stream.syn is not None and not flags & (SYN | RST):
            peer.begin(acknowledged)  # the peer's SYN was not captured
        if length > 0:
            if not stream.fits(sequence):
                self.strays += 1
                return
            stream.add(number, at, sequence % (1 << 32), payload, length)
        if flags & RST:
            stream.rst(number, at)
        elif flags & FIN and stream.fits(sequence):
            stream.fin(number, at, sequence + length)
