"""The two heads, with the place of every byte: whatever comes, nothing raises and nothing is lost."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from websockets.utils import accept_key as their_accept_key

from app.protocol.handshake import (
    REASONS,
    Request,
    Response,
    accept_key,
    find_end,
    has_token,
    parse_request,
    parse_response,
    split_tokens,
    write_request,
    write_response,
)
from tests.samples import ACCEPT, HEADS, KEY, REQUEST, RESPONSE


def notes(head: Request | Response) -> list[str]:
    return [fault.note for fault in head.faults]


def request(*lines: bytes, start: bytes = b"GET / HTTP/1.1") -> Request:
    return parse_request(b"\r\n".join([start, *lines, b"", b""]))


class TestAcceptKey:
    """RFC 6455 1.3 and 4.2.2: the text of the key is hashed, not the bytes it stands for."""

    @pytest.mark.parametrize(
        ("key", "accept"),
        [
            (b"dGhlIHNhbXBsZSBub25jZQ==", b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo="),
            (b"AQIDBAUGBwgJCgsMDQ4PEA==", b"C/0nmHhBztSRGR1CwL6Tf4ZjwpY="),
            (b"AQIDBAUGBwgJCgsMDQ4PEC==", b"OfS0wDaT5NoxF2gqm7Zj2YtetzM="),
        ],
    )
    def test_vectors(self, key: bytes, accept: bytes) -> None:
        assert accept_key(key) == accept

    @given(st.text("abcdefXYZ0189+/=", max_size=30))
    def test_agrees_with_websockets(self, key: str) -> None:
        assert accept_key(key.encode()).decode() == their_accept_key(key)


class TestFindEnd:
    """RFC 9112 2.1: an empty line ends the head."""

    @pytest.mark.parametrize(
        ("data", "end"),
        [
            (b"", None),
            (b"GET / HTTP/1.1\r\n", None),
            (b"GET / HTTP/1.1\r\n\r\n", 18),
            (b"GET / HTTP/1.1\r\n\r\n\x81\x00", 18),
            (b"a\n\n", 3),
            (b"a\n\r\n", 4),
            (b"a\r\n\n", 4),
            (b"\r\n\r\n", None),
            (b"\r\n\r\na\r\n\r\n", 9),
        ],
    )
    def test_examples(self, data: bytes, end: int | None) -> None:
        assert find_end(data) == end

    @given(HEADS, st.binary(max_size=5))
    def test_does_not_depend_on_what_follows(self, head: bytes, rest: bytes) -> None:
        ends = [find_end(head[:size]) for size in range(len(head) + 1)]
        first = next((end for end in ends if end is not None), None)
        assert find_end(head) == first
        assert first is None or find_end(head + rest) == first

    def test_empty_lines_in_front_cost_no_more_than_their_bytes(self) -> None:
        data = bytearray()
        for _ in range(4_000):
            data += b"\n"
            assert find_end(data) is None
        assert find_end(b"\n" * 2**20) is None


class TestParse:
    """RFC 6455 4.1 and 4.2.1, RFC 9112: heads as they travelled."""

    def test_a_request(self) -> None:
        head = parse_request(REQUEST)
        assert (head.method, head.target, head.version, head.faults) == (b"GET", b"/chat", b"HTTP/1.1", ())
        assert head.get("host") == b"server.example.com"
        assert head.get("SEC-WEBSOCKET-KEY") == KEY.encode()
        assert head.get("Origin") is None

    def test_a_response(self) -> None:
        head = parse_response(RESPONSE)
        assert (head.version, head.status, head.reason, head.faults) == (b"HTTP/1.1", 101, b"Switching Protocols", ())
        assert head.get("sec-websocket-accept") == ACCEPT.encode()

    @pytest.mark.parametrize("line", [b"HTTP/1.1 204", b"HTTP/1.1 204 "])
    def test_the_reason_may_be_missing(self, line: bytes) -> None:
        head = parse_response(line + b"\r\n\r\n")
        assert (head.status, head.reason, head.faults) == (204, b"", ())

    def test_a_header_sent_twice_is_kept_twice(self) -> None:
        head = request(b"A: 1", b"B: 2", b"a: 3")
        assert head.all("A") == [b"1", b"3"]
        assert [line.name for line in head.lines("a")] == [b"A", b"a"]

    @pytest.mark.parametrize(
        ("lines", "note"),
        [
            ([b"Host : x"], "a space before the colon"),
            ([b"Host"], "a header without a colon"),
            ([b"H\x00st: x"], "not a header name"),
            ([b": x"], "not a header name"),
            ([b"A: 1", b" more"], "a header continued on the next line"),
            ([b"A: \x00"], "a control byte, 0x00"),
            ([b"A: \x7f"], "a control byte, 0x7f"),
            ([b"A: x\ry"], "a control byte, 0x0d"),
        ],
    )
    def test_malformed_headers(self, lines: list[bytes], note: str) -> None:
        assert notes(request(*lines)) == [note]

    @pytest.mark.parametrize(
        ("start", "note"),
        [
            (b"GET", "not a request line"),
            (b"G\xe9T / HTTP/1.1", "not a request line"),
            (b"GET /", "the HTTP version is missing"),
            (b"GET / HTTP/1", "not an HTTP version"),
            (b"GET / http/1.1", "not an HTTP version"),
            (b"GET /a b HTTP/1.1", "a space inside the request line"),
            (b"GET /\x00 HTTP/1.1", "a control byte in the request line"),
        ],
    )
    def test_malformed_request_lines(self, start: bytes, note: str) -> None:
        assert notes(request(start=start)) == [note]

    @pytest.mark.parametrize("line", [b"ICY 200 OK", b"HTTP/1.1 20", b"HTTP/1.1  200 OK", b"HTTP/1.1 2000", b""])
    def test_malformed_status_lines(self, line: bytes) -> None:
        head = parse_response(line + b"\r\nA: b\r\n\r\n")
        assert head.status == 0
        assert head.faults

    def test_line_feeds_alone_are_understood_and_named_once(self) -> None:
        head = parse_request(b"GET / HTTP/1.1\nHost: x\n\n")
        assert (head.get("Host"), notes(head)) == (b"x", ["line ends without a carriage return"])

    def test_empty_lines_in_front_are_named(self) -> None:
        head = parse_request(b"\r\nGET / HTTP/1.1\r\n\r\n")
        assert (head.method, notes(head)) == (b"GET", ["empty line before the first line"])

    @pytest.mark.parametrize("value", [b"x", b" x", b"x\t ", b"\t x "])
    def test_white_space_around_a_value_does_not_belong_to_it(self, value: bytes) -> None:
        (line,) = request(b"A:" + value).headers
        assert line.value == b"x"


class TestPlaces:
    """Every part says where it stands."""

    @settings(max_examples=300)
    @given(HEADS)
    @example(b"")
    @example(b"\r\n")
    @example(b" \r\n: \r\n\t\r\n\r\n")
    def test_nothing_raises_and_parts_stand_where_they_say(self, raw: bytes) -> None:
        for head in (parse_request(raw), parse_response(raw)):
            assert head.raw == raw
            at = 0
            for start, end in head.spans:
                assert at <= start <= end <= len(raw)
                at = end
            for line in head.headers:
                assert at <= line.start < line.value_start <= line.value_end <= line.end <= len(raw)
                at = line.end
            for fault in head.faults:
                assert 0 <= fault.start <= fault.start + fault.bits <= len(raw) * 8

    @given(HEADS)
    def test_parts_are_the_bytes_at_their_places(self, raw: bytes) -> None:
        head = parse_request(raw)
        assert [raw[a:b] for a, b in head.spans] == [head.method, head.target, head.version]
        for line in head.headers:
            if not any("continued" in note for note in notes(head)):
                assert raw[line.value_start : line.value_end] == line.value


class TestLists:
    """RFC 9110 5.6.1: comma-separated, perhaps over several lines."""

    @pytest.mark.parametrize(
        ("values", "tokens"),
        [
            ([], []),
            ([b"a, b"], [b"a", b"b"]),
            ([b"a", b"b,c"], [b"a", b"b", b"c"]),
            ([b" ,a,, \t"], [b"a"]),
        ],
    )
    def test_split(self, values: list[bytes], tokens: list[bytes]) -> None:
        assert split_tokens(values) == tokens

    @pytest.mark.parametrize(
        ("values", "found"),
        [([b"keep-alive, Upgrade"], True), ([b"close", b"UPGRADE"], True), ([b"upgraded"], False), ([], False)],
    )
    def test_tokens_in_any_case(self, values: list[bytes], found: bool) -> None:
        assert has_token(values, b"upgrade") == found


class TestWrite:
    """RFC 6455 1.3: what we send ourselves."""

    def test_a_request(self) -> None:
        assert write_request("h:80", "/x?y", KEY, [("Origin", "http://h")]) == (
            b"GET /x?y HTTP/1.1\r\nHost: h:80\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Key: " + KEY.encode() + b"\r\nSec-WebSocket-Version: 13\r\nOrigin: http://h\r\n\r\n"
        )

    def test_a_refusal_has_a_body_of_the_announced_length(self) -> None:
        head, _, body = write_response(400, [("A", "b")], b"No.\n").partition(b"\r\n\r\n")
        response = parse_response(head + b"\r\n\r\n")
        assert (response.status, response.reason, body) == (400, b"Bad Request", b"No.\n")
        assert (response.get("Content-Length"), response.get("Connection")) == (b"4", b"close")

    def test_a_101_has_neither_body_nor_length(self) -> None:
        response = parse_response(write_response(101, [("Upgrade", "websocket")]))
        assert [line.name for line in response.headers] == [b"Upgrade"]

    @pytest.mark.parametrize("status", [*REASONS, 299])
    def test_every_status_is_parsed_as_written(self, status: int) -> None:
        response = parse_response(write_response(status))
        assert (response.status, response.faults) == (status, ())
