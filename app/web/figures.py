"""View models: what the templates draw, from what the anatomy explains. Pure; no bytes are interpreted here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from app.anatomy import Explanation, Field, Space, family, label
from app.protocol.events import Violation

ROW_LIMIT = {32: 4, 16: 8}
"""Rows of bits that are drawn before the rest is folded, by bits per row."""
HEX_LIMIT = 6
EXPANDED = 64
"""Rows that are drawn at most when the reader asks for more; further bytes are reached with "go to byte"."""


class Part(NamedTuple):
    """One field as it is drawn, with the names of everything inside it.

    Positions are bits from the first bit of the unit. `f` holds the names for a data attribute: whoever points at
    the method of a request points at its line too.
    """

    names: tuple[str, ...]
    start: int
    bits: int
    label: str
    family: str
    raw: str
    value: str
    meaning: str
    section: str
    bad: bool

    @property
    def f(self) -> str:
        return " ".join(self.names)

    @property
    def end(self) -> int:
        return self.start + self.bits

    @property
    def width(self) -> str:
        """How wide it is, in words."""
        count, unit = (self.bits // 8, "byte") if self.bits % 8 == 0 else (self.bits, "bit")
        return f"{count} {unit}{'' if count == 1 else 's'}"

    @property
    def spaced(self) -> str:
        """`raw` as pairs of hexadecimal digits."""
        return " ".join(self.raw[n : n + 2] for n in range(0, len(self.raw), 2))


class Bit(NamedTuple):
    """One cell of the bit grid."""

    value: int
    number: int
    byte: int
    f: str
    classes: str
    say: str


class Lab(NamedTuple):
    """The bracket under the bits of one part in one row; `column` counts from 1."""

    part: Part
    column: int
    width: int
    classes: str
    name: str
    value: str
    bytes: tuple[tuple[int, str], ...]


class BitRow(NamedTuple):
    """One row of bits. `gap` is the number of bytes left out before it."""

    offset: int
    last: int
    gap: int
    bits: tuple[Bit, ...]
    labs: tuple[Lab, ...]


class Strip(NamedTuple):
    """Some bits of the strip under a byte, eight units wide: those of one family that are set, or that are not."""

    family: str
    on: bool
    d: str


class HexCell(NamedTuple):
    """One byte: its two digits with the family of each, and the field of every bit for the strip under it."""

    byte: int
    high: str
    low: str
    high_family: str
    family: str
    f: str
    strip: tuple[tuple[str, bool], ...]
    char: str
    bad: bool
    say: str

    @property
    def paths(self) -> tuple[Strip, ...]:
        """The strip with one path for each family and value: a node for each bit would be eight times as many."""
        bits: dict[tuple[str, bool], str] = {}
        for n, key in enumerate(self.strip):
            bits[key] = bits.get(key, "") + f"M{n} 0h1v1h-1z"
        return tuple(Strip(family, on, d) for (family, on), d in bits.items())


class HexRow(NamedTuple):
    """Sixteen bytes in two halves of eight, so that a narrow column can break between them."""

    offset: int
    gap: int
    halves: tuple[tuple[HexCell, ...], ...]

    @property
    def size(self) -> int:
        return sum(len(half) for half in self.halves)


def parts(space: Space, violations: Iterable[Violation], base: int = 0) -> tuple[Part, ...]:
    """The parts of a space in order. `base` is the first bit of the space in its side's stream."""
    broken = broken_bits(violations, base)
    total = len(space.data) * 8
    fields = space.fields or (Field("gap", 0, total, "", "", "These bits belong to no field"),)
    return tuple(_part(field, broken, total) for field in fields if field.bits)


def broken_bits(violations: Iterable[Violation], base: int) -> list[tuple[int, int]]:
    """First bit and end of what breaks a rule, counted from the first bit of the unit."""
    return [(v.start - base, v.start - base + v.bits) for v in violations if v.severity == "error"]


def _part(field: Field, broken: list[tuple[int, int]], total: int) -> Part:
    return Part(
        names=tuple(one.name for one in field.walk()),
        start=field.start,
        bits=field.bits,
        label=label(field.name),
        family=family(field.name),
        raw=field.raw,
        value=field.value,
        meaning=field.meaning,
        section=field.section,
        bad=any(start < field.end and field.start < stop and stop - start < total for start, stop in broken),
    )


def _owners(all_parts: Sequence[Part], start: int, end: int) -> list[Part]:
    """The part of every bit from `start` to `end`; parts tile their space in order."""
    found: list[Part] = []
    for part in all_parts:
        if part.end > start and part.start < end:
            found += [part] * (min(part.end, end) - max(part.start, start))
    return found


def _shown(total: int, limit: int, at: int | None, expand: bool) -> list[int]:
    """Which rows are drawn: the first ones, and those around the row that was asked for."""
    limit = EXPANDED if expand else limit
    if total <= limit:
        return list(range(total))
    rows = set(range(max(2, limit - 1)))
    if at is not None:
        rows |= set(range(max(0, at - 1), min(total, at + 3)))
    return sorted(rows)


