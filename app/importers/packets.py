"""What a capture file consists of, whatever its format: packets with their time and link type, and notes."""

from __future__ import annotations

from typing import NamedTuple


class Packet(NamedTuple):
    """`at` in nanoseconds of the capture's own clock; `link` is a link-layer type of tcpdump.org's list; `data` is
    what was kept of the packet."""

    at: int
    link: int
    data: bytes


class Capture(NamedTuple):
    """The packets of a file, in its order; `secrets` are the TLS key logs that it carries."""

    packets: list[Packet]
    notes: list[str]
    secrets: list[bytes]


def in_order(capture: Capture) -> list[Packet]:
    """The packets by time. Several interfaces write one after the other, so a file may be a little out of order."""
    packets = capture.packets
    if all(packets[i].at <= packets[i + 1].at for i in range(len(packets) - 1)):
        return packets
    capture.notes.append("The packets are not in order of time in the file: they are read in order of time.")
    return sorted(packets, key=lambda packet: packet.at)
