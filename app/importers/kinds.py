"""The ways in which dumps write bytes: what one word looks like, and which bytes it stands for."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple


class Kind(NamedTuple):
    """A way of writing. `word` matches one word, `size` is its bytes (0: as many as it has digits for), `read` gives
    them and raises ValueError for a number that is too large."""

    name: str
    what: str
    word: re.Pattern[str]
    size: int
    read: Callable[[str], bytes]
    note: str = ""


LITTLE_ENDIAN = "The dump shows {} words; they are read as little-endian, the order of the machines that make them."
OCTAL = "The digits are read as octal numbers."


def _number(base: int, size: int) -> Callable[[str], bytes]:
    # A negative number is written in two's complement, so its remainder has the same bits.
    def read(word: str) -> bytes:
        value = int(word, base)
        if not -(1 << size * 8 - 1) <= value < 1 << size * 8:
            raise ValueError(f"{word} does not fit in {size} byte{'s' if size > 1 else ''}")
        return (value % (1 << size * 8)).to_bytes(size, "little")

    return read


def _reversed(word: str) -> bytes:
    return bytes.fromhex(word)[::-1]


def _word(pattern: str) -> re.Pattern[str]:
    return re.compile(rf" *({pattern})(?![^ ])", re.IGNORECASE)


def _words(bits: int) -> str:
    return LITTLE_ENDIAN.format(f"{bits}-bit")


BITS = Kind("bits", "binary dump", _word("[01]{8}"), 1, _number(2, 1))
X1 = Kind("x1", "hexadecimal dump", _word("[0-9a-f]{2}"), 1, bytes.fromhex)
GROUPS = Kind("groups", "hexadecimal dump", _word("(?:[0-9a-f]{2})+"), 0, bytes.fromhex)
REVERSED = Kind("reversed", "dump of little-endian words", _word("(?:[0-9a-f]{2})+"), 0, _reversed)
X2 = Kind("x2", "dump of 16-bit words", _word("[0-9a-f]{4}"), 2, _number(16, 2), _words(16))
X4 = Kind("x4", "dump of 32-bit words", _word("[0-9a-f]{8}"), 4, _number(16, 4), _words(32))
X8 = Kind("x8", "dump of 64-bit words", _word("[0-9a-f]{16}"), 8, _number(16, 8), _words(64))
O1 = Kind("o1", "octal dump", _word("[0-3][0-7]{2}"), 1, _number(8, 1), OCTAL)
O2 = Kind("o2", "octal dump of 16-bit words", _word("[01][0-7]{5}"), 2, _number(8, 2), f"{OCTAL} {_words(16)}")
O4 = Kind("o4", "octal dump of 32-bit words", _word("[0-3][0-7]{10}"), 4, _number(8, 4), f"{OCTAL} {_words(32)}")
D1 = Kind("d1", "decimal dump", _word(r"-?\d{1,3}"), 1, _number(10, 1))
D2 = Kind("d2", "decimal dump of 16-bit words", _word(r"-?\d{1,5}"), 2, _number(10, 2), _words(16))
D4 = Kind("d4", "decimal dump of 32-bit words", _word(r"-?\d{1,10}"), 4, _number(10, 4), _words(32))
D8 = Kind("d8", "decimal dump of 64-bit words", _word(r"-?\d{1,20}"), 8, _number(10, 8), _words(64))

# From the most to the least particular: of those that fit equally well the first is taken.
WITH_COLON = (BITS, X1, GROUPS, REVERSED)
WITHOUT_COLON = (BITS, X1, X2, O1, O2, X4, O4, X8, D1, D2, D4, D8)
TEXT_FOLLOWS = frozenset({"bits", "x1", "groups", "reversed"})
"""Kinds of which some dumps put a text column behind spaces alone; with the others it stands in marks, if at all."""

_ESCAPES = {r"\0": 0, r"\a": 7, r"\b": 8, r"\t": 9, r"\n": 10, r"\v": 11, r"\f": 12, r"\r": 13, r"\\": 92}
_CELL = 4


def read_characters(cells: str, size: int | None) -> bytes | None:
    """A row of `od -c` or `hexdump -c`: cells of four columns with a character, an escape or three octal digits."""
    if size is not None:
        cells = cells.ljust(size * _CELL)[: size * _CELL]
    out = bytearray()
    for at in range(0, len(cells), _CELL):
        cell = cells[at : at + _CELL]
        word = cell.strip()
        if len(word) == 3 and set(word) <= set("01234567") and word < "400":
            out.append(int(word, 8))
        elif word in _ESCAPES:
            out.append(_ESCAPES[word])
        elif len(word) <= 1 and cell[:3] == "   " and cell.isascii():
            out.append(ord(word or " "))
        else:
            return None
    return bytes(out)
