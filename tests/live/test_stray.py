"""What strays are told, and the one strict look at heads outside /ws/. The cases over a real socket: test_front."""

import pytest

from app.live.head import Cut, Head
from app.live.stray import TLS_ALERT, answer, judge


def head(data: bytes, cut: Cut = "") -> Head:
    return Head((), data, None if cut else len(data), cut)


@pytest.mark.parametrize(
    ("cut", "begins"),
    [("slow", b"HTTP/1.1 408"), ("eof", b"HTTP/1.1 400"), ("long", b"HTTP/1.1 431"), ("junk", b"HTTP/1.1 400")],
)
def test_a_head_without_end_is_answered(cut: Cut, begins: bytes) -> None:
    assert answer(head(b"x", cut)).startswith(begins)


def test_tls_is_answered_in_tls_and_nobody_not_at_all() -> None:
    assert answer(head(b"\x16", "tls")) == TLS_ALERT
    assert answer(head(b"x", "reset")) == b""


@pytest.mark.parametrize(
    "data",
    [
        b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET / HTTP/1.0\r\n\r\n",
        b"POST /api HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n",
        b"POST /api HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n",
    ],
)
def test_what_is_well_formed_goes_to_flask(data: bytes) -> None:
    assert judge(head(data)) is None


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: +3\r\n\r\n", 400),
        (b"GET /\xc3\xa9 HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        (b"GET /#x HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        (b"GET / HTTP/0.9\r\nHost: a\r\n\r\n", 505),
        (b"GET / HTTP/1.1\r\nHost: a\r\n b\r\n\r\n", 400),
    ],
)
def test_what_is_not_is_told_why(data: bytes, status: int) -> None:
    verdict = judge(head(data))
    assert verdict and verdict.status == status and verdict.reason.endswith(".")
