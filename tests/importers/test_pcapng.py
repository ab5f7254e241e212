"""pcapng: both byte orders, resolutions, interfaces, sections, every packet block, and secrets."""

import struct

import pytest

from app.importers.pcapng import is_pcapng, read_packets
from app.importers.source import Unreadable


def block(order: str, kind: int, body: bytes) -> bytes:
    body += bytes(-len(body) % 4)
    size = len(body) + 12
    return struct.pack(order + "II", kind, size) + body + struct.pack(order + "I", size)


def section(order: str = "<") -> bytes:
    return block(order, 0x0A0D0D0A, struct.pack(order + "IHHq", 0x1A2B3C4D, 1, 0, -1))


def interface(order: str = "<", link: int = 1, snap: int = 0, options: bytes = b"") -> bytes:
    return block(order, 1, struct.pack(order + "HHI", link, 0, snap) + options)


def resolution(order: str, value: int, offset: int | None = None) -> bytes:
    options = struct.pack(order + "HHB3x", 9, 1, value)
    if offset is not None:
        options += struct.pack(order + "HHq", 14, 8, offset)
    return options + bytes(4)


def packet(order: str, data: bytes, ticks: int = 0, number: int = 0) -> bytes:
    head = struct.pack(order + "IIIII", number, ticks >> 32, ticks & 0xFFFFFFFF, len(data), len(data))
    return block(order, 6, head + data)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize(
    ("value", "ticks"),
    [(6, 1_500_000), (9, 1_500_000_000), (3, 1500), (0x80 | 10, 1536), (0, 1), (12, 1_500_000_000_000)],
)
def test_resolutions(order: str, value: int, ticks: int) -> None:
    data = section(order) + interface(order, options=resolution(order, value)) + packet(order, b"x", ticks)
    [found] = read_packets(data).packets
    assert is_pcapng(data)
    assert found.at == (1_000_000_000 if value == 0 else 1_500_000_000)


def test_offset_of_an_interface() -> None:
    data = section() + interface(options=resolution("<", 6, 100)) + packet("<", b"x", 5)
    assert read_packets(data).packets[0].at == 100_000_005_000


def test_interfaces_and_sections() -> None:
    data = section() + interface() + interface(link=113) + packet("<", b"a", number=1)
    data += section(">") + interface(">", link=101) + packet(">", b"b")
    assert [(found.link, found.data) for found in read_packets(data).packets] == [(113, b"a"), (101, b"b")]


def test_older_packet_blocks() -> None:
    simple = block("<", 3, struct.pack("<I", 5) + b"12345")
    old = block("<", 2, struct.pack("<HHIIII", 0, 0, 0, 7, 3, 3) + b"abc")
    capture = read_packets(section() + interface(snap=4) + packet("<", b"x", 9) + simple + old)
    assert [(found.at, found.data) for found in capture.packets] == [(9000, b"x"), (9000, b"1234"), (7000, b"abc")]
    assert "no time" in capture.notes[0]


def test_secrets_are_kept() -> None:
    secrets = block("<", 10, struct.pack("<II", 0x544C534B, 6) + b"CLIENT")
    other = block("<", 10, struct.pack("<II", 1, 3) + b"abc")
    assert read_packets(section() + secrets + other).secrets == [b"CLIENT"]


def test_what_is_cut_or_damaged_is_said() -> None:
    data = section() + interface() + packet("<", b"x") + packet("<", b"y")
    assert "ends inside the block at byte" in read_packets(data[:-3]).notes[0]
    assert "wrong length" in read_packets(data[: len(section() + interface())] + struct.pack("<II", 6, 7)).notes[0]
    with pytest.raises(Unreadable, match="interface 3"):
        read_packets(section() + interface() + packet("<", b"x", number=3))
    with pytest.raises(Unreadable, match="section header"):
        read_packets(section() + section()[:12])
