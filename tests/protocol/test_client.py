"""The client half: what it says, what it refuses, and agreement with a real server."""

from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from websockets.extensions.permessage_deflate import ServerPerMessageDeflateFactory
from websockets.frames import Frame as TheirFrame
from websockets.http11 import Request as TheirRequest
from websockets.server import ServerProtocol

from app.protocol.client import SAMPLE_KEY, SAMPLE_MASK, Client
from app.protocol.frames import Opcode, apply_mask, read_header, write_close, write_frame
from app.protocol.handshake import write_response
from tests.samples import ACCEPT, DEFLATE_RESPONSE, KEY, MASK, REQUEST, RESPONSE, STREAMS, client_frame, squeeze

DEFLATE = (("Sec-WebSocket-Extensions", "permessage-deflate; client_max_window_bits"),)


def client(headers: tuple[tuple[str, str], ...] = ()) -> Client:
    return Client("server.example.com", "/chat", key=KEY, mask=lambda: MASK, headers=headers)


def opened(response: bytes = RESPONSE, headers: tuple[tuple[str, str], ...] = ()) -> Client:
    made = client(headers)
    assert made.receive(response) == []
    assert made.opened
    return made


class TestOpening:
    """RFC 6455 4.1: the request, and everything a response must be."""

    def test_the_example(self) -> None:
        assert (SAMPLE_KEY, SAMPLE_MASK) == (KEY, MASK)
        assert client().request() == REQUEST
        assert opened().violations == [] or {v.rule for v in opened().violations} <= {"req.key.random"}

    def test_byte_by_byte_with_a_frame_behind(self) -> None:
        made = client()
        for byte in RESPONSE + write_frame(1, b"Hello"):
            made.receive(bytes([byte]))
        assert made.heard == [(1, b"Hello", 0, 0)]

    def test_a_frame_glued_to_the_response_is_heard(self) -> None:
        made = client()
        made.receive(RESPONSE + write_frame(1, b"Hello"))
        assert made.heard == [(1, b"Hello", 0, 0)]

    @pytest.mark.parametrize(
        ("response", "rule"),
        [
            (RESPONSE.replace(ACCEPT.encode(), b"x" * 27 + b"="), "res.accept.value"),
            (RESPONSE.replace(b"Upgrade: websocket\r\n", b""), "res.upgrade"),
            (RESPONSE.replace(b"Connection: Upgrade\r\n", b""), "res.connection"),
            (RESPONSE.replace(b"\r\n\r\n", b"\r\nSec-WebSocket-Protocol: chat\r\n\r\n"), "res.protocol.null"),
            (DEFLATE_RESPONSE, "pmd.unoffered"),
            (b"SSH-2.0-OpenSSH\r\n\r\n", "res.101"),
        ],
    )
    def test_a_wrong_response_fails_the_connection(self, response: bytes, rule: str) -> None:
        made = client()
        assert made.receive(response + write_frame(1, b"Hello")) == []
        assert (made.opened, made.closed, made.heard) == (False, True, [])
        assert rule in {violation.rule for violation in made.violations}

    def test_a_refusal(self) -> None:
        made = client()
        made.receive(write_response(404, body=b"no"))
        assert made.response is not None
        assert (made.response.status, made.opened, made.closed) == (404, False, True)
        assert made.receive(b"more body") == []


class TestSpeaking:
    """RFC 6455 5.1 and 5.3: everything is masked, each frame with a new key."""

    def test_the_example(self) -> None:
        assert opened().frame(Opcode.TEXT, b"Hello").hex() == "818537fa213d7f9f4d5158"

    def test_a_new_key_for_every_frame(self) -> None:
        numbers = count()
        made = Client("h", "/", key=KEY, mask=lambda: next(numbers).to_bytes(4, "big"))
        headers = [read_header(made.frame(Opcode.PING)) for _ in range(3)]
        assert [header and header.key for header in headers] == [bytes([0, 0, 0, n]) for n in range(3)]

    def test_messages_are_compressed_where_that_was_agreed(self) -> None:
        hello = bytes.fromhex("f248cdc9c90700")
        assert opened(DEFLATE_RESPONSE, DEFLATE).message(1, b"Hello") == client_frame(1, hello, rsv1=True)
        assert opened().message(1, b"Hello") == client_frame(1, b"Hello")


