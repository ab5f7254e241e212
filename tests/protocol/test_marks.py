"""Where the fault of a header is marked."""

from __future__ import annotations

from app.protocol import marks
from app.protocol.handshake import parse_request

HEAD = b"GET / HTTP/1.1\r\nHost: a\r\nUpgrade:\r\n\r\n"
HOST, UPGRADE = parse_request(HEAD).headers


def marked(fault: tuple[str, int, int, str]) -> bytes:
    return HEAD[fault[1] // 8 : (fault[1] + fault[2]) // 8]


def test_a_line_a_value_and_a_place_where_something_is_missing() -> None:
    assert marked(marks.whole("req.host", HOST, "")) == b"Host: a"
    assert marked(marks.value("req.host", HOST, "")) == b"a"
    assert marked(marks.missing("req.host", parse_request(HEAD), "")) == b"\r\n"


def test_an_empty_value_is_marked_by_its_name() -> None:
    assert marked(marks.value("req.upgrade", UPGRADE, "")) == b"Upgrade:"


def test_bytes_are_shown_as_text() -> None:
    assert marks.show(b"caf\xe9") == "caf\\xe9"
