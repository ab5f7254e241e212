"""Bytes written as numbers: dumps with offsets, and plain digits."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from app.importers.digits import groups_of, read_plain
from app.importers.dump import find_layout, read_rows, rows_of
from app.importers.kinds import BITS, D1, D2, D4, D8, O1, O2, O4, X2, X4, X8, Kind
from app.importers.source import Source, Unreadable, from_stream
from app.importers.text import Line, lines_of, must_be_text, sample_of
from app.trace import Side

NAME = "hex"
WHAT = "hexadecimal and other digits: plain, lists, and the dumps of xxd, hexdump, od and Wireshark"

# Other ways to read digits, for those who know better than the sniffing: name -> what it is, how words are written.
FORCED: dict[str, tuple[str, tuple[Kind, ...]]] = {
    "words": ("little-endian words in hexadecimal digits (od -x, hexdump)", (X2, X4, X8)),
    "octal": ("octal digits (od, hexdump -b)", (O1, O2, O4)),
    "decimal": ("decimal digits", (D1, D2, D4, D8)),
    "bits": ("binary digits", (BITS,)),
}


def sniff(data: bytes) -> bool:
    """Is this text in which at least as many lines hold digits as do not?"""
    sample = sample_of(data)
    digits = sum(bool(groups_of(line)) for _, line in sample)
    dumped = len(rows_of(sample)) if find_layout(sample) else 0
    return 0 < len(sample) <= 2 * max(dumped, digits)


def read(data: bytes, side: Side | None = None, kinds: tuple[Kind, ...] | None = None) -> Source:
    """The bytes that the text shows. Raises Unreadable, naming the line."""
    lines = lines_of(must_be_text(data))
    shown, form, used, notes = _dumped(lines, kinds) or _plain(lines, kinds)
    ignored = tuple(number for number, _ in lines if number not in used)
    return from_stream(shown, form, side, ignored_lines=ignored, assumptions=notes)


def forced(kinds: tuple[Kind, ...]) -> Callable[[bytes, Side | None], Source]:
    """A reader for digits that are known to be written in one of these ways."""
    return partial(read, kinds=kinds)


Shown = tuple[bytes, str, set[int] | frozenset[int], tuple[str, ...]]


def _dumped(lines: list[Line], kinds: tuple[Kind, ...] | None) -> Shown | None:
    layout = find_layout(lines, kinds)
    if layout is None:
        return None
    dumps, used = read_rows(layout, lines)
    if len(dumps) > 1:
        raise Unreadable(
            f"Line {dumps[1][0]}: the offsets start again at 0, so this is more than one dump; give one at a time."
        )
    notes = (layout.kind.note,) if layout.kind and layout.kind.note else ()
    return (dumps[0][1], layout.name, used, notes) if dumps else None


def _plain(lines: list[Line], kinds: tuple[Kind, ...] | None) -> Shown:
    plain = read_plain(lines, kinds)
    return plain.data, NAME if plain.kind.name == "groups" else plain.kind.what, plain.used, plain.notes
