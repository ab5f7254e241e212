"""Where the fault of a header is marked: the line, its value, or the place where it is missing."""

from __future__ import annotations

from app.protocol.fault import Fault, at_bytes
from app.protocol.handshake import HeaderLine, Request, Response


def whole(rule: str, line: HeaderLine, note: str) -> Fault:
    """A header line that should not be there at all."""
    return at_bytes(rule, line.start, line.value_end, note)


def value(rule: str, line: HeaderLine, note: str) -> Fault:
    """A header with the wrong value; an empty one is marked from its name on."""
    return at_bytes(rule, line.value_start if line.value else line.start, line.value_end, note)


def missing(rule: str, head: Request | Response, note: str) -> Fault:
    """A header that is not there is marked where the head ends without it."""
    size = len(head.raw)
    return at_bytes(rule, max(size - 2, 0), size, note)


def show(text: bytes) -> str:
    """Bytes of a head, for a note."""
    return text.decode("ascii", "backslashreplace")
