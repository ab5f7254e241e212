"""What close-ups draw: columns of an XOR, a wrong bit beside the right one."""

from __future__ import annotations

from app.anatomy import explain
from app.protocol.events import Event
from app.protocol.frames import Opcode, write_frame
from app.trace import Trace
from app.web import derivations, figures
from app.web.derivations import Table, Versus
from tests.web.drawn import KEY, goodbye, hello, lengthy, talk, unmasked


def _figures(drawn: tuple[Event, Trace], name: str, at: int | None = None) -> list[derivations.Figure]:
    explanation = explain(*drawn)
    parts = figures.parts(explanation.wire, explanation.violations, explanation.wire.base * 8)
    return derivations.figures(explanation.derivations[name], explanation.wire, parts, at)


def test_each_column_says_where_its_bytes_are_in_the_frame() -> None:
    (figure,) = _figures(hello(), "payload")
    table: Table = figure.data
    columns = table.columns
    assert "".join(column.shown for column in columns) == "Hello"
    assert [column.byte for column in columns] == [6, 7, 8, 9, 10]
    assert [column.key_byte for column in columns] == [2, 3, 4, 5, 2]
    assert all(column.wire ^ column.key == column.plain for column in columns)


def test_a_reason_goes_on_with_the_key_where_the_code_stopped() -> None:
    (figure,) = _figures(goodbye(), "close.reason")
    columns = figure.data.columns
    assert "".join(column.shown for column in columns) == "done"
    assert columns[0].number == 2
    assert columns[0].key_byte == 4


def test_a_table_moves_to_the_chosen_byte() -> None:
    assert _figures(lengthy(), "payload")[0].kind == "Plain"
    columns = _figures(hello(), "payload", at=10)[0].data.columns
    assert 10 in [column.byte for column in columns]


def test_a_single_wrong_bit_is_shown_beside_the_right_one() -> None:
    versus: Versus = _figures(unmasked(), "mask")[0].data
    assert [bit.value for bit in versus.sent] == [0, 0, 0, 0, 0, 1, 0, 1]
    assert [bit.value for bit in versus.required] == [1, 0, 0, 0, 0, 1, 0, 1]
    assert "bad" in versus.sent[0].classes and "bad" not in versus.required[0].classes


def test_a_character_stands_over_the_bytes_that_make_it() -> None:
    drawn = talk(("client", write_frame(Opcode.TEXT, "né!".encode(), key=KEY)))
    event = next(event for event in drawn[0] if event.kind == "frame")
    table: Table = _figures((event, drawn[1]), "payload")[0].data
    assert [(cell.char.shown, cell.byte, cell.span) for cell in table.cells] == [("n", 6, 1), ("é", 7, 2), ("!", 9, 1)]
    assert table.columns[2].char is table.columns[1].char
    assert table.wide


def test_a_number_is_worked_out_byte_by_byte() -> None:
    (figure,) = _figures(lengthy(), "len16")
    assert [(place.byte, place.weight, place.value) for place in figure.data["places"]] == [(1, 256, 256), (44, 1, 44)]
