"""What close-ups draw: columns of an XOR, a wrong bit beside the right one."""

from __future__ import annotations

from app.anatomy import explain
from app.protocol.events import Event
from app.trace import Trace
from app.web import derivations, figures
from app.web.derivations import Column, Versus
from tests.web.drawn import goodbye, hello, lengthy, unmasked


def _figures(drawn: tuple[Event, Trace], name: str, at: int | None = None) -> list[derivations.Figure]:
    explanation = explain(*drawn)
    parts = figures.parts(explanation.wire, explanation.violations, explanation.wire.base * 8)
    return derivations.figures(explanation.derivations[name], explanation.wire, parts, at)


def test_each_column_says_where_its_bytes_are_in_the_frame() -> None:
    (figure,) = _figures(hello(), "payload")
    columns: list[Column] = figure.data
    assert "".join(column.char for column in columns) == "Hello"
    assert [column.byte for column in columns] == [6, 7, 8, 9, 10]
    assert [column.key_byte for column in columns] == [2, 3, 4, 5, 2]
    assert all(column.wire ^ column.key == column.plain for column in columns)


def test_a_reason_goes_on_with_the_key_where_the_code_stopped() -> None:
    (figure,) = _figures(goodbye(), "close.reason")
    assert "".join(column.char for column in figure.data) == "done"
    assert figure.data[0].number == 2
    assert figure.data[0].key_byte == 4


def test_a_table_moves_to_the_chosen_byte() -> None:
    assert _figures(lengthy(), "payload")[0].kind == "Plain"
    columns = _figures(hello(), "payload", at=10)[0].data
    assert 10 in [column.byte for column in columns]


def test_a_single_wrong_bit_is_shown_beside_the_right_one() -> None:
    versus: Versus = _figures(unmasked(), "mask")[0].data
    assert [bit.value for bit in versus.sent] == [0, 0, 0, 0, 0, 1, 0, 1]
    assert [bit.value for bit in versus.required] == [1, 0, 0, 0, 0, 1, 0, 1]
    assert "bad" in versus.sent[0].classes and "bad" not in versus.required[0].classes
