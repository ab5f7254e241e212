import pytest

from app.lab import rtc
from app.lab.tally import Tally
from app.lab.words import FACTS

HEADER = bytes(12)


def chunk(kind: int, body: bytes) -> bytes:
    size = 4 + len(body)
    return bytes([kind, 3]) + size.to_bytes(2) + body + bytes(-size % 4)


def data(payload: bytes, protocol: int = 51) -> bytes:
    return chunk(0, bytes(8) + protocol.to_bytes(4) + payload)


def test_an_sctp_packet_is_framing_around_its_messages() -> None:
    tally = Tally()
    packet = HEADER + data(b"hello") + chunk(3, bytes(12)) + data(b"open", protocol=50)
    rtc.split(tally, "server", packet)
    found = tally.read()
    assert found.of("server", "payload") == 5
    assert found.of("server", "framing") == len(packet) - 5
    assert found.of("server", "security") == -len(packet), "DTLS keeps what the datagram has beyond the packet"


@pytest.mark.parametrize("packet", [b"", HEADER, HEADER + b"\0\0\0\0", HEADER + b"\0\0\xff\xff" + bytes(20)])
def test_a_broken_packet_is_counted_whole(packet: bytes) -> None:
    tally = Tally()
    rtc.split(tally, "client", packet)
    assert tally.read().total() == 0


def test_candidates_that_are_names_are_not_looked_up() -> None:
    offer = b"v=0\r\na=candidate:1 1 udp 1 abc.local 9 typ host\r\na=candidate:1 1 udp 1 127.0.0.1 9 typ host\r\n"
    assert rtc.without_names(offer) == b"v=0\r\na=candidate:1 1 udp 1 127.0.0.1 9 typ host\r\n"


def test_every_row_has_its_words() -> None:
    from app.lab.plan import ROWS

    assert list(FACTS) == list(ROWS)
