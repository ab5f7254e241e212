"""Selectors that reach beyond one event: counts, errors, other connections, and what no byte carries."""

from __future__ import annotations

import pytest

from app.lessons.resolve import Resolver
from app.lessons.selector import EventName, SelectorError, parse, parse_expect
from app.lessons.values import Unresolved
from tests.lessons.samples import played
from tests.lessons.test_script import TWO


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("res.calc.concat.size", "60"),
        ("res.calc.sha1.raw", "b37a4f2cc0624f1690f64606cf385945b2bec4ea"),
        ("res.calc.accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="),
        ("client.text.count", "1"),
        ("server.ping.count", "0"),
        ("two/res.status", "403"),
        ("error.count", "0"),
        ("req.method.byte[0]:bits", "01000111"),
    ],
)
def test_what_a_selector_says(text: str, value: str) -> None:
    assert Resolver(played(TWO)).text(parse(text)) == value


def test_a_text_is_counted_in_three_ways() -> None:
    resolver = Resolver(played('app: plain\nclient: [{send: "é€😀"}]'))
    counts = [resolver.text(parse(f"client.{name}")) for name in ("text[0].len7", "text[0].characters", "msg[0].units")]
    assert counts == ["9", "3", "4"]


def test_frames_and_the_pieces_of_tcp_have_borders_of_their_own() -> None:
    said = "together: [{send: a}, {send: b}]"
    resolver = Resolver(played(f"server: [{{send: {{text: Hello, cut: [1, 4]}}}}]\nclient: [{{{said}}}, {{send: c}}]"))
    assert [resolver.text(parse(f"client.text[{n}].piece")) for n in range(3)] == ["1", "1", "2"]
    assert [resolver.text(parse(f"client.text[{n}].pieces")) for n in range(3)] == ["1", "1", "1"]
    assert resolver.text(parse("server.text[0].pieces")) == "3"


@pytest.mark.parametrize(
    ("expectation", "holds"),
    [
        ("no error", True),
        ("no two/error", True),
        ("client.text.count >= 1", True),
        ("two/res.status == 403", True),
        ("client.fin before server.fin", True),
        ("server.fin before client.fin", False),
    ],
)
def test_what_holds(expectation: str, holds: bool) -> None:
    assert (Resolver(played(TWO)).holds(parse_expect(expectation, 1, None)) is None) is holds


def test_a_close_pair_has_one_code() -> None:
    pair = parse_expect("close pair", 1, None)
    assert Resolver(played("app: plain\nclient: [{close: {code: 1000}}]")).holds(pair) is None
    crossing = "app: closer\nclient:\n  - together: [{send: 4000 bye}, {close: {code: 1000}}]"
    assert Resolver(played(crossing)).holds(pair)


def test_inside_a_step_names_belong_to_its_connection() -> None:
    at = EventName("res", part="two")
    assert str(parse("req.key", at)) == "two/req.key"
    assert str(parse("one/req.key", at)) == "one/req.key"
    assert str(parse("status", at)) == "two/res.status"
    assert str(parse("answer", at)) == "answer"


@pytest.mark.parametrize("text", ["answer", "given.x", "three/res.status", "client.text.count.size"])
def test_what_is_not_there(text: str) -> None:
    with pytest.raises((Unresolved, SelectorError)):
        Resolver(played(TWO)).text(parse(text))


def test_a_compressed_frame_says_what_was_meant() -> None:
    settings = """
app: echo
request: {headers: {Sec-WebSocket-Extensions: permessage-deflate}}
client: [{send: Hello}, close]
"""
    assert Resolver(played(settings)).text(parse("client.text[0].text")) == "Hello"
