"""What the server does with a connection: plain functions of what is heard."""

import pytest

from app.protocol.apps import APPS, LONG_TEXT, Echo, Say, Tour
from app.protocol.frames import Opcode, length_form


@pytest.mark.parametrize("name", APPS)
def test_every_app_is_silent_until_spoken_to(name: str) -> None:
    """A client that only listens must not be told apart from one that has not begun."""
    assert APPS[name]().opened() == []


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
