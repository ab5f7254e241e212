"""The one thing that is read of TLS without keys: the server name in a ClientHello (RFC 8446 4.1.2, RFC 6066 3)."""

from __future__ import annotations

from typing import NamedTuple

_RECORD_HANDSHAKE = 0x16
_CLIENT_HELLO = 1
_SERVER_NAME = 0


class Hello(NamedTuple):
    """A ClientHello: its place in the stream (bytes), and the name it asks for, None without one."""

    start: int
    end: int
    server_name: str | None


class _Reader:
    """Length-prefixed fields, cut out one after the other; IndexError where they end early."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._pos = 0

    def take(self, size: int) -> bytes:
        end = self._pos + size
        if end > len(self._data):
            raise IndexError
        piece, self._pos = self._data[self._pos : end], end
        return piece

    def number(self, size: int) -> int:
        return int.from_bytes(self.take(size), "big")

    def field(self, prefix: int) -> bytes:
        return self.take(self.number(prefix))

    @property
    def more(self) -> bool:
        return self._pos < len(self._data)


def read_hello(data: bytes) -> Hello | None:
    """The ClientHello at the start of a stream; None while it is incomplete, or when there is none."""
    if len(data) < 5 or data[0] != _RECORD_HANDSHAKE:
        return None
    end = 5 + int.from_bytes(data[3:5], "big")
    if len(data) < end:
        return None
    try:
        record = _Reader(data[5:end])
        if record.number(1) != _CLIENT_HELLO:
            return None
        return Hello(0, end, _name(_Reader(record.field(3))))
    except IndexError:
        return None


def _name(hello: _Reader) -> str | None:
    hello.take(2 + 32)  # version, random
    hello.field(1)  # session id
    hello.field(2)  # cipher suites
    hello.field(1)  # compression methods
    extensions = _Reader(hello.field(2) if hello.more else b"")
    while extensions.more:
        kind, body = extensions.number(2), extensions.field(2)
        if kind == _SERVER_NAME:
            names = _Reader(_Reader(body).field(2))
            names.take(1)  # the kind of name: there is only one
            return names.field(2).decode("ascii", "replace")
    return None
