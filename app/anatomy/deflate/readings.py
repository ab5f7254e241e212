"""Bits that are counted from the least significant of each byte, as DEFLATE reads them (RFC 1951 section 3.1.1)."""

from __future__ import annotations

LONGEST = 32
"""Bits that are written out; longer runs are told as bytes."""


def number(data: bytes, start: int, end: int) -> int:
    """The number that the bits hold when the first one is worth one, as all of DEFLATE but its codes is read."""
    chunk = int.from_bytes(data[start >> 3 : (end + 7) >> 3], "little")
    return chunk >> (start & 7) & (1 << end - start) - 1


def in_order(data: bytes, start: int, end: int) -> str:
    """The bits in the order in which they are read."""
    return format(number(data, start, end), f"0{end - start}b")[::-1] if end > start else ""


def code(data: bytes, start: int, end: int) -> int:
    """The number that the bits hold when the first one is worth most, as Huffman codes are read."""
    return int(in_order(data, start, end) or "0", 2)


def raw(data: bytes, start: int, end: int) -> str:
    """Bits in reading order, or bytes in hexadecimal where there are many."""
    if end - start <= LONGEST:
        return in_order(data, start, end)
    shown = data[start >> 3 : (end + 7) >> 3]
    return shown[:LONGEST].hex() + ("…" if len(shown) > LONGEST else "")
