"""DEFLATE, walked symbol by symbol (RFC 1951): where every block, literal, copy and pad bit stands.

zlib is fast and tells nothing about distances; this tells everything and is slow. It needs no window, since a copy is
described and not carried out; `expand` does that.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

STORED, FIXED, DYNAMIC = 0, 1, 2
END_OF_BLOCK = 256

LENGTH_BASE: tuple[int, ...] = (
    3,
    4,
    5,
    6,
    7,
    8,
    9,
    10,
    11,
    13,
    15,
    17,
    19,
    23,
    27,
    31,
    35,
    43,
    51,
    59,
    67,
    83,
    99,
    115,
    131,
    163,
    195,
)
LENGTH_BASE += (227, 258)
LENGTH_EXTRA = (0,) * 8 + (1,) * 4 + (2,) * 4 + (3,) * 4 + (4,) * 4 + (5,) * 4 + (0,)
DISTANCE_BASE: tuple[int, ...] = (
    1,
    2,
    3,
    4,
    5,
    7,
    9,
    13,
    17,
    25,
    33,
    49,
    65,
    97,
    129,
    193,
    257,
    385,
    513,
    769,
    1025,
    1537,
    2049,
    3073,
)
DISTANCE_BASE += (4097, 6145, 8193, 12289, 16385, 24577)
DISTANCE_EXTRA = (0, 0, *(extra for extra in range(14) for _ in (0, 1)))
CODE_ORDER = (16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15)
"""The order in which the lengths of the code-length code are written (RFC 1951 section 3.2.7)."""


class Step(NamedTuple):
    """One thing in the stream: `start` and `end` in bits, counted from the least significant bit of each byte, as
    DEFLATE does; `at` is how many bytes had come out before it.

    `kind` block: `value` is its type and `distance` 1 when it is the final one. literal: `value` is the byte.
    copy: `value` bytes from `distance` back. stored: `value` bytes follow as they are. end: a block ends.
    pad: bits up to the next byte border, with their `value`.
    """

    kind: Literal["block", "literal", "copy", "stored", "end", "pad"]
    start: int
    end: int
    at: int
    value: int
    distance: int = 0


class WalkError(ValueError):
    """The stream cannot go on at `bit`; `cut` when it just stops there."""

    def __init__(self, bit: int, why: str, cut: bool = False) -> None:
        super().__init__(why)
        self.bit = bit
        self.cut = cut


class _Bits:
    """Bits of a byte string, least significant first."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.pos = 0

    def take(self, count: int) -> int:
        if self.pos + count > len(self.data) * 8:
            raise WalkError(self.pos, "the stream is cut off", cut=True)
        first = self.pos >> 3
        chunk = int.from_bytes(self.data[first : (self.pos + count + 7) >> 3], "little")
        value = chunk >> (self.pos & 7) & ((1 << count) - 1)
        self.pos += count
        return value


class _Code:
    """A canonical Huffman code: how many codes each length has, and their symbols in order."""

    def __init__(self, lengths: Iterable[int]) -> None:
        self.counts = [0] * 16
        by_length = sorted((length, symbol) for symbol, length in enumerate(lengths) if length)
        for length, _ in by_length:
            self.counts[length] += 1
        self.symbols = [symbol for _, symbol in by_length]
        left = 1
        for count in self.counts[1:]:
            left = left * 2 - count
            if left < 0:
                raise WalkError(0, "a code with more symbols than fit")

    def read(self, bits: _Bits) -> int:
        start, code, first, index = bits.pos, 0, 0, 0
        for count in self.counts[1:]:
            code |= bits.take(1)
            if code - first < count:
                return self.symbols[index + code - first]
            index += count
            first = (first + count) << 1
            code <<= 1
        raise WalkError(start, "bits that are no code")


_FIXED_LENGTHS = [8] * 144 + [9] * 112 + [7] * 24 + [8] * 8


