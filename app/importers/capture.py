"""Captures (pcap, pcapng): every TCP connection becomes a trace, put together from its packets."""

from __future__ import annotations

from collections.abc import Callable

from app.importers import pcap, pcapng
from app.importers.carried import Carried, carried
from app.importers.connections import Connection, Connections
from app.importers.packets import Capture, Packet, in_order
from app.importers.source import NO_LIMIT, Known, Source, Unreadable, size_of
from app.importers.tcp import Piece
from app.trace import SIDES, Layer, Side, Trace, other

NAME = "pcap"
WHAT = "captures of tcpdump, Wireshark and dumpcap (pcap, pcapng)"

SHOWN = 5
"""Link types that a note names."""


def sniff(data: bytes) -> bool:
    """The magic number of a capture."""
    return pcap.is_pcap(data) or pcapng.is_pcapng(data)


def read(data: bytes, side: Side | None = None) -> Source:
    """Every TCP connection of a capture. Raises Unreadable."""
    for known, reader in _READERS:
        if known(data):
            capture = reader(data)
            return from_packets(capture, "pcapng" if reader is pcapng.read_packets else "pcap", side)
    raise Unreadable("This is no capture: it does not begin as pcap or pcapng files do.")


_READERS: tuple[tuple[Callable[[bytes], bool], Callable[[bytes], Capture]], ...] = (
    (pcap.is_pcap, pcap.read_packets),
    (pcapng.is_pcapng, pcapng.read_packets),
)


def from_packets(
    capture: Capture, layout: str, side: Side | None = None, ignored_lines: tuple[int, ...] = ()
) -> Source:
    """A source from packets, wherever they came from. Raises Unreadable when there is no TCP in them."""
    packets = in_order(capture)
    table = Connections()
    found = table.read(packets)
    notes = [*capture.notes, *_notes(table)]
    if not found:
        raise Unreadable(_nothing(packets, notes))
    begin = packets[0].at
    traces, known = [], {}
    for connection in found:
        trace, about, more = _trace(connection, begin, side)
        traces.append(trace)
        known[trace.connection] = about
        notes += [f"Connection {trace.connection}: {note}" for note in more]
    if side:
        notes.append(f"What the {other(side)} sent was left out, as asked.")
    size = sum(size_of(trace, owner) for trace in traces for owner in SIDES)
    return Source(layout, size, traces, "wire", ignored_lines, tuple(notes), known, tuple(capture.secrets))


def _nothing(packets: list[Packet], notes: list[str]) -> str:
    if not packets:
        return " ".join(["This capture holds no packets.", *notes])
    return " ".join([f"None of the {len(packets)} packets of this capture holds TCP that can be read.", *notes])


def _notes(table: Connections) -> list[str]:
    """What was not read, and why."""
    notes = [
        f"{_count(count, 'packet')} of link type {link} not read: only Ethernet, Linux cooked, BSD loopback, raw IP "
        "and PPP are."
        for link, count in table.unread.most_common(SHOWN)
    ]
    if table.incomplete:
        notes.append(f"{_count(table.incomplete, 'IP packet')} left out: fragments of them are missing.")
    if table.strays:
        notes.append(f"{_count(table.strays, 'segment')} left out: their sequence numbers fit no connection.")
    return notes


def _count(number: int, what: str) -> str:
    return f"{number} {what} was" if number == 1 else f"{number} {what}s were"


def _trace(connection: Connection, begin: int, side: Side | None) -> tuple[Trace, Known, list[str]]:
    """The records of a connection by time, what it carries, and what had to be assumed."""
    halves = [stream.finish() for stream in connection.streams]
    told = carried(connection, halves)
    names = told.names
    trace = Trace(str(connection.number), limit=NO_LIMIT)
    layer: Layer = "tls" if told.known.what == "encrypted" else "wire"
    merged = sorted(_numbered(halves, names, told), key=lambda entry: entry[0])
    add = trace.add
    for _, owner, piece in merged:
        if side is None or owner == side:
            add(piece.at - begin, owner, piece.data, piece.kind, layer)
    different = sum(stream.different for stream in connection.streams)
    if different:
        told.notes.append(f"{_count(different, 'segment')} sent again with other bytes; the first ones are kept.")
    return trace, told.known, told.notes


def _numbered(halves: list[list[Piece]], names: tuple[Side, Side], told: Carried) -> list[tuple[int, Side, Piece]]:
    return [
        (piece.number, owner, piece)
        for owner, half, skipped in zip(names, halves, told.skipped, strict=True)
        for piece in half[skipped:]
    ]
