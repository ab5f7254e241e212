"""What the server does with a connection: plain functions of what is heard."""

import pytest

from app.protocol.apps import (
    APPS,
    LONG_TEXT,
    TERMS,
    UNCOMPRESSED,
    Closer,
    Echo,
    Fragments,
    HangUp,
    Impatient,
    Lengths,
    Say,
    Ticker,
    Tour,
    Wake,
    programs,
)
from app.protocol.frames import Opcode, length_form

SPEAKS_FIRST = {"welcome", "account", "guarded", "ticker", "impatient"}
"""Apps that say something unasked, or watch the clock from the start."""


@pytest.mark.parametrize("name", sorted(APPS.keys() - SPEAKS_FIRST))
def test_most_apps_are_silent_until_spoken_to(name: str) -> None:
    """A client that only listens must not be told apart from one that has not begun."""
    assert APPS[name]().opened() == []


@pytest.mark.parametrize("name", sorted(SPEAKS_FIRST))
def test_some_apps_speak_first(name: str) -> None:
    assert APPS[name]().opened()


def test_terms_belong_to_apps() -> None:
    assert TERMS.keys() <= APPS.keys() == programs().keys()
    assert "tour" in UNCOMPRESSED
    assert "echo" not in UNCOMPRESSED


@pytest.mark.parametrize("name", APPS)
def test_connections_share_nothing(name: str) -> None:
    one, two = APPS[name](), APPS[name]()
    assert one.heard(Opcode.TEXT, b"a") == two.heard(Opcode.TEXT, b"a")


class TestEcho:
    @pytest.mark.parametrize("opcode", [Opcode.TEXT, Opcode.BINARY])
    def test_says_the_same_in_one_frame(self, opcode: Opcode) -> None:
        assert Echo().heard(opcode, b"Hello") == [Say(opcode, b"Hello")]

    def test_a_pong_needs_no_answer(self) -> None:
        """RFC 6455 5.5.3."""
        assert Echo().heard(Opcode.PONG, b"") == []


class TestTour:
    def test_shows_fragments_with_a_ping_between_and_a_long_length_then_echoes(self) -> None:
        tour = Tour()
        said = tour.heard(Opcode.TEXT, b"Hi") + tour.heard(Opcode.PONG, b"Hello")
        assert [(say.opcode, say.payload, say.fin) for say in said] == [
            (Opcode.TEXT, b"Hi", True),
            (Opcode.TEXT, b"Hel", False),
            (Opcode.PING, b"Hello", True),
            (Opcode.CONT, b"lo", True),
            (Opcode.TEXT, LONG_TEXT.encode(), True),
        ]
        assert tour.heard(Opcode.BINARY, b"x") == [Say(Opcode.BINARY, b"x")]
        assert tour.heard(Opcode.PONG, b"") == []

    def test_an_early_pong_starts_nothing(self) -> None:
        assert Tour().heard(Opcode.PONG, b"") == []

    def test_the_long_text_needs_the_longer_form(self) -> None:
        assert length_form(len(LONG_TEXT.encode())) == 16


def test_the_ticker_asks_to_be_woken_until_it_has_told_ten() -> None:
    ticker = Ticker()
    said = ticker.opened()
    ticks = []
    while any(isinstance(act, Wake) for act in said):
        said = ticker.woken()
        ticks += [act.payload for act in said if isinstance(act, Say)]
    assert ticks == [b"tick %d" % n for n in range(1, 11)]


def test_lengths_answers_a_number_with_so_many_letters() -> None:
    assert Lengths().heard(Opcode.TEXT, b"126") == [Say(Opcode.TEXT, b"x" * 126)]
    assert Lengths().heard(Opcode.TEXT, b"99999") == [Say(Opcode.TEXT, b"x" * Lengths.MOST)]
    assert Lengths().heard(Opcode.TEXT, b"many") == []


def test_fragments_cuts_where_the_bars_are_even_inside_a_character() -> None:
    said = Fragments().heard(Opcode.BINARY, b"\xe2\x82|\xac")
    assert said == [Say(Opcode.TEXT, b"\xe2\x82", False), Say(Opcode.PING, b"mid"), Say(Opcode.CONT, b"\xac", True)]
    assert Fragments().heard(Opcode.TEXT, b"whole") == [Say(Opcode.TEXT, b"whole")]


@pytest.mark.parametrize(
    ("asked", "done"),
    [
        (b"4000 bye", [Say(Opcode.CLOSE, b"\x0f\xa0bye")]),
        (b"4000", [Say(Opcode.CLOSE, b"\x0f\xa0")]),
        (b"", [Say(Opcode.CLOSE)]),
        (b"hang up", [HangUp()]),
        (b"99999", []),
        (b"please", []),
    ],
)
def test_the_closer_closes_as_it_is_asked(asked: bytes, done: list[object]) -> None:
    assert Closer().heard(Opcode.TEXT, asked) == done


def test_the_impatient_one_leaves_after_a_whole_round_of_silence() -> None:
    app = Impatient()
    assert app.opened() == app.woken() == [Wake(1.0)]
    assert app.heard(Opcode.PONG, b"") == []
    assert [app.woken(), app.woken()] == [[Wake(1.0)], [HangUp()]]
