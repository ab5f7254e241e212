"""Where IP begins in the frames of every link type."""

import pytest

from app.importers.link import IPV4, IPV6, LINKS

V4, V6 = b"\x45" + bytes(19), b"\x60" + bytes(39)


@pytest.mark.parametrize(
    ("link", "frame", "found"),
    [
        (1, bytes(12) + b"\x08\x00" + V4, (IPV4, 14)),
        (1, bytes(12) + b"\x86\xdd" + V6, (IPV6, 14)),
        (1, bytes(12) + b"\x81\x00\x00\x05\x08\x00" + V4, (IPV4, 18)),
        (1, bytes(12) + b"\x88\xa8\x00\x05\x81\x00\x00\x06\x86\xdd" + V6, (IPV6, 22)),
        (1, bytes(12) + b"\x88\x64\x11\x00\x00\x01\x00\x00\x00\x21" + V4, (IPV4, 22)),
        (0, b"\x02\x00\x00\x00" + V4, (IPV4, 4)),
        (0, b"\x00\x00\x00\x1e" + V6, (IPV6, 4)),
        (108, b"\x00\x00\x00\x02" + V4, (IPV4, 4)),
        (101, V4, (IPV4, 0)),
        (12, V6, (IPV6, 0)),
        (113, bytes(14) + b"\x08\x00" + V4, (IPV4, 16)),
        (276, b"\x86\xdd" + bytes(18) + V6, (IPV6, 20)),
        (9, b"\xff\x03\x00\x21" + V4, (IPV4, 4)),
        (9, b"\x21" + V4, (IPV4, 1)),
        (204, b"\x00\xff\x03\x00\x57" + V6, (IPV6, 5)),
    ],
)
def test_ip_is_found(link: int, frame: bytes, found: tuple[int, int]) -> None:
    assert LINKS[link](frame) == found


@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize("frame", [b"", b"\x01", bytes(3), b"\xff" * 15])
def test_short_and_strange_frames_hold_nothing(link: int, frame: bytes) -> None:
    found = LINKS[link](frame)
    assert found is None or found[0] not in (IPV4, IPV6)
