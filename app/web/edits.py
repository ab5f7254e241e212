"""Changes that a reader makes to a copy of a trace: flip a bit, write a number into a field, replace bytes. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from app.trace import Side, Trace

MOST = 200
"""Changes at one time."""
LONGEST = 65_536
"""Bytes that one change writes."""

_EDIT = re.compile(
    r"(?P<connection>[^;:~]{1,64})~(?P<side>client|server)~"
    r"(?:f(?P<bit>\d{1,12})|p(?P<at>\d{1,12})\.(?P<bits>\d{1,2})\.(?P<value>[0-9a-f]{1,16})"
    r"|s(?P<byte>\d{1,12})\.(?P<cut>\d{1,9})\.(?P<bytes>(?:[0-9a-f]{2})*))"
)


class Edit(NamedTuple):
    """Replaces `cut` bits from bit `at` of what a side sent by the `bits` lowest bits of `value`.

    `flip` turns one bit over, whatever it is. Only whole bytes change the length.
    """

    connection: str
    side: Side
    at: int
    cut: int = 1
    bits: int = 1
    value: int = 0
    flip: bool = False


def read_edits(text: str) -> tuple[Edit, ...]:
    """`CONNECTION~SIDE~` and `fBIT`, `pBIT.BITS.HEX` or `sBYTE.CUT.HEX`, joined by `;`. Raises ValueError."""
    words = [word for word in text.split(";") if word]
    if len(words) > MOST:
        raise ValueError(f"At most {MOST} changes can be made; start over from the edited bytes.")
    return tuple(map(_read, words))


def _read(word: str) -> Edit:
    match = _EDIT.fullmatch(word)
    if match is None or len(word) > 2 * LONGEST + 200:
        raise ValueError("A change could not be read.")
    side: Side = "client" if match["side"] == "client" else "server"
    if match["bit"]:
        return Edit(match["connection"], side, int(match["bit"]), flip=True)
    if match["at"]:
        bits = int(match["bits"])
        value = int(match["value"], 16)
        if not 0 < bits <= 64 or value >> bits:
            raise ValueError(f"{value} does not fit into {bits} bits.")
        return Edit(match["connection"], side, int(match["at"]), bits, bits, value)
    new = match["bytes"] or ""
    return Edit(
        match["connection"], side, int(match["byte"]) * 8, int(match["cut"]) * 8, len(new) * 4, int(new or "0", 16)
    )


def written(edit: Edit) -> str:
    """An edit as `read_edits` reads it."""
    if edit.flip:
        what = f"f{edit.at}"
    elif edit.cut == edit.bits and edit.bits <= 64:
        what = f"p{edit.at}.{edit.bits}.{edit.value:x}"
    else:
        new = edit.value.to_bytes(edit.bits // 8, "big").hex()
        what = f"s{edit.at // 8}.{edit.cut // 8}.{new}"
    return f"{edit.connection}~{edit.side}~{what}"


def edited(trace: Trace, edits: Iterable[Edit]) -> Trace:
    """A copy of the trace with the edits of its connection made in order; times and record borders stay."""
    mine = [edit for edit in edits if edit.connection == trace.connection]
    if not mine:
        return trace
    records = list(trace.records)
    blocks = [bytearray(record.data) for record in records]
    for edit in mine:
        places = [
            n
            for n, record in enumerate(records)
            if record.side == edit.side and record.layer == "wire" and record.kind == "data"
        ]
        _change(blocks, places, edit)
    copy = Trace(trace.connection, limit=2**62, fidelity=trace.fidelity)
    for record, block in zip(records, blocks, strict=True):
        copy.add(record.at, record.side, bytes(block), record.kind, record.layer, record.opcode)
    copy.stopped = trace.stopped
    return copy


def _change(blocks: list[bytearray], places: list[int], edit: Edit) -> None:
    """One edit on the blocks of a side; what lies beyond the end changes nothing."""
    first, last = edit.at // 8, (edit.at + edit.cut + 7) // 8
    begun = 0
    waiting = True
    for place in places:
        block = blocks[place]
        size = len(block)
        start, end = max(first - begun, 0), min(last - begun, size)
        inside = start < end or (first == last and begun <= first <= begun + size)
        if inside and waiting:
            old = _across(blocks, places, first, last)
            block[start:end] = _new(old, edit)
            waiting = False
        elif start < end:
            del block[start:end]
        begun += size
        if begun >= last:
            return


def _across(blocks: list[bytearray], places: list[int], first: int, last: int) -> bytes:
    """Bytes `first` to `last` of a side, which may lie in several blocks."""
    found, begun = bytearray(), 0
    for place in places:
        block = blocks[place]
        found += block[max(first - begun, 0) : max(last - begun, 0)]
        begun += len(block)
        if begun >= last:
            break
    return bytes(found)


def _new(old: bytes, edit: Edit) -> bytes:
    if edit.at % 8 == 0 and edit.cut % 8 == 0 and not edit.flip:
        return edit.value.to_bytes(edit.bits // 8, "big")
    total = len(old) * 8
    shift = total - edit.at % 8 - edit.cut
    number = int.from_bytes(old, "big")
    if shift < 0:
        return old
    if edit.flip:
        number ^= 1 << shift
    else:
        number = number & ~(((1 << edit.cut) - 1) << shift) | edit.value << shift
    return number.to_bytes(len(old), "big")


def differs(before: Trace, after: Trace) -> int:
    """How many bits differ between the two; bytes that only one of them has count as eight."""
    count = 0
    for side in ("client", "server"):
        one, two = before.bytes(side), after.bytes(side)
        same = min(len(one), len(two))
        count += (int.from_bytes(one[:same], "big") ^ int.from_bytes(two[:same], "big")).bit_count()
        count += abs(len(one) - len(two)) * 8
    return count
