"""socat -x and -x -v: a line with direction, time and length, then rows of hexadecimal pairs."""

from __future__ import annotations

import re

from app.importers.clock import time_in
from app.importers.rows import hex_row
from app.importers.source import Source
from app.importers.text import LONGEST, lines_of, must_be_text, sample_of
from app.importers.transcript import Turn, from_turns
from app.trace import Side

NAME = "socat"
WHAT = "socat -x, with or without -v"

_HEAD = re.compile(r"(?P<arrow>[<>]) (?P<time>.*?)\s+length=(?P<length>\d+) from=\d+ to=\d+.*")
_PAIRS = re.compile(r"(?: [0-9a-f]{2})+\s*")
_ROW = 16


def sniff(data: bytes) -> bool:
    """A line that begins with an arrow and tells a length."""
    return any(_HEAD.match(line[:LONGEST]) for _, line in sample_of(data))


def read(data: bytes, side: Side | None = None) -> Source:
    """Both ends of what socat passed on. Raises Unreadable."""
    turns: list[Turn] = []
    ignored: list[int] = []
    left = 0
    for number, line in lines_of(must_be_text(data)):
        if head := _HEAD.match(line[:LONGEST]):
            turns.append(Turn("0", int(head["arrow"] == "<"), b"", time_in(head["time"]) or 0))
            left = int(head["length"])
            continue
        # Without -v everything stands in one long row; with it, a row also ends where a line of text does.
        found = (hex_row(line) or b"")[: left if _PAIRS.fullmatch(line) else _ROW] if left else b""
        if found:
            found = found[:left]
            turns[-1] = turns[-1]._replace(data=turns[-1].data + found)
            left -= len(found)
        elif line.strip() != "--":
            ignored.append(number)
    return from_turns(turns, NAME, side, ignored_lines=tuple(ignored))
