"""Sec-WebSocket-Extensions: the grammar, and which offers can be accepted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.exceptions import InvalidHeader
from websockets.headers import parse_extension as their_parse

from app.protocol.extensions import (
    Deflate,
    Extension,
    ExtensionError,
    agreed,
    answer,
    check_params,
    parse,
    window_bits,
)

VALUES = st.one_of(
    st.text('abc;,= \t"\\19', max_size=20),
    st.lists(
        st.sampled_from(["permessage-deflate", "foo", "; ", ";", ", ", "a=1", 'b="2"', "a", " ", '"', "=", "\xa0"]),
        max_size=8,
    ).map("".join),
)


def shape(elements: list[Extension]) -> list[tuple[str, list[tuple[str, str | None]]]]:
    return [(element.name, [(param.name, param.value) for param in element.params]) for element in elements]


class TestGrammar:
    """RFC 6455 9.1: names, parameters, values bare or quoted."""

    @pytest.mark.parametrize(
        ("value", "elements"),
        [
            ("foo", [("foo", [])]),
            ("foo, bar; baz=2", [("foo", []), ("bar", [("baz", "2")])]),
            ("foo;a;b=c", [("foo", [("a", None), ("b", "c")])]),
            ('foo; a="b"', [("foo", [("a", "b")])]),
            ('foo; a="\\1\\0"', [("foo", [("a", "10")])]),
            (",foo, ,bar,", [("foo", []), ("bar", [])]),
            (" foo\t;\ta = b ,bar", [("foo", [("a", "b")]), ("bar", [])]),
        ],
    )
    def test_understood(self, value: str, elements: list[tuple[str, list[tuple[str, str | None]]]]) -> None:
        assert shape(parse(value)) == elements

    @pytest.mark.parametrize(
        ("value", "at", "quoted"),
        [
            ("", 0, False),
            (" , ,", 4, False),
            ("foo bar", 4, False),
            ("foo;", 3, False),
            ("foo;a=", 5, False),
            ("foo;\xa0a", 3, False),
            ('foo;a="b', 5, False),
            ('foo;a="b c"', 6, True),
            ('foo;a=""', 6, True),
            ('foo;a="b,c"', 6, True),
        ],
    )
    def test_refused_at_the_right_place(self, value: str, at: int, quoted: bool) -> None:
        with pytest.raises(ExtensionError) as caught:
            parse(value)
        assert (caught.value.at, caught.value.quoted) == (at, quoted)

    def test_places(self) -> None:
        (_, second) = parse('a, foo; b="1"')
        assert (second.start, second.end, second.params[0].start, second.params[0].end) == (3, 13, 8, 13)

    @given(VALUES)
    def test_nothing_else_raises(self, value: str) -> None:
        try:
            elements = parse(value)
        except ExtensionError as error:
            assert 0 <= error.at <= len(value)
        else:
            for element in elements:
                assert value[element.start : element.end].startswith(element.name)

    @given(VALUES)
    def test_what_websockets_understands_it_understands_alike(self, value: str) -> None:
        try:
            ours, theirs = shape(parse(value)), their_parse(value)
        except (ExtensionError, InvalidHeader):
            return
        assert ours == [(name, list(params)) for name, params in theirs]


class TestWindowBits:
    """RFC 7692 7.1.2: 8 to 15, without a leading zero."""

    @pytest.mark.parametrize("value", [str(bits) for bits in range(8, 16)])
    def test_allowed(self, value: str) -> None:
        assert window_bits(value) == int(value)

    @pytest.mark.parametrize("value", [None, "", "7", "16", "08", "+9", "9 ", "1e1", "15\n", "٩"])
    def test_refused(self, value: str | None) -> None:
        assert window_bits(value) is None


class TestParameters:
    """RFC 7692 7.1: what makes an offer or a response unusable."""

    @pytest.mark.parametrize(
        ("params", "offer", "response"),
        [
            ("", [], []),
            ("; client_max_window_bits", [], ["pmd.cmwb.resp"]),
            ("; client_max_window_bits=9", [], []),
            ("; server_max_window_bits", ["pmd.smwb.offer"], ["pmd.smwb.resp"]),
            ("; server_max_window_bits=16", ["pmd.smwb.offer"], ["pmd.smwb.resp"]),
            ("; server_max_window_bits=08", ["pmd.smwb.offer"], ["pmd.smwb.resp"]),
            ("; client_max_window_bits=7", ["pmd.cmwb.offer"], ["pmd.cmwb.resp"]),
            ("; server_no_context_takeover=1", ["pmd.snct"], ["pmd.snct"]),
            ("; client_no_context_takeover=1", ["pmd.cnct"], ["pmd.cnct"]),
            ("; level=9", ["req.ext.params"], ["req.ext.params"]),
            (
                "; server_no_context_takeover; server_no_context_takeover",
                ["req.ext.params"],
                ["pmd.resp.fail-if"],
            ),
        ],
    )
    def test_rules(self, params: str, offer: list[str], response: list[str]) -> None:
        (element,) = parse("permessage-deflate" + params)
        assert [fault.rule for fault in check_params(element, response=False)] == offer
        assert [fault.rule for fault in check_params(element, response=True)] == response


class TestAnswer:
    """RFC 7692 7.1 and 7.1.3: the first offer that can be accepted, with what the client needs to know."""

    @pytest.mark.parametrize(
        ("offer", "element", "deflate"),
        [
            ("permessage-deflate", "permessage-deflate", Deflate()),
            ("foo, permessage-deflate", "permessage-deflate", Deflate()),
            ("permessage-deflate; client_max_window_bits", "permessage-deflate", Deflate()),
            (
                "permessage-deflate; client_max_window_bits=10",
                "permessage-deflate; client_max_window_bits=10",
                Deflate(False, False, 15, 10),
            ),
            (
                'permessage-deflate; server_max_window_bits="10"',
                "permessage-deflate; server_max_window_bits=10",
                Deflate(False, False, 10, 15),
            ),
            (
                "permessage-deflate; server_max_window_bits=8",
                "permessage-deflate; server_max_window_bits=8",
                Deflate(False, False, 8, 15),
            ),
            (
                "permessage-deflate; server_no_context_takeover; client_no_context_takeover",
                "permessage-deflate; server_no_context_takeover; client_no_context_takeover",
                Deflate(True, True, 15, 15),
            ),
            (
                "permessage-deflate; server_max_window_bits=99, permessage-deflate; server_max_window_bits=9",
                "permessage-deflate; server_max_window_bits=9",
                Deflate(False, False, 9, 15),
            ),
            ("permessage-deflate; level=9, permessage-deflate", "permessage-deflate", Deflate()),
        ],
    )
    def test_accepted(self, offer: str, element: str, deflate: Deflate) -> None:
        assert answer(parse(offer)) == (deflate, element)
        assert agreed(parse(element)[0]) == deflate

    @pytest.mark.parametrize(
        "offer",
        [
            "foo",
            "permessage-deflate; unknown",
            "permessage-deflate; server_max_window_bits=08",
            "permessage-deflate; server_max_window_bits",
            "permessage-deflate; client_no_context_takeover=1",
            "permessage-deflate; client_max_window_bits; client_max_window_bits",
        ],
    )
    def test_declined(self, offer: str) -> None:
        assert answer(parse(offer)) is None
