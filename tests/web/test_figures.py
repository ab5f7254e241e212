"""Rows of bits and bytes: every bit drawn once, in its family, in its place."""

from __future__ import annotations

from app.anatomy import explain
from app.protocol.events import Event
from app.trace import Trace
from app.web import figures
from tests.web.drawn import hello, lengthy, unmasked


def _parts(event: Event, trace: Trace) -> tuple[bytes, tuple[figures.Part, ...], list[tuple[int, int]]]:
    explanation = explain(event, trace)
    base = explanation.wire.base * 8
    bad = figures.broken_bits(explanation.violations, base)
    return explanation.wire.data, figures.parts(explanation.wire, explanation.violations, base), bad


def test_every_bit_is_drawn_once_and_says_what_the_byte_holds() -> None:
    data, parts, _ = _parts(*hello())
    for per in (16, 32):
        bits = [bit for row in figures.bit_rows(data, parts, per) for bit in row.bits]
        assert [bit.number for bit in bits] == list(range(len(data) * 8))
        assert int("".join(str(bit.value) for bit in bits), 2).to_bytes(len(data), "big") == data


def test_brackets_fill_each_row() -> None:
    data, parts, _ = _parts(*hello())
    for row in figures.bit_rows(data, parts, 32):
        assert sum(lab.width for lab in row.labs) == len(row.bits)
        assert [lab.name for lab in row.labs if lab.part.names[0] == "rsv"] in ([], ["RSV"])


def test_two_fields_in_one_byte_stay_apart_in_hex() -> None:
    data, parts, _ = _parts(*hello())
    first = figures.hex_rows(data, parts)[0].halves[0][0]
    assert (first.high, first.low, first.high_family, first.family) == ("8", "1", "flag", "op")
    assert [family for family, _ in first.strip] == ["flag"] * 4 + ["op"] * 4
    assert {"fin", "opcode"} <= set(first.f.split())


def test_only_the_bits_that_break_a_rule_are_marked() -> None:
    data, parts, bad = _parts(*unmasked())
    marked = [bit.number for row in figures.bit_rows(data, parts, 32, bad) for bit in row.bits if "bad" in bit.classes]
    assert marked == [8]
    assert [part.label for part in parts if part.bad] == ["MASK"]


def test_a_long_unit_is_folded_and_unfolds_around_a_byte() -> None:
    data, parts, _ = _parts(*lengthy())
    folded = figures.hex_rows(data, parts)
    around = figures.hex_rows(data, parts, at=200)
    assert sum(row.size for row in folded) < len(data)
    assert any(row.offset <= 200 < row.offset + 16 for row in around)
    assert sum(row.gap + row.size for row in figures.hex_rows(data, parts, expand=True)) == len(data)
