"""What is drawn of a compressed message."""

from __future__ import annotations

from app.anatomy.deflate import squeeze, take_apart
from app.web.sheets import DRAWN, STRIPS, sheet

HELLO = [bytes.fromhex("f248cdc9c90700"), bytes.fromhex("f200110000")]


def test_bits_are_in_reading_order() -> None:
    row = sheet(take_apart(HELLO)[0]).wide[0]
    assert "".join(str(cell.value) for cell in row.cells[:11]) == "01001111000"
    assert row.heads == ("f2", "48", "cd", "c9") and [mark.label for mark in row.labs[0].marks] == ["BFINAL", "BTYPE"]


def test_the_tail_stands_behind_the_last_bit() -> None:
    for rows in (sheet(take_apart(HELLO)[0]).wide, sheet(take_apart(HELLO)[0]).narrow):
        assert [bool(row.tail) for row in rows] == [False] * (len(rows) - 1) + [True]


def test_a_copy_shows_where_it_comes_from() -> None:
    second = sheet(take_apart(HELLO)[1])
    (strip,) = second.strips
    assert second.shows(strip) and (strip.length, strip.distance) == (4, 5)
    assert "".join(letter.char for letter in strip.letters) == "HelloHello" and strip.spans == ((0, 5), (1, 5))
    assert [letter.place for letter in strip.letters if "src" in letter.classes.split()] == [1, 2, 3, 4]


def test_a_copy_from_far_leaves_a_gap() -> None:
    messages = [b"the window remembers " + bytes(range(33, 127)) * 3, b"the window remembers"]
    strip = sheet(take_apart(squeeze(messages))[1]).strips[0]
    assert any(letter.gap for letter in strip.letters)


def test_long_messages_are_cut() -> None:
    text = " ".join(f"{n}:{n * n}" for n in range(3000)).encode()
    drawn = sheet(take_apart(squeeze([text, text]))[1])
    assert len(sheet(take_apart(squeeze([text]))[0]).wide) == DRAWN // 4
    assert len(drawn.strips) <= STRIPS and drawn.rest in ("", "rest")


def test_every_drawn_bit_belongs_to_a_close_up() -> None:
    for unpacked in take_apart(squeeze([b"abc abc abc", b"", b"abc"], bits=9, takeover=False), 9, False):
        made = sheet(unpacked)
        assert {cell.mark for row in made.wide for cell in row.cells} <= {close.id for close in made.closes}
