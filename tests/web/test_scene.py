"""One event as everything that is drawn of it."""

from __future__ import annotations

import pytest

from app.anatomy import explain
from app.web import scene
from tests.web.drawn import answer, hello, talk, unmasked


def test_a_first_visit_opens_with_what_needs_no_arithmetic() -> None:
    drawn = scene.compose(explain(*hello()))
    assert (drawn.opening, drawn.simple) == ("payload", "opcode")
    assert [close.part for close in drawn.close_ups] == list(drawn.parts)


def test_a_field_that_the_event_lacks_is_not_chosen() -> None:
    assert scene.compose(explain(*hello()), chosen="key").chosen == "key"
    assert scene.compose(explain(*hello()), chosen="nonsense").chosen == "payload"


def test_a_broken_rule_opens_first() -> None:
    assert scene.compose(explain(*unmasked())).opening == "mask"


def test_the_lines_of_a_head_hold_all_its_text() -> None:
    event, trace = answer()
    drawn = scene.compose(explain(event, trace))
    lines = ["".join(segment.text for segment in line.segments) + line.ending for line in drawn.lines]
    head = trace.bytes("server").decode().replace("\r\n", "\\r\\n")
    assert "".join(lines) == head
    assert not drawn.wide


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"plain", "plain"),
        (b"a\r\n\x1b[31m", "a\\r\\n\\u001b[31m"),
        ("\u202eevil".encode(), "\\u202eevil"),
        (b"\xff", "\\xff"),
    ],
)
def test_nothing_from_the_wire_can_hide(data: bytes, text: str) -> None:
    assert scene.visible(data) == text


@pytest.mark.parametrize(
    ("section", "name", "short", "url"),
    [
        ("6455 5.3", "RFC 6455 §5.3", "§5.3", "rfc6455#section-5.3"),
        ("5.1, 6.1", "RFC 6455 §5.1", "§5.1", "rfc6455#section-5.1"),
        ("7692:6.1", "RFC 7692 §6.1", "7692 §6.1", "rfc7692#section-6.1"),
        ("RFC 9110 8.6, 9112 6.1", "RFC 9110 §8.6", "9110 §8.6", "rfc9110#section-8.6"),
    ],
)
def test_sections_are_written_as_people_write_them(section: str, name: str, short: str, url: str) -> None:
    assert scene.section_name(section) == name
    assert scene.section_short(section) == short
    assert scene.section_url(section).endswith(url)


def test_every_kind_of_event_can_be_composed() -> None:
    events, trace = talk(("client", b"\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58"), ("server", b"\xff\xff"))
    assert {"request", "response", "frame", "message"} <= {event.kind for event in events}
    for event in events:
        assert scene.compose(explain(event, trace)).title
