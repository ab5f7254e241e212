"""What a TCP connection carries, and who its client is, told from how it begins."""

from __future__ import annotations

import re
from typing import NamedTuple

from app.importers.connections import Connection
from app.importers.midstream import find_frames, frames_in
from app.importers.sides import HEAD_LINE, has_rsv1, is_request, is_response, is_tls
from app.importers.source import COMPRESSED, NO_ANSWER, NO_HANDSHAKE, NO_REQUEST, Known, What
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
    known = Known(what, *ends, opened)
    if opened:
        return _midstream(known, names, notes, halves)
    return _headless(known, names, notes, halves, client) if what == "websocket" else Carried(known, names, notes)


def _headless(
    known: Known, names: tuple[Side, Side], notes: list[str], halves: list[list[Piece]], client: int
) -> Carried:
    """A connection that began within the capture, in which the request or the answer may be missing all the same."""
    asked, answered = _start(halves[client]), _start(halves[1 - client])
    skipped = [0, 0]
    if not is_response(answered):
        first = _first_frame(halves[1 - client], masked=False)
        skipped[1 - client] = first or 0
        if first is not None or not answered:
            notes.append(NO_ANSWER)
            data = asked[find_end(asked) or len(asked) :]
            known = known._replace(unanswered=True, compressed=has_rsv1(data))
    elif not is_request(asked[:HEAD_LINE]):
        first = _first_frame(halves[client], masked=True)
        skipped[client] = first or 0
        if first is not None:
            notes.append(NO_REQUEST)
            known = known._replace(unasked=True)
    return Carried(known, names, notes, (skipped[0], skipped[1]))


def _first_frame(half: list[Piece], *, masked: bool) -> int | None:
    """The piece with which frames begin; None when there is none."""
    data = b"".join(piece.data for piece in half)
    if not data:
        return None
    places, at = [], 0
    for piece in half:
        places.append(at)
        at += len(piece.data)
    start = find_frames(dict.fromkeys(places), data[:BEGINNING], masked)
    if start is None:
        return None
    # A gap takes no place: the piece that has the first byte is the last of those that begin there.
    return max(index for index, place in enumerate(places) if place == start and half[index].data)


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
        first = _first_frame(half, masked=name == "client")
        if first is None and any(piece.data for piece in half):
            return Carried(known._replace(what="other", opened=False), names, notes)
        skipped.append(first or 0)
        compressed = compressed or has_rsv1(b"".join(piece.data for piece in half[first or 0 :]))
    notes.append(NO_HANDSHAKE)
    if any(skipped):
        notes.append(NO_FRAMES)
    if compressed:
        notes.append(COMPRESSED)
    return Carried(known._replace(compressed=compressed), names, notes, (skipped[0], skipped[1]))
