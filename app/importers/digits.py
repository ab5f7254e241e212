"""Numbers without offsets: a stream of hexadecimal digits, groups of them, lists of octal, decimal or binary bytes."""

from __future__ import annotations

import re
from typing import NamedTuple

from app.importers.kinds import BITS, D1, D2, D4, D8, GROUPS, O1, O2, O4, X2, X4, X8, Kind
from app.importers.midstream import ends_with_a_frame, frames_in
from app.importers.sides import is_head
from app.importers.source import Unreadable
from app.importers.text import Line

# What digits can be, from the most to the least usual.
ALL = (BITS, GROUPS, X2, X4, X8, O1, O2, O4, D1, D2, D4, D8)
_DECIMALS = {D1: 3, D2: 4, D4: 6, D8: 11}
"""Digits that some number must have before short ones are believed to be decimal."""

MOST_REPEATED = 5000
"""Lines that a `*` without offsets is believed to stand for."""

_PUNCTUATION = str.maketrans(dict.fromkeys(",;:_{}()[]<>\"'|", " "))
_HEX = re.compile(r"[0-9a-f]+", re.IGNORECASE)
_DECIMAL = re.compile(r"-?\d+")
_PREFIXED = re.compile(r"0x([0-9a-f]|(?:[0-9a-f]{2})+)", re.IGNORECASE)
_DASHED = re.compile(r"(?<=[0-9a-f]{2})-(?=[0-9a-f]{2})", re.IGNORECASE)

_FROM = {
    BITS: "bits",
    GROUPS: "hex",
    X2: "words",
    X4: "words",
    X8: "words",
    O1: "octal",
    O2: "octal",
    O4: "octal",
    D1: "decimal",
    D2: "decimal",
    D4: "decimal",
    D8: "decimal",
}


class Plain(NamedTuple):
    """The bytes that lines of digits hold, what the digits were taken for, and what else they could be."""

    data: bytes
    kind: Kind
    used: frozenset[int]
    notes: tuple[str, ...]


def groups_of(line: str) -> list[str]:
    """The groups of digits of a line that holds nothing else; 0x and \\x are taken off."""
    if '":' in line:  # a JSON object counts its bytes in the same digits
        return []
    words = _DASHED.sub(" ", line.replace("\\x", " 0x").replace("\\", " ").translate(_PUNCTUATION)).split()
    groups = [match[1].rjust(2, "0") if (match := _PREFIXED.fullmatch(word)) else word for word in words]
    return groups if all(_HEX.fullmatch(group) or _DECIMAL.fullmatch(group) for group in groups) else []


def read_plain(lines: list[Line], kinds: tuple[Kind, ...] | None = None) -> Plain:
    """Read the lines that hold nothing but digits. Raises Unreadable, naming the line."""
    found = {number: groups for number, line in lines if (groups := groups_of(line))}
    stars = [number for number, line in lines if line.strip() == "*"]
    if stars and found:
        return _repeated(lines, stars[0], kinds)
    words = [word for groups in found.values() for word in groups]
    used = frozenset(found)
    if any(_PREFIXED.search(line) or "\\x" in line for _, line in lines):
        kinds = (GROUPS,)  # the digits themselves say that they are hexadecimal
    allowed = [kind for kind in kinds or ALL if all(_is_word(kind, word) for word in words)]
    if not kinds:
        # A lone group is no list, and one digit is sooner half a byte in hexadecimal than a decimal number.
        allowed = [kind for kind in allowed if kind is not BITS or len(words) > 1]
        longest = max(map(len, words), default=0)
        allowed = [kind for kind in allowed if longest >= _DECIMALS.get(kind, 0)]
    read = [(kind, data) for kind in allowed if (data := _join(kind, words)) is not None]
    if not words or not read:
        raise Unreadable(_odd(found, kinds))
    kind, data = next(((kind, data) for kind, data in read if looks_right(data)), read[0])
    others = [other for other, their in read if their != data]
    return Plain(data, kind, used, (*((kind.note,) if kind.note else ()), *_ambiguity(kind, others)))


def _repeated(lines: list[Line], star: int, kinds: tuple[Kind, ...] | None) -> Plain:
    """Lines with a `*`. It stands for repetitions of the line before it, and without offsets only what the bytes mean
    can say how many: as many as let the frames end where the bytes do."""
    before = [line for line in lines if line[0] < star]
    after = [line for line in lines if line[0] > star]
    if before and after and all(line.strip() != "*" for _, line in after):
        shown = read_plain([*before, *after], kinds)
        allowed = (shown.kind,)
        head, row, tail = (read_plain(part, allowed).data for part in (before, before[-1:], after))
        for count in range(1, MOST_REPEATED):
            data = head + row * count + tail
            if ends_with_a_frame(data):
                note = f"* in line {star} stands for {count} lines: only then do the frames end where the bytes do."
                return Plain(data, shown.kind, shown.used | {star}, (*shown.notes, note))
    raise Unreadable(f"Line {star}: * stands for repeated lines; without offsets nobody can tell how many.")


def _is_word(kind: Kind, word: str) -> bool:
    match = kind.word.fullmatch(word)
    return match is not None and match[1] == word


def _join(kind: Kind, words: list[str]) -> bytes | None:
    try:
        return b"".join(map(kind.read, words))
    except ValueError:
        return None


def looks_right(data: bytes) -> bool:
    """Do these bytes begin as a WebSocket connection or a frame does?"""
    return is_head(data[:8192]) or bool(frames_in(data[: 1 << 16], True) or frames_in(data[: 1 << 16], False))


def _ambiguity(kind: Kind, others: list[Kind]) -> tuple[str, ...]:
    choices = sorted({_FROM[other] for other in others} - {_FROM[kind]})
    if not choices:
        return ()
    ways = " or ".join(f"--from {choice}" for choice in choices)
    return (
        f"These digits can be read in several ways; they are read as {_FROM[kind]}. To read them otherwise: {ways}.",
    )


def _odd(found: dict[int, list[str]], kinds: tuple[Kind, ...] | None) -> str:
    """Why the digits are no bytes."""
    for number, groups in found.items():
        for group in groups:
            if not kinds and not _HEX.fullmatch(group):
                return f"Line {number}: {group[:20]} is no byte: a byte lies between -128 and 255."
            if not kinds and len(group) % 2:
                return f"Line {number}: {group[:20]} has an odd number of hexadecimal digits; a byte has two."
    wanted = " or ".join(sorted({_FROM[kind] for kind in kinds or ()})) or "hex"
    return f"The digits of this text cannot be read as {wanted}."
