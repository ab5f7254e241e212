"""DEFLATE, walked symbol by symbol (RFC 1951): where every block, literal, copy and pad bit stands.

zlib is fast and tells nothing about distances; this tells everything and is slow. It needs no window, since a copy is
described and not carried out; `expand` does that.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Sequence
from typing import Literal, NamedTuple

STORED, FIXED, DYNAMIC = 0, 1, 2
END_OF_BLOCK = 256

LENGTH_EXTRA = (0,) * 8 + (1,) * 4 + (2,) * 4 + (3,) * 4 + (4,) * 4 + (5,) * 4 + (0,)
"""Extra bits behind each length code, 257 first (RFC 1951 section 3.2.5)."""
DISTANCE_EXTRA = (0, 0, *(extra for extra in range(14) for _ in (0, 1)))
"""Extra bits behind each distance code."""


def _bases(first: int, extras: Sequence[int]) -> tuple[int, ...]:
    """The smallest value of each code: it begins where the values of the one before end."""
    return tuple(first + sum(1 << extra for extra in extras[:n]) for n in range(len(extras)))


LENGTH_BASE = (*_bases(3, LENGTH_EXTRA[:-1]), 258)
DISTANCE_BASE = _bases(1, DISTANCE_EXTRA)
CODE_ORDER = (16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15)
"""The order in which the lengths of the code-length code are written (RFC 1951 section 3.2.7)."""


PRIMARY = 10
"""Bits that one look into a table decides; longer codes are rare and take a second look."""
REPEATS = {16: (3, 2), 17: (3, 3), 18: (11, 7)}
"""Symbols that repeat a code length: how often at least, and how many bits say how much more."""

Kind = Literal["block", "count", "width", "lengths", "literal", "copy", "end", "size", "stored", "pad"]


class Step(NamedTuple):
    """One thing in the stream: `start` and `end` in bits, counted from the least significant bit of each byte, as
    DEFLATE does; `at` is how many bytes had come out before it.

    `kind` block: `value` is its type and `distance` 1 when it is the final one. literal: `value` is the byte.
    copy: `value` bytes from `distance` back; `symbol` is the length code, and the distance code begins at `middle`.
    end: a block ends. size: `value` stored bytes, and the complement. stored: `value` bytes follow as they are.
    pad: bits up to the next byte border, with their `value`. Of the tables of a dynamic block, count: how many codes
    there are (`symbol` 0 literals and lengths, 1 distances, 2 lengths of codes). width: the code for `symbol` has
    `value` bits. lengths: `symbol` says the lengths of `value` codes from number `distance` on; extra bits begin at
    `middle`.
    """

    kind: Kind
    start: int
    end: int
    at: int
    value: int
    distance: int = 0
    symbol: int = 0
    middle: int = 0


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
        self.size = len(data) * 8
        self.pos = 0

    def take(self, count: int) -> int:
        if self.pos + count > self.size:
            raise _cut(self.pos)
        first = self.pos >> 3
        chunk = int.from_bytes(self.data[first : (self.pos + count + 7) >> 3], "little")
        value = chunk >> (self.pos & 7) & ((1 << count) - 1)
        self.pos += count
        return value

    def peek(self) -> int:
        """At least the next 57 bits; zeros behind the end."""
        return int.from_bytes(self.data[self.pos >> 3 : (self.pos >> 3) + 8], "little") >> (self.pos & 7)


def _cut(bit: int) -> WalkError:
    return WalkError(bit, "the stream is cut off", cut=True)


class _Code:
    """A canonical Huffman code as tables from bits, in the order in which they are read, to symbol * 16 + length."""

    def __init__(self, lengths: Sequence[int], where: int = 0, *, single: bool = False, empty: int = 0) -> None:
        """`single`: one code of one bit may stand alone. `empty` is what any bit of a code without symbols is."""
        longest = max(lengths, default=0)
        counts = [0] * 16
        for length in lengths:
            counts[length] += 1
        left, first, code = 1, [0] * 16, 0
        for length in range(1, 16):
            left = left * 2 - counts[length]
            if left < 0:
                raise WalkError(where, "a code with more symbols than fit")
            first[length] = code
            code = (code + counts[length]) << 1
        if left and longest > (1 if single else 0):
            raise WalkError(where, "a code that leaves bits without a meaning")
        self.width = max(min(longest, PRIMARY), 1)
        self.table = [empty] * (1 << self.width)
        self.longer: dict[int, int] = {}
        for symbol, length in enumerate(lengths):
            if length:
                turned = int(f"{first[length]:0{length}b}"[::-1], 2)
                first[length] += 1
                if length <= self.width:
                    self.table[turned :: 1 << length] = [symbol << 4 | length] * (1 << self.width - length)
                else:
                    self.longer[turned | 1 << length] = symbol << 4 | length

    def find(self, chunk: int) -> int:
        """Symbol * 16 + length of the code that these bits begin with; 0 when they begin with none."""
        entry = self.table[chunk & (1 << self.width) - 1]
        if entry or not self.longer:
            return entry
        for length in range(self.width + 1, 16):
            if entry := self.longer.get(chunk & (1 << length) - 1 | 1 << length, 0):
                break
        return entry

    def read(self, bits: _Bits) -> int:
        """The next symbol."""
        entry = self.find(bits.peek())
        if bits.pos + (entry & 15 or 1) > bits.size:
            raise _cut(bits.pos)
        if not entry:
            raise WalkError(bits.pos, "bits that are no code")
        bits.pos += entry & 15
        return entry >> 4


_FIXED = _Code([8] * 144 + [9] * 112 + [7] * 24 + [8] * 8), _Code([5] * 32)


def walk(data: bytes) -> Iterator[Step]:
    """Everything in a stream, in order, up to its last byte; blocks behind a final one are walked as well.

    Raises WalkError where it is invalid or stops in the middle of a block.
    """
    bits, at = _Bits(data), 0
    while bits.pos < bits.size:
        start = bits.pos
        final, kind = bits.take(1), bits.take(2)
        yield Step("block", start, bits.pos, at, kind, final)
        if kind == STORED:
            at += yield from _stored(bits, at)
        elif kind == FIXED:
            at = yield from _symbols(bits, *_FIXED, at)
        elif kind == DYNAMIC:
            codes = yield from _tables(bits, at)
            at = yield from _symbols(bits, *codes, at)
        else:
            raise WalkError(start, "block type 3, which does not exist")
        if final and bits.pos & 7:
            yield _pad(bits, at)


def _pad(bits: _Bits, at: int) -> Step:
    start = bits.pos
    value = bits.take(-start & 7)
    return Step("pad", start, bits.pos, at, value)


def _stored(bits: _Bits, at: int) -> Generator[Step, None, int]:
    if bits.pos & 7:
        yield _pad(bits, at)
    start = bits.pos
    length, check = bits.take(16), bits.take(16)
    if length ^ check != 0xFFFF:
        raise WalkError(start, "a stored length that its complement contradicts")
    yield Step("size", start, bits.pos, at, length)
    body = bits.pos
    bits.take(length * 8)
    yield Step("stored", body, bits.pos, at, length)
    return length


def _symbols(bits: _Bits, literals: _Code, distances: _Code, at: int) -> Generator[Step, None, int]:
    """The symbols of a block; how many bytes have come out at its end. Every step is made in here, without calls: this
    is the loop that speed depends on."""
    pos, size, table, mask = bits.pos, bits.size, literals.table, (1 << literals.width) - 1
    make, chunk, have = tuple.__new__, 0, 0
    while True:
        if have < 48:
            bits.pos = pos
            chunk, have = bits.peek(), 57
        entry = table[chunk & mask] or literals.find(chunk)
        length = entry & 15
        end = pos + (length or 1)
        if end > size:
            raise _cut(pos)
        symbol = entry >> 4
        if symbol < END_OF_BLOCK and entry:
            yield make(Step, ("literal", pos, end, at, symbol, 0, symbol, 0))
            at += 1
        elif symbol == END_OF_BLOCK:
            bits.pos = end
            yield Step("end", pos, end, at, 0, 0, symbol)
            return at
        else:
            if not entry:
                raise WalkError(pos, "bits that are no code")
            step = _copy(pos, chunk, length, symbol, distances, size, at)
            yield step
            at += step.value
            length, end = step.end - pos, step.end
        chunk >>= length
        have -= length
        pos = end


def _copy(pos: int, chunk: int, width: int, symbol: int, distances: _Code, size: int, at: int) -> Step:
    """A copy whose length code, `width` bits of the chunk at `pos`, is known."""
    code = symbol - END_OF_BLOCK - 1
    if code >= len(LENGTH_BASE):
        raise WalkError(pos, "a length code that does not exist")
    extra = LENGTH_EXTRA[code]
    length = LENGTH_BASE[code] + (chunk >> width & (1 << extra) - 1)
    middle = pos + width + extra
    if middle > size:
        raise _cut(pos)
    chunk >>= width + extra
    entry = distances.find(chunk)
    wide, far = entry & 15, entry >> 4
    if middle + (wide or 1) > size:
        raise _cut(pos)
    if not entry or far >= len(DISTANCE_BASE):
        raise WalkError(middle, "a distance code that does not exist")
    extra = DISTANCE_EXTRA[far]
    end = middle + wide + extra
    if end > size:
        raise _cut(pos)
    distance = DISTANCE_BASE[far] + (chunk >> wide & (1 << extra) - 1)
    return Step("copy", pos, end, at, length, distance, symbol, middle)


_COUNTS = ((5, 257), (5, 1), (4, 4))
"""Bits and smallest value of the three counts that begin the tables."""


def _tables(bits: _Bits, at: int) -> Generator[Step, None, tuple[_Code, _Code]]:
    """The two codes of a dynamic block (section 3.2.7)."""
    counts = []
    for number, (width, least) in enumerate(_COUNTS):
        start = bits.pos
        counts.append(bits.take(width) + least)
        yield Step("count", start, bits.pos, at, counts[-1], 0, number)
    if counts[0] > 286 or counts[1] > 30:
        raise WalkError(bits.pos, "more codes than exist")
    own = [0] * 19
    for index in CODE_ORDER[: counts[2]]:
        start = bits.pos
        own[index] = bits.take(3)
        yield Step("width", start, bits.pos, at, own[index], 0, index)
    code = _Code(own, bits.pos, empty=1)  # any bit is then a length of 0, and no block can end
    lengths = list[int]()
    while len(lengths) < counts[0] + counts[1]:
        yield (step := _lengths(bits, code, lengths, at))
        if len(lengths) > counts[0] + counts[1]:
            raise WalkError(step.start, "more lengths than codes")
    if not lengths[END_OF_BLOCK]:
        raise WalkError(bits.pos, "a code without an end of block")
    return _Code(lengths[: counts[0]], bits.pos, single=True), _Code(lengths[counts[0] :], bits.pos, single=True)


def _lengths(bits: _Bits, code: _Code, lengths: list[int], at: int) -> Step:
    """Add the lengths that the next symbol says."""
    start, first = bits.pos, len(lengths)
    symbol = code.read(bits)
    middle = bits.pos
    if symbol < 16:
        lengths.append(symbol)
    else:
        least, width = REPEATS[symbol]
        if symbol == 16 and not lengths:
            raise WalkError(start, "repeats a length before there is one")
        lengths += (lengths[-1:] if symbol == 16 else [0]) * (least + bits.take(width))
    return Step("lengths", start, bits.pos, at, len(lengths) - first, first, symbol, middle)


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
