"""Fields and spaces: every bit in exactly one place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.anatomy.field import Field, Space, raw_of, read_bits, tile


def field(name: str, start: int, bits: int, *children: Field) -> Field:
    return Field(name, start, bits, "", "", "", children=children)


class TestField:
    def test_end_and_first_byte(self) -> None:
        assert (field("a", 12, 5).end, field("a", 12, 5).first_byte) == (17, 1)

    def test_walk_goes_inside(self) -> None:
        inner = field("b", 0, 2, field("c", 0, 1))
        assert [each.name for each in field("a", 0, 8, inner, field("d", 2, 6)).walk()] == ["a", "b", "c", "d"]


class TestBits:
    @given(st.binary(min_size=1, max_size=12), st.data())
    def test_are_those_of_the_number(self, data: bytes, draw: st.DataObject) -> None:
        start = draw.draw(st.integers(0, len(data) * 8))
        bits = draw.draw(st.integers(0, len(data) * 8 - start))
        text = "".join(f"{byte:08b}" for byte in data)[start : start + bits]
        assert read_bits(data, start, bits) == int(text or "0", 2)
        if bits <= 8:
            assert raw_of(data, start, bits) == text

    @pytest.mark.parametrize(
        ("bits", "limit", "raw"),
        [(8, 64, "00000001"), (16, 64, "0102"), (24, 2, "0102…"), (16, 2, "0102")],
    )
    def test_longer_runs_are_hexadecimal_up_to_a_limit(self, bits: int, limit: int, raw: str) -> None:
        assert raw_of(b"\1\2\3", 0, bits, limit) == raw


class TestTile:
    @pytest.mark.parametrize(
        ("fields", "names"),
        [
            ([], ["gap"]),
            ([field("a", 0, 16)], ["a"]),
            ([field("b", 8, 8), field("a", 0, 8)], ["a", "b"]),
            ([field("a", 4, 4)], ["gap", "a", "gap"]),
            ([field("a", 0, 4), field("b", 12, 4)], ["a", "gap", "b"]),
        ],
    )
    def test_what_nobody_claims_becomes_visible(self, fields: list[Field], names: list[str]) -> None:
        tiled = tile(fields, b"\1\2", 16)
        assert [each.name for each in tiled] == names
        assert [each.start for each in tiled] == [0, *(each.end for each in tiled)][:-1]
        assert tiled[-1].end == 16


class TestSpace:
    SPACE = Space("wire", b"\1\2", (field("a", 0, 4, field("c", 1, 2)), field("b", 4, 12)))

    def test_find_looks_inside(self) -> None:
        found = self.SPACE.find("c")
        assert found is not None
        assert found.start == 1
        assert self.SPACE.find("z") is None

    @pytest.mark.parametrize(("bit", "name"), [(0, "a"), (3, "a"), (4, "b"), (15, "b"), (16, None)])
    def test_at_finds_the_outermost(self, bit: int, name: str | None) -> None:
        found = self.SPACE.at(bit)
        assert (found and found.name) == name
