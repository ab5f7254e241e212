"""Which side sent a run of bytes, when nobody says: heads tell it by their first line, frames by their MASK bit."""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.protocol.frames import Header, Opcode, read_header
from app.protocol.handshake import find_end
from app.trace import SIDES, Side

Runs = list[tuple[Side, bytes]]

_REQUEST = re.compile(rb"[A-Z]+ \S+ HTTP/")
_RESPONSE = re.compile(rb"HTTP/\d")

HEAD_LINE = 8192
"""Bytes in which the first line of a head shows what it is."""

MASKED = "The first frame is masked, so the bytes are taken as the client's (RFC 6455 5.1)."
UNMASKED = "The first frame is not masked, so the bytes are taken as the server's (RFC 6455 5.1)."
BOTH = "Both sides stand in one run of bytes: each frame is given to the side that its MASK bit names."


def is_request(data: bytes) -> bool:
    """Do these bytes begin an HTTP request?"""
    return bool(_REQUEST.match(data))


def is_response(data: bytes) -> bool:
    """Do these bytes begin an HTTP response?"""
    return bool(_RESPONSE.match(data))


def is_head(data: bytes) -> bool:
    """Do these bytes begin an HTTP request or response?"""
    return is_request(data) or is_response(data)


def after_heads(data: bytes) -> int:
    """Where the frames begin: after a request, a response or both; at the end when a head is not complete."""
    pos = 0
    for _ in SIDES:
        if not is_head(data[pos : pos + HEAD_LINE]):
            break
        length = find_end(data[pos:])
        if length is None:
            return len(data)
        pos += length
    return pos


def is_tls(data: bytes) -> bool:
    """Do these bytes begin a TLS handshake record?"""
    return data[:2] == b"\x16\x03"


def has_rsv1(data: bytes) -> bool:
    """Does a message begin with RSV1 set, as compressed ones do (RFC 7692 6)?"""
    return any(header and header.rsv1 and header.opcode in (Opcode.TEXT, Opcode.BINARY) for _, _, header in walk(data))


def walk(data: bytes) -> Iterator[tuple[int, int, Header | None]]:
    """The frames of a run, whoever sent them: first and last byte and the header, None for one that is cut off."""
    pos = 0
    while pos < len(data):
        header = read_header(data, pos)
        end = min(pos + header.size + header.length, len(data)) if header else len(data)
        yield pos, end, header
        pos = end


def divide(data: bytes) -> tuple[Runs, tuple[str, ...]]:
    """The runs of each side, and what had to be assumed."""
    if _RESPONSE.match(data):
        return [("server", data)], ()
    if not _REQUEST.match(data):
        return ([("client", data)], (MASKED,)) if data[1:2] >= b"\x80" else ([("server", data)], (UNMASKED,))
    end = find_end(data)
    if end is None or not _RESPONSE.match(data, end):
        return [("client", data)], ()
    frames = after_heads(data)
    runs = by_mask(data[frames:])
    return [("client", data[:end]), ("server", data[end:frames]), *runs], (BOTH,) if runs else ()


def by_mask(data: bytes) -> Runs:
    """Frames of both sides, told apart by their MASK bit; a frame that is cut off ends the last run."""
    return [("client" if data[pos + 1 : pos + 2] >= b"\x80" else "server", data[pos:end]) for pos, end, _ in walk(data)]
