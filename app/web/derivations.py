"""View models of derivations: what the close-up of a field draws. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from app.anatomy.derive import Derivation, SentRequired, Xor
from app.anatomy.field import Space
from app.web.figures import Bit, Part, bit_rows, printable

COLUMNS = 12
"""Payload bytes that one XOR table shows."""


class Column(NamedTuple):
    """One byte of an XOR table. `byte` and `key_byte` are places in the frame, `number` the place in the payload."""

    number: int
    byte: int
    key_byte: int
    wire: int
    key: int
    plain: int

    @property
    def char(self) -> str:
        return printable(self.plain)


class Versus(NamedTuple):
    """What was sent beside what the rule asks for; `required` bits only where a single bit is wrong."""

    sent: tuple[Bit, ...]
    sent_hex: str
    required: tuple[Bit, ...]
    must: str
    note: str


class Figure(NamedTuple):
    """A derivation with the name of the macro that draws it."""

    kind: str
    data: Any


def figures(derivations: Sequence[Derivation], space: Space, all_parts: Sequence[Part], at: int | None) -> list[Figure]:
    """What is drawn for a field's derivations, in order. `at` is the chosen byte of the unit."""
    return [_figure(each, space, all_parts, at) for each in derivations]


def _figure(derivation: Derivation, space: Space, all_parts: Sequence[Part], at: int | None) -> Figure:
    kind = type(derivation).__name__
    if isinstance(derivation, Xor):
        return Figure(kind, _columns(derivation, all_parts, at))
    if isinstance(derivation, SentRequired):
        return Figure(kind, _versus(derivation, space, all_parts))
    return Figure(kind, derivation)


def _columns(xor: Xor, all_parts: Sequence[Part], at: int | None) -> list[Column]:
    """The first bytes, or those around byte `at` of the frame."""
    key_start = next((part.start // 8 for part in all_parts if part.names[0] == "key"), xor.first - 4)
    place = 0 if at is None else at - xor.first
    begin = 0 if place < COLUMNS else min(place - COLUMNS // 2, max(len(xor.wire) - COLUMNS, 0))
    return [
        Column(
            number=xor.offset + n,
            byte=xor.first + n,
            key_byte=key_start + (xor.offset + n) % 4,
            wire=xor.wire[n],
            key=xor.key[n % 4],
            plain=xor.plain[n],
        )
        for n in range(begin, min(begin + COLUMNS, len(xor.wire)))
    ]


def _versus(broken: SentRequired, space: Space, all_parts: Sequence[Part]) -> Versus:
    violation = broken.violation
    start = max(violation.start - space.base * 8, 0)
    stop = start + violation.bits
    byte = start // 8
    if (stop - 1) // 8 != byte or byte >= len(space.data):
        return Versus((), broken.sent, (), broken.required, broken.note)
    sent = _one_byte(space.data, all_parts, byte, [(start, stop)])
    required: tuple[Bit, ...] = ()
    if violation.bits == 1:
        flipped = bytearray(space.data)
        flipped[byte] ^= 0x80 >> start % 8
        required = _one_byte(bytes(flipped), all_parts, byte, [])
    return Versus(sent, "", required, broken.required, broken.note)


def _one_byte(data: bytes, all_parts: Sequence[Part], byte: int, bad: list[tuple[int, int]]) -> tuple[Bit, ...]:
    row = bit_rows(data, all_parts, 16, bad, at=byte, limit=2)
    bits = [bit for each in row for bit in each.bits if bit.byte == byte]
    return tuple(bits)
