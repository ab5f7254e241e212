"""Whole packets as text: tcpdump -x and -X, with link layer -xx and -XX, tshark -x, Wireshark's packet bytes."""

from __future__ import annotations

import re

from app.importers.capture import from_packets
from app.importers.clock import time_in
from app.importers.dump import find_layout, read_rows
from app.importers.ip import TCP
from app.importers.link import ETHERNET, IPV4, IPV6, LINKS, RAW_IP
from app.importers.packets import Capture, Packet
from app.importers.source import Source, Unreadable
from app.importers.text import SAMPLE, Line, lines_of, must_be_text, sample_of
from app.trace import Side

NAME = "packets"
WHAT = "whole packets as text (tcpdump -x, -X, -xx, -XX, tshark -x)"

_COOKED, _COOKED_2, _BSD = 113, 276, 0
GUESSES = (ETHERNET, RAW_IP, _BSD, _COOKED, _COOKED_2)
"""Link types to try, in this order: a dump does not name its own."""
NAMES = {ETHERNET: "Ethernet", RAW_IP: "IP", _BSD: "BSD loopback", _COOKED: "Linux cooked", _COOKED_2: "Linux cooked"}

_SOURCE = re.compile(r"(.+) \(\d+ bytes\):\s*")
"""tshark dumps what it reassembled or unmasked as well, each under a name; the packet itself is the "Frame"."""


def sniff(data: bytes) -> bool:
    """A dump whose bytes begin as a packet with TCP does."""
    lines = sample_of(data)
    try:
        packets = _packets(lines) if find_layout(lines) else []
    except Unreadable:
        return False
    if len(lines) == SAMPLE:
        packets = packets[:-1] or packets  # the sample may end inside a packet
    return _link(packets) is not None


def read(data: bytes, side: Side | None = None) -> Source:
    """The connections in the packets. Raises Unreadable."""
    lines = lines_of(must_be_text(data))
    packets = _packets(lines) if find_layout(lines) else []
    link = _link(packets)
    if link is None:
        raise Unreadable("This text holds no dump of whole packets with IP and TCP headers.")
    capture = Capture([Packet(at, link, frame) for at, frame in packets], [], [])
    source = from_packets(capture, NAME, side)
    note = f"Every dump is taken as a whole packet that begins with {NAMES[link]}."
    if not any(at for at, _ in packets):
        note += " No times are given, so all are zero."
    return source._replace(assumptions=(note, *source.assumptions))


def _packets(lines: list[Line]) -> list[tuple[int, bytes]]:
    """Time and bytes of each dump; the time stands in the line before it."""
    layout = find_layout(lines)
    assert layout is not None
    dumps, _ = read_rows(layout, lines)
    before: dict[int, list[str]] = {}
    starts = {number for number, _ in dumps}
    kept: list[str] = []
    for number, line in lines:
        if number in starts:
            before[number] = kept[-2:]
            kept = []
        else:
            kept.append(line)
    packets, last = [], 0
    for number, data in dumps:
        told = before.get(number, [])
        named = _SOURCE.fullmatch(told[-1]) if told else None
        if named and named[1] != "Frame":
            continue
        last = next((at for line in told if (at := time_in(line)) is not None), last)
        packets.append((last, data))
    return packets


def _link(packets: list[tuple[int, bytes]]) -> int | None:
    """The link type under which all packets hold IP, and at least one TCP."""
    for link in GUESSES:
        found = [_protocol(link, data) for _, data in packets]
        if found and all(found) and TCP in found:
            return link
    return None


def _protocol(link: int, data: bytes) -> int | None:
    """The protocol over IP, None when no sound IP header begins where the link type ends."""
    below = LINKS[link](data)
    if below is None:
        return None
    kind, pos = below
    if kind == IPV4 and len(data) >= pos + 20 and data[pos] >> 4 == 4 and data[pos] & 15 >= 5:
        total = int.from_bytes(data[pos + 2 : pos + 4], "big")
        return data[pos + 9] or None if 20 <= total <= len(data) - pos else None
    if kind == IPV6 and len(data) >= pos + 40 and data[pos] >> 4 == 6:
        length = int.from_bytes(data[pos + 4 : pos + 6], "big")
        return TCP if length <= len(data) - pos - 40 else None
    return None
