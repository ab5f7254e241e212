"""Hidden values keep their length, and every cut of the head gives the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.live.redact import redact_head, redacted
from app.trace import Trace

HEAD = (
    b"GET / HTTP/1.1\r\ncookie : a=b; c=d\r\nX-Forwarded-For:1.2.3.4\r\nX: kept\r\nAuthorization: B\r\n folded\r\n\r\n"
)
SHOWN = (
    b"GET / HTTP/1.1\r\ncookie : ********\r\nX-Forwarded-For:*******\r\nX: kept\r\nAuthorization: *\r\n*******\r\n\r\n"
)


def test_values_are_overwritten_at_equal_length() -> None:
    assert redact_head(HEAD) == SHOWN and len(HEAD) == len(SHOWN)


@pytest.mark.parametrize("line", [b"X-Cookie: kept", b"X: Cookie: kept", b"Cookies: kept"])
def test_only_the_named_headers(line: bytes) -> None:
    assert redact_head(b"GET / HTTP/1.1\r\n" + line + b"\r\n\r\n").endswith(line + b"\r\n\r\n")


TOKEN = b"x" * 20


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        (b"GET /ws/a?app=tour&token=" + TOKEN + b" HTTP/1.1", b"GET /ws/a?app=tour&token=" + b"*" * 20 + b" HTTP/1.1"),
        (b"GET /ws/a?" + TOKEN + b"yz HTTP/1.1", b"GET /ws/a?" + b"*" * 22 + b" HTTP/1.1"),
        (b"GET /ws/" + TOKEN + b" HTTP/1.1", b"GET /ws/" + TOKEN + b" HTTP/1.1"),
        (b"GET /\r\nSec-WebSocket-Protocol: chat, " + TOKEN, b"GET /\r\nSec-WebSocket-Protocol: chat, " + b"*" * 20),
        (
            b"GET /\r\nSec-WebSocket-Protocol: chat,\r\n " + TOKEN,
            b"GET /\r\nSec-WebSocket-Protocol: chat,\r\n " + b"*" * 20,
        ),
        (b"GET /\r\nX: " + TOKEN + b"?" + TOKEN, b"GET /\r\nX: " + TOKEN + b"?" + TOKEN),
    ],
)
def test_long_parts_of_queries_and_subprotocols(line: bytes, shown: bytes) -> None:
    assert redact_head(line + b"\r\n\r\n") == shown + b"\r\n\r\n"


def test_what_may_grow_longer_is_hidden_early() -> None:
    assert redact_head(b"GET /?token=abc") == b"GET /?token=***"
    assert redact_head(b"GET /?token=abc ") == b"GET /?token=abc "
    assert redact_head(b"GET /\r\nSec-WebSocket-Protocol: abc") == b"GET /\r\nSec-WebSocket-Protocol: ***"


@given(st.lists(st.integers(0, len(HEAD) + 8), max_size=5))
def test_how_tcp_cut_the_head_changes_nothing(cuts: list[int]) -> None:
    data, trace, last = HEAD + b"Cookie: x", Trace("c1"), 0
    for cut in [*sorted(cuts), len(data)]:
        if cut > last:
            trace.add(cut, "client", data[last:cut])
            last = cut
    copy = redacted(trace)
    assert copy.bytes("client") == SHOWN + b"Cookie: x"
    assert [len(record.data) for record in copy.records] == [len(record.data) for record in trace.records]


def test_other_records_stay_as_they_are() -> None:
    trace = Trace("c1")
    trace.add(1, "client", b"", "fin")
    trace.add(2, "client", b"Cookie: x", layer="tls")
    assert redacted(trace).records == trace.records
