"""The steps of a lesson as the page draws them."""

from __future__ import annotations

from app.lessons import render
from app.web.pages import recorded, shelf
from app.web.steps import step_views


def test_a_byte_of_the_payload_is_counted_in_the_frame() -> None:
    found = recorded(next(iter(shelf())))
    steps = render(found.lesson, found.binding)
    views = step_views(found.lesson, steps, found.events)
    hello = next(view for view in views if view.field == "payload" and view.byte_of_unit is not None)
    assert steps[hello.number - 1].byte == 0
    assert hello.byte_of_unit == 6


def test_every_step_of_the_recorded_example_has_its_side() -> None:
    found = recorded(next(iter(shelf())))
    views = step_views(found.lesson, render(found.lesson, found.binding), found.events)
    assert {view.side for view in views} == {"client", "server"}
