"""The lens for the two heads: a field a line, its parts inside."""

from app.anatomy.field import Space
from app.anatomy.http import request_space, response_space
from app.protocol.handshake import parse_request, parse_response
from tests.samples import ACCEPT, KEY, REQUEST, RESPONSE


def text(space: Space, name: str) -> bytes:
    """The bytes of a field."""
    field = space.find(name)
    assert field is not None, name
    return space.data[field.start // 8 : field.end // 8]


def request(raw: bytes) -> Space:
    return request_space(parse_request(raw))


class TestRequest:
    """RFC 6455 4.1."""

    def test_a_field_a_line(self) -> None:
        names = [field.name for field in request(REQUEST).fields]
        assert names == [
            "req.line", "req.host", "req.upgrade", "req.connection", "req.key", "req.wsversion", "req.end",
        ]  # fmt: skip

    def test_parts(self) -> None:
        space = request(REQUEST)
        assert [text(space, f"req.{part}") for part in ("method", "target", "version")] == [
            b"GET",
            b"/chat",
            b"HTTP/1.1",
        ]
        assert text(space, "req.key") == b"Sec-WebSocket-Key: " + KEY.encode() + b"\r\n"
        assert text(space, "req.key.value") == KEY.encode()
        assert text(space, "req.end") == b"\r\n"

    def test_a_header_cannot_take_the_name_of_another_part(self) -> None:
        space = request(b"GET / HTTP/1.1\r\nLine: x\r\nKey: y\r\nMethod: z\r\n\r\n")
        names = [field.name for field in space.fields]
        assert names == ["req.line", "req.header.line", "req.header.key", "req.header.method", "req.end"]

    def test_what_is_no_header_stays_visible(self) -> None:
        space = request(b"\r\nGET / HTTP/1.1\r\nno colon\r\nA: b\r\n\r\n")
        assert [field.name for field in space.fields] == ["gap", "req.line", "gap", "req.a", "req.end"]

    def test_a_name_from_the_wire_becomes_harmless(self) -> None:
        space = request(b"GET / HTTP/1.1\r\nA<b>\x1b\xff: c\r\n\r\n")
        assert space.fields[1].name == "req.a.b.."


class TestResponse:
    """RFC 6455 4.2.2."""

    def test_parts(self) -> None:
        space = response_space(parse_response(RESPONSE), 7)
        assert space.base == 7
        assert [text(space, f"res.{part}") for part in ("version", "status", "reason")] == [
            b"HTTP/1.1", b"101", b"Switching Protocols",
        ]  # fmt: skip
        assert text(space, "res.accept.value") == ACCEPT.encode()

    def test_the_line_says_yes_or_no(self) -> None:
        meanings = []
        for raw in (RESPONSE, RESPONSE.replace(b"101", b"400")):
            line = response_space(parse_response(raw)).find("res.line")
            assert line is not None
            meanings.append(line.meaning.split(".")[0])
        assert meanings == ["Yes", "No"]
