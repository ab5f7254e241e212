"""Dumps with offsets: xxd, hexdump, od, Wireshark, tcpdump and whoever writes like them."""

from __future__ import annotations

import re
from typing import NamedTuple

from app.importers.kinds import REVERSED, TEXT_FOLLOWS, WITH_COLON, WITHOUT_COLON, Kind, read_characters
from app.importers.rows import LONGEST, join, sizes_of, take, text_column, words_of
from app.importers.rows import shows as shows_text
from app.importers.source import Unreadable
from app.importers.text import SAMPLE, Line

ENOUGH = 24
"""Rows that are enough to tell how a dump is written."""

RADIXES = {16: "hexadecimal", 8: "octal", 10: "decimal"}

_ROW = re.compile(r"\s*(?P<offset>(?:0x)?[0-9a-f]{3,16})(?P<colon>:?)(?P<rest>[ \t].*)?", re.IGNORECASE)


class Row(NamedTuple):
    """A line with an offset: `rest` is what follows it."""

    number: int
    offset: str
    colon: bool
    rest: str


class Layout(NamedTuple):
    """How a dump is written. `kind` is None for characters (od -c)."""

    kind: Kind | None
    radix: int

    @property
    def name(self) -> str:
        """For the reader."""
        return self.kind.what if self.kind else "dump of characters"


def rows_of(lines: list[Line]) -> list[Row]:
    """The lines that begin with an offset; a lone offset marks an end, so it never is the first."""
    rows: list[Row] = []
    for number, line in lines:
        match = _ROW.fullmatch(line) if len(line) <= LONGEST else None
        if match and (rows or (match["rest"] or "").strip()):
            rest = (match["rest"] or "").replace("\t", " ").rstrip()
            rows.append(Row(number, match["offset"].lower().removeprefix("0x"), bool(match["colon"]), rest))
    return rows


def find_layout(lines: list[Line], kinds: tuple[Kind, ...] | None = None) -> Layout | None:
    """The layout that agrees with the most offsets; None when this is no dump with offsets."""
    rows = rows_of(lines[:SAMPLE])[:ENOUGH]
    if not rows:
        return None
    stars = {number for number, line in lines[:SAMPLE] if line.strip() == "*"}
    allowed = kinds or (WITH_COLON if rows[0].colon else WITHOUT_COLON)
    layouts = [Layout(kind, radix) for kind in allowed for radix in RADIXES]
    layouts += [Layout(None, radix) for radix in RADIXES] if not rows[0].colon and not kinds else []
    best = max(layouts, key=lambda layout: _fit(layout, rows, stars))
    good, readable = _fit(best, rows, stars)
    return best if readable and (good > 0 or rows[0].colon or (good == 0 and _begins(best, rows[0]))) else None


def _begins(layout: Layout, row: Row) -> bool:
    """Is a row that no other confirms the first of a dump, and not a group of digits like the others?"""
    return _value(layout, row) == 0 or _agrees(_bytes(layout, row, None), row.rest, layout.kind)


def _fit(layout: Layout, rows: list[Row], stars: set[int]) -> tuple[int, int]:
    """How many offsets a layout explains, less those that it does not; then how many rows it can read at all."""
    good, readable = 0, 0
    for index, row in enumerate(rows):
        size = _size(layout, rows, index, stars)
        if size is not None and size <= 0:
            good -= 0 if _value(layout, rows[index + 1]) == 0 else 1  # a new dump begins
            size = None
        fits = _reads(layout, row, size)
        readable += fits
        if size is not None and row.rest.strip():
            good += 1 if fits else -1
    return good, readable


def _value(layout: Layout, row: Row) -> int:
    try:
        return int(row.offset, layout.radix)
    except ValueError:
        return -1


def _size(layout: Layout, rows: list[Row], index: int, stars: set[int]) -> int | None:
    """How many bytes a row must have by the offset after it; None when nothing says so."""
    if index + 1 == len(rows) or any(row.number + 1 in stars for row in rows[index : index + 1]):
        return None
    return _value(layout, rows[index + 1]) - _value(layout, rows[index])


def _reads(layout: Layout, row: Row, size: int | None) -> bool:
    """Whether a row can be read, with as many bytes as it must have, and as its text column shows them."""
    kind = layout.kind
    if kind is None:
        # Trailing spaces get lost, so a row may be short, but not every row is.
        full = size is None or size * 4 - 3 <= len(row.rest) <= size * 4
        return bool(row.rest) and full and read_characters(row.rest, size) is not None
    words, ends = words_of(kind, row.rest)
    if not words:
        return False
    try:
        data = join(kind, words)
    except ValueError:
        return False
    tail = row.rest[ends[-1] :].strip()
    if size is None:
        return _agrees(take(kind, row.rest, None), row.rest, kind) or (kind is not REVERSED and not tail)
    spare = len(data) - size
    largest = max(sizes_of(kind, words))
    columns = kind.name in TEXT_FOLLOWS and "  " in row.rest.strip()
    if spare < 0 or (spare >= largest and not columns):
        return False
    return _agrees(take(kind, row.rest, size), row.rest, kind) or not tail


def _agrees(data: bytes | None, rest: str, kind: Kind | None) -> bool:
    """Is there a text column that shows these bytes?"""
    if data is None or kind is None:
        return False
    words, ends = words_of(kind, rest)
    have, count = 0, 0
    for size in sizes_of(kind, words):
        if have >= len(data):
            break
        have, count = have + size, count + 1
    text = text_column(rest[ends[count - 1] :])
    return bool(text) and shows_text(data, text)


def read_rows(layout: Layout, lines: list[Line]) -> tuple[list[tuple[int, bytes]], set[int]]:
    """The dumps that the lines hold, each with the number of its first line, and the lines that were used. An offset
    of 0 begins a new dump. Raises Unreadable where an offset contradicts the lines before it."""
    rows = rows_of(lines)
    stars = {number for number, line in lines if line.strip() == "*"}
    dumps: list[tuple[int, bytearray]] = []
    used: set[int] = set()
    first, last, before = 0, b"", -1
    for index, row in enumerate(rows):
        offset = _value(layout, row)
        size = _size(layout, rows, index, stars)
        data = _bytes(layout, row, size if size is None or size > 0 else None)
        if offset < 0 or (data is None and row.rest.strip()):
            continue
        if not dumps or (offset == 0 and data):
            dumps.append((row.number, bytearray()))
            first = offset
        else:
            _catch_up(dumps[-1][1], offset - first, row, last if before + 1 in stars else b"")
        dumps[-1][1].extend(data or b"")
        used.update((row.number, row.number - 1) if row.number - 1 in stars else (row.number,))
        last, before = data or last, row.number
    return [(number, bytes(dump)) for number, dump in dumps], used


def _bytes(layout: Layout, row: Row, size: int | None) -> bytes | None:
    if layout.kind is None:
        return read_characters(row.rest, size) if row.rest else None
    return take(layout.kind, row.rest, size)


def _catch_up(out: bytearray, place: int, row: Row, repeated: bytes) -> None:
    """Make the bytes so far reach to the place that an offset names: by rows that `*` stands for, or by dropping what
    fills up the last word."""
    missing = place - len(out)
    if missing > 0 and repeated:
        out += (repeated * (missing // len(repeated) + 1))[:missing]
    elif -8 < missing < 0 and not row.rest.strip():
        del out[missing:]
    elif missing:
        raise Unreadable(
            f"Line {row.number}: by the offset {row.offset} there are {place} bytes before it, "
            f"but the lines before it hold {len(out)}."
        )
