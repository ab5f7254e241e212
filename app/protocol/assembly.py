"""What a reader is in the middle of: the frame whose payload is arriving, the message that is being put together."""

from __future__ import annotations

from app.protocol.frames import BINARY, TEXT, Header
from app.protocol.limits import Limits
from app.protocol.utf8 import BadUtf8, Utf8

SMALL = 4_096
"""A piece of fewer bytes than these is not worth an object of its own."""
GATHERED = 65_536

Parts = list[bytes | bytearray]


def gather(parts: Parts, piece: bytes) -> None:
    """Add the next piece of a payload. Small ones are put together: who sends byte by byte must fill no more memory
    than who does not."""
    if parts and type(last := parts[-1]) is bytearray and len(last) < GATHERED:
        last += piece
    else:
        parts.append(piece if len(piece) >= SMALL else bytearray(piece))


class OpenFrame:
    """The frame whose payload is arriving."""

    __slots__ = ("got", "header", "number", "parts", "start")

    def __init__(self, header: Header, number: int, start: int) -> None:
        self.header = header
        self.number = number
        self.start = start
        self.got = 0
        self.parts: Parts = []

    @property
    def place(self) -> tuple[int, int]:
        """Where the payload lies in the stream; of a frame without one, the whole frame."""
        body = self.start + self.header.size
        return (body if self.header.length else self.start), body + self.header.length


class OpenMessage:
    """The data message that is being put together, over one or more frames (section 5.4).

    `plain` as long as it is uncompressed and every fragment so far ended between two characters; `raw` when its bytes
    are taken as they are.
    """

    __slots__ = ("compressed", "count", "empty", "first", "opcode", "parts", "plain", "raw", "size", "spoiled", "utf8")

    def __init__(self, opcode: int, first: int, compressed: bool) -> None:
        self.opcode = opcode
        self.first = first
        self.compressed = compressed
        self.plain = not compressed
        self.raw = opcode == BINARY and not compressed
        self.parts: Parts = []
        self.size = 0
        self.count = 0
        self.empty = 0
        self.spoiled = False
        self.utf8: Utf8 | None = None

    def spoil(self) -> None:
        """The message is beyond repair: nothing more of it is looked at, and it is not delivered."""
        self.spoiled = True
        self.plain = self.raw = False
        self.parts.clear()

    def counts(self, empty: bool, limits: Limits) -> bool:
        """Count a fragment that begins; whether there may be so many, of which so many in a row are empty."""
        self.count += 1
        self.empty = self.empty + 1 if empty else 0
        return self.count <= limits.fragments and self.empty <= limits.empty_fragments

    def takes(self, payload: bytes, limits: Limits) -> bool:
        """Add a whole plain fragment, unless something about it needs a closer look."""
        size = self.size + len(payload)
        if size > limits.message or self.count >= limits.fragments:
            return False
        if self.opcode == TEXT and not payload.isascii():
            return False
        self.parts.append(payload)
        self.size = size
        self.count += 1
        self.empty = 0
        return True

    def check(self, plain: bytes) -> BadUtf8 | None:
        """Check the next piece of a text message."""
        if self.opcode != TEXT:
            return None
        if self.utf8 is None:
            self.utf8 = Utf8()
        bad = self.utf8.feed(plain)
        self.plain = not self.compressed and not self.utf8.pending
        return bad
