"""IP: from a packet to the TCP segment inside it, over fragments (RFC 791, RFC 8200) and extension headers."""

from __future__ import annotations

from struct import Struct
from typing import NamedTuple

from app.importers.link import IPV4, IPV6

TCP = 6
_TUNNELS = {4: IPV4, 41: IPV6}
DEEPEST = 4
"""Packets inside packets are followed so far."""

_HOP, _ROUTING, _FRAGMENT, _AUTH, _DESTINATION, _MOBILITY, _HIP, _SHIM = 0, 43, 44, 51, 60, 135, 139, 140
_EXTENSIONS = frozenset({_HOP, _ROUTING, _AUTH, _DESTINATION, _MOBILITY, _HIP, _SHIM})

_V4 = Struct(">BxHHHxB").unpack_from
_V6 = Struct(">HB").unpack_from
_FRAGMENT_HEAD = Struct(">BxHI").unpack_from

MOST_FRAGMENTED = 1024
"""Packets in pieces that are waited for at a time; the oldest gives way."""
LARGEST = 65_535


class Segment(NamedTuple):
    """A TCP segment: `data[start:end]` is what was kept of it, `length` what it had on the wire; `addresses` are the
    sender's and the receiver's, one after the other."""

    addresses: bytes
    data: bytes
    start: int
    end: int
    length: int


class _Pieces:
    """The fragments of one packet so far; `total` is known once the last one has come."""

    __slots__ = ("got", "parts", "total")

    def __init__(self) -> None:
        self.parts: dict[int, bytes] = {}
        self.got = 0
        self.total: int | None = None

    def whole(self) -> bytes | None:
        """The packet, once nothing is missing; where fragments overlap the one that begins first stays."""
        if self.total is None or self.got < self.total:
            return None
        out = bytearray()
        for offset, part in sorted(self.parts.items()):
            if offset > len(out):
                return None
            out += part[len(out) - offset :]
        return bytes(out[: self.total])


class Network:
    """Reads IP packets one after the other; remembers fragments until their packet is complete."""

    def __init__(self) -> None:
        self._waiting: dict[bytes, _Pieces] = {}

    @property
    def incomplete(self) -> int:
        """Packets of which fragments are missing."""
        return len(self._waiting)

    def segment(self, kind: int, data: bytes, pos: int, depth: int = 0) -> Segment | None:
        """The TCP segment in the packet at `pos`, or None: another protocol, damaged, or waiting for fragments."""
        if kind == IPV4:
            return self._v4(data, pos, depth)
        return self._v6(data, pos, depth) if kind == IPV6 else None

    def _v4(self, data: bytes, pos: int, depth: int) -> Segment | None:
        have = len(data) - pos
        if have < 20:
            return None
        version, total, identity, fragment, protocol = _V4(data, pos)
        head = (version & 15) * 4
        if version >> 4 != 4 or head < 20:
            return None
        # A network card that cuts packets itself leaves the total at zero.
        length = (total or have) - head
        start, end = pos + head, min(pos + head + length, len(data))
        addresses = data[pos + 12 : pos + 20]
        if fragment & 0x3FFF:
            key = b"%b%d %d" % (addresses, identity, protocol)
            place, more = (fragment & 0x1FFF) * 8, bool(fragment & 0x2000)
            return self._fragment(key, place, more, data[start:end], (protocol, addresses, depth))
        return self._payload(protocol, addresses, (data, start, end, length), depth)

    def _v6(self, data: bytes, pos: int, depth: int) -> Segment | None:
        have = len(data) - pos
        if have < 40 or data[pos] >> 4 != 6:
            return None
        length, protocol = _V6(data, pos + 4)
        length = length or have - 40
        addresses = data[pos + 8 : pos + 40]
        start = pos + 40
        end = min(start + length, len(data))
        return self._chain(protocol, addresses, (data, start, end, length), depth)

    def _chain(self, protocol: int, addresses: bytes, body: tuple[bytes, int, int, int], depth: int) -> Segment | None:
        """Past the extension headers of IPv6."""
        data, start, end, length = body
        while protocol in _EXTENSIONS and start + 2 <= end:
            size = (data[start + 1] + 2) * 4 if protocol == _AUTH else (data[start + 1] + 1) * 8
            protocol, start, length = data[start], start + size, length - size
        if protocol == _FRAGMENT and start + 8 <= end:
            protocol, place, identity = _FRAGMENT_HEAD(data, start)
            if place & 0xFFF9:
                key = b"%b%d" % (addresses, identity)
                rest = data[start + 8 : end]
                return self._fragment(key, place & 0xFFF8, bool(place & 1), rest, (protocol, addresses, depth))
            start, length = start + 8, length - 8
        return self._payload(protocol, addresses, (data, start, end, length), depth)

    def _payload(
        self, protocol: int, addresses: bytes, body: tuple[bytes, int, int, int], depth: int
    ) -> Segment | None:
        data, start, end, length = body
        if protocol == TCP:
            return Segment(addresses, data, start, end, length) if end - start >= 20 else None
        if protocol in _TUNNELS and depth < DEEPEST:
            return self.segment(_TUNNELS[protocol], data[:end], start, depth + 1)
        return None

    def _fragment(
        self, key: bytes, place: int, more: bool, part: bytes, inner: tuple[int, bytes, int]
    ) -> Segment | None:
        if place + len(part) > LARGEST:
            return None
        pieces = self._waiting.setdefault(key, _Pieces())
        if place not in pieces.parts:
            pieces.parts[place] = part
            pieces.got += len(part)
        if not more:
            pieces.total = place + len(part)
        whole = pieces.whole()
        if whole is None:
            if len(self._waiting) > MOST_FRAGMENTED:
                del self._waiting[next(iter(self._waiting))]
            return None
        del self._waiting[key]
        protocol, addresses, depth = inner
        return self._chain(protocol, addresses, (whole, 0, len(whole), len(whole)), depth)
