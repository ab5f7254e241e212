"""The frame of RFC 6455 section 5.2: its header read and written, and the mask of section 5.3."""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum
from importlib import import_module
from typing import NamedTuple


class Opcode(IntEnum):
    """What a frame is (RFC 6455 sections 5.2 and 11.8). 3 to 7 and 11 to 15 are reserved."""

    CONT = 0
    TEXT = 1
    BINARY = 2
    CLOSE = 8
    PING = 9
    PONG = 10


CONT, TEXT, BINARY, CLOSE, PING, PONG = map(int, Opcode)
"""For the path of every frame: looking into an enumeration costs as much as reading a header."""
OPCODES = frozenset(Opcode)
DATA = frozenset({CONT, TEXT, BINARY})
MAX_CONTROL = 125
SHORT = 125
"""The longest payload whose length fits into the seven bits."""


def is_control(opcode: int) -> bool:
    """Control frames are those whose opcode has the highest of its four bits set (section 5.5)."""
    return opcode >= 8


def opcode_name(opcode: int) -> str:
    """TEXT, PING ...; RESERVED for an opcode without a meaning."""
    return Opcode(opcode).name if opcode in OPCODES else "RESERVED"


class Header(NamedTuple):
    """Everything before the payload. `form` is 7, 16 or 64 (bits of the length), `size` in bytes counts the key too."""

    fin: int
    rsv1: int
    rsv2: int
    rsv3: int
    opcode: int
    masked: int
    length: int
    form: int
    key: bytes | None
    size: int


def read_header(data: bytes | bytearray | memoryview, pos: int = 0) -> Header | None:
    """The header that begins at `pos`, or None while bytes of it are missing. Judges nothing."""
    have = len(data) - pos
    if have < 2:
        return None
    first, second = data[pos], data[pos + 1]
    length, size, form = second & 0x7F, 2, 7
    if length == 126:
        size, form = 4, 16
    elif length == 127:
        size, form = 10, 64
    masked = second >> 7
    total = size + 4 * masked
    if have < total:
        return None
    if form != 7:
        length = int.from_bytes(data[pos + 2 : pos + size], "big")
    key = bytes(data[pos + size : pos + total]) if masked else None
    return Header(
        first >> 7, first >> 6 & 1, first >> 5 & 1, first >> 4 & 1, first & 15, masked, length, form, key, total
    )


def xor_pure(data: bytes | memoryview, key: bytes) -> bytes:
    """Byte i of data XOR byte i mod 4 of key, in plain Python."""
    size = len(data)
    pattern = (key * (size // 4 + 1))[:size]
    return (int.from_bytes(data, "big") ^ int.from_bytes(pattern, "big")).to_bytes(size, "big")


def _mask_function() -> Callable[[bytes | memoryview, bytes], bytes]:
    """The C function of websockets where it was built: it is as fast as copying. Else plain Python."""
    try:
        return import_module("websockets.speedups").apply_mask  # type: ignore[no-any-return]
    except ImportError:
        return xor_pure


apply_mask = _mask_function()
"""`apply_mask(data, key)`: byte i of data XOR byte i mod 4 of key; the same both ways (section 5.3)."""


def length_form(length: int) -> int:
    """The shortest form for a payload length: 7, 16 or 64 (section 5.2 allows no other)."""
    return 7 if length < 126 else 16 if length < 65536 else 64


def write_header(
    opcode: int, length: int, *, fin: bool = True, rsv1: bool = False, key: bytes | None = None, form: int | None = None
) -> bytes:
    """A frame header. `form` forces a longer length form than needed, to show what a receiver makes of it."""
    first = fin << 7 | rsv1 << 6 | opcode
    mask = 0x80 if key is not None else 0
    form = form or length_form(length)
    if form == 7:
        head = bytes((first, mask | length))
    elif form == 16:
        head = bytes((first, mask | 126)) + length.to_bytes(2, "big")
    else:
        head = bytes((first, mask | 127)) + length.to_bytes(8, "big")
    return head + (key or b"")


def write_frame(
    opcode: int, payload: bytes = b"", *, fin: bool = True, rsv1: bool = False, key: bytes | None = None
) -> bytes:
    """One frame; masked with the four bytes of `key` when there is one."""
    if key is None and len(payload) <= SHORT:  # what a server says most
        return bytes((fin << 7 | rsv1 << 6 | opcode, len(payload))) + payload
    head = write_header(opcode, len(payload), fin=fin, rsv1=rsv1, key=key)
    return head + (apply_mask(payload, key) if key is not None else payload)


def close_payload(code: int | None = None, reason: str = "") -> bytes:
    """The body of a Close frame (section 5.5.1): nothing, or a code and a reason of at most 123 bytes.

    A longer reason is cut before the character that does not fit.
    """
    if code is None:
        return b""
    text = reason.encode()[: MAX_CONTROL - 2].decode(errors="ignore").encode()
    return code.to_bytes(2, "big") + text


def write_close(code: int | None = None, reason: str = "", key: bytes | None = None) -> bytes:
    """A Close frame."""
    return write_frame(Opcode.CLOSE, close_payload(code, reason), key=key)
