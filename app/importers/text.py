"""Text as people paste it: decoded, and as numbered lines."""

from __future__ import annotations

import re

from app.importers.source import Unreadable

Line = tuple[int, str]
"""A line and its number, counted from one."""

SAMPLE = 200
"""So many lines decide what a text is; all lines are then read that way."""

_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def text_of(data: bytes) -> str | None:
    """The input as text, byte order marks respected; None when it is not text."""
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        return None
    return None if _CONTROL.search(text) else text


def must_be_text(data: bytes) -> str:
    """The input as text. Raises Unreadable."""
    text = text_of(data)
    if text is None:
        raise Unreadable("This is not text: there are bytes in it that no text has.")
    return text


LONGEST = 4096
"""Characters of a line on which a pattern with several open ends is tried."""


def lines_of(text: str) -> list[Line]:
    """The lines that hold anything."""
    return [(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]


def sample_of(data: bytes) -> list[Line]:
    """The first lines; none when the input is not text."""
    text = text_of(data)
    return lines_of(text[:100_000])[:SAMPLE] if text else []
