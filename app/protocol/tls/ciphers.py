"""Opening sealed records: the AEAD suites of TLS 1.3 and 1.2, given their keys."""

from __future__ import annotations

from typing import NamedTuple, Protocol

from app.protocol.tls.names import TLS_1_3
from app.protocol.tls.records import TlsRecord
from app.protocol.tls.schedule import expand_label

TAG = 16


class Suite(NamedTuple):
    """How a suite seals: hash of its key derivation, AEAD, bytes of key, of fixed nonce, and of nonce in the record."""

    digest: str
    aead: str
    key: int
    fixed: int = 12
    explicit: int = 0


SUITES = {
    0x1301: Suite("sha256", "AESGCM", 16),
    0x1302: Suite("sha384", "AESGCM", 32),
    0x1303: Suite("sha256", "ChaCha20Poly1305", 32),
    **dict.fromkeys((0x009C, 0x009E, 0xC02B, 0xC02F), Suite("sha256", "AESGCM", 16, 4, 8)),
    **dict.fromkeys((0x009D, 0x009F, 0xC02C, 0xC030), Suite("sha384", "AESGCM", 32, 4, 8)),
    **dict.fromkeys((0xCCA8, 0xCCA9, 0xCCAA), Suite("sha256", "ChaCha20Poly1305", 32)),
}


class Aead(Protocol):
    """Authenticated encryption with associated data, as `cryptography` offers it."""

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None, /) -> bytes:
        """The plaintext; raises InvalidTag."""


class Opened(NamedTuple):
    """A record without its seal: content, its true type, and how many bytes of zeros padded it."""

    content: bytes
    type: int
    padding: int = 0


class NoCipher(Exception):
    """The package that deciphers is not installed."""


def _make(name: str, key: bytes) -> tuple[Aead, type[Exception]]:
    """The cipher, and what it raises when a tag does not fit."""
    try:
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers import aead
    except ImportError:
        raise NoCipher("Deciphering needs the package cryptography.") from None
    made: Aead = getattr(aead, name)(key)
    return made, InvalidTag


class Opener:
    """Opens the records of one direction under one key, in their order."""

    def __init__(self, suite: Suite, version: int, key: bytes, iv: bytes) -> None:
        self._suite, self._inner = suite, version == TLS_1_3
        self._iv = iv
        self._aead, self._refused = _make(suite.aead, key)
        self._sequence = 0

    def open(self, record: TlsRecord) -> Opened | None:
        """What the record holds, or None when its tag does not fit; then the sequence does not advance."""
        explicit, sealed = record.payload[: self._suite.explicit], record.payload[self._suite.explicit :]
        if len(sealed) < TAG:
            return None
        try:
            plain = self._aead.decrypt(self._nonce(explicit), sealed, self._associated(record, len(sealed) - TAG))
        except self._refused:
            return None
        self._sequence += 1
        return self._unpad(plain) if self._inner else Opened(plain, record.type)

    def _nonce(self, explicit: bytes) -> bytes:
        if explicit:
            return self._iv + explicit
        number = int.from_bytes(self._iv, "big") ^ self._sequence
        return number.to_bytes(len(self._iv), "big")

    def _associated(self, record: TlsRecord, size: int) -> bytes:
        if self._inner:
            return record.header
        return self._sequence.to_bytes(8, "big") + record.header[:3] + size.to_bytes(2, "big")

    def _unpad(self, plain: bytes) -> Opened:
        """Content, its type, then zeros (RFC 8446 section 5.4); only zeros is nothing at all."""
        bare = plain.rstrip(b"\0")
        return Opened(bare[:-1], bare[-1], len(plain) - len(bare)) if bare else Opened(b"", 0, max(len(plain) - 1, 0))


def opener(suite: Suite, secret: bytes) -> Opener:
    """An opener for a traffic secret of TLS 1.3."""
    key = expand_label(suite.digest, secret, "key", suite.key)
    return Opener(suite, TLS_1_3, key, expand_label(suite.digest, secret, "iv", suite.fixed))
