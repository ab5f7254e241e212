"""Bytes as they stand in program text: array and string literals of C, Python, Go, Rust, Java, JavaScript and others,
and what their debuggers print."""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.importers.base64text import decoded
from app.importers.digits import looks_right
from app.importers.dump import find_layout, rows_of
from app.importers.escapes import LITERAL, BadEscape, unescape
from app.importers.source import Source, Unreadable, from_stream
from app.importers.text import must_be_text, sample_of, text_of
from app.trace import Side

NAME = "literal"
WHAT = "array and string literals of programming languages, debug prints, escaped text"

_COMMENT = re.compile(r"/\*.{0,300}?\*/|(?<![:\w])//[^\n]*", re.DOTALL)
_BRACKETS = re.compile(r"[\[{(<]([^\[\]{}()<>]*)[\]})>]")
_CASTS = re.compile(r"\(\s*(?:unsigned\s+|signed\s+)?(?:byte|char|sbyte|u?int8_t|u8|i8)\s*\)")
_SUFFIX = re.compile(r"(?<=[0-9a-fA-F])_?(?:[ui]8|[uU][lL]*|\.toU?[bB]yte\(\))(?![0-9a-zA-Z])")
_NUMBER = re.compile(r"-?(?:0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO][0-7]+|\d+)|'(?:[^'\\]|\\.[^']*)'")
_MORE = re.compile(r"(?:,\s*)?\.\.\.\s*(\d+) more (?:bytes|items)")
_PAIRS = re.compile(r"(?:[0-9a-f]{2}\s+)*[0-9a-f]{2}", re.IGNORECASE)
_ENTRY = re.compile(r'"(\d+)"\s*:\s*(\d+)')
_PRINTED_TAIL = re.compile(r",\s*buffer: ArrayBuffer\(.{0,300}?\blength: \d+\s*\]", re.DOTALL)
_PERCENT = re.compile(r"(?:%[0-9a-f]{2}|[\w.~!*'()-])+", re.IGNORECASE)
_HEX = re.compile(r"(?:[0-9a-f]{2})+", re.IGNORECASE)
_BARE = re.compile(r"\\x[0-9a-f]{2}|\\[0-3][0-7]{2}|\\u00[0-9a-f]{2}", re.IGNORECASE)

SIGNED = "Numbers below zero are read as signed bytes: -1 is ff."
TWO_DIGITS = "Every number has two decimal digits, so they could be hexadecimal; --from hex reads them so."
LATIN = "Characters from U+0080 to U+00FF stand for one byte each."


def sniff(data: bytes) -> bool:
    """Text in which bytes stand in brackets or in quotes, or as bare escapes."""
    text, sample = text_of(data), sample_of(data)
    if not text or (find_layout(sample) and 2 * len(rows_of(sample)) >= len(sample)):
        return False  # the text column of a dump may look like anything
    try:
        return _read(text) is not None
    except (Unreadable, BadEscape):
        return bool(_BARE.search(text))


def read(data: bytes, side: Side | None = None) -> Source:
    """The bytes that the literals stand for, joined in their order. Raises Unreadable."""
    text = must_be_text(data)
    try:
        found = _read(text)
    except BadEscape as error:
        raise Unreadable(f"This literal cannot be read: {error}.") from None
    if found is None:
        raise Unreadable("There is no array or string of bytes in this text.")
    shown, notes = found
    return from_stream(shown, NAME, side, assumptions=tuple(notes))


Found = tuple[bytes, list[str]]


def _read(text: str) -> Found | None:
    return _object(text) or _strings(text) or _array(text) or _quoted(text) or _bare(text) or _percent(text)


def _object(text: str) -> Found | None:
    """JSON of a Uint8Array: {"0":129,"1":133, ...}."""
    entries = _ENTRY.findall(text)
    if not entries or [int(key) for key, _ in entries] != list(range(len(entries))):
        return None
    return _bytes([int(value) for _, value in entries]), []


