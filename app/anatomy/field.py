"""Fields and spaces: what bits mean, and the runs of bytes they lie in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Field:
    """What some bits mean. `start` and `bits` count in the field's space.

    `raw` is the bits themselves ("0101") up to a byte, hexadecimal beyond; `value` is what they say; `section` names
    document and section ("6455 5.2"). Children lie inside their parent.
    """

    name: str
    start: int
    bits: int
    raw: str
    value: str
    meaning: str
    section: str = ""
    rules: tuple[str, ...] = ()
    children: tuple[Field, ...] = ()

    @property
    def end(self) -> int:
        """The first bit after the field."""
        return self.start + self.bits

    @property
    def first_byte(self) -> int:
        """The byte of its space that holds its first bit."""
        return self.start // 8

    def walk(self) -> Iterator[Field]:
        """The field and everything inside it."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the bytes of a derived space come from: byte i is made from byte `start` + i of the `space`, or, when
    `aligned` is False, from no particular byte of it."""

    space: str
    start: int
    aligned: bool = True


@dataclass(frozen=True, slots=True)
class Space:
    """A run of bytes with its own offsets, and the fields that tile it. `base` is the offset of byte 0 in the
    stream of its side. `lsb`: bits are counted from the least significant of each byte, as DEFLATE does."""

    name: str
    data: bytes
    fields: tuple[Field, ...]
    base: int = 0
    origin: Origin | None = None
    lsb: bool = False

    def find(self, name: str) -> Field | None:
        """The first field of that name, at any depth."""
        return next((field for top in self.fields for field in top.walk() if field.name == name), None)

    def at(self, bit: int) -> Field | None:
        """The top-level field that holds a bit."""
        return next((field for field in self.fields if field.start <= bit < field.end), None)


def read_bits(data: bytes, start: int, bits: int) -> int:
    """The number that `bits` bits from bit `start` hold, most significant first."""
    first, last = start // 8, (start + bits + 7) // 8
    number = int.from_bytes(data[first:last], "big")
    return number >> (last * 8 - start - bits) & ((1 << bits) - 1)


def raw_of(data: bytes, start: int, bits: int, limit: int = 64) -> str:
    """Bits as 0 and 1 up to a byte, else hexadecimal; `limit` bytes at most, then an ellipsis."""
    if bits <= 8:
        return format(read_bits(data, start, bits), f"0{bits}b") if bits else ""
    first, last = start // 8, (start + bits + 7) // 8
    shown = data[first : min(last, first + limit)].hex()
    return shown + ("…" if last - first > limit else "")


def tile(fields: Iterable[Field], data: bytes, total: int, gap: str = "gap") -> tuple[Field, ...]:
    """The fields in order, with every unclaimed bit of `total` made visible as a field named `gap`."""
    tiled: list[Field] = []
    at = 0
    for field in sorted(fields, key=lambda each: each.start):
        if field.start > at:
            tiled.append(_gap(gap, at, field.start, data))
        tiled.append(field)
        at = max(at, field.end)
    if at < total:
        tiled.append(_gap(gap, at, total, data))
    return tuple(tiled)


def _gap(name: str, start: int, end: int, data: bytes) -> Field:
    raw = raw_of(data, start, end - start)
    return Field(name, start, end - start, raw, "", "Not explained: these bits belong to no field")
