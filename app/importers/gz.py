"""Files that gzip made smaller: what is inside is read as what it is."""

from __future__ import annotations

import zlib

from app.importers.source import Unreadable

LARGEST = 2**30
"""Bytes that a compressed file may become: no capture by accident, but a bomb is stopped."""


def is_gzip(data: bytes) -> bool:
    """Does this begin as a gzip file?"""
    return data[:3] == b"\x1f\x8b\x08"


def inflate(data: bytes) -> tuple[bytes, list[str]]:
    """The content, as far as it goes, and what there is to say about it. Raises Unreadable."""
    out, notes = bytearray(), ["The file is compressed with gzip; its content is read."]
    while is_gzip(data):
        inflater = zlib.decompressobj(31)
        try:
            out += inflater.decompress(data, LARGEST - len(out) + 1)
        except zlib.error:
            if not out:
                raise Unreadable("This gzip file is damaged.") from None
            notes.append("The gzip file is damaged; what comes before that is read.")
            break
        if len(out) > LARGEST:
            raise Unreadable(f"This gzip file holds more than {LARGEST} bytes; unpack it and give a part.")
        if not inflater.eof:
            notes.append("The gzip file is cut off.")
            break
        data = inflater.unused_data
    return bytes(out), notes
