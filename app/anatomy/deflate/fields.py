"""The fields of each step of a compressed message, with the arithmetic that makes their values."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal, NamedTuple

from app.anatomy.deflate.readings import code, in_order, number, raw
from app.anatomy.deflate.symbols import Symbol
from app.anatomy.field import Field
from app.protocol.inflate_walk import DISTANCE_BASE, DISTANCE_EXTRA, FIXED, LENGTH_BASE, LENGTH_EXTRA, Step

Order = Literal["code", "number", ""]
"""How the bits of a field are read: Huffman codes most significant bit first, numbers least significant bit first."""

TYPES = ("stored", "fixed", "dynamic", "reserved")
_BLOCKS = (
    "The bytes follow as they are",
    "Fixed codes: the table is in the RFC, so it is not sent",
    "Codes made for this block: their tables follow",
    "A type that does not exist",
)
_COUNTS = (
    ("deflate.hlit", "codes for literals and lengths"),
    ("deflate.hdist", "codes for distances"),
    ("deflate.hclen", "lengths for the code that the tables are written in"),
)
_LEAST = (257, 1, 4)
_FIXED_BASES = ((8, 0x30, 0), (9, 0x190, 144), (7, 0, 256), (8, 0xC0, 280))
"""The fixed code: bits, first code and first symbol of each run (RFC 1951 section 3.2.6)."""

_BEHIND = {
    "": ("deflate.tail", "Put back by the receiver, and not needed here: nothing of it is read", "7692 7.2.2"),
    "rest": ("deflate.rest", "Not annotated: only the beginning of a long message is", "1951 3.2.3"),
    "cut": ("deflate.cut", "The stream stops in the middle of a block", "7692 7.2.2"),
    "bad": ("deflate.bad", "From here on nothing can be read", "1951 3.2.3"),
}


class Mark(NamedTuple):
    """A field, how its bits are read, how its value comes about, and the number of its symbol in the message."""

    field: Field
    order: Order
    sum: str
    symbol: int


Where = Callable[[Symbol], str]
"""Where a copy takes its bytes from, in words."""


class Marker:
    """Makes the marks of one message, symbol by symbol. `data` is its payload with the tail put back; `where` says in
    words where a copy takes its bytes from."""

    def __init__(self, data: bytes, tail: int, where: Where) -> None:
        self._data = data
        self._tail = tail
        self._where = where
        self._type = FIXED
        self._number = 0
        self._tables: list[Field] = []

    def of(self, symbol: Symbol) -> Iterator[Mark]:
        """The marks of the next symbol; the tables of a dynamic block are one mark, once they are complete."""
        step = symbol.step
        if step.kind in ("count", "width", "lengths"):
            self._tables.append(self._table(step))
            return
        yield from self.flush()
        if step.kind == "block":
            self._type = step.value
            yield from self._block(step)
        elif step.kind == "copy":
            yield from self._copy(symbol)
        elif step.kind == "literal":
            said = shown(symbol.out)
            total = self._symbol_sum(step.start, step.end, step.symbol, said)
            yield self._mark("deflate.literal", step.start, step.end, said, total, "3.2.6", "code", total)
        elif step.kind == "end":
            total = self._symbol_sum(step.start, step.end, step.symbol, "end of block")
            meaning = "Symbol 256: the block ends here"
            yield self._mark("deflate.end", step.start, step.end, "of block", meaning, "3.2.5", "code", total)
        elif step.kind == "size":
            yield self._size(step)
        elif step.end > step.start:
            yield self._plain(step)
        self._number += 1

    def flush(self) -> Iterator[Mark]:
        """The tables so far, which end with the next symbol or with the stream."""
        if self._tables:
            start, end = self._tables[0].start, self._tables[-1].end
            meaning = "The codes of this block, as lengths: shorter for what comes often"
            field = self._field("deflate.tables", start, end, f"{end - start} bits", meaning, "1951 3.2.7")
            children = tuple(self._tables)
            self._tables = []
            counted = f"{len(children)} fields: three counts, the code for lengths, the lengths"
            yield Mark(_with(field, children), "", counted, self._number)

    def behind(self, start: int, rest: str, why: str) -> Mark:
        """Everything from bit `start` on, which no symbol covers; `rest` is one of `_BEHIND`, `why` an error."""
        end = len(self._data) * 8
        name, meaning, section = _BEHIND[rest]
        value = "00 00 ff ff" if not rest else f"{end - start} bits"
        return self._mark(name, start, end, value, f"{meaning}: {why}" if why else meaning, section, "", "")

    def _field(self, name: str, start: int, end: int, value: str, meaning: str, section: str) -> Field:
        return Field(name, start, end - start, raw(self._data, start, end), value, meaning, section)

    def _mark(
        self, name: str, start: int, end: int, value: str, meaning: str, section: str, order: Order, total: str
    ) -> Mark:
        place = section if " " in section else f"1951 {section}"
        return Mark(self._field(name, start, end, value, meaning, place), order, total, self._number)

    def _bits(self, start: int, end: int) -> str:
        return in_order(self._data, start, end)

    def _block(self, step: Step) -> Iterator[Mark]:
        start = step.start
        last = "The last block of the stream" if step.distance else "More blocks follow, also in the next message"
        yield self._mark(
            "deflate.bfinal", start, start + 1, str(step.distance), last, "3.2.3", "number", f"1 bit: {step.distance}"
        )
        bits = self._bits(start + 1, start + 3)
        total = f"{bits} = {bits[0]} × 1 + {bits[1]} × 2 = {step.value}"
        value, meaning = TYPES[step.value], _BLOCKS[step.value]
        yield self._mark("deflate.btype", start + 1, start + 3, value, meaning, "3.2.3", "number", total)

    def _symbol_sum(self, start: int, end: int, symbol: int, said: str) -> str:
        value = code(self._data, start, end)
        if self._type != FIXED:
            return f"{self._bits(start, end)} = {said}, by the table of this block"
        for bits, first, base in _FIXED_BASES:
            if end - start == bits and 0 <= value - first == symbol - base:
                minus = f" − 0x{first:02x}" if first else ""
                plus = f" + {base}" if base else ""
                return f"{self._bits(start, end)} = 0x{value:02x}, 0x{value:02x}{minus}{plus} = {symbol}, {said}"
        return said

    def _copy(self, symbol: Symbol) -> Iterator[Mark]:
        step, data = symbol.step, self._data
        length = step.symbol - 257
        after = step.middle - LENGTH_EXTRA[length]
        meaning = f"Copy {_count(step.value)}: {shown(symbol.out)}"
        total = self._symbol_sum(step.start, after, step.symbol, f"length {_span(LENGTH_BASE, LENGTH_EXTRA, length)}")
        yield self._mark("deflate.length", step.start, after, str(step.value), meaning, "3.2.5", "code", total)
        if step.middle > after:
            yield self._extra("deflate.length.extra", after, step.middle, LENGTH_BASE[length], step.value)
        far = next(n for n in reversed(range(30)) if DISTANCE_BASE[n] <= step.distance)
        middle = step.end - DISTANCE_EXTRA[far]
        bits, number_of = self._bits(step.middle, middle), code(data, step.middle, middle)
        known = f"{bits} = {number_of}" if self._type == FIXED else f"{bits} = {far}, by the table of this block"
        total = f"{known}: distance {_span(DISTANCE_BASE, DISTANCE_EXTRA, far)}"
        meaning = f"Go back {_count(step.distance)}, {self._where(symbol)}, and copy {shown(symbol.out)}"
        yield self._mark("deflate.distance", step.middle, middle, str(step.distance), meaning, "3.2.5", "code", total)
        if step.end > middle:
            yield self._extra("deflate.distance.extra", middle, step.end, DISTANCE_BASE[far], step.distance)

    def _extra(self, name: str, start: int, end: int, base: int, value: int) -> Mark:
        count = number(self._data, start, end)
        total = f"{self._bits(start, end)} = {count}, {base} + {count} = {value}"
        return self._mark(
            name, start, end, str(count), "Added to the smallest value of the code", "3.2.5", "number", total
        )

    def _size(self, step: Step) -> Mark:
        start = step.start
        if start == self._tail:
            meaning = "Always the same, so the sender cuts it off and the receiver puts it back: not on the wire"
            total = "00 00: a stored block of 0 bytes; ff ff: the complement of that"
            section = "7692 7.2.1"
            mark = self._mark("deflate.tail", start, step.end, "00 00 ff ff", meaning, section, "number", total)
        else:
            value = _count(step.value)
            total = f"{step.value}, and {step.value ^ 0xFFFF}, which has every bit the other way round"
            mark = self._mark("deflate.size", start, step.end, value, "How many bytes follow", "3.2.4", "number", total)
        parts = (
            self._field("deflate.len", start, start + 16, str(step.value), "Bytes in this block", "1951 3.2.4"),
            self._field("deflate.nlen", start + 16, step.end, str(step.value ^ 0xFFFF), "Its complement", "1951 3.2.4"),
        )
        return mark._replace(field=_with(mark.field, parts))

    def _plain(self, step: Step) -> Mark:
        if step.kind == "stored":
            value = _count(step.value)
            return self._mark("deflate.stored", step.start, step.end, value, "As they are", "3.2.4", "", value)
        meaning, bits = "Up to the next whole byte; skipped", self._bits(step.start, step.end)
        return self._mark("deflate.pad", step.start, step.end, "", meaning, "3.2.4", "number", bits)

    def _table(self, step: Step) -> Field:
        if step.kind == "count":
            name, what = _COUNTS[step.symbol]
            base = _LEAST[step.symbol]
            meaning = f"{step.value} {what}: {step.value - base} + {base}"
            return self._field(name, step.start, step.end, str(step.value), meaning, "1951 3.2.7")
        if step.kind == "width":
            meaning = f"In the code of the tables, {step.symbol} has {step.value} bits"
            return self._field("deflate.width", step.start, step.end, str(step.value), meaning, "1951 3.2.7")
        last = step.distance + step.value - 1
        run = f"code {step.distance}" if step.value == 1 else f"codes {step.distance} to {last}"
        says = {16: "as long as the one before", 17: "unused", 18: "unused"}.get(step.symbol)
        meaning = f"{run}: {says or (f'{step.symbol} bits' if step.symbol else 'unused')}"
        return self._field("deflate.lengths", step.start, step.end, str(step.symbol), meaning, "1951 3.2.7")


def _with(field: Field, children: tuple[Field, ...]) -> Field:
    return Field(
        field.name, field.start, field.bits, field.raw, field.value, field.meaning, field.section, field.rules, children
    )


def _count(size: int) -> str:
    return f"{size} byte{'' if size == 1 else 's'}"


def _span(bases: tuple[int, ...], extras: tuple[int, ...], number: int) -> str:
    """The values that a code stands for."""
    base, extra = bases[number], extras[number]
    return (
        f"{base} to {base + (1 << extra) - 1}, and {extra} more bit{' says' if extra == 1 else 's say'} which"
        if extra
        else str(base)
    )


def shown(out: bytes) -> str:
    """Bytes as text where they are text."""
    text = out[:24].decode("ascii", "replace")
    if text.isprintable() and "\ufffd" not in text:
        return f"“{text}{'…' if len(out) > 24 else ''}”"
    return out[:8].hex(" ") + (" …" if len(out) > 8 else "")
