"""Who a client says it is, and how long it is known to wait."""

import pytest

from app.live.patience import STRANGER, client_of


@pytest.mark.parametrize(
    ("agent", "name", "handshake", "close"),
    [
        (
            "Mozilla/5.0 (X11; Linux) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0 Safari/537.36",
            "Chromium",
            240,
            60,
        ),
        ("Mozilla/5.0 (X11; rv:153.0) Gecko/20100101 Firefox/153.0", "Firefox", 20.6, 20.6),
        ("Python/3.11 websockets/17.4", "Python websockets", 10, 10),
        ("curl/8", "", 0, 0),
    ],
)
def test_clients_are_known_by_their_agent(agent: str, name: str, handshake: float, close: float) -> None:
    client = client_of(f"GET / HTTP/1.1\r\nUser-Agent: {agent}\r\n\r\n".encode())
    assert (client.name, client.endures("handshake"), client.endures("close")) == (name, handshake, close)


def test_a_word_elsewhere_in_the_head_says_nothing() -> None:
    assert client_of(b"GET /Chrome/ HTTP/1.1\r\nCookie: Firefox/\r\n\r\n") == STRANGER
