"""The rules of the client's opening handshake: which one is broken, and where exactly."""

import pytest
from hypothesis import given

from app.protocol.handshake import parse_request, write_request
from app.protocol.opening import STATUS, judge_request, not_http, offered_extensions
from app.protocol.rules import RULES
from tests.samples import HEADS, KEY, REQUEST

FRESH = REQUEST.replace(KEY.encode(), b"x3JJHMbDL1EzLkh9GBhXDw==")


def changed(old: bytes, new: bytes) -> bytes:
    assert old in FRESH
    return FRESH.replace(old, new)


def more(*lines: bytes) -> bytes:
    return FRESH[:-2] + b"".join(line + b"\r\n" for line in lines) + b"\r\n"


def marked(raw: bytes) -> list[tuple[str, bytes]]:
    """Every rule that is broken, with the bytes that break it."""
    return [
        (fault.rule, raw[fault.start // 8 : (fault.start + fault.bits) // 8])
        for fault in judge_request(parse_request(raw))
    ]


class TestRequest:
    """RFC 6455 4.1 and 4.2.1, in their order."""

    def test_a_good_one_breaks_nothing(self) -> None:
        assert marked(FRESH) == []

    @pytest.mark.parametrize(
        ("raw", "rule", "part"),
        [
            (changed(b"GET", b"POST"), "req.method", b"POST"),
            (changed(b"HTTP/1.1", b"HTTP/1.0"), "req.http-version", b"HTTP/1.0"),
            (changed(b"/chat", b"/a#b?c"), "uri.hash-escape", b"#"),
            (changed(b"/chat", b"/caf\xc3\xa9"), "uri.path-pct", b"\xc3\xa9"),
            (changed(b"/chat", b"chat"), "req.target", b"chat"),
            (changed(b"/chat", b"https://else.example/"), "req.target", b"https://else.example/"),
            (changed(b"server.example.com", b"\xc3\xa9.example"), "uri.host-ascii", b"\xc3\xa9"),
            (changed(b"Upgrade: websocket", b"Upgrade: web"), "req.upgrade", b"web"),
            (changed(b"Connection: Upgrade", b"Connection: close"), "req.connection", b"close"),
            (changed(b"x3JJHMbDL1EzLkh9GBhXDw==", b"x3JJHMbDL1Ez"), "req.key.16bytes", b"x3JJHMbDL1Ez"),
            (changed(b"x3JJHMbDL1EzLkh9GBhXDw==", b"x3JJHMbDL1EzLkh9GBhXDx=="), "req.key.canonical", b"x"),
            (changed(b"x3JJHMbDL1EzLkh9GBhXDw==", KEY.encode()), "req.key.random", KEY.encode()),
            (changed(b"Version: 13", b"Version: 8"), "req.version.13", b"8"),
            (changed(b"Version: 13", b"Version: 013"), "req.version.13", b"013"),
            (more(b"User-Agent: Mozilla/5.0"), "req.origin.browser", b"User-Agent: Mozilla/5.0"),
            (more(b"Sec-WebSocket-Protocol: a,b,a"), "req.protocol.syntax", b"a"),
            (more(b"Sec-WebSocket-Protocol: a b"), "req.protocol.syntax", b"a b"),
            (more(b"Sec-WebSocket-Extensions: permessage-deflate; level=9"), "req.ext.params", b"level=9"),
            (
                more(b"Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=7"),
                "pmd.smwb.offer",
                b"server_max_window_bits=7",
            ),
            (more(b"Sec-WebSocket-Extensions: x-mux"), "req.ext.registered", b"x-mux"),
            (more(b"Content-Length: 3"), "req.body", b"Content-Length: 3"),
            (more(b"Host: again"), "req.host", b"Host: again"),
            (more(b"Origin: http://caf\xe9"), "utf8.handshake", b"\xe9"),
        ],
    )
    def test_the_exact_bytes(self, raw: bytes, rule: str, part: bytes) -> None:
        assert (rule, part) in marked(raw)
        assert {name for name, _ in marked(raw)} <= {rule, "req.version.13"}

    def test_bytes_that_the_handshake_does_not_read_may_be_any(self) -> None:
        assert marked(more(b"Cookie: name=Ren\xe9", b"X-Name: \xff")) == []

    @pytest.mark.parametrize(
        ("lines", "rules"),
        [
            ([b""], ["req.ext.syntax"]),
            ([b", ,"], ["req.ext.syntax"]),
            ([b"", b""], ["req.ext.syntax"]),
            ([b"", b"permessage-deflate"], []),
            ([b", permessage-deflate,,"], []),
        ],
    )
    def test_empty_extensions_do_not_count(self, lines: list[bytes], rules: list[str]) -> None:
        raw = more(*(b"Sec-WebSocket-Extensions: " + line for line in lines))
        assert [rule for rule, _ in marked(raw)] == rules
        assert len(offered_extensions(parse_request(raw))) == (0 if rules else 1)

    @pytest.mark.parametrize(
        ("line", "rule"),
        [
            (b"Host: server.example.com", "req.host"),
            (b"Upgrade: websocket", "req.upgrade"),
            (b"Connection: Upgrade", "req.connection"),
            (b"Sec-WebSocket-Key: x3JJHMbDL1EzLkh9GBhXDw==", "req.key.present"),
            (b"Sec-WebSocket-Version: 13", "req.version.present"),
        ],
    )
    def test_what_is_missing_is_marked_at_the_empty_line(self, line: bytes, rule: str) -> None:
        assert marked(changed(line + b"\r\n", b"")) == [(rule, b"\r\n")]

    def test_what_is_no_request_line_is_not_judged_further(self) -> None:
        assert [rule for rule, _ in marked(b"hello\r\n\r\n")] == ["conn.procedure"]

    def test_lists_may_go_on_in_another_line(self) -> None:
        raw = more(b"Sec-WebSocket-Protocol: a", b"Sec-WebSocket-Protocol: b")
        assert marked(raw) == []
        assert [rule for rule, _ in marked(raw[:-2] + b"Sec-WebSocket-Protocol: a\r\n\r\n")] == ["req.protocol.syntax"]

    def test_a_browser_names_its_origin(self) -> None:
        assert marked(more(b"User-Agent: Mozilla/5.0", b"Origin: null")) == []

    @given(HEADS)
    def test_nothing_raises_and_every_fault_lies_in_the_head(self, raw: bytes) -> None:
        for fault in judge_request(parse_request(raw)):
            assert fault.rule in RULES
            assert 0 <= fault.start <= fault.start + fault.bits <= len(raw) * 8

    def test_every_status_belongs_to_an_error(self) -> None:
        assert all(RULES[rule].severity == "error" for rule in STATUS)


class TestOffers:
    """RFC 6455 9.1: offers of all lines, in order; a line that cannot be read offers nothing."""

    def test_order(self) -> None:
        headers = [("Sec-WebSocket-Extensions", value) for value in ("a, b", "c;", "d; e=1")]
        offers = offered_extensions(parse_request(write_request("h", "/", KEY, headers)))
        assert [offer.name for offer in offers] == ["a", "b", "d"]


class TestNotHttp:
    """What can no longer become an HTTP head is seen at its first impossible byte."""

    @pytest.mark.parametrize("head", [REQUEST, b"\r\n" + REQUEST, b"", b"G"])
    def test_a_request_in_the_making(self, head: bytes) -> None:
        assert all(not_http(head[:size], response=False) is None for size in range(len(head) + 1))

    @pytest.mark.parametrize("data", [b"\x16\x03\x01", b"\x81\x85", b"\x00"])
    def test_something_else(self, data: bytes) -> None:
        assert not_http(data, response=False) == 0
        assert not_http(data, response=True) == 0
