"""Base64 and base64url, wrapped or not, also as a data: URL."""

from __future__ import annotations

import binascii
import re

from app.importers.digits import looks_right
from app.importers.source import Source, Unreadable, from_stream
from app.importers.text import must_be_text, text_of
from app.trace import Side

NAME = "base64"
WHAT = "base64 and base64url, wrapped or not"

_DATA_URL = re.compile(r"data:[^,]{0,200};base64,", re.IGNORECASE)
_BODY = re.compile(r"[A-Za-z0-9+/_-]+={0,2}")
SHORTEST = 16
"""Shorter text that looks like a word is only taken for base64 when its bytes look like WebSocket."""

URL_SAFE = "The text is in the alphabet of base64url (RFC 4648 5)."
CUT = "The text ends inside a group of base64: its last bits were left out."


def sniff(data: bytes) -> bool:
    """Only letters of the alphabet, in one run or in lines of equal length."""
    text = text_of(data)
    body = _body(text) if text else ""
    if not _BODY.fullmatch(body) or len(body.rstrip("=")) % 4 == 1 or not _wrapped(text or ""):
        return False
    try:
        return looks_right(_decode(body)) or (len(body) >= SHORTEST and not body.isalpha() and not body.isdecimal())
    except binascii.Error:
        return False


def read(data: bytes, side: Side | None = None) -> Source:
    """The bytes. Raises Unreadable."""
    body = _body(must_be_text(data))
    strange = re.search(r"[^A-Za-z0-9+/_=-]", body)
    if strange:
        raise Unreadable(f"There is {strange[0]!r} in this text, and that is no character of base64.")
    letters = body.rstrip("=")
    notes = [URL_SAFE] if re.search("[-_]", body) else []
    if len(letters) % 4 == 1:
        notes.append(CUT)
        body = letters[:-1]
    try:
        return from_stream(_decode(body), NAME, side, assumptions=tuple(notes))
    except binascii.Error:
        raise Unreadable("This is no base64: there is padding (=) in the middle of it.") from None


def decoded(text: str) -> bytes | None:
    """The bytes of base64, None when this is none."""
    try:
        return _decode(text) if len(text) >= 4 and _BODY.fullmatch(text) else None
    except binascii.Error:
        return None


def _body(text: str) -> str:
    return "".join(_DATA_URL.sub("", text.strip().strip("\"'`")).split())


def _wrapped(text: str) -> bool:
    """One line, or lines of the same length but for the last."""
    lines = text.split()
    return len({len(line) for line in lines[:-1]}) <= 1 and len(lines[-1]) <= len(lines[0])


def _decode(body: str) -> bytes:
    letters = body.rstrip("=").replace("-", "+").replace("_", "/")
    return binascii.a2b_base64(letters + "=" * (-len(letters) % 4), strict_mode=True)
