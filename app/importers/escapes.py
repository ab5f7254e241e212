"""Backslash escapes of string literals, as C, Python, Go, Rust, Java, JavaScript, shells and strace write them."""

from __future__ import annotations

import re

LITERAL = re.compile(r"(?<![\w\\])(?:\$|[a-zA-Z]{0,2}8?)(\"|'|`)((?:\\.|(?!\1)[^\\])*)\1", re.DOTALL)
"""A string literal: its quote, and what stands between the quotes."""

_ESCAPE = re.compile(
    r"\\(?:x(?P<hex>[0-9a-fA-F]{1,2})|x\{(?P<braced>[0-9a-fA-F]+)\}|u\{(?P<point>[0-9a-fA-F]+)\}|u(?P<four>[0-9a-fA-F]{4})"
    r"|(?P<octal>[0-7]{1,3})|(?P<newline>\r?\n\s*)|(?P<char>.))",
    re.DOTALL,
)
_CHARS = {"a": 7, "b": 8, "t": 9, "n": 10, "v": 11, "f": 12, "r": 13, "e": 27, "s": 32}


class BadEscape(ValueError):
    """An escape that stands for no byte; the text says which."""


def unescape(text: str) -> tuple[bytes, bool]:
    """The bytes of what stands between quotes, and whether characters beyond ASCII were taken for bytes.

    Raises BadEscape.
    """
    out = bytearray()
    wide = False
    pos = 0
    for match in _ESCAPE.finditer(text):
        wide |= _plain(out, text[pos : match.start()])
        pos = match.end()
        value, counts = _escaped(match)
        wide |= counts and value > 127
        if value >= 0:
            out.append(value)
    wide |= _plain(out, text[pos:])
    return bytes(out), wide


def _plain(out: bytearray, text: str) -> bool:
    """Characters that stand for themselves; True when some are beyond ASCII."""
    if text.isascii():
        out += text.encode()
        return False
    try:
        out += text.encode("latin-1")
    except UnicodeEncodeError as error:
        raise BadEscape(f"the character {text[error.start]!r} is no byte") from None
    return True


def _escaped(match: re.Match[str]) -> tuple[int, bool]:
    """The byte of one escape (-1 for a line that goes on), and whether it names a character rather than a byte."""
    found = match.groupdict()
    if digits := found["hex"] or found["braced"]:
        return _byte(int(digits, 16), match[0]), False
    if digits := found["four"] or found["point"]:
        return _byte(int(digits, 16), match[0]), True
    if found["octal"]:
        return _byte(int(found["octal"], 8), match[0]), False
    if found["newline"]:
        return -1, False
    char = found["char"]
    return _CHARS.get(char, ord(char) if ord(char) < 256 else -1), False


def _byte(value: int, shown: str) -> int:
    if value > 255:
        raise BadEscape(f"{shown} is no byte")
    return value
