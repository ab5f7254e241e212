"""The lens for a compressed payload: every bit of DEFLATE (RFC 1951), as permessage-deflate carries it (RFC 7692)."""

from __future__ import annotations

from app.anatomy.deflate.own import squeeze, take_apart
from app.anatomy.deflate.spaces import deflate_spaces
from app.anatomy.deflate.symbols import Symbol, symbols
from app.anatomy.deflate.unpack import MOST, Tally, Unpacked, unpack

__all__ = ["MOST", "Symbol", "Tally", "Unpacked", "deflate_spaces", "squeeze", "symbols", "take_apart", "unpack"]