def _array(text: str) -> Found | None:
    """The longest list of numbers in brackets."""
    plain = _SUFFIX.sub("", _CASTS.sub("", _COMMENT.sub(" ", _PRINTED_TAIL.sub("]", text))))
    lists = [found for found in map(_numbers, _bodies(plain)) if found]
    if not lists:
        return None
    values, more = max(lists, key=lambda found: len(found[0]))
    notes = [SIGNED] if min(values) < 0 else []
    if all(9 < value < 100 for value in values) and not re.search("0[xXbBoO]|<", plain):
        notes.append(TWO_DIGITS)
    if more:
        notes.append(f"The print was cut: {more} bytes more are not in it.")
    return _bytes(values), notes


def _bodies(text: str) -> Iterator[str]:
    """What stands in each innermost pair of brackets."""
    for match in _BRACKETS.finditer(text):
        # `Buffer` and the like name what is printed, `[Uint8Contents]: <...>` holds the bytes of an ArrayBuffer
        yield match[1].removeprefix("Buffer").strip()


def _numbers(body: str) -> tuple[list[int], int] | None:
    """The numbers of a list, and how many more were left out; None when there is anything else in it."""
    cut = _MORE.search(body)
    body = _MORE.sub("", body).strip().rstrip(",")
    words = body.replace(",", " ").split() if "'" not in body else re.split(r"\s*,\s*", body)
    if "," not in body and len(words) > 1 and _PAIRS.fullmatch(body):
        return list(bytes.fromhex(body)), int(cut[1]) if cut else 0
    if not words or ("," not in body and not cut and not _named(words)):
        return None
    if all(map(_NUMBER.fullmatch, words)):
        return [_value(word) for word in words], int(cut[1]) if cut else 0
    return None


def _named(words: list[str]) -> bool:
    """Whether a list without commas is one all the same: Python and Go print some of theirs so."""
    return all(re.fullmatch(r"-?\d{1,3}|0x[0-9a-fA-F]{1,2}", word) for word in words) and (
        len(words) > 1 or words[0].startswith("0x")
    )


def _value(word: str) -> int:
    if word[0] == "'":
        return unescape(word[1:-1])[0][0]
    digits = word.lstrip("-")
    if len(digits) > 1 and digits[0] == "0" and digits.isdecimal():
        value = int(digits, 8) if set(digits) <= set("01234567") else int(digits)
    else:
        value = int(digits, 0)
    return -value if word[0] == "-" else value


def _bytes(values: list[int]) -> bytes:
    for value in values:
        if not -128 <= value <= 255:
            raise Unreadable(f"{value} in this list is no byte: a byte lies between -128 and 255.")
    return bytes(value & 255 for value in values)


def _strings(text: str) -> Found | None:
    """Adjacent string literals, of which at least one needs an escape."""
    literals = [match[2] for match in LITERAL.finditer(text)]
    if not any("\\" in literal for literal in literals):
        return None
    parts = [unescape(literal) for literal in literals]
    notes = [LATIN] if any(wide for _, wide in parts) else []
    return b"".join(data for data, _ in parts), notes


def _quoted(text: str) -> Found | None:
    """The longest string literal, when it holds the digits or the base64 of something like WebSocket."""
    literal = max((match[2] for match in LITERAL.finditer(text)), key=len, default="")
    shown = bytes.fromhex(literal) if _HEX.fullmatch(literal) else decoded(literal)
    return (shown, []) if shown and looks_right(shown) else None


def _percent(text: str) -> Found | None:
    """Percent-encoding (RFC 3986 section 2.1)."""
    body = "".join(text.split())
    if "%" not in body or not _PERCENT.fullmatch(body):
        return None
    return unescape(body.replace("%", "\\x"))[0], []


def _bare(text: str) -> Found | None:
    """Escapes without quotes around them."""
    if not _BARE.search(text):
        return None
    data, wide = unescape("".join(line.strip() for line in text.splitlines()))
    return data, [LATIN] if wide else []
