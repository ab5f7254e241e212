"""ngrep -x: a line with both addresses, then rows of hexadecimal pairs with a text column."""

from __future__ import annotations

import re

from app.importers.clock import time_in
from app.importers.rows import hex_row
from app.importers.source import Source
from app.importers.text import LONGEST, lines_of, must_be_text, sample_of
from app.importers.transcript import Turn, from_turns
from app.trace import Side

NAME = "ngrep"
WHAT = "ngrep -x"

_HEAD = re.compile(r"T (?P<time>.*?)(?P<from>\S+:\d+) -> (?P<to>\S+:\d+)(?: \[[A-Z]*\])?.*")
_ROW = re.compile(r"  (?P<rest>[0-9a-f]{2} .*)")


def sniff(data: bytes) -> bool:
    """A head with an arrow, and a row right after it."""
    lines = [line for _, line in sample_of(data)]
    return any(_HEAD.match(line[:LONGEST]) and _ROW.match(after) for line, after in zip(lines, lines[1:], strict=False))


def read(data: bytes, side: Side | None = None) -> Source:
    """Every connection that was shown. Raises Unreadable."""
    turns: list[Turn] = []
    ignored: list[int] = []
    seen: dict[tuple[str, str], tuple[str, int]] = {}
    peers: dict[str, tuple[str, str]] = {}
    for number, line in lines_of(must_be_text(data)):
        if head := _HEAD.match(line[:LONGEST]):
            ends = head["from"], head["to"]
            if ends not in seen:
                name = str(len(peers))
                peers[name] = ends
                seen[ends], seen[ends[1], ends[0]] = (name, 0), (name, 1)
            turns.append(Turn(*seen[ends], b"", time_in(head["time"]) or 0))
        elif turns and (row := _ROW.fullmatch(line.rstrip())) and (found := _bytes(row["rest"])) is not None:
            turns[-1] = turns[-1]._replace(data=turns[-1].data + found)
        elif line.strip("#"):
            ignored.append(number)
    return from_turns(turns, NAME, side, ignored_lines=tuple(ignored), peers=peers)


def _bytes(rest: str) -> bytes | None:
    """Two blocks of eight, four spaces between and after them, then at most 16 characters of text."""
    left, right = rest[:23], rest[27:50] if rest[23:27] == "    " else ""
    try:
        return bytes.fromhex(left) + bytes.fromhex(right)
    except ValueError:
        return hex_row(rest)
