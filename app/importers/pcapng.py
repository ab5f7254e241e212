"""Capture files of the newer kind (pcapng: Wireshark, dumpcap): blocks, with several interfaces and sections."""

from __future__ import annotations

from collections.abc import Iterator
from struct import Struct
from typing import NamedTuple

from app.importers.packets import Capture, Packet
from app.importers.source import Unreadable

SECTION, INTERFACE, OLD_PACKET, SIMPLE_PACKET, ENHANCED_PACKET, SECRETS = 0x0A0D0D0A, 1, 2, 3, 6, 10
TSRESOL, TSOFFSET = 9, 14
TLS_KEY_LOG = 0x544C534B

_SECTION_START = b"\x0a\x0d\x0d\x0a"
_ORDERS = {b"\x1a\x2b\x3c\x4d": ">", b"\x4d\x3c\x2b\x1a": "<"}
_SHORTEST_SECTION = 28


class _Interface(NamedTuple):
    """How an interface counts: `units` of its clock in a second, `offset` in seconds added to each time."""

    link: int
    snap: int
    units: int
    offset: int


class _Section:
    """One section: its byte order and its interfaces, which are numbered afresh in each."""

    def __init__(self, order: str) -> None:
        self.order = order
        self.words = Struct(order + "II").unpack_from
        self.enhanced = Struct(order + "IIII").unpack_from
        self.interfaces: list[_Interface] = []


def is_pcapng(data: bytes) -> bool:
    """Does the file begin with a section header?"""
    return data[:4] == _SECTION_START and data[8:12] in _ORDERS


def read_packets(data: bytes) -> Capture:
    """The packets of all sections; where the file is cut or damaged, what comes before. Raises Unreadable."""
    capture = Capture([], [], [])
    section = _Section("<")
    pos, size, at = 0, len(data), 0
    add = capture.packets.append
    while pos < size:
        if data[pos : pos + 4] == _SECTION_START:
            section = _Section(_order(data, pos))
        kind, length = section.words(data, pos) if pos + 8 <= size else (0, 0)
        if length < 12 or length % 4 or pos + length > size:
            capture.notes.append(_broken(pos, length, size))
            break
        body, end = pos + 8, pos + length - 4
        if kind == ENHANCED_PACKET and length >= 32:
            number, high, low, kept = section.enhanced(data, body)
            interface = _interface(section, number, pos)
            at = _nanoseconds(high << 32 | low, interface)
            add(Packet(at, interface.link, data[body + 20 : min(body + 20 + kept, end)]))
        elif kind == INTERFACE and length >= 20:
            section.interfaces.append(_read_interface(data, body, end, section.order))
        else:
            packet = _other(kind, data, body, end, section, at, capture)
            if packet:
                at = packet.at
                add(packet)
        pos += length
    return capture


def _broken(pos: int, length: int, size: int) -> str:
    if 12 <= length and pos + length > size:
        return f"The file ends inside the block at byte {pos}."
    return f"The block at byte {pos} has a wrong length: the file is damaged from there on."


def _order(data: bytes, pos: int) -> str:
    order = _ORDERS.get(data[pos + 8 : pos + 12])
    if order is None or len(data) - pos < _SHORTEST_SECTION:
        raise Unreadable(f"The section header at byte {pos} of this capture is damaged or cut off.")
    return order


def _interface(section: _Section, number: int, pos: int) -> _Interface:
    if number >= len(section.interfaces):
        raise Unreadable(
            f"The packet block at byte {pos} names interface {number}, which the capture does not describe."
        )
    return section.interfaces[number]


def _nanoseconds(ticks: int, interface: _Interface) -> int:
    if interface.units == 1_000_000:
        return ticks * 1000 + interface.offset * 1_000_000_000
    return ticks * 1_000_000_000 // interface.units + interface.offset * 1_000_000_000


def _other(kind: int, data: bytes, body: int, end: int, section: _Section, at: int, capture: Capture) -> Packet | None:
    """The blocks that are rare: packets of older kinds, and secrets."""
    if kind == SIMPLE_PACKET and end - body >= 4 and section.interfaces:
        interface = section.interfaces[0]
        kept = min(section.words(data, body)[0], interface.snap or end, end - body - 4)
        _once(capture.notes, "Some packets carry no time: they get the time of the packet before them.")
        return Packet(at, interface.link, data[body + 4 : body + 4 + kept])
    if kind == OLD_PACKET and end - body >= 20:
        number = Struct(section.order + "H").unpack_from(data, body)[0]
        high, low, kept = Struct(section.order + "III").unpack_from(data, body + 4)
        interface = _interface(section, number, body - 8)
        start = body + 20
        return Packet(_nanoseconds(high << 32 | low, interface), interface.link, data[start : min(start + kept, end)])
    if kind == SECRETS and end - body >= 8:
        what, length = section.words(data, body)
        if what == TLS_KEY_LOG:
            capture.secrets.append(data[body + 8 : min(body + 8 + length, end)])
    return None


def _once(notes: list[str], note: str) -> None:
    if note not in notes:
        notes.append(note)


def _read_interface(data: bytes, body: int, end: int, order: str) -> _Interface:
    link, _, snap = Struct(order + "HHI").unpack_from(data, body)
    units, offset = 1_000_000, 0
    for code, value in _options(data, body + 8, end, order):
        if code == TSRESOL and value:
            units = 1 << (value[0] & 0x7F) if value[0] & 0x80 else 10 ** value[0]
        elif code == TSOFFSET and len(value) == 8:
            offset = Struct(order + "q").unpack(value)[0]
    return _Interface(link, snap, units, offset)


def _options(data: bytes, pos: int, end: int, order: str) -> Iterator[tuple[int, bytes]]:
    read = Struct(order + "HH").unpack_from
    while pos + 4 <= end:
        code, length = read(data, pos)
        if code == 0:
            return
        yield code, data[pos + 4 : min(pos + 4 + length, end)]
        pos += 4 + (length + 3 & ~3)
