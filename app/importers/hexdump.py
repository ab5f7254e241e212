"""Hexadecimal text as people paste it: a stream of digits, lists of bytes, and dumps with offsets and a text column."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from app.importers.source import Source, Unreadable, from_stream
from app.trace import Side

NAME = "hex"
WHAT = "hexadecimal text: plain digits, lists of bytes, xxd, hexdump, od, Wireshark"

LONGEST_DUMP_LINE = 512
"""A line with an offset is short; longer ones are plain digits, and no pattern is tried on them."""
SAMPLE = 200
"""The layout is chosen from so many lines; all lines are then read in it."""

Line = tuple[int, str]
Row = tuple[int, int, list[str]]


class Layout(NamedTuple):
    """A dump with offsets: `line` finds `offset` and `words`, `base` reads offsets, `word` makes a word bytes."""

    name: str
    line: re.Pattern[str]
    word: Callable[[str], bytes] = bytes.fromhex
    base: int = 16
    assumption: str = ""


def _line(offset: str, words: str, tail: str) -> re.Pattern[str]:
    return re.compile(rf"\s*(?P<offset>{offset})(?:{words}{tail})?\s*", re.IGNORECASE)


def _little(base: int) -> Callable[[str], bytes]:
    return lambda word: int(word, base).to_bytes(2, "little")


_LITTLE_ENDIAN = (
    "The dump shows 16-bit words; they are read as little-endian, the order of the machines that make them."
)

# From the most to the least particular: the first that fits the most lines is taken.
LAYOUTS = (
    Layout("hexdump -C", _line(r"[0-9a-f]{8}", r"(?P<words>(?: {1,2}[0-9a-f]{2})+)", r" +\|.*")),
    Layout("od -t x1z", _line(r"[0-9a-f]{6,7}", r"(?P<words>(?: [0-9a-f]{2})+)", r" +>.*<")),
    Layout("xxd -b", _line(r"[0-9a-f]{8}:", r"(?P<words>(?: [01]{8})+)", r"(?:  .*)?"), lambda w: bytes([int(w, 2)])),
    Layout(
        "xxd", _line(r"(?:0x)?[0-9a-f]{4,8}:", r" {1,2}(?P<words>(?:[0-9a-f]{2})+(?: (?:[0-9a-f]{2})+)*)", r"(?: .*)?")
    ),
    Layout("hexdump", _line(r"[0-9a-f]{7}", r"(?P<words>(?: [0-9a-f]{4})+)", " *"), _little(16), 16, _LITTLE_ENDIAN),
    Layout("od", _line(r"[0-7]{7}", r"(?P<words>(?: [0-7]{6})+)", " *"), _little(8), 8, _LITTLE_ENDIAN),
    Layout("offsets", _line(r"[0-9a-f]{4,8}", r" {1,3}(?P<words>(?: {0,2}[0-9a-f]{2}(?![^ ]))+)", r"(?: .*)?")),
)

_PUNCTUATION = str.maketrans(dict.fromkeys(",;:-_{}()<>\"'", " "))
_DIGITS = re.compile(r"[0-9a-fA-F]+")


def text_of(data: bytes) -> str | None:
    """The input as text, byte order marks respected; None when it is not text."""
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        return None
    return None if re.search(r"[\x00-\x08\x0e-\x1f\x7f]", text) else text


def sniff(data: bytes) -> bool:
    """Is this text in which at least as many lines hold hexadecimal digits as do not?"""
    text = text_of(data)
    sample = _lines(text)[:SAMPLE] if text else []
    dumped = max(len(_rows(layout, sample)) for layout in LAYOUTS)
    return 0 < len(sample) <= 2 * max(dumped, len(_groups(sample)))


def read(data: bytes, side: Side | None = None) -> Source:
    """The bytes that the text shows. Raises Unreadable, naming the line."""
    text = text_of(data)
    if text is None:
        raise Unreadable("This is not text, so it is no hexadecimal text either.")
    lines = _lines(text)
    layout = _layout(lines[:SAMPLE])
    stars = {number for number, line in lines if line.strip() == "*"}
    if layout:
        rows = _rows(layout, lines)
        shown, used = _dump(layout, rows, stars), stars.union(row[0] for row in rows)
    else:
        groups = _groups(lines)
        shown, used = _plain(groups, stars), set(groups)
    return from_stream(
        shown,
        layout.name if layout else NAME,
        side,
        ignored_lines=tuple(number for number, _ in lines if number not in used),
        assumptions=(layout.assumption,) if layout and layout.assumption else (),
    )


def _lines(text: str) -> list[Line]:
    """The lines that hold anything, with their numbers."""
    return [(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]


def _layout(sample: list[Line]) -> Layout | None:
    """The layout that fits most lines; None when more lines are plain digits."""
    best = max(LAYOUTS, key=lambda layout: len(_rows(layout, sample)))
    fit = len(_rows(best, sample))
    return best if fit and fit >= len(_groups(sample)) else None


def _counts(rows: list[Row]) -> bool:
    """Is the first column an offset? It begins at 0, or grows by the bytes of its line; else it is bytes itself."""
    (_, first, words), *more = rows
    return first == 0 or any(0 < offset - first <= len(words) for _, offset, _ in more[:1])


def _groups(lines: list[Line]) -> dict[int, list[str]]:
    """The groups of hexadecimal digits of each line that holds nothing else."""
    return {number: groups for number, line in lines if (groups := _digits(line))}


def _digits(line: str) -> list[str]:
    if '":' in line:  # a JSON object counts its bytes in the same digits
        return []
    words = line.replace("\\x", " 0x").replace("\\", " ").translate(_PUNCTUATION).split()
    groups = [word[2:].zfill(2) if word[:2] in ("0x", "0X") else word for word in words]
    return groups if all(map(_DIGITS.fullmatch, groups)) else []


def _plain(lines: dict[int, list[str]], stars: set[int]) -> bytes:
    if stars:
        raise Unreadable(f"Line {min(stars)}: * stands for repeated lines; without offsets nobody can tell how many.")
    for number, groups in lines.items():
        half = next((group for group in groups if len(group) % 2), None)
        if half:
            raise Unreadable(f"Line {number}: {half[:20]} has an odd number of hexadecimal digits; a byte has two.")
    return b"".join(bytes.fromhex("".join(groups)) for groups in lines.values())


def _rows(layout: Layout, lines: list[Line]) -> list[Row]:
    """The lines that look like this layout: number, offset, words. A lone offset marks the end, so never the start."""
    rows: list[Row] = []
    for number, line in lines:
        match = layout.line.fullmatch(line) if len(line) <= LONGEST_DUMP_LINE else None
        if match and (match["words"] or rows):
            words = (match["words"] or "").split()
            rows.append((number, int(match["offset"].removesuffix(":"), layout.base), words))
    return rows if layout.name != "offsets" or (rows and _counts(rows)) else []


def _dump(layout: Layout, rows: list[Row], stars: set[int]) -> bytes:
    """The bytes of a dump. Each offset must say what the lines before it add up to; `*` repeats the line before it."""
    out = bytearray()
    first = rows[0][1]
    row = b""
    for index, (number, offset, words) in enumerate(rows):
        missing = offset - first - len(out)
        if missing > 0 and number - 1 in stars and row:
            out += (row * (missing // len(row) + 1))[:missing]
        elif missing == -1 and not words:
            del out[-1:]  # a dump of 16-bit words fills up the last, odd byte
        elif missing:
            raise Unreadable(_gap(number, offset, first + len(out)))
        row = b"".join(map(layout.word, words))
        if layout.name == "offsets" and index + 1 < len(rows) and number + 1 not in stars:
            row = row[: max(rows[index + 1][1] - offset, 0)]  # a text column may look like bytes
        out += row
    return bytes(out)


def _gap(number: int, offset: int, expected: int) -> str:
    if offset == 0:
        return f"Line {number}: the offsets start again at 0, so this is more than one dump; give one at a time."
    return f"Line {number}: the offset is {offset:#x}, but the lines before it end at {expected:#x}."
