"""Packets made by hand, for captures that nobody could record on purpose."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from ipaddress import ip_address

from app.importers.packets import Packet

CLIENT, SERVER = "10.0.0.1", "10.0.0.2"
FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16


def tcp(ports: tuple[int, int], seq: int, ack: int, flags: int, data: bytes = b"") -> bytes:
    """A TCP segment."""
    return struct.pack(">HHIIBBHHH", *ports, seq % 2**32, ack % 2**32, 0x50, flags, 1024, 0, 0) + data


def ip(
    source: str, target: str, payload: bytes, protocol: int = 6, fragment: int = 0, total: int | None = None
) -> bytes:
    """An IP packet; `fragment` is the word with flags and offset (version 4 only)."""
    a, b = ip_address(source), ip_address(target)
    if a.version == 6:
        return struct.pack(">IHBB", 6 << 28, len(payload), protocol, 64) + a.packed + b.packed + payload
    size = 20 + len(payload) if total is None else total
    return struct.pack(">BBHHHBBH", 0x45, 0, size, 7, fragment, 64, protocol, 0) + a.packed + b.packed + payload


def ethernet(packet: bytes, tags: bytes = b"") -> bytes:
    """A frame of Ethernet II; `tags` are VLAN tags."""
    kind = b"\x86\xdd" if packet[0] >> 4 == 6 else b"\x08\x00"
    return bytes(12) + tags + kind + packet


def pcap(frames: Iterable[bytes], link: int = 1, order: str = "<", magic: int = 0xA1B2C3D4) -> bytes:
    """A capture file; the packets are a millisecond apart."""
    out = [struct.pack(order + "IHHiIII", magic, 2, 4, 0, 0, 262144, link)]
    for number, frame in enumerate(frames):
        fraction = number * (1000 if magic == 0xA1B2C3D4 else 1_000_000)
        out.append(struct.pack(order + "IIII", 1000, fraction, len(frame), len(frame)) + frame)
    return b"".join(out)


class Talk:
    """A TCP connection in the making: each call adds a packet, sequence numbers come by themselves."""

    def __init__(self, start: tuple[int, int] = (1000, 5000), ports: tuple[int, int] = (50000, 80)) -> None:
        self.seq = list(start)
        self.ports = ports
        self.packets: list[bytes] = []

    def send(self, who: int, data: bytes = b"", flags: int = PSH | ACK, at: int | None = None) -> Talk:
        """A segment of side `who`; `at` is another sequence number than the next."""
        seq = self.seq[who] if at is None else at
        ends, ports = (CLIENT, SERVER), self.ports
        if who:
            ends, ports = ends[::-1], ports[::-1]
        self.packets.append(ip(*ends, tcp(ports, seq, self.seq[1 - who], flags, data)))
        if at is None:
            self.seq[who] += len(data) + bool(flags & (SYN | FIN))
        return self

    def open(self) -> Talk:
        """The three packets that open a connection."""
        return self.send(0, flags=SYN).send(1, flags=SYN | ACK).send(0, flags=ACK)

    def close(self) -> Talk:
        """FIN of both sides."""
        return self.send(0, flags=FIN | ACK).send(1, flags=FIN | ACK)

    def seen(self) -> list[Packet]:
        """What a capture on the IP layer has seen, a millisecond apart."""
        return [Packet(number * 1_000_000, 101, packet) for number, packet in enumerate(self.packets)]
