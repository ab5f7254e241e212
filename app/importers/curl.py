"""curl --trace and --trace-ascii: what libcurl sent and received, in pieces with a count of bytes."""

from __future__ import annotations

import re

from app.importers.clock import time_in
from app.importers.rows import hex_row
from app.importers.source import Source
from app.importers.text import lines_of, must_be_text, sample_of
from app.importers.transcript import Turn, from_turns
from app.trace import Side

NAME = "curl"
WHAT = "curl --trace and --trace-ascii"

_HEAD = re.compile(
    r"(?P<before>.*?)(?P<arrow>=>|<=) (?P<what>Send|Recv) (?P<kind>header|data|SSL data), (?P<size>\d+) bytes.*"
)
_ROW = re.compile(r"(?P<offset>[0-9a-f]{4,}): (?P<rest>.*)")
_PAIRS = re.compile(r"(?:[0-9a-f]{2} ){1,16} *", re.IGNORECASE)

ASCII = "--trace-ascii shows no bytes that are not printable: where it has a dot for one, the bytes are left out."


def sniff(data: bytes) -> bool:
    """Arrows, and how many bytes went their way."""
    return any(_HEAD.match(line) for _, line in sample_of(data))


class _Piece:
    """What one arrow announces, and the rows that follow it."""

    def __init__(self, who: int, size: int, at: int, is_head: bool) -> None:
        self.who = who
        self.is_head = is_head
        self.size = size
        self.at = at
        self.rows: list[tuple[int, str]] = []

    def turn(self) -> tuple[Turn, bool]:
        """The bytes, and whether they had to be made from printable text."""
        data = b""
        for offset, rest in self.rows:
            found = hex_row(rest, min(16, self.size - offset)) if _PAIRS.match(rest) else None
            if found is None or offset != len(data):
                return self._from_text(), True
            data += found
        return Turn("0", self.who, data, self.at, len(data) < self.size), False

    def _from_text(self) -> Turn:
        """Rows of text: where the next offset leaves room for two bytes more, a line end stood there."""
        data = b""
        for (offset, text), after in zip(self.rows, [*(row[0] for row in self.rows[1:]), self.size], strict=True):
            data += text.encode("latin-1", "replace")
            data += b"\r\n"[: after - offset - len(text)]
        # In a head a dot is a dot; elsewhere it may stand for anything.
        lost = len(data) != self.size or (not self.is_head and b"." in data)
        return Turn("0", self.who, b"" if lost else data, self.at, lost)


def read(data: bytes, side: Side | None = None) -> Source:
    """Both ends of what curl did. Raises Unreadable."""
    pieces: list[_Piece] = []
    ignored: list[int] = []
    listening = False
    for number, line in lines_of(must_be_text(data)):
        if head := _HEAD.match(line):
            listening = head["kind"] != "SSL data"
            if listening:
                at = time_in(head["before"]) or 0
                pieces.append(_Piece(int(head["what"] == "Recv"), int(head["size"]), at, head["kind"] == "header"))
        elif (row := _ROW.fullmatch(line)) and pieces:
            if listening:
                pieces[-1].rows.append((int(row["offset"], 16), row["rest"]))
        elif "== Info" not in line:
            ignored.append(number)
    turns = [piece.turn() for piece in pieces]
    notes = (ASCII,) if any(text for _, text in turns) else ()
    return from_turns([turn for turn, _ in turns], NAME, side, ignored_lines=tuple(ignored), assumptions=notes)
