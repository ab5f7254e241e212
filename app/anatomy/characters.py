"""UTF-8 taken apart: which bytes make which character, and which of their bits carry it (RFC 3629 section 3)."""

from __future__ import annotations

import unicodedata
from typing import NamedTuple

LONGEST = 4
"""Bytes of one character at most."""
_LEADS = ((0x80, 0x00, 1, 1), (0xE0, 0xC0, 3, 2), (0xF0, 0xE0, 4, 3), (0xF8, 0xF0, 5, 4))
"""(bits that tell, their value, how many mark the byte, bytes of the character): what a first byte looks like."""
_MARK = 2
"""Bits that mark a byte which continues a character: 10."""


class Character(NamedTuple):
    """One character, or bytes that are none. `start` counts in the text; `note` says what is wrong or missing.

    `marks` are the bits that only mark each byte, `rest` those that carry the code point.
    """

    start: int
    data: bytes
    point: int | None
    name: str
    note: str
    marks: tuple[str, ...]
    rest: tuple[str, ...]

    @property
    def shown(self) -> str:
        """The character where it has a safe picture."""
        char = chr(self.point) if self.point is not None else ""
        return char if char.isprintable() else ""

    @property
    def notation(self) -> str:
        """`U+0048`."""
        return f"U+{self.point:04X}" if self.point is not None else ""


def walk(text: bytes, start: int, end: int, *, begun: bool = True, ended: bool = True) -> list[Character]:
    """The characters that have a byte in `start` to `end`. With `begun` False the text goes on from a fragment before;
    with `ended` False another one follows."""
    at = _lead(text, start)
    found: list[Character] = []
    while at < min(end, len(text)):
        char = _character(text, at, begun=begun, ended=ended)
        found.append(char)
        at += len(char.data)
    return found


def _lead(text: bytes, at: int) -> int:
    """The first byte of the character that byte `at` belongs to, as far as one can tell."""
    for back in range(min(at, LONGEST - 1) + 1):
        if text[at - back : at - back + 1] and not _continues(text[at - back]):
            return at - back if back < _size(text[at - back]) else at
    return at


def _continues(byte: int) -> bool:
    return byte & 0xC0 == 0x80


def _size(byte: int) -> int:
    """How many bytes a character has that begins like this; 1 for a byte that begins none."""
    return next((size for mask, value, _, size in _LEADS if byte & mask == value), 1)


def _character(text: bytes, at: int, *, begun: bool, ended: bool) -> Character:
    size = _size(text[at])
    data = text[at : at + size]
    try:
        char = data.decode()
    except UnicodeDecodeError as error:
        return _broken(text, at, data, error, begun=begun, ended=ended)
    return Character(at, data, ord(char), unicodedata.name(char, ""), "", *_bits(data))


def _broken(text: bytes, at: int, data: bytes, error: UnicodeDecodeError, *, begun: bool, ended: bool) -> Character:
    """Bytes that make no character: cut off by the end of the piece, or not UTF-8 at all."""
    size = _size(data[0])
    if len(data) < size and not ended and all(_continues(byte) for byte in data[1:]):
        return Character(at, data, None, "", "goes on in the next fragment", *_bits(data))
    if _continues(data[0]) and not begun and at < LONGEST - 1:
        run = next((n for n, byte in enumerate(text[at:LONGEST]) if not _continues(byte)), len(text[at:LONGEST]))
        piece = text[at : at + max(run, 1)]
        return Character(at, piece, None, "", "began in the fragment before", *_bits(piece))
    wrong = data[: max(error.end - error.start, 1)]
    note = "is cut off" if len(data) < size else "is not UTF-8"
    return Character(at, wrong, None, "", note, *_bits(wrong))


def _bits(data: bytes) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The bits that mark each byte, and the others."""
    marks, rest = [], []
    for byte in data:
        bits = format(byte, "08b")
        lead = next((mark for mask, value, mark, _ in _LEADS if byte & mask == value), 0)
        cut = _MARK if _continues(byte) else lead
        marks.append(bits[:cut])
        rest.append(bits[cut:])
    return tuple(marks), tuple(rest)
