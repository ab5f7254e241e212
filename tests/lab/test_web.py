import pytest

from app.lab import web
from app.protocol.handshake import parse_request

HEAD = b"POST /run/post/message HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nOrigin: http://x\r\n\r\n"


def test_a_head_is_taken_when_it_is_whole() -> None:
    assert web.take_head(HEAD[:-1]) is None
    found = web.take_head(HEAD + b"ok")
    assert found
    asked, rest = found
    assert (asked.run, asked.row, asked.what, asked.length, rest) == ("run", "post", "message", 2, b"ok")
    assert not asked.closes


@pytest.mark.parametrize("head", [b"\x16\x03\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n", b"x" * 70_000])
def test_a_head_that_is_none_of_ours_is_bad(head: bytes) -> None:
    with pytest.raises(web.Bad):
        web.take_head(head)


@pytest.mark.parametrize("line", [b"Content-Length: -1", b"Content-Length: 99999999", b"Transfer-Encoding: chunked"])
def test_a_body_must_be_short_and_say_its_length(line: bytes) -> None:
    found = web.take_head(b"POST /a/b/c HTTP/1.1\r\n" + line + b"\r\n\r\n")
    assert found
    with pytest.raises(web.Bad):
        _ = found[0].length


def test_bytes_for_another_origin_are_told() -> None:
    answer = web.answer(204, [], "http://x", cookies=True, close=True)
    assert web.foreign_part(answer) == len(
        b"Access-Control-Allow-Origin: http://x\r\nAccess-Control-Allow-Credentials: true\r\n"
    )
    assert web.foreign_part(web.answer(204, [], "", cookies=True, close=False)) == 0
    assert web.foreign_bytes(parse_request(HEAD.replace(b"POST", b"GET"))) == len(b"Origin: http://x\r\n")
    assert web.foreign_bytes(parse_request(HEAD)) == 0, "a browser sends it with every POST"


def test_an_event_is_one_chunk() -> None:
    data = b"".join(part for _, part in web.event(b"hello"))
    assert data == b"d\r\ndata: hello\n\n\r\n"
