"""Where frames begin in bytes whose beginning nobody captured: only a guess, so it asks for several in a row."""

from __future__ import annotations

from collections.abc import Iterable

from app.importers.sides import after_heads, walk
from app.protocol.frames import DATA, MAX_CONTROL, OPCODES, Header, Opcode, is_control, length_form, read_header
from app.protocol.limits import Limits

ENOUGH = 8
"""Frames in a row that leave no doubt."""
TRIES = 64
"""Segments at whose start a frame is looked for."""


def _sensible(header: Header, masked: bool) -> bool:
    """Could a peer that keeps the rules have sent this header?"""
    if header.opcode not in OPCODES or header.rsv2 or header.rsv3 or bool(header.masked) != masked:
        return False
    if header.length > Limits().frame or header.form != length_form(header.length):
        return False
    if is_control(header.opcode):
        return bool(header.fin) and not header.rsv1 and header.length <= MAX_CONTROL
    return header.opcode in DATA and not (header.rsv1 and header.opcode == Opcode.CONT)


def frames_in(data: bytes, masked: bool) -> int:
    """How many frames in a row begin with the first byte; 0 when what stands there is none. At most ENOUGH."""
    found = 0
    for _, _, header in walk(data):
        if header is None or found == ENOUGH:
            break
        if not _sensible(header, masked):
            return 0
        found += 1
    return found


def find_frames(starts: Iterable[int], data: bytes, masked: bool) -> int | None:
    """The first of the places in `starts` from which everything reads as frames, at least two of them or one that
    ends with the data."""
    for _, start in zip(range(TRIES), starts, strict=False):
        rest = data[start : start + (1 << 20)]
        found = frames_in(rest, masked)
        if found >= 2 or (found == 1 and _ends_with(rest)):
            return start
    return None


def _ends_with(data: bytes) -> bool:
    """Is this exactly one frame?"""
    _, _, header = next(iter(walk(data)), (0, 0, None))
    return header is not None and header.size + header.length == len(data)


def ends_with_a_frame(data: bytes) -> bool:
    """Is this, after the heads, a run of sensible frames of one side that ends exactly with one of them?"""
    pos = after_heads(data)
    masked = data[pos + 1 : pos + 2] >= b"\x80"
    while (header := read_header(data, pos)) and _sensible(header, masked):
        pos += header.size + header.length
    return pos == len(data)
