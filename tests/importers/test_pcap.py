"""Classic captures in every byte order and precision; what is cut is said."""

import pytest

from app.importers.pcap import is_pcap, read_packets
from app.importers.source import Unreadable
from tests.packets import pcap


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("magic", [0xA1B2C3D4, 0xA1B23C4D])
def test_orders_and_precisions(order: str, magic: int) -> None:
    data = pcap([b"one", b"three"], 113, order, magic)
    capture = read_packets(data)
    assert is_pcap(data)
    assert [(packet.at, packet.link, packet.data) for packet in capture.packets] == [
        (1000 * 10**9, 113, b"one"),
        (1000 * 10**9 + 10**6, 113, b"three"),
    ]
    assert capture.notes == []


def test_what_is_cut_is_said() -> None:
    data = pcap([b"one", b"three"])
    assert read_packets(data[:-1]).notes == ["The file ends inside packet 2."]
    assert read_packets(data[:-9]).notes == ["The file ends inside packet 2."]
    damaged = data[:32] + b"\xff" * 4 + data[36:]
    assert "announces 4294967295 bytes" in read_packets(damaged).notes[0]
    with pytest.raises(Unreadable, match="header"):
        read_packets(data[:20])
