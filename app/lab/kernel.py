"""What TCP and IP add to a connection: counted by the kernel where it tells (Linux), computed elsewhere.

The kernel counts segments. A capture on the loopback device shows fewer, larger packets, because segments are put
together there; on a network each would be a packet of its own.
"""

from __future__ import annotations

import socket
import struct
import sys
from typing import Literal, NamedTuple

from app.lab.tally import Bytes

Network = Literal["kernel", "computed", "datagrams"]
"""How the figures of the network layer came about."""

MSS = 1460
"""Asked for on the listener, so that segments are as long as on an Ethernet."""
DATA = MSS - 12
"""Bytes in a full segment that also carries a timestamp."""
TCP, TIMESTAMP = 20, 12
SYN_OPTIONS = 20
"""Maximum segment size, selective acknowledgement, timestamp and window scale, in the first segment of each side."""
IP = {socket.AF_INET: 20, socket.AF_INET6: 40}
UDP = 8

_INFO_SIZE = 232
_STATE_OPTIONS = 5
_HAS_TIMESTAMP = 1
_SEGMENTS = struct.Struct("=II")
_SEGMENTS_AT = 136
_REPEATED = struct.Struct("=Q")
_REPEATED_AT = 208
TCP_INFO: int | None = getattr(socket, "TCP_INFO", None) if sys.platform == "linux" else None


class Segments(NamedTuple):
    """Segments that the client and the server sent, and whether they carry timestamps."""

    client: int
    server: int
    stamped: bool


def segments(sock: socket.socket) -> Segments | None:
    """What the kernel counted on the server's socket; None where it does not tell. SYN-ACK is not among them."""
    info = _info(sock)
    if len(info) < _SEGMENTS_AT + _SEGMENTS.size:
        return None
    out, into = _SEGMENTS.unpack_from(info, _SEGMENTS_AT)
    return Segments(into, out, bool(info[_STATE_OPTIONS] & _HAS_TIMESTAMP))


def repeated(sock: socket.socket) -> int:
    """Bytes that the kernel sent again because they seemed lost; 0 where it does not tell."""
    info = _info(sock)
    return int(_REPEATED.unpack_from(info, _REPEATED_AT)[0]) if len(info) >= _REPEATED_AT + _REPEATED.size else 0


def _info(sock: socket.socket) -> bytes:
    if TCP_INFO is None:
        return b""
    try:
        return sock.getsockopt(socket.IPPROTO_TCP, TCP_INFO, _INFO_SIZE)
    except OSError:
        return b""


def overhead(family: int, counted: Segments) -> Bytes:
    """Bytes of TCP and IP headers: every segment has one, and the first of each side carries more options."""
    ip = IP.get(socket.AddressFamily(family), 20)
    header = ip + TCP + (TIMESTAMP if counted.stamped else 0)
    first = ip + TCP + SYN_OPTIONS
    found = Bytes()
    found.add("client", "network", (counted.client - 1) * header + first)
    found.add("server", "network", counted.server * header + first)
    return found


class Estimate:
    """Segments by arithmetic: full ones for the data, one acknowledgement for each block, three to open."""

    def __init__(self) -> None:
        self._client, self._server = 2, 0

    def carried(self, size: int, *, by_server: bool) -> None:
        """A block of data went over, and was acknowledged."""
        full = -(-size // DATA)
        self._server += full if by_server else 1
        self._client += 1 if by_server else full

    def ended(self) -> None:
        """Both sides said FIN, and acknowledged it."""
        self._client += 2
        self._server += 2

    def segments(self) -> Segments:
        """What that makes."""
        return Segments(self._client, self._server, True)
