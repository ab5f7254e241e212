"""Fields that no byte carries: what a server works out between the request and its answer (RFC 6455 section 4.2.2)."""

from __future__ import annotations

from hashlib import sha1

from app.anatomy.field import Field, Space, raw_of
from app.protocol.handshake import GUID, accept_key


def accept_steps(key: bytes) -> dict[str, tuple[Space, Field]]:
    """From the text of Sec-WebSocket-Key to Sec-WebSocket-Accept: joined, hashed, and written in base64."""
    joined = key + GUID
    steps = {
        "calc.concat": (joined, joined.decode("latin-1"), "The key, and the fixed text of the RFC after it"),
        "calc.sha1": (digest := sha1(joined).digest(), digest.hex(), "The SHA-1 hash of both"),
        "calc.accept": (accept := accept_key(key), accept.decode(), "The hash in base64"),
    }
    return {name: _field(name, *step) for name, step in steps.items()}


def _field(name: str, data: bytes, value: str, meaning: str) -> tuple[Space, Field]:
    bits = len(data) * 8
    field = Field(name, 0, bits, raw_of(data, 0, bits), value, meaning, "6455 4.2.2")
    return Space("calc", data, (field,)), field
