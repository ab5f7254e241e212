"""UTF-8 taken apart into characters, and what is none."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.anatomy.characters import walk


def test_a_character_says_which_bits_carry_it() -> None:
    first, second = walk("é€".encode(), 0, 5)
    assert (first.shown, first.notation, first.name) == ("é", "U+00E9", "LATIN SMALL LETTER E WITH ACUTE")
    assert (first.marks, first.rest) == (("110", "10"), ("00011", "101001"))
    assert int("".join(second.rest), 2) == ord("€")


def test_what_is_no_character_says_why() -> None:
    broken = walk(b"a\xc3(", 0, 3)
    assert [(char.data, char.note) for char in broken] == [(b"a", ""), (b"\xc3", "is not UTF-8"), (b"(", "")]
    (cut,) = walk(b"\xe2\x82", 0, 2)
    assert cut.note == "is cut off"


def test_a_character_can_be_split_between_fragments() -> None:
    (before,) = walk(b"\xe2\x82", 0, 2, ended=False)
    assert before.note == "goes on in the next fragment"
    first, *_ = walk(b"\xac!", 0, 2, begun=False)
    assert (first.data, first.note) == (b"\xac", "began in the fragment before")


@given(st.text(max_size=20), st.integers(0, 30))
def test_any_window_begins_at_a_character(text: str, start: int) -> None:
    data = text.encode()
    found = walk(data, min(start, len(data)), len(data))
    assert all(not char.note for char in found)
    assert b"".join(char.data for char in found) == data[found[0].start if found else len(data) :]


@given(st.binary(max_size=30))
def test_every_byte_belongs_to_one_character(data: bytes) -> None:
    found = walk(data, 0, len(data))
    assert b"".join(char.data for char in found) == data
