"""The server half: the corner cases in which real servers disagree, and agreement with two real clients."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from websockets.client import ClientProtocol
from websockets.extensions.permessage_deflate import ClientPerMessageDeflateFactory
from websockets.frames import Frame as TheirFrame
from websockets.http11 import Response as TheirResponse
from websockets.uri import parse_uri
from wsproto import ConnectionType, WSConnection
from wsproto import events as wsproto
from wsproto.extensions import PerMessageDeflate

from app.protocol.apps import Echo, Say, Tour
from app.protocol.frames import Opcode, read_header, write_close, write_frame
from app.protocol.handshake import parse_response, write_request
from app.protocol.limits import Limits
from app.protocol.server import Server
from tests.samples import (
    CUTS,
    DEFLATE_REQUEST,
    HEADS,
    KEY,
    REQUEST,
    RESPONSE,
    STREAMS,
    chop,
    client_frame,
    oddity,
    opened,
    squeeze,
)


def code_of(units: Sequence[bytes]) -> int | None:
    """The close code of the last unit, when that is a Close frame; 1005 when it has none."""
    header = read_header(units[-1]) if units else None
    if header is None or header.opcode != Opcode.CLOSE:
        return None
    return int.from_bytes(units[-1][2:4], "big") if header.length else 1005


def changed(*changes: tuple[bytes, bytes], request: bytes = REQUEST) -> bytes:
    """The example request with parts of it replaced."""
    for old, new in changes:
        assert old in request
        request = request.replace(old, new)
    return request


def offering(value: str) -> bytes:
    return write_request("h", "/", KEY, [("Sec-WebSocket-Extensions", value)])


class TestAccepting:
    """RFC 6455 4.2.2: what answers a request."""

    def test_the_example(self) -> None:
        server = Server(Echo())
        assert server.receive(REQUEST) == [RESPONSE]
        assert (server.phase, server.refused, server.finished) == ("open", None, False)

    def test_byte_by_byte(self) -> None:
        server = Server(Echo())
        assert [server.receive(REQUEST[i : i + 1]) for i in range(len(REQUEST))][-1] == [RESPONSE]

    def test_a_frame_glued_to_the_request_is_heard(self) -> None:
        assert Server(Echo()).receive(REQUEST + client_frame(1, b"Hello")) == [RESPONSE, write_frame(1, b"Hello")]

    @pytest.mark.parametrize(
        "request_",
        [
            changed((b"Upgrade: websocket", b"uPGRADE:WebSocket")),
            changed((b"Connection: Upgrade", b"connection: keep-alive, upgrade")),
            changed((b"Connection: Upgrade", b"Connection: keep-alive\r\nConnection: Upgrade")),
            changed((b"Upgrade: websocket", b"Upgrade: h2c, websocket")),
            changed((b"/chat", b"http://server.example.com/chat")),
            changed((KEY.encode(), b"AQIDBAUGBwgJCgsMDQ4PEC==")),
            changed((b"\r\n\r\n", b"\r\nX-Other: yes\r\nContent-Length: 0\r\n\r\n")),
        ],
    )
    def test_variants_that_are_fine(self, request_: bytes) -> None:
        assert parse_response(Server(Echo()).receive(request_)[0]).status == 101

    def test_the_key_is_not_mended(self) -> None:
        """Its pad bits are not zero: the text is hashed, so a corrected key would give another answer."""
        (head,) = Server(Echo()).receive(changed((KEY.encode(), b"AQIDBAUGBwgJCgsMDQ4PEC==")))
        assert parse_response(head).get("Sec-WebSocket-Accept") == b"OfS0wDaT5NoxF2gqm7Zj2YtetzM="

    @pytest.mark.parametrize(
        ("ours", "offered", "chosen"),
        [
            ((), "chat", None),
            (("chat",), "superchat", None),
            (("chat", "superchat"), "superchat, chat", b"superchat"),
            (("chat",), "superchat, chat", b"chat"),
            (("chat",), "CHAT", None),
        ],
    )
    def test_a_subprotocol_is_chosen_by_the_clients_preference(
        self, ours: tuple[str, ...], offered: str, chosen: bytes | None
    ) -> None:
        request = write_request("h", "/", KEY, [("Sec-WebSocket-Protocol", offered)])
        (head,) = Server(Echo(), subprotocols=ours).receive(request)
        assert parse_response(head).all("Sec-WebSocket-Protocol") == ([chosen] if chosen else [])


class TestRefusing:
    """RFC 6455 4.2.1 and 4.4: every reason to refuse, and its status."""

    @pytest.mark.parametrize(
        ("request_", "status", "rule"),
        [
            (changed((b"GET", b"POST")), 405, "req.method"),
            (changed((b"HTTP/1.1", b"HTTP/1.0")), 505, "req.http-version"),
            (changed((b"HTTP/1.1", b"HTTP/2.0")), 505, "req.http-version"),
            (changed((b"HTTP/1.1", b"HTTP/x")), 400, "req.valid-http"),
            (changed((b"Host: server.example.com\r\n", b"")), 400, "req.host"),
            (changed((b"Host: server", b"Host: a\r\nHost: server")), 400, "req.host"),
            (changed((b"Host: server.example.com", b"Host:")), 400, "req.host"),
            (changed((b"Upgrade: websocket\r\n", b"")), 426, "req.upgrade"),
            (changed((b"Upgrade: websocket", b"Upgrade: h2c")), 426, "req.upgrade"),
            (changed((b"Connection: Upgrade\r\n", b"")), 400, "req.connection"),
            (changed((b"Connection: Upgrade", b"Connection: keep-alive")), 400, "req.connection"),
            (changed((b"Sec-WebSocket-Key: " + KEY.encode() + b"\r\n", b"")), 400, "req.key.present"),
            (changed((b"Sec-WebSocket-Key: ", b"Sec-WebSocket-Key: x\r\nSec-WebSocket-Key: ")), 400, "req.key.single"),
            (changed((KEY.encode(), b"short")), 400, "req.key.16bytes"),
            (changed((KEY.encode(), b"dGhlIHNhbXBsZSBub25jZTEy")), 400, "req.key.16bytes"),
            (changed((KEY.encode(), b"")), 400, "req.key.16bytes"),
            (changed((b"Sec-WebSocket-Version: 13\r\n", b"")), 400, "req.version.present"),
            (changed((b"Version: 13", b"Version: 12")), 426, "req.version.13"),
            (changed((b"Version: 13", b"Version: 13, 8")), 426, "req.version.13"),
            (
                changed((b"Version: 13", b"Version: 13\r\nSec-WebSocket-Version: 13")),
                400,
                "req.version.single",
            ),
            (changed((b"Host: ", b"Host : ")), 400, "req.valid-http"),
            (changed((b"Upgrade: websocket", b"Upgrade:\r\n websocket")), 400, "req.valid-http"),
            (changed((b"Upgrade: websocket", b"Upgrade: web\x00socket")), 400, "req.valid-http"),
            (changed((b"/chat", b"/chat#top")), 400, "uri.hash-escape"),
            (changed((b"/chat", b"*")), 400, "req.target"),
            (changed((b"/chat", b"http://other.example/chat")), 400, "req.target"),
            (changed((b"\r\n\r\n", b"\r\nContent-Length: 5\r\n\r\n")), 400, "req.body"),
            (changed((b"\r\n\r\n", b"\r\nTransfer-Encoding: chunked\r\n\r\n")), 400, "req.body"),
            (changed((b"\r\n\r\n", b"\r\nSec-WebSocket-Protocol: a, a\r\n\r\n")), 400, "req.protocol.syntax"),
            (changed((b"\r\n\r\n", b"\r\nSec-WebSocket-Extensions: a;\r\n\r\n")), 400, "req.ext.syntax"),
            (b"hello\r\n\r\n", 400, "conn.procedure"),
            (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 405, "req.method"),
        ],
    )
    def test_reasons(self, request_: bytes, status: int, rule: str) -> None:
        server = Server(Echo())
        (head,) = server.receive(request_)
        assert (parse_response(head.split(b"\r\n\r\n")[0] + b"\r\n\r\n").status, server.refused) == (status, status)
        assert server.fault is not None
        assert server.fault.rule == rule
        assert server.finished
        assert f"{rule})".encode() in head

    @pytest.mark.parametrize(
        ("request_", "name", "value"),
        [
            (changed((b"Version: 13", b"Version: 12")), "Sec-WebSocket-Version", b"13"),
            (changed((b"Version: 13", b"Version: 12")), "Upgrade", b"websocket"),
            (changed((b"Upgrade: websocket\r\n", b"")), "Upgrade", b"websocket"),
            (changed((b"GET", b"PUT")), "Allow", b"GET"),
        ],
    )
    def test_the_refusal_says_what_would_do(self, request_: bytes, name: str, value: bytes) -> None:
        (head,) = Server(Echo()).receive(request_)
        assert parse_response(head).get(name) == value

    @pytest.mark.parametrize("size", [1, 70_000])
    def test_a_head_that_is_too_long(self, size: int) -> None:
        server = Server(Echo(), limits=Limits(head=100))
        (head,) = server.receive(REQUEST + b"x" * size)
        assert (server.refused, head[:13]) == (431, b"HTTP/1.1 431 ")

    def test_nothing_at_this_address(self) -> None:
        server = Server(Echo(), resource_ok=False)
        assert server.receive(REQUEST)[0].startswith(b"HTTP/1.1 404 ")

    def test_a_malformed_request_is_judged_before_the_address(self) -> None:
        assert Server(Echo(), resource_ok=False).receive(changed((b"GET", b"PUT")))[0].startswith(b"HTTP/1.1 405 ")

    def test_the_request_ends_early(self) -> None:
        server = Server(Echo())
        server.receive(REQUEST[:-2])
        assert server.eof()[0].startswith(b"HTTP/1.1 400 ")
        assert server.finished

    def test_silence_is_answered_with_silence(self) -> None:
        server = Server(Echo())
        assert (server.eof(), server.finished) == ([], True)

    def test_the_request_takes_too_long(self) -> None:
        assert Server(Echo()).time_out()[0].startswith(b"HTTP/1.1 408 ")
        assert opened().time_out() == []

    def test_the_server_is_going_away(self) -> None:
        assert b"\r\nRetry-After: 5\r\n" in Server(Echo()).shutdown()[0]

    def test_nothing_is_heard_after_a_refusal(self) -> None:
        server = Server(Echo())
        server.receive(changed((b"GET", b"PUT")))
        assert server.receive(REQUEST) == []


class TestOffers:
    """RFC 7692 7.1: what cannot be accepted is declined, and never refuses the request."""

    @pytest.mark.parametrize(
        ("offer", "answer"),
        [
            ("permessage-deflate", b"permessage-deflate"),
            ("permessage-deflate; unknown", None),
            ("permessage-deflate; unknown=1, permessage-deflate", b"permessage-deflate"),
            ("permessage-deflate; server_no_context_takeover; server_no_context_takeover", None),
            ("permessage-deflate; server_max_window_bits=16", None),
            ("permessage-deflate; server_max_window_bits=08", None),
            ("permessage-deflate; server_max_window_bits", None),
            ("permessage-deflate; server_no_context_takeover=1", None),
            ("permessage-deflate; client_max_window_bits=7", None),
            ('permessage-deflate; server_max_window_bits="10"', b"permessage-deflate; server_max_window_bits=10"),
            ("permessage-deflate; server_max_window_bits=8", b"permessage-deflate; server_max_window_bits=8"),
            ("permessage-deflate; client_max_window_bits", b"permessage-deflate"),
            ("x-webkit-deflate-frame", None),
            (
                "permessage-deflate; server_max_window_bits=99, permessage-deflate; server_no_context_takeover",
                b"permessage-deflate; server_no_context_takeover",
            ),
        ],
    )
    def test_answers(self, offer: str, answer: bytes | None) -> None:
        (head,) = Server(Echo()).receive(offering(offer))
        response = parse_response(head)
        assert (response.status, response.get("Sec-WebSocket-Extensions")) == (101, answer)

    def test_all_may_be_declined(self) -> None:
        (head,) = Server(Echo(), deflate=False).receive(DEFLATE_REQUEST)
        assert head == RESPONSE


class TestFrames:
    """RFC 6455 5: what fails the connection, and with which code."""

    @pytest.mark.parametrize(
        ("data", "code"),
        [
            (oddity(1, b"Hello", mask=False), 1002),
            (oddity(1, b"Hello", form=16), 1002),
            (oddity(1, b"Hello", form=64), 1002),
            (oddity(2, bytes(200), form=64), 1002),
            (b"\x82\xff\x80" + bytes(7), 1002),
            (b"\x82\xff" + (2**62).to_bytes(8, "big"), 1009),
            (oddity(9, b"Hello", form=16), 1002),
            (client_frame(9, bytes(126)), 1002),
            (client_frame(9, b"", fin=False), 1002),
            (client_frame(8, b"", fin=False), 1002),
            *((oddity(opcode), 1002) for opcode in (3, 4, 5, 6, 7, 11, 12, 13, 14, 15)),
            *((oddity(1, first=bit), 1002) for bit in (0x40, 0x20, 0x10)),
            (client_frame(0, b"lo"), 1002),
            (client_frame(0, b"", fin=False), 1002),
            (client_frame(1, b"Hel", fin=False) + client_frame(1, b"lo"), 1002),
            (client_frame(1, b"\xed\xa0\x80"), 1007),
            (client_frame(1, b"\xce"), 1007),
            (client_frame(1, b"\xff", fin=False), 1007),
            (client_frame(1, b"a\xce", fin=False) + client_frame(0, b"a", fin=False), 1007),
            (b"GET / HTTP/1.1\r\n\r\n", 1002),
        ],
    )
    def test_failures(self, data: bytes, code: int) -> None:
        server = opened()
        assert code_of(server.receive(data)) == code
        assert server.finished

    @pytest.mark.parametrize(
        ("limits", "data"),
        [
            (Limits(frame=10), client_frame(2, bytes(11))),
            (Limits(message=10), client_frame(2, bytes(11))),
            (Limits(message=10), client_frame(2, bytes(6), fin=False) + client_frame(0, bytes(6))),
            (Limits(fragments=2), client_frame(2, b"a", fin=False) + client_frame(0, b"a", fin=False) * 2),
            (Limits(empty_fragments=3), client_frame(2, fin=False) + client_frame(0, fin=False) * 3),
        ],
    )
    def test_too_big(self, limits: Limits, data: bytes) -> None:
        assert code_of(opened(limits=limits).receive(data)) == 1009

    def test_a_ping_does_not_count_as_part_of_a_message(self) -> None:
        data = client_frame(2, bytes(8), fin=False) + client_frame(9, bytes(8)) + client_frame(0, bytes(2))
        units = opened(limits=Limits(message=10)).receive(data)
        assert units == [write_frame(10, bytes(8)), write_frame(2, bytes(10))]

    def test_two_bytes_are_enough_to_fail(self) -> None:
        assert code_of(opened().receive(b"\xf1\x80")) == 1002

    @pytest.mark.parametrize(
        ("data", "units"),
        [
            (client_frame(1, b"Hello"), [write_frame(1, b"Hello")]),
            (client_frame(2, b"\xff"), [write_frame(2, b"\xff")]),
            (write_frame(1, b"Hello", key=bytes(4)), [write_frame(1, b"Hello")]),
            (client_frame(1), [write_frame(1)]),
            (client_frame(1, b"Hel", fin=False) + client_frame(0, b"lo"), [write_frame(1, b"Hello")]),
            (client_frame(2, fin=False) + client_frame(0), [write_frame(2)]),
            (client_frame(1, b"\xce", fin=False) + client_frame(0, b"\xba"), [write_frame(1, b"\xce\xba")]),
            (client_frame(9, b"?"), [write_frame(10, b"?")]),
            (client_frame(9, bytes(125)), [write_frame(10, bytes(125))]),
            (client_frame(10, b"unasked"), []),
            (
                client_frame(1, b"a", fin=False) + client_frame(9) + client_frame(0, b"b"),
                [write_frame(10), write_frame(1, b"ab")],
            ),
            (
                client_frame(1, b"a") + client_frame(9) + client_frame(1, b"b"),
                [write_frame(1, b"a"), write_frame(10), write_frame(1, b"b")],
            ),
            (client_frame(2, bytes(65536)), [write_frame(2, bytes(65536))]),
        ],
    )
    def test_answers_in_order(self, data: bytes, units: list[bytes]) -> None:
        assert opened().receive(data) == units
        server = opened()
        assert [unit for i in range(min(len(data), 200)) for unit in server.receive(data[i : i + 1])] + server.receive(
            data[200:]
        ) == units

    def test_what_came_before_a_failure_is_answered_first(self) -> None:
        units = opened().receive(client_frame(1, b"ok") + oddity(3) + client_frame(1, b"late"))
        assert [units[0], code_of(units), len(units)] == [write_frame(1, b"ok"), 1002, 2]


class TestCloseCodes:
    """RFC 6455 7.4: which codes are echoed, and which fail the connection."""

    @pytest.mark.parametrize("code", [*range(1000, 1004), *range(1007, 1015), 3000, 3999, 4000, 4999])
    def test_echoed(self, code: int) -> None:
        server = opened()
        assert server.receive(client_frame(8, code.to_bytes(2, "big") + b"why")) == [write_close(code)]
        assert (server.finished, server.fault) == (True, None)

    @pytest.mark.parametrize("code", [0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535])
    def test_refused(self, code: int) -> None:
        assert code_of(opened().receive(client_frame(8, code.to_bytes(2, "big")))) == 1002

    @pytest.mark.parametrize(
        ("body", "code"), [(b"", 1005), (b"\x03", 1002), (b"\x03\xe8\xff", 1007), (b"\x03\xe8\xce", 1007)]
    )
    def test_bodies(self, body: bytes, code: int) -> None:
        assert code_of(opened().receive(client_frame(8, body))) == code


class TestClosing:
    """RFC 6455 5.5.1 and 7.1: the closing handshake, from either side."""

    def test_in_the_middle_of_a_message(self) -> None:
        data = client_frame(1, b"Hel", fin=False) + client_frame(8, b"\x03\xe9")
        assert opened().receive(data) == [write_close(1001)]

    def test_nothing_after_it_is_heard(self) -> None:
        data = client_frame(8, b"\x03\xe8") + client_frame(9) + client_frame(1, b"late") + client_frame(8)
        assert opened().receive(data) == [write_close(1000)]

    def test_the_server_starts_and_is_answered(self) -> None:
        server = opened()
        assert server.shutdown(1001, "bye") == [write_close(1001, "bye")]
        assert (server.phase, server.shutdown(), server.send(Say(Opcode.TEXT, b"late"))) == ("closing", [], [])
        assert server.receive(client_frame(1, b"crossing") + client_frame(8, b"\x03\xe9")) == []
        assert server.finished

    def test_a_failure_while_closing_is_not_told_twice(self) -> None:
        server = opened()
        server.shutdown()
        assert (server.receive(oddity(3)), server.finished) == ([], True)

    def test_tcp_ends_without_a_close(self) -> None:
        server = opened()
        assert (server.eof(), server.finished) == ([], True)

    def test_the_presenter_speaks_for_the_server(self) -> None:
        server = opened()
        says = [Say(Opcode.PING, b"?"), Say(Opcode.CLOSE, b""), Say(Opcode.TEXT, b"late")]
        assert server.send_raw(b"\xff\xff") == [b"\xff\xff"]
        assert server.send(*says) == [write_frame(9, b"?"), write_close()]
        assert server.send_raw(b"\xff") == []


class TestDeflate:
    """RFC 7692 6 and 7.2: compressed messages, right and wrong."""

    HELLO = bytes.fromhex("f248cdc9c90700")

    @pytest.mark.parametrize(
        ("data", "heard"),
        [
            (client_frame(1, HELLO, rsv1=True), [b"Hello"]),
            (client_frame(1, b"Hello"), [b"Hello"]),
            (client_frame(1, HELLO[:3], fin=False, rsv1=True) + client_frame(0, HELLO[3:]), [b"Hello"]),
            (
                client_frame(1, HELLO, rsv1=True) + client_frame(1, bytes.fromhex("f200110000"), rsv1=True),
                [b"Hello"] * 2,
            ),
            (client_frame(1, bytes.fromhex("f348cdc9c9070000"), rsv1=True) * 2, [b"Hello"] * 2),
            (client_frame(1, b"\0", rsv1=True), [b""]),
            (client_frame(1, b"", rsv1=True), [b""]),
        ],
    )
    def test_messages(self, data: bytes, heard: list[bytes]) -> None:
        client = TheirClient(deflate=True)
        assert [bytes(frame.data) for frame in client.send_raw(data)] == heard

    def test_a_ping_between_fragments(self) -> None:
        data = client_frame(1, self.HELLO[:3], fin=False, rsv1=True) + client_frame(9) + client_frame(0, self.HELLO[3:])
        client = TheirClient(deflate=True)
        assert [(frame.opcode, bytes(frame.data)) for frame in client.send_raw(data)] == [(10, b""), (1, b"Hello")]

    @pytest.mark.parametrize(
        ("data", "code"),
        [
            (client_frame(9, rsv1=True), 1002),
            (client_frame(8, b"\x03\xe8", rsv1=True), 1002),
            (client_frame(1, HELLO, fin=False, rsv1=True) + client_frame(0, rsv1=True), 1002),
            (client_frame(1, b"\xff\xff\xff", rsv1=True), 1007),
            (client_frame(1, bytes.fromhex("f200110000"), rsv1=True), 1007),
            (client_frame(1, squeeze(b"\xff"), rsv1=True), 1007),
            (client_frame(1, squeeze(b"\xce"), rsv1=True), 1007),
            (client_frame(2, squeeze(bytes(2_000_000)), rsv1=True), 1009),
        ],
    )
    def test_failures(self, data: bytes, code: int) -> None:
        assert code_of(opened(DEFLATE_REQUEST, limits=Limits(message=10**6)).receive(data)) == code

    def test_answers_are_compressed_and_control_frames_are_not(self) -> None:
        server = opened(DEFLATE_REQUEST)
        assert server.receive(client_frame(1, b"Hello") + client_frame(9, b"?")) == [
            write_frame(1, self.HELLO, rsv1=True),
            write_frame(10, b"?"),
        ]

    def test_a_message_in_fragments_is_sent_as_it_is(self) -> None:
        server = opened(DEFLATE_REQUEST, app=Tour())
        units = server.receive(client_frame(1, b"Hi")) + server.receive(client_frame(10, b"Hello"))
        assert write_frame(1, b"Hel", fin=False) in units
        assert write_frame(0, b"lo") in units


class TestAnyBytes:
    """Nothing a client sends raises, and how TCP cut it changes no answer."""

    @settings(max_examples=200)
    @given(HEADS | st.just(REQUEST), STREAMS, CUTS)
    def test_in_pieces(self, head: bytes, stream: bytes, cuts: list[int]) -> None:
        whole, pieces = Server(Echo()), Server(Echo())
        expected = whole.receive(head + stream)
        assert [unit for piece in chop(head + stream, cuts) for unit in pieces.receive(piece)] == expected
        assert pieces.phase == whole.phase

    @given(STREAMS, CUTS)
    def test_compressed_in_pieces(self, stream: bytes, cuts: list[int]) -> None:
        whole, pieces = opened(DEFLATE_REQUEST), opened(DEFLATE_REQUEST)
        expected = whole.receive(stream)
        assert [unit for piece in chop(stream, cuts) for unit in pieces.receive(piece)] == expected

    @given(STREAMS)
    def test_at_most_one_close_and_nothing_after_it(self, stream: bytes) -> None:
        units = opened().receive(stream)
        assert [unit[0] for unit in units[:-1]].count(0x88) == 0


class TheirClient:
    """websockets, talking to our echo; it judges every byte we send."""

    def __init__(self, *, deflate: bool = False, **options: object) -> None:
        factories = [ClientPerMessageDeflateFactory(**options)] if deflate else None  # type: ignore[arg-type]
        self.theirs = ClientProtocol(parse_uri("ws://h/"), extensions=factories)
        self.theirs.send_request(self.theirs.connect())
        self.ours = Server(Echo())
        (response,) = self.exchange()
        assert isinstance(response, TheirResponse)
        assert self.theirs.handshake_exc is None
        if deflate:
            assert self.theirs.extensions

    def exchange(self, data: bytes | None = None) -> list[object]:
        """Carry bytes to and fro until both are silent; what their side made of it."""
        waiting = [data] if data else [piece for piece in self.theirs.data_to_send() if piece]
        while waiting:
            for unit in self.ours.receive(b"".join(waiting)):
                self.theirs.receive_data(unit)
            waiting = [piece for piece in self.theirs.data_to_send() if piece]
        assert self.theirs.parser_exc is None
        return list(self.theirs.events_received())

    def send_raw(self, data: bytes) -> list[TheirFrame]:
        return [event for event in self.exchange(data) if isinstance(event, TheirFrame)]


Said = tuple[bool, list[str], list[bytes]]
"""A message: text or binary, its fragments, and the Pings between each two of them."""

MESSAGES = st.lists(
    st.tuples(
        st.booleans(),
        st.lists(st.text(max_size=30), min_size=1, max_size=3),
        st.lists(st.binary(max_size=9), max_size=2),
    ),
    max_size=5,
)
OPTIONS = st.none() | st.builds(
    dict,
    server_no_context_takeover=st.booleans(),
    client_no_context_takeover=st.booleans(),
    server_max_window_bits=st.none() | st.integers(9, 15),
    client_max_window_bits=st.none() | st.just(True) | st.integers(9, 15),
)


class TestAgreement:
    """Whole conversations with the clients of other projects."""

    @settings(max_examples=60)
    @given(MESSAGES, OPTIONS, st.integers(1000, 1003))
    def test_with_websockets(self, messages: list[Said], options: dict[str, object] | None, code: int) -> None:
        client = TheirClient(deflate=options is not None, **(options or {}))
        for text, parts, pings in messages:
            pieces = [part.encode() for part in parts]
            last = len(pieces) - 1
            (client.theirs.send_text if text else client.theirs.send_binary)(pieces[0], fin=last == 0)
            for number, piece in enumerate(pieces[1:], 1):
                for ping in pings:
                    client.theirs.send_ping(ping)
                client.theirs.send_continuation(piece, fin=number == last)
            said = [(event.opcode, bytes(event.data)) for event in client.exchange() if isinstance(event, TheirFrame)]
            assert said == [(10, ping) for _ in pieces[1:] for ping in pings] + [(1 if text else 2, b"".join(pieces))]
        client.theirs.send_close(code, "bye")
        client.exchange()
        assert client.theirs.close_rcvd is not None
        assert (client.theirs.close_rcvd.code, client.ours.finished) == (code, True)

    @settings(max_examples=60)
    @given(MESSAGES, st.booleans())
    def test_with_wsproto(self, messages: list[Said], deflate: bool) -> None:
        theirs, ours = WSConnection(ConnectionType.CLIENT), Server(Echo())
        offers = [PerMessageDeflate()] if deflate else []
        for unit in ours.receive(theirs.send(wsproto.Request(host="h", target="/", extensions=offers))):  # type: ignore[arg-type]
            theirs.receive_data(unit)
        (accepted,) = theirs.events()
        assert isinstance(accepted, wsproto.AcceptConnection)
        assert len(accepted.extensions) == deflate
        for text, parts, _ in messages:
            whole = "".join(parts) if text else "".join(parts).encode()
            make = wsproto.TextMessage if text else wsproto.BytesMessage
            for unit in ours.receive(theirs.send(make(whole))):  # type: ignore[arg-type]
                theirs.receive_data(unit)
            assert [bytes(e.data) if not text else e.data for e in theirs.events()] == [whole]  # type: ignore[union-attr]
        for unit in ours.receive(theirs.send(wsproto.CloseConnection(1000))):
            theirs.receive_data(unit)
        (closed,) = theirs.events()
        assert isinstance(closed, wsproto.CloseConnection)
        assert closed.code == 1000
