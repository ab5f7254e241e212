"""permessage-deflate's two machines (RFC 7692 section 7.2): inflate with a limit, deflate with the tail cut off."""

from __future__ import annotations

import zlib
from collections import deque

from app.protocol.extensions import Deflate
from app.protocol.fault import Fault, at_bytes
from app.trace import Side

TAIL = b"\x00\x00\xff\xff"
"""The end of a sync flush: the sender cuts it off, the receiver puts it back (section 7.2.1 and 7.2.2)."""

WINDOW = 32_768

MAX_RESTARTS = 256
"""Final blocks that one piece may hold: each makes zlib start anew with a copy of all that follows."""


class InflateError(ValueError):
    """The compressed payload is not valid DEFLATE."""


class TooBig(ValueError):
    """The message inflates to more than its limit, or takes too much work; the text says so in the latter case."""


class Inflater:
    """Inflates the messages of one direction, a piece at a time.

    `bits` is the agreed window size (8 to 15); without `takeover` each message starts with an empty window. `window` is
    what came out before, for starting in the middle.
    `broken` once a message could not be inflated to its end and the ones after it need its window.
    """

    def __init__(self, bits: int = 15, takeover: bool = True, window: bytes = b"") -> None:
        self.broken = False
        self._bits = bits
        self._takeover = takeover
        self._begun = False
        self._recent: deque[bytes] = deque()
        self._recent_size = 0
        self._zlib = zlib.decompressobj(-bits, zdict=window)
        if window:
            self._remember(window)

    def message(self, payload: bytes, limit: int) -> bytes:
        """A whole message, or the end of one; at most `limit` bytes may come out. Raises InflateError, TooBig."""
        # Without a byte before it the tail is no end of a block: it would be read as the beginning of one.
        out = self.feed(payload + TAIL, limit) if payload or self._begun else b""
        self._end_message()
        return out

    def feed(self, data: bytes, limit: int) -> bytes:
        """A piece of a message that is not its last. Raises InflateError, TooBig."""
        self._begun = self._begun or bool(data)
        try:
            out = self._inflate(data, limit)
        except zlib.error as error:
            self.abandon()
            raise InflateError(str(error).rpartition(": ")[2]) from None
        except TooBig:
            self.abandon()
            raise
        if out:
            self._remember(out)
        return out

    def abandon(self) -> None:
        """The rest of the message will not come: what a shared window would hold from here on is unknown."""
        self.broken = self._takeover
        self._begun = False
        self._recent.clear()
        self._recent_size = 0
        self._zlib = zlib.decompressobj(-self._bits)

    def _inflate(self, data: bytes, limit: int) -> bytes:
        out = self._zlib.decompress(data, limit + 1)
        restarts = 0
        while self._zlib.eof and self._zlib.unused_data not in (b"", TAIL):
            restarts += 1
            if restarts > MAX_RESTARTS:
                raise TooBig(f"more than {MAX_RESTARTS} final blocks")
            out += self._restart(out, self._zlib.unused_data, limit + 1 - len(out))
        if len(out) > limit or self._zlib.unconsumed_tail:
            raise TooBig
        return out

    def _end_message(self) -> None:
        self._begun = False
        if not self._takeover:
            self._recent.clear()
            self._recent_size = 0
            self._zlib = zlib.decompressobj(-self._bits)
        elif self._zlib.eof:
            self._zlib = zlib.decompressobj(-self._bits, zdict=b"".join(self._recent)[-WINDOW:])

    def _restart(self, out: bytes, data: bytes, limit: int) -> bytes:
        """Go on after a block with BFINAL = 1: zlib is finished there, the message is not (section 7.2.3.4)."""
        window = (b"".join(self._recent) + out)[-WINDOW:]
        self._zlib = zlib.decompressobj(-self._bits, zdict=window)
        return self._zlib.decompress(data, max(limit, 1))

    def _remember(self, out: bytes) -> None:
        """Keep at least the last window of output, in the pieces it came in: joining them is rarely needed."""
        self._recent.append(out)
        self._recent_size += len(out)
        while self._recent_size - len(self._recent[0]) >= WINDOW:
            self._recent_size -= len(self._recent.popleft())


def inflater(side: Side, deflate: Deflate | None) -> Inflater | None:
    """What inflates the messages of `side` under an agreement, if there is one."""
    if deflate is None:
        return None
    if side == "client":
        return Inflater(deflate.client_max_window_bits, not deflate.client_no_context_takeover)
    return Inflater(deflate.server_max_window_bits, not deflate.server_no_context_takeover)


def refusal(error: InflateError | TooBig, place: tuple[int, int], limit: int) -> Fault:
    """The fault of a payload, at `place` in the stream, that could not be inflated."""
    if isinstance(error, InflateError):
        return at_bytes("pmd.deflate.valid", *place, str(error))
    return at_bytes("pmd.bomb", *place, str(error) or f"inflates to more than {limit} bytes")


class Deflater:
    """Compresses the messages of one direction.

    zlib has no 256-byte window for compressing; its 512-byte window never reaches back further than 250 bytes, so
    that one serves for both.
    """

    def __init__(self, bits: int = 15, takeover: bool = True, level: int = 6) -> None:
        self._settings = (level, zlib.DEFLATED, -max(bits, 9))
        self._takeover = takeover
        self._zlib = zlib.compressobj(*self._settings)

    def message(self, payload: bytes) -> bytes:
        """The payload of a whole message, compressed, without the tail."""
        out = self._zlib.compress(payload) + self._zlib.flush(zlib.Z_SYNC_FLUSH)
        if not self._takeover:
            self._zlib = zlib.compressobj(*self._settings)
        return out.removesuffix(TAIL) or b"\x00"
