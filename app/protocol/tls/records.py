"""The record layer (RFC 8446 section 5): a stream of TLS bytes cut into records, however TCP cut it."""

from __future__ import annotations

from typing import NamedTuple

from app.protocol.tls.names import CONTENT

HEADER = 5
LONGEST = 2**14 + 2048
"""Bytes after the header: what TLS 1.2 allows; TLS 1.3 allows 256 beyond its 16384."""


class TlsRecord(NamedTuple):
    """One whole record. `start` is its first byte in the stream of its side, `type` the one that everybody sees."""

    start: int
    type: int
    version: int
    payload: bytes

    @property
    def end(self) -> int:
        """The first byte after it."""
        return self.start + HEADER + len(self.payload)

    @property
    def header(self) -> bytes:
        """The five bytes before the payload."""
        return bytes((self.type,)) + self.version.to_bytes(2, "big") + len(self.payload).to_bytes(2, "big")


class RecordReader:
    """Cuts one direction into records. `broken` is set at the first byte that begins no record; nothing follows it."""

    def __init__(self) -> None:
        self.offset = 0
        """Where the record that is not complete begins."""
        self.broken = False
        self._buffer = bytearray()

    @property
    def partial(self) -> int:
        """Bytes that belong to no whole record."""
        return len(self._buffer)

    def feed(self, data: bytes) -> list[TlsRecord]:
        """The records that these bytes complete."""
        self._buffer += data
        found: list[TlsRecord] = []
        at, buffer = 0, self._buffer
        while not self.broken and len(buffer) - at >= HEADER:
            length = int.from_bytes(buffer[at + 3 : at + HEADER], "big")
            if buffer[at] not in CONTENT or buffer[at + 1] != 3 or length > LONGEST:
                self.broken = True
                break
            if len(buffer) - at < HEADER + length:
                break
            version = int.from_bytes(buffer[at + 1 : at + 3], "big")
            payload = bytes(buffer[at + HEADER : at + HEADER + length])
            found.append(TlsRecord(self.offset, buffer[at], version, payload))
            at += HEADER + length
            self.offset += HEADER + length
        del buffer[:at]
        return found


def read_records(data: bytes) -> tuple[list[TlsRecord], RecordReader]:
    """All whole records of a stream, and the reader, which knows what follows them."""
    reader = RecordReader()
    return reader.feed(data), reader


class MessageReader:
    """Joins handshake messages, which may be cut over records or share one (RFC 8446 section 5.1)."""

    LIMIT = 2**18

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, payload: bytes) -> list[tuple[int, bytes]]:
        """Type and body of each message that this payload completes; what is absurdly long is dropped."""
        self._buffer += payload
        found = []
        while len(self._buffer) >= 4:
            size = int.from_bytes(self._buffer[1:4], "big")
            if size > self.LIMIT:
                self._buffer.clear()
            if len(self._buffer) < 4 + size:
                break
            found.append((self._buffer[0], bytes(self._buffer[4 : 4 + size])))
            del self._buffer[: 4 + size]
        return found
