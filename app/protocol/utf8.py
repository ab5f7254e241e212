"""UTF-8 checked as it arrives, failing at the earliest byte (RFC 6455 section 8.1, RFC 3629)."""

from __future__ import annotations

import codecs
from typing import NamedTuple


class BadUtf8(NamedTuple):
    """Where text stops being UTF-8: `start` to `end` in bytes, counted from the piece fed last (so it may be < 0).

    The range holds the byte that promised a character and the byte that broke the promise.
    """

    start: int
    end: int
    note: str


class Utf8:
    """An incremental check; a character may be split over any number of pieces."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")()

    def feed(self, data: bytes) -> BadUtf8 | None:
        """Take a piece; what is wrong with it, if anything."""
        pending = len(self.pending)
        if not pending and data.isascii():
            return None
        try:
            self._decoder.decode(data)
        except UnicodeDecodeError as error:
            broke = error.reason == "invalid continuation byte"
            return BadUtf8(error.start - pending, error.end + broke - pending, _note(error))
        return self._surrogate(len(data))

    def _surrogate(self, size: int) -> BadUtf8 | None:
        """Python's decoder waits for the third byte of a surrogate; the second has already said that it is one."""
        pending = self.pending
        if len(pending) == 2 and pending[0] == 0xED and pending[1] >= 0xA0:
            return BadUtf8(size - 2, size, f"ed begins a character that {pending[1]:02x} cannot continue")
        return None

    def finish(self) -> BadUtf8 | None:
        """The text has ended: a character that was begun is an error."""
        pending = self.pending
        return BadUtf8(-len(pending), 0, "the last character is cut off") if pending else None

    @property
    def pending(self) -> bytes:
        """The bytes of a character that has begun and is not complete."""
        return self._decoder.getstate()[0]


def _note(error: UnicodeDecodeError) -> str:
    first = error.object[error.start]
    if error.reason == "invalid start byte":
        return f"{first:02x} cannot start a character"
    if error.end < len(error.object):
        return f"{first:02x} begins a character that {error.object[error.end]:02x} cannot continue"
    return f"{first:02x} begins a character that is broken"


def is_utf8(data: bytes) -> bool:
    """Whether a whole text is UTF-8."""
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def find_error(data: bytes) -> BadUtf8 | None:
    """What is wrong with a whole text, if anything."""
    check = Utf8()
    return check.feed(data) or check.finish()
