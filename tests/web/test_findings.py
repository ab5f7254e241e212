"""The list of what was found, all bytes of a side, and what is said about a broken rule."""

from __future__ import annotations

from app.web import findings
from app.web.reading import How, Talk, look

FRAMES = bytes.fromhex("81 85 37 fa 21 3d 7f 9f 4d 51 58 81 02 c3 28 89 00")


def talk(data: bytes = FRAMES) -> Talk:
    return look(data, How(format="raw", side="client"), "").talks[0]


def test_the_list_has_a_row_for_each_unit_with_its_worst_fault() -> None:
    one = talk()
    rows = findings.units(one.trace, one.events, 0).rows
    assert [(row.tag, row.offset, row.size) for row in rows[:3]] == [("TEXT", 0, 11), ("TEXT", 11, 4), ("PING", 15, 2)]
    assert rows[1].severity == "error"


def test_search_looks_under_the_mask_and_for_hex() -> None:
    one = talk()
    for wanted in ("Hello", "48 65 6c", "0x48656c"):
        assert [row.seq for row in findings.units(one.trace, one.events, 0, wanted).rows] == [one.events[0].seq] or len(
            findings.units(one.trace, one.events, 0, wanted).rows
        ) == 1
    assert not findings.units(one.trace, one.events, 0, "nothing").rows


def test_a_long_list_comes_in_pages() -> None:
    one = talk(b"\x89\x80\x00\x00\x00\x00" * 500)
    page = findings.units(one.trace, one.events, findings.PAGE + 3)
    assert (page.start, page.end) == (findings.PAGE, 2 * findings.PAGE) and page.total >= 500


def test_every_byte_of_a_small_side_belongs_to_its_unit() -> None:
    one = talk()
    (stream,) = findings.streams(one.trace, one.events)
    cells = [cell for owned in stream.rows for half in owned.row.halves for cell in half]
    assert bytes(int(cell.high + cell.low, 16) for cell in cells) == FRAMES
    assert {11, 15} == set(stream.rows[0].firsts)


def test_cut_off_bytes_are_shown_too() -> None:
    one = talk(FRAMES[:14])
    (stream,) = findings.streams(one.trace, one.events)
    assert stream.size == 14


def test_a_broken_rule_comes_with_reactions_and_the_nearest_legal_bytes() -> None:
    one = talk()
    event = next(event for event in one.events if event.kind == "frame" and event.violations and event.start == 88)
    worst = findings.broken(event, one.trace)[0]
    assert worst.violation.severity == "error" and worst.mend and worst.edit and worst.reactions
