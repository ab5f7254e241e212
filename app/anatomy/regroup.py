"""Base64 seen as bits (RFC 4648 section 4): three bytes of eight become four characters of six."""

from __future__ import annotations

from typing import NamedTuple

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
IN, OUT = 3, 4


class Sextet(NamedTuple):
    """Six bits, the number they make and its character; `filled` of the bits were added. Padding has none."""

    bits: str
    number: int | None
    char: str
    filled: int


class Group(NamedTuple):
    """Up to three bytes as bits, and the four characters they become. `start` counts bytes."""

    start: int
    data: bytes
    sextets: tuple[Sextet, ...]

    @property
    def octets(self) -> tuple[str, ...]:
        """Each byte as its bits."""
        return tuple(format(byte, "08b") for byte in self.data)


def groups(data: bytes) -> tuple[Group, ...]:
    """The whole of `data`, three bytes at a time."""
    return tuple(_group(start, data[start : start + IN]) for start in range(0, len(data), IN))


def _group(start: int, data: bytes) -> Group:
    bits = "".join(format(byte, "08b") for byte in data)
    sextets = [_sextet(bits[at : at + 6]) for at in range(0, len(bits), 6)]
    padding = [Sextet("", None, "=", 0)] * (OUT - len(sextets))
    return Group(start, data, (*sextets, *padding))


def _sextet(bits: str) -> Sextet:
    number = int(bits.ljust(6, "0"), 2)
    return Sextet(bits.ljust(6, "0"), number, ALPHABET[number], 6 - len(bits))
