"""Reading a request head before any HTTP server sees it: bounded in size and time, kept exactly as it came."""

from __future__ import annotations

import re
import socket
import time
from typing import Literal, NamedTuple

from app.protocol.handshake import find_end

Cut = Literal["", "long", "slow", "eof", "reset", "junk", "tls"]
"""Why reading stopped before the end of a head; empty for a whole one."""

_METHOD_BYTE = re.compile(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]")


class Head(NamedTuple):
    """`pieces`: each read with its time (monotonic ns); `end`: where the head ends in `data`; the rest was glued on."""

    pieces: tuple[tuple[int, bytes], ...]
    data: bytes
    end: int | None
    cut: Cut


def read_head(sock: socket.socket, limit: int, seconds: float) -> Head:
    """Read until the empty line, `limit` bytes, or `seconds` after the call. Never raises on what a peer does."""
    pieces: list[tuple[int, bytes]] = []
    data = bytearray()
    deadline = time.monotonic() + seconds
    while True:
        piece, cut = _read(sock, limit + 1 - len(data), deadline)
        if piece:
            pieces.append((time.monotonic_ns(), piece))
            data += piece
            cut = _hopeless(data)
            end = find_end(data) if b"\n" in piece else None
            if end is not None and end <= limit and not cut:
                return Head(tuple(pieces), bytes(data), end, "")
            if len(data) > limit:
                cut = cut or "long"
        if cut:
            return Head(tuple(pieces), bytes(data), None, cut)


def _read(sock: socket.socket, room: int, deadline: float) -> tuple[bytes, Cut]:
    left = deadline - time.monotonic()
    if left <= 0:
        return b"", "slow"
    try:
        sock.settimeout(left)
        piece = sock.recv(room)
    except TimeoutError:
        return b"", "slow"
    except OSError:
        return b"", "reset"
    return piece, "" if piece else "eof"


def _hopeless(data: bytearray) -> Cut:
    """Whether the first byte can no longer become a request line (empty lines before it are allowed)."""
    start = data.lstrip(b"\r\n")[:2]
    if not start or _METHOD_BYTE.match(start):
        return ""
    return "tls" if start[:1] == b"\x16" else "junk"
