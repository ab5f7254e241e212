"""View models of derivations: what the close-up of a field draws. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from app.anatomy.characters import Character, walk
from app.anatomy.derive import CloseCode, Derivation, Length, Nonce, SentRequired, Text, Xor
from app.anatomy.field import Space
from app.anatomy.regroup import groups
from app.web.figures import Bit, Part, bit_rows, printable

COLUMNS = 12
"""Payload bytes that one table shows."""


class Column(NamedTuple):
    """One byte of a payload. `byte` and `key_byte` are places in the frame, `number` the place in the payload;
    `key` is None where nothing is masked, `char` None where the bytes are no text."""

    number: int
    byte: int
    key_byte: int
    wire: int
    key: int | None
    plain: int
    char: Character | None

    @property
    def shown(self) -> str:
        """The byte as ASCII."""
        return printable(self.plain)


class Cell(NamedTuple):
    """A character over its columns."""

    char: Character
    byte: int
    span: int


class Table(NamedTuple):
    """Bytes in columns: on the wire, the key, what was meant, and the characters that they make."""

    columns: tuple[Column, ...]
    cells: tuple[Cell, ...]
    masked: bool

    @property
    def wide(self) -> bool:
        """Whether a character takes more than a byte, or is none: then its code point is not the byte above it."""
        return any(cell.char.point is None or len(cell.char.data) > 1 for cell in self.cells)


class Place(NamedTuple):
    """One byte of a number, and what it is worth there."""

    byte: int
    weight: int
    value: int


class Versus(NamedTuple):
    """What was sent beside what the rule asks for; `required` bits only where a single bit is wrong."""

    sent: tuple[Bit, ...]
    sent_hex: str
    required: tuple[Bit, ...]
    must: str
    note: str
    close_code: int | None
    severity: str


class Figure(NamedTuple):
    """A derivation with the name of the macro that draws it."""

    kind: str
    data: Any


def figures(derivations: Sequence[Derivation], space: Space, all_parts: Sequence[Part], at: int | None) -> list[Figure]:
    """What is drawn for a field's derivations, in order. `at` is the chosen byte of the unit."""
    text = next((each for each in derivations if isinstance(each, Text)), None)
    masked = any(isinstance(each, Xor) for each in derivations)
    shown = [each for each in derivations if not (each is text and masked)]
    return [_figure(each, text, space, all_parts, at) for each in shown]


def _figure(each: Derivation, text: Text | None, space: Space, all_parts: Sequence[Part], at: int | None) -> Figure:
    kind = type(each).__name__
    if isinstance(each, Xor | Text):
        return Figure("Table", _table(each, text, all_parts, at))
    if isinstance(each, SentRequired):
        return Figure(kind, _versus(each, space, all_parts))
    if isinstance(each, Nonce):
        return Figure(kind, {"nonce": each, "groups": groups(each.decoded)})
    if isinstance(each, Length):
        return Figure(kind, {"length": each, "places": places(each.extended)})
    if isinstance(each, CloseCode):
        return Figure(kind, {"code": each, "places": places(bytes((each.high, each.low)))})
    if kind == "AcceptKey":
        return Figure(kind, {"accept": each, "groups": groups(each.sha1)})  # type: ignore[union-attr]
    return Figure(kind, each)


def places(data: bytes) -> tuple[Place, ...]:
    """A number in network byte order, byte by byte."""
    weights = [256**power for power in range(len(data) - 1, -1, -1)]
    return tuple(Place(byte, weight, byte * weight) for byte, weight in zip(data, weights, strict=True))


def _table(each: Xor | Text, text: Text | None, all_parts: Sequence[Part], at: int | None) -> Table:
    """The first bytes, or those around byte `at` of the frame."""
    key_start = next((part.start // 8 for part in all_parts if part.names[0] == "key"), each.first - 4)
    wire = each.wire if isinstance(each, Xor) else each.data
    plain = each.plain if isinstance(each, Xor) else each.data
    place = 0 if at is None else at - each.first
    begin = 0 if place < COLUMNS else min(place - COLUMNS // 2, max(len(wire) - COLUMNS, 0))
    end = min(begin + COLUMNS, len(wire))
    chars = walk(text.data, begin, end, begun=text.begun, ended=text.ended) if text else []
    columns = [
        Column(
            number=each.offset + n,
            byte=each.first + n,
            key_byte=key_start + (each.offset + n) % 4,
            wire=wire[n],
            key=each.key[n % 4] if isinstance(each, Xor) else None,
            plain=plain[n],
            char=next((char for char in chars if char.start <= n < char.start + len(char.data)), None),
        )
        for n in range(begin, end)
    ]
    return Table(tuple(columns), tuple(_cells(chars, begin, end, each.first)), isinstance(each, Xor))


def _cells(chars: Sequence[Character], begin: int, end: int, first: int) -> list[Cell]:
    spans = [(char, max(char.start, begin), min(char.start + len(char.data), end)) for char in chars]
    return [Cell(char, first + start, stop - start) for char, start, stop in spans if stop > start]


def _versus(broken: SentRequired, space: Space, all_parts: Sequence[Part]) -> Versus:
    violation = broken.violation
    start = max(violation.start - space.base * 8, 0)
    stop = start + violation.bits
    byte = start // 8
    if (stop - 1) // 8 != byte or byte >= len(space.data):
        return Versus((), broken.sent, (), broken.required, broken.note, violation.close_code, violation.severity)
    sent = _one_byte(space.data, all_parts, byte, [(start, stop)])
    required: tuple[Bit, ...] = ()
    if violation.bits == 1:
        flipped = bytearray(space.data)
        flipped[byte] ^= 0x80 >> start % 8
        required = _one_byte(bytes(flipped), all_parts, byte, [])
    return Versus(sent, "", required, broken.required, broken.note, violation.close_code, violation.severity)


def _one_byte(data: bytes, all_parts: Sequence[Part], byte: int, bad: list[tuple[int, int]]) -> tuple[Bit, ...]:
    row = bit_rows(data, all_parts, 16, bad, at=byte, limit=2)
    bits = [bit for each in row for bit in each.bits if bit.byte == byte]
    return tuple(bits)
