"""Bytes as they were on the wire, of one side or of both."""

from __future__ import annotations

from app.importers.sides import is_head
from app.importers.source import Source, from_stream
from app.importers.text import text_of
from app.trace import Side

NAME = "raw"
WHAT = "the bytes of the wire themselves"


def sniff(data: bytes) -> bool:
    """An HTTP head, or anything that is not text."""
    return is_head(data) or text_of(data) is None


def read(data: bytes, side: Side | None = None) -> Source:
    """Every byte counts, so nothing is ever ignored."""
    return from_stream(data, NAME, side)