class TestHearing:
    """RFC 6455 5.5 and 7.1: Pings are answered, Closes too, and a server that breaks a rule is left."""

    def test_a_ping(self) -> None:
        assert opened().receive(write_frame(9, b"?")) == [client_frame(10, b"?")]

    def test_what_came_and_what_answers_it_in_order(self) -> None:
        data = write_frame(1, b"a") + write_frame(9) + write_frame(1, b"b")
        assert list(opened().replies(data)) == [
            (1, b"a", 0, 0),
            (9, b"", 1, 1),
            client_frame(10),
            (1, b"b", 2, 2),
        ]

    def test_a_close_is_answered_with_its_code(self) -> None:
        made = opened()
        assert made.receive(write_close(1001, "bye")) == [write_close(1001, key=MASK)]
        assert (made.closed, made.receive(write_frame(1, b"late"))) == (True, [])

    def test_the_answer_to_our_own_close_needs_none(self) -> None:
        made = opened()
        made.close(1000)
        assert made.receive(write_frame(9) + write_close(1000)) == []
        assert made.closed

    @pytest.mark.parametrize(
        ("data", "code"),
        [
            (client_frame(1, b"masked"), 1002),
            (write_frame(3), 1002),
            (write_frame(1, b"\xff"), 1007),
            (write_close(1005), 1002),
            (write_close(5000), 1002),
        ],
    )
    def test_failures(self, data: bytes, code: int) -> None:
        made = opened()
        (unit,) = made.receive(data)
        assert apply_mask(unit[6:], MASK)[:2] == code.to_bytes(2, "big")
        assert made.closed
        assert made.violations

    def test_compressed_messages(self) -> None:
        made = opened(DEFLATE_RESPONSE, DEFLATE)
        made.receive(write_frame(1, squeeze(b"Hello"), rsv1=True))
        assert made.heard == [(1, b"Hello", 0, 0)]

    @given(st.binary(max_size=200) | STREAMS.map(lambda stream: RESPONSE + stream))
    def test_no_bytes_raise(self, data: bytes) -> None:
        client().receive(data)


class TestAgreement:
    """A whole conversation with the server of another project."""

    @settings(max_examples=50)
    @given(st.lists(st.tuples(st.booleans(), st.text(max_size=40)), max_size=5), st.booleans())
    def test_with_websockets(self, messages: list[tuple[bool, str]], deflate: bool) -> None:
        theirs = ServerProtocol(extensions=[ServerPerMessageDeflateFactory()] if deflate else None)
        ours = Client("h", "/", key=KEY, mask=lambda: MASK, headers=DEFLATE if deflate else ())
        theirs.receive_data(ours.request())
        (request,) = theirs.events_received()
        assert isinstance(request, TheirRequest)
        theirs.send_response(theirs.accept(request))
        ours.receive(b"".join(theirs.data_to_send()))
        assert (ours.opened, bool(theirs.extensions)) == (True, deflate)
        for text, message in messages:
            opcode, payload = (Opcode.TEXT if text else Opcode.BINARY), message.encode()
            theirs.receive_data(ours.message(opcode, payload))
            (heard,) = theirs.events_received()
            assert isinstance(heard, TheirFrame)
            assert (int(heard.opcode), bytes(heard.data)) == (opcode, payload)
            (theirs.send_text if text else theirs.send_binary)(payload)
            ours.receive(b"".join(theirs.data_to_send()))
            assert ours.heard.pop()[:2] == (opcode, payload)
        theirs.receive_data(ours.close(1000, "bye"))
        ours.receive(b"".join(theirs.data_to_send()))
        assert ours.closed
        assert theirs.close_rcvd is not None and theirs.close_rcvd.code == 1000
