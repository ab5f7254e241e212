"""Bytes of the wire, taken as they are."""

import pytest

from app.importers.raw import read, sniff


@pytest.mark.parametrize(
    "data", [b"GET / HTTP/1.1\r\n", b"HTTP/1.1 101 X\r\n", b"\x81\x05Hello", b"\x01\x01a", b"\x89\x00"]
)
def test_heads_and_what_is_not_text_are_raw(data: bytes) -> None:
    assert sniff(data)


@pytest.mark.parametrize("data", [b"8105", b"hello\n", "Grüße".encode()])
def test_other_text_is_not(data: bytes) -> None:
    assert not sniff(data)


def test_every_byte_is_kept() -> None:
    data = bytes(range(256))
    assert read(data, "server").traces[0].bytes("server") == data
