"""Classic capture files (libpcap, tcpdump -w): a header of 24 bytes, then packets with 16 bytes before each."""

from __future__ import annotations

from struct import Struct

from app.importers.packets import Capture, Packet
from app.importers.source import Unreadable

# Magic number -> byte order, nanoseconds in a unit of the second timestamp field, bytes before each packet.
MAGICS = {
    b"\xa1\xb2\xc3\xd4": (">", 1000, 16),
    b"\xd4\xc3\xb2\xa1": ("<", 1000, 16),
    b"\xa1\xb2\x3c\x4d": (">", 1, 16),
    b"\x4d\x3c\xb2\xa1": ("<", 1, 16),
    b"\xa1\xb2\xcd\x34": (">", 1000, 24),  # as some older Linux kernels wrote it
    b"\x34\xcd\xb2\xa1": ("<", 1000, 24),
}
HEADER = 24
LONGEST = 2**26
"""No packet is longer than this; a larger number means that the file is damaged."""


def is_pcap(data: bytes) -> bool:
    """Does the file begin with one of the magic numbers?"""
    return data[:4] in MAGICS


def read_packets(data: bytes) -> Capture:
    """The packets of a file; where it is cut or damaged, what comes before. Raises Unreadable."""
    order, unit, before = MAGICS[data[:4]]
    if len(data) < HEADER:
        raise Unreadable(f"The capture ends inside its header of {HEADER} bytes: the file has only {len(data)}.")
    # The upper bits of the link type say whether a checksum follows the frame, which nobody needs here.
    link = Struct(order + "I").unpack_from(data, 20)[0] & 0xFFFF
    read = Struct(order + "IIII").unpack_from
    packets: list[Packet] = []
    notes: list[str] = []
    add, pos, size = packets.append, HEADER, len(data)
    while pos + before <= size:
        seconds, fraction, kept, _ = read(data, pos)
        start = pos + before
        pos = start + kept
        if kept > LONGEST:
            notes.append(f"Packet {len(packets) + 1} announces {kept} bytes: the file is damaged from there on.")
            return Capture(packets, notes, [])
        add(Packet(seconds * 1_000_000_000 + fraction * unit, link, data[start:pos]))
    if pos != size:
        notes.append(f"The file ends inside packet {len(packets) + (pos < size)}.")
    return Capture(packets, notes, [])
