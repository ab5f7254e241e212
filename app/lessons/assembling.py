"""What cannot be worked out by hand is put together from operations, which are carried out here. Pure."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Callable
from hashlib import md5, sha1, sha256

from app.protocol.frames import apply_mask

OPERATIONS: dict[str, Callable[[bytes, str], bytes]] = {
    "text": lambda data, given: data + given.encode(),
    "bytes": lambda data, given: data + bytes.fromhex(given),
    "sha1": lambda data, given: sha1(data).digest(),
    "sha256": lambda data, given: sha256(data).digest(),
    "md5": lambda data, given: md5(data, usedforsecurity=False).digest(),
    "base64": lambda data, given: b64encode(data),
    "unbase64": lambda data, given: b64decode(data, validate=True),
    "digits": lambda data, given: data.hex().encode(),
    "mask": lambda data, given: apply_mask(data, bytes.fromhex(given)),
}
"""Every operation: from what there is, and what stands behind its name, to what there is next."""


def carry_out(operation: str, data: bytes) -> bytes:
    """One operation, such as `sha1` or `text Hello`. Raises ValueError when it cannot be done."""
    name, _, given = operation.partition(" ")
    if name not in OPERATIONS:
        raise ValueError(f"there is no operation `{name}`; there are {', '.join(OPERATIONS)}")
    return OPERATIONS[name](data, given)


def show(data: bytes) -> str:
    """Bytes as text where they are readable, else in hexadecimal."""
    text = data.decode("ascii", "replace")
    return text if text.isprintable() and "\ufffd" not in text else data.hex()
