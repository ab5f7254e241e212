"""The rules of the server's answer: which one is broken, and where exactly."""

import pytest
from hypothesis import given

from app.protocol.answering import agreed_deflate, judge_response
from app.protocol.extensions import Deflate
from app.protocol.handshake import parse_request, parse_response, write_request, write_response
from app.protocol.rules import RULES
from tests.samples import ACCEPT, DEFLATE_REQUEST, HEADS, KEY, REQUEST, RESPONSE


def changed(old: bytes, new: bytes) -> bytes:
    assert old in RESPONSE
    return RESPONSE.replace(old, new)


def more(*lines: bytes) -> bytes:
    return RESPONSE[:-2] + b"".join(line + b"\r\n" for line in lines) + b"\r\n"


def marked(raw: bytes, request: bytes = REQUEST) -> list[tuple[str, bytes]]:
    return [
        (fault.rule, raw[fault.start // 8 : (fault.start + fault.bits) // 8])
        for fault in judge_response(parse_response(raw), parse_request(request))
    ]


def offer(value: str) -> bytes:
    return write_request("h", "/", KEY, [("Sec-WebSocket-Extensions", value)])


PMD = b"Sec-WebSocket-Extensions: permessage-deflate"


class TestAccepted:
    """RFC 6455 4.1, last part, and 4.2.2: a 101 and what it must say."""

    def test_a_good_one_breaks_nothing(self) -> None:
        assert marked(RESPONSE) == []
        assert marked(more(PMD), DEFLATE_REQUEST) == []

    @pytest.mark.parametrize(
        ("raw", "rule", "part"),
        [
            (changed(b"HTTP/1.1", b"HTTP/1.0"), "res.http11", b"HTTP/1.0"),
            (changed(b"Upgrade: websocket\r\n", b""), "res.upgrade", b"\r\n"),
            (changed(b"Upgrade: websocket", b"Upgrade: websocket, h2c"), "res.upgrade", b"websocket, h2c"),
            (changed(b"Connection: Upgrade", b"Connection: close"), "res.connection", b"close"),
            (changed(ACCEPT.encode(), b"no"), "res.accept.value", b"no"),
            (changed(ACCEPT.encode(), ACCEPT.lower().encode()), "res.accept.value", ACCEPT.lower().encode()),
            (more(b"Sec-WebSocket-Accept: x"), "res.accept.single", b"Sec-WebSocket-Accept: x"),
            (more(b"Sec-WebSocket-Protocol: chat"), "res.protocol.null", b"Sec-WebSocket-Protocol: chat"),
            (more(b"Sec-WebSocket-Extensions: x-mux"), "res.ext.subset", b"x-mux"),
            (more(PMD), "pmd.unoffered", b"permessage-deflate"),
            (more(b"Content-Length: 0"), "res.no-body", b"Content-Length: 0"),
        ],
    )
    def test_the_exact_bytes(self, raw: bytes, rule: str, part: bytes) -> None:
        assert (rule, part) in marked(raw)

    def test_a_subprotocol_that_was_not_offered(self) -> None:
        request = write_request("h", "/", KEY, [("Sec-WebSocket-Protocol", "chat")])
        assert marked(more(b"Sec-WebSocket-Protocol: Chat"), request) == [("res.protocol.select", b"Chat")]
        assert marked(more(b"Sec-WebSocket-Protocol: chat"), request) == []

    def test_a_malformed_request_must_not_be_accepted(self) -> None:
        assert ("res.reject-malformed", b"101") in marked(RESPONSE, REQUEST.replace(b"GET", b"POST"))

    def test_without_the_request_only_the_answer_is_judged(self) -> None:
        assert judge_response(parse_response(RESPONSE), None) == []


class TestDeflate:
    """RFC 7692 7.1: the response keeps to one of the offers."""

    @pytest.mark.parametrize(
        ("offered", "params", "rules"),
        [
            ("permessage-deflate", b"", set()),
            ("permessage-deflate", b"; server_no_context_takeover", set()),
            ("permessage-deflate", b"; client_max_window_bits=9", {"pmd.cmwb.unoffered"}),
            ("permessage-deflate; client_max_window_bits", b"; client_max_window_bits=9", set()),
            ("permessage-deflate; server_max_window_bits=9", b"; server_max_window_bits=10", {"pmd.smwb.resp"}),
            ("permessage-deflate; server_max_window_bits=9", b"; server_max_window_bits=8", set()),
            ("permessage-deflate; server_max_window_bits=9", b"", {"pmd.smwb.resp"}),
            ("permessage-deflate; server_max_window_bits=9, permessage-deflate", b"", set()),
            ("permessage-deflate; server_no_context_takeover", b"", {"pmd.snct"}),
            ("permessage-deflate", b"; unknown", {"req.ext.params"}),
            ("permessage-deflate", b", permessage-deflate", {"pmd.accept"}),
        ],
    )
    def test_answers(self, offered: str, params: bytes, rules: set[str]) -> None:
        broken = {rule for rule, _ in marked(more(PMD + params), offer(offered))}
        assert {rule for rule in broken if RULES[rule].severity == "error"} == rules

    def test_what_is_in_force(self) -> None:
        params = b"; server_no_context_takeover; client_max_window_bits=10"
        assert agreed_deflate(parse_response(more(PMD + params))) == Deflate(True, False, 15, 10)
        assert agreed_deflate(parse_response(RESPONSE)) is None


class TestRefused:
    """RFC 6455 4.2.2 and 4.4: what a refusal should say."""

    @pytest.mark.parametrize(
        ("raw", "request_", "rules"),
        [
            (write_response(404), REQUEST, []),
            (write_response(401), REQUEST, ["res.auth"]),
            (write_response(401, [("WWW-Authenticate", "Basic")]), REQUEST, []),
            (write_response(426), REQUEST.replace(b"Version: 13", b"Version: 8"), ["res.version"]),
            (
                write_response(426, [("Sec-WebSocket-Version", "13")]),
                REQUEST.replace(b"Version: 13", b"Version: 8"),
                [],
            ),
            (write_response(302, [("Location", "/")]), REQUEST, ["res.redirect"]),
        ],
    )
    def test_statuses(self, raw: bytes, request_: bytes, rules: list[str]) -> None:
        assert [rule for rule, _ in marked(raw, request_)] == rules


class TestAnyBytes:
    @given(HEADS, HEADS)
    def test_nothing_raises_and_every_fault_lies_in_the_head(self, raw: bytes, request: bytes) -> None:
        for fault in judge_response(parse_response(raw), parse_request(request)):
            assert fault.rule in RULES
            assert 0 <= fault.start <= fault.start + fault.bits <= len(raw) * 8
