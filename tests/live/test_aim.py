"""Where a head is aimed, however malformed it is."""

import pytest

from app.live.aim import STRAY, Aim, aim
from app.live.head import Cut, Head

NAME = Aim("ws", "demo", "echo")
WRONG = Aim("ws", exact=False)


def of(data: bytes, cut: Cut = "") -> Aim:
    return aim(Head((), data, None if cut else len(data), cut))


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (b"GET /ws/demo HTTP/1.1", NAME),
        (b"get  /ws/demo", NAME),
        (b"\r\nGET /ws/demo HTTP/1.1", NAME),
        (b"GET http://other:1/ws/demo?x#y HTTP/1.1", NAME),
        (b"GET /ws/demo#part HTTP/1.1", NAME),
        (b"GET /ws/demo?app=tour HTTP/1.1", Aim("ws", "demo", "tour")),
        (b"GET /ws/demo?app= HTTP/1.1", NAME),
        (b"GET //ws/demo HTTP/1.1", NAME._replace(exact=False)),
        (b"GET /ws/ HTTP/1.1", WRONG),
        (b"GET /ws/Demo HTTP/1.1", WRONG),
        (b"GET /ws/demo/more HTTP/1.1", WRONG),
        (b"GET /ws/strays HTTP/1.1", WRONG),
        (b"GET /ws HTTP/1.1", Aim("page")),
        (b"GET / HTTP/1.1", Aim("page")),
        (b"OPTIONS * HTTP/1.1", STRAY),
        (b"CONNECT host:1 HTTP/1.1", STRAY),
        (b"hello", STRAY),
        (b"", STRAY),
    ],
)
def test_a_first_line(line: bytes, expected: Aim) -> None:
    assert of(line + b"\r\n\r\n") == expected


@pytest.mark.parametrize(
    ("cut", "expected"), [("long", NAME), ("slow", STRAY), ("eof", STRAY), ("junk", STRAY), ("tls", STRAY)]
)
def test_a_line_without_end_counts_only_when_it_is_too_long(cut: Cut, expected: Aim) -> None:
    assert of(b"GET /ws/demo?" + b"x" * 99, cut) == expected
