"""What a TCP connection carries, and who its client is, told from how it begins."""

from __future__ import annotations

import re
from typing import NamedTuple

from app.importers.connections import Connection
from app.importers.midstream import find_frames, frames_in
from app.importers.sides import HEAD_LINE, has_rsv1, is_request, is_response, is_tls
from app.importers.source import COMPRESSED, NO_ANSWER, NO_HANDSHAKE, Known, What
from app.importers.tcp import Piece
from app.protocol.handshake import find_end
from app.trace import Side

BEGINNING = 1 << 20
"""Bytes of a side that are looked at."""

_UPGRADE = re.compile(rb"^upgrade[ \t]*:[^\r\n]*websocket", re.IGNORECASE | re.MULTILINE)
_SWITCHED = re.compile(rb"HTTP/\d\.\d 101")

BY_MASK = "it begins in the middle; the side whose frames are masked is taken as the client."
BY_PORT = "it begins in the middle; the side with the higher port is taken as the client."
NO_FRAMES = "it begins inside a frame; what comes before the first frame that can be told apart was left out."


class Carried(NamedTuple):
    """`names` of the two streams, and how many pieces of each come before the first frame of a guess."""

    known: Known
    names: tuple[Side, Side]
    notes: list[str]
    skipped: tuple[int, int] = (0, 0)


def carried(connection: Connection, halves: list[list[Piece]]) -> Carried:
    """Judge a connection by the first bytes of its two streams."""
    starts = [_start(half) for half in halves]
    notes: list[str] = []
    client = connection.client
    if client is None:
        client = client_of(starts)
    if client is None:
        client, note = _guess(connection, starts)
        notes.append(note)
    names: tuple[Side, Side] = ("client", "server") if client == 0 else ("server", "client")
    ends = connection.peer(client), connection.peer(1 - client)
    asked, answered = starts[client], starts[1 - client]
    what, opened = _what(connection, asked, answered)
    if not opened:
        unanswered = what == "websocket" and not answered
        if unanswered:
            notes.append(NO_ANSWER)
        compressed = unanswered and has_rsv1(asked[find_end(asked) or len(asked) :])
        return Carried(Known(what, *ends, False, unanswered, compressed), names, notes)
    return _midstream(Known(what, *ends, True), names, notes, halves)


def _start(half: list[Piece]) -> bytes:
    """The first bytes of a stream, up to a gap."""
    parts, size = [], 0
    for piece in half:
        if piece.kind == "gap" or size >= BEGINNING:
            break
        parts.append(piece.data)
        size += len(piece.data)
    return b"".join(parts)


def client_of(starts: list[bytes]) -> int | None:
    """Who speaks as a client does: a request, a ClientHello; or has a peer that speaks as a server does."""
    for index, start in enumerate(starts):
        if is_request(start[:HEAD_LINE]) or (is_tls(start) and start[5:6] == b"\x01"):
            return index
        if is_response(start) or (is_tls(start) and start[5:6] == b"\x02"):
            return 1 - index
    return None


def _guess(connection: Connection, starts: list[bytes]) -> tuple[int, str]:
    for index, start in enumerate(starts):
        if start and frames_in(start, True) > frames_in(start, False):
            return index, BY_MASK
        if start and frames_in(start, False) > frames_in(start, True):
            return 1 - index, BY_MASK
    return (0 if connection.port(0) >= connection.port(1) else 1), BY_PORT


def _what(connection: Connection, asked: bytes, answered: bytes) -> tuple[What, bool]:
    """What is carried, and whether it must have begun before the capture did."""
    if is_tls(asked) or is_tls(answered):
        return "encrypted", False
    if _SWITCHED.match(answered):
        return "websocket", False
    if is_request(asked[:HEAD_LINE]):
        end = find_end(asked)
        return ("websocket" if end is None or _UPGRADE.search(asked, 0, end) else "http"), False
    if is_response(answered):
        return "http", False
    if not connection.spoke:
        return "silent", False
    begun = all(stream.syn is not None for stream in connection.streams)
    return ("other", False) if begun else ("websocket", True)


def _midstream(known: Known, names: tuple[Side, Side], notes: list[str], halves: list[list[Piece]]) -> Carried:
    """A connection that was open before the capture began: find the first frame of each side."""
    skipped: list[int] = []
    compressed = False
    for name, half in zip(names, halves, strict=True):
        data = b"".join(piece.data for piece in half)
        places, at = [], 0
        for piece in half:
            places.append(at)
            at += len(piece.data)
        start = find_frames(places, data[:BEGINNING], name == "client") if data else 0
        if start is None:
            return Carried(known._replace(what="other", opened=False), names, notes)
        skipped.append(places.index(start) if start else 0)
        compressed = compressed or has_rsv1(data[start:])
    notes.append(NO_HANDSHAKE)
    if any(skipped):
        notes.append(NO_FRAMES)
    if compressed:
        notes.append(COMPRESSED)
    return Carried(known._replace(compressed=compressed), names, notes, (skipped[0], skipped[1]))