def bit_rows(
    data: bytes,
    all_parts: Sequence[Part],
    per: int,
    bad: Sequence[tuple[int, int]] = (),
    at: int | None = None,
    expand: bool = False,
    limit: int | None = None,
) -> list[BitRow]:
    """The bits of a unit, `per` in a row. `at` is a byte that must be among them, `bad` bits that break a rule."""
    width = per // 8
    total = -(-len(data) // width)
    rows: list[BitRow] = []
    shown = _shown(total, limit or ROW_LIMIT[per], None if at is None else at // width, expand)
    following = 0
    for row in shown:
        start, end = row * per, min((row + 1) * per, len(data) * 8)
        owners = _owners(all_parts, start, end)
        bits = tuple(_bit(data, index, owners[index - start], bad) for index in range(start, end))
        labs = tuple(_lab(data, part, start, end) for part in dict.fromkeys(owners))
        rows.append(BitRow(row * width, end // 8 - 1, (row - following) * width, bits, labs))
        following = row + 1
    return rows


def _bit(data: bytes, index: int, part: Part, bad: Sequence[tuple[int, int]]) -> Bit:
    value = data[index >> 3] >> (7 - (index & 7)) & 1
    marks = {
        "s": index == part.start,
        "e": index == part.end - 1,
        "by": index % 8 == 0,
        "bad": any(start <= index < stop for start, stop in bad),
    }
    classes = " ".join([f"bit b{value} f-{part.family}", *(name for name, on in marks.items() if on)])
    say = (
        f"{index}, {value}, {part.label}: {part.meaning}" if index == part.start else f"{index}, {value}, {part.label}"
    )
    return Bit(value, index, index >> 3, part.f, classes, say)


def _short(part: Part) -> str:
    """The label of a part; a single reserved bit has no room for its whole name."""
    return part.label.replace("RSV", "R") if part.bits == 1 else part.label


def _lab(data: bytes, part: Part, row_start: int, row_end: int) -> Lab:
    start, end = max(part.start, row_start), min(part.end, row_end)
    width, first = end - start, start == part.start
    marks = {"thin": width < 3, "cont": not first, "by": start % 8 == 0, "bad": part.bad}
    name = _short(part) if first else f"… {part.label}" if part.bits > 8 else ""
    whole = width >= 8 and part.bits >= 16 and start % 8 == 0
    numbers = tuple((n, f"{data[n]:02x}") for n in range(start >> 3, end >> 3)) if whole else ()
    return Lab(
        part=part,
        column=start - row_start + 1,
        width=width,
        classes=" ".join([f"lab f-{part.family}", *(mark for mark, on in marks.items() if on)]),
        name=name,
        value=part.value if first and width >= 3 and not whole else "",
        bytes=numbers,
    )


def hex_rows(
    data: bytes,
    all_parts: Sequence[Part],
    bad: Sequence[tuple[int, int]] = (),
    at: int | None = None,
    expand: bool = False,
    limit: int = HEX_LIMIT,
) -> list[HexRow]:
    """The bytes of a unit, sixteen in a row."""
    total = -(-len(data) // 16)
    rows: list[HexRow] = []
    following = 0
    for row in _shown(total, limit, None if at is None else at // 16, expand):
        cells = [_hex_cell(data, byte, all_parts, bad) for byte in range(row * 16, min(row * 16 + 16, len(data)))]
        halves = tuple(tuple(half) for half in (cells[:8], cells[8:]) if half)
        rows.append(HexRow(row * 16, (row - following) * 16, halves))
        following = row + 1
    return rows


def printable(byte: int) -> str:
    """The ASCII character of a byte, a middle dot for everything that has no safe picture."""
    return chr(byte) if 32 <= byte < 127 else "·"


def _hex_cell(data: bytes, byte: int, all_parts: Sequence[Part], bad: Sequence[tuple[int, int]]) -> HexCell:
    owners, value = _owners(all_parts, byte * 8, byte * 8 + 8), data[byte]
    names = list(dict.fromkeys(part.label for part in owners))
    digits = f"{value:02x}"
    return HexCell(
        byte=byte,
        high=digits[0],
        low=digits[1],
        high_family=owners[0].family,
        family=owners[-1].family,
        f=" ".join(dict.fromkeys(name for part in owners for name in part.names)),
        strip=tuple((part.family, bool(value >> (7 - n) & 1)) for n, part in enumerate(owners)),
        char=printable(value),
        bad=any(start < byte * 8 + 8 and byte * 8 < stop for start, stop in bad),
        say=f"{byte}, {digits}, {', '.join(names)}",
    )


def opening(explanation: Explanation, all_parts: Sequence[Part], *, simple: bool = False) -> str:
    """The field that is open at first. On a first visit (`simple`) a masked text opens with its opcode: the payload
    needs the arithmetic that is still folded away."""
    name = explanation.opening
    if simple and name == "payload" and any("opcode" in part.names for part in all_parts):
        return "opcode"
    return name
