"""From a secret to keys: HKDF-Expand-Label (RFC 8446 section 7) and the PRF of TLS 1.2 (RFC 5246 section 5)."""

from __future__ import annotations

import hmac


def expand(digest: str, secret: bytes, info: bytes, size: int) -> bytes:
    """HKDF-Expand (RFC 5869 section 2.3)."""
    out, block, count = b"", b"", 1
    while len(out) < size:
        block = hmac.digest(secret, block + info + bytes((count,)), digest)
        out += block
        count += 1
    return out[:size]


def expand_label(digest: str, secret: bytes, label: str, size: int) -> bytes:
    """HKDF-Expand-Label with an empty context, as record keys use it."""
    name = b"tls13 " + label.encode()
    return expand(digest, secret, size.to_bytes(2, "big") + bytes((len(name),)) + name + b"\0", size)


def next_secret(digest: str, secret: bytes) -> bytes:
    """The traffic secret after a KeyUpdate (RFC 8446 section 7.2)."""
    return expand_label(digest, secret, "traffic upd", len(secret))


def prf(digest: str, secret: bytes, label: str, seed: bytes, size: int) -> bytes:
    """The pseudorandom function of TLS 1.2."""
    seed = label.encode() + seed
    out, chain = b"", seed
    while len(out) < size:
        chain = hmac.digest(secret, chain, digest)
        out += hmac.digest(secret, chain + seed, digest)
    return out[:size]
