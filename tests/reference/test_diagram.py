"""The state diagram is the table of transitions."""

from __future__ import annotations

from app.protocol.states import TRANSITIONS
from app.reference.diagram import BOX, columns, diagram


def test_states_stand_in_the_order_of_a_life() -> None:
    assert sorted(columns(), key=columns().__getitem__) == ["CONNECTING", "OPEN", "CLOSING", "CLOSED"]


def test_every_transition_is_drawn_once() -> None:
    drawn = [(arrow.source, label, arrow.target) for arrow in diagram().arrows for label in arrow.labels]
    assert sorted(drawn) == sorted((state, what, after) for (state, what), after in TRANSITIONS.items())


def test_boxes_do_not_touch_and_fit() -> None:
    drawing = diagram()
    places = [box.x for box in drawing.boxes]
    assert all(b - a > BOX for a, b in zip(places, places[1:], strict=False))
    assert places[-1] + BOX == drawing.width
    assert all(arrow.y < drawing.height for arrow in drawing.arrows)