def walk(data: bytes) -> Iterator[Step]:
    """Everything in a stream, in order, up to its last byte; blocks behind a final one are walked as well.

    Raises WalkError where it is invalid or stops in the middle of a block.
    """
    bits, at = _Bits(data), 0
    while bits.pos < len(data) * 8:
        start = bits.pos
        final, kind = bits.take(1), bits.take(2)
        yield Step("block", start, bits.pos, at, kind, final)
        steps = _stored(bits, at) if kind == STORED else _compressed(bits, kind, start, at)
        for step in steps:
            yield step
            at = step.at + (step.value if step.kind in ("copy", "stored") else step.kind == "literal")
        if final and bits.pos & 7:
            yield _pad(bits, at)


def _pad(bits: _Bits, at: int) -> Step:
    start = bits.pos
    value = bits.take(-start & 7)
    return Step("pad", start, bits.pos, at, value)


def _stored(bits: _Bits, at: int) -> Iterator[Step]:
    if bits.pos & 7:
        yield _pad(bits, at)
    start = bits.pos
    length, check = bits.take(16), bits.take(16)
    if length ^ check != 0xFFFF:
        raise WalkError(start, "a stored length that its complement contradicts")
    body = bits.pos
    bits.take(length * 8)
    yield Step("stored", body, bits.pos, at, length)


def _compressed(bits: _Bits, kind: int, start: int, at: int) -> Iterator[Step]:
    if kind == FIXED:
        literals, distances = _Code(_FIXED_LENGTHS), _Code([5] * 30)
    elif kind == DYNAMIC:
        literals, distances = _tables(bits)
    else:
        raise WalkError(start, "block type 3, which does not exist")
    while True:
        begin = bits.pos
        symbol = literals.read(bits)
        if symbol < END_OF_BLOCK:
            yield Step("literal", begin, bits.pos, at, symbol)
            at += 1
        elif symbol == END_OF_BLOCK:
            yield Step("end", begin, bits.pos, at, 0)
            return
        else:
            length, distance = _copy(bits, symbol - 257, distances)
            yield Step("copy", begin, bits.pos, at, length, distance)
            at += length


def _copy(bits: _Bits, code: int, distances: _Code) -> tuple[int, int]:
    if code >= len(LENGTH_BASE):
        raise WalkError(bits.pos, "a length code that does not exist")
    length = LENGTH_BASE[code] + bits.take(LENGTH_EXTRA[code])
    far = distances.read(bits)
    return length, DISTANCE_BASE[far] + bits.take(DISTANCE_EXTRA[far])


def _tables(bits: _Bits) -> tuple[_Code, _Code]:
    """The two codes of a dynamic block (section 3.2.7)."""
    literal_count, distance_count, code_count = bits.take(5) + 257, bits.take(5) + 1, bits.take(4) + 4
    if literal_count > 286 or distance_count > 30:
        raise WalkError(bits.pos, "more codes than exist")
    own = [0] * 19
    for index in CODE_ORDER[:code_count]:
        own[index] = bits.take(3)
    lengths_code, lengths = _Code(own), list[int]()
    while len(lengths) < literal_count + distance_count:
        symbol = lengths_code.read(bits)
        if symbol < 16:
            lengths.append(symbol)
        elif symbol == 16:
            if not lengths:
                raise WalkError(bits.pos, "repeats a length before there is one")
            lengths += lengths[-1:] * (3 + bits.take(2))
        else:
            lengths += [0] * (3 + bits.take(3) if symbol == 17 else 11 + bits.take(7))
    if len(lengths) > literal_count + distance_count:
        raise WalkError(bits.pos, "more lengths than codes")
    return _Code(lengths[:literal_count]), _Code(lengths[literal_count:])


def expand(data: bytes, steps: Iterable[Step], window: bytes = b"") -> bytes:
    """What the steps of a walk over `data` put out, with `window` before it. Copies from before the window give
    zeros."""
    out = bytearray(window)
    for step in steps:
        if step.kind == "literal":
            out.append(step.value)
        elif step.kind == "stored":
            out += data[step.start // 8 : step.end // 8]
        elif step.kind == "copy":
            for _ in range(step.value):
                out.append(out[-step.distance] if step.distance <= len(out) else 0)
    return bytes(out[len(window) :])
