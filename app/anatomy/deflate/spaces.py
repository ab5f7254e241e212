"""A compressed message as Spaces: its bits as DEFLATE counts them, and what comes out."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from app.anatomy.deflate.fields import shown
from app.anatomy.deflate.symbols import Symbol
from app.anatomy.deflate.unpack import Unpacked, source
from app.anatomy.field import Field, Origin, Space, raw_of


def deflate_spaces(unpacked: Unpacked, origin: Origin, out: bytes | None = None) -> tuple[Space, Space]:
    """The payload with its tail put back, and the inflated bytes: `out` where they are known, else what the annotated
    symbols put out. No byte of the second is made from a single byte of the first; its copies say where they come from.
    """
    data = unpacked.data
    packed = Space("deflate", data, tuple(mark.field for mark in unpacked.marks), 0, origin, lsb=True)
    plain = unpacked.out if out is None else out
    fields = tuple(_produced(unpacked, plain))
    return packed, Space("inflated", plain, fields, 0, Origin("deflate", 0, aligned=False))


def _produced(unpacked: Unpacked, plain: bytes) -> Iterator[Field]:
    """A field for each copy, one for the literals between two of them, and one for what was not annotated."""
    at = 0
    speaking = (symbol for symbol in unpacked.symbols if symbol.out)
    for copied, run in groupby(speaking, lambda symbol: symbol.step.kind == "copy"):
        for part in [[symbol] for symbol in run] if copied else [list(run)]:
            piece = b"".join(symbol.out for symbol in part)
            yield _field(unpacked, part[0], at, piece)
            at += len(piece)
    if at < len(plain):
        left = len(plain) - at
        raw = raw_of(plain, at * 8, left * 8)
        meaning = "What came of the bits that are not annotated"
        yield Field("inflated.rest", at * 8, left * 8, raw, f"{left} bytes", meaning, "1951 3.2.3")


def _field(unpacked: Unpacked, symbol: Symbol, at: int, piece: bytes) -> Field:
    start, bits = at * 8, len(piece) * 8
    raw = raw_of(piece, 0, bits)
    if symbol.step.kind != "copy":
        return Field("inflated.literal", start, bits, raw, shown(piece), "Sent as it is", "1951 3.2.5")
    meaning = f"Copied from {symbol.step.distance} back, {source(unpacked.past, symbol)}"
    return Field("inflated.copy", start, bits, raw, shown(piece), meaning, "1951 3.2.5")
