"""Tagged netstrings, the format of mitmproxy's flow files: a length, a colon, the value and a tag for its type."""

from __future__ import annotations

import re

Value = dict[str, "Value"] | list["Value"] | str | bytes | int | float | bool | None

_LENGTH = re.compile(rb"(\d{1,12}):")
DEEPEST = 64


class BadNetstring(ValueError):
    """Bytes that are no tagged netstring; the text says where."""


def parse(data: bytes, pos: int = 0, depth: int = 0) -> tuple[Value, int]:
    """The value that begins at `pos`, and where the next one begins. Raises BadNetstring."""
    match = _LENGTH.match(data, pos)
    if match is None or depth > DEEPEST:
        raise BadNetstring(f"at byte {pos} no length begins")
    start = match.end()
    end = start + int(match[1])
    if end >= len(data):
        raise BadNetstring(f"the value at byte {pos} is cut off")
    return _value(data, data[end : end + 1], start, end, depth), end + 1


def _value(data: bytes, tag: bytes, start: int, end: int, depth: int) -> Value:
    if tag == b"}":
        items = _items(data, start, end, depth)
        return {_name(key): value for key, value in zip(items[::2], items[1::2], strict=False)}
    if tag == b"]":
        return _items(data, start, end, depth)
    raw = data[start:end]
    try:
        return _simple(tag, raw)
    except ValueError:
        raise BadNetstring(f"the value at byte {start} does not fit its tag {tag!r}") from None


def _simple(tag: bytes, raw: bytes) -> Value:
    if tag == b",":
        return raw
    if tag == b";":
        return raw.decode()
    if tag == b"#":
        return int(raw)
    if tag == b"^":
        return float(raw)
    if tag == b"!":
        return raw == b"true"
    if tag == b"~" and not raw:
        return None
    raise ValueError


def _items(data: bytes, pos: int, end: int, depth: int) -> list[Value]:
    items: list[Value] = []
    while pos < end:
        value, pos = parse(data, pos, depth + 1)
        items.append(value)
    if pos != end:
        raise BadNetstring(f"the value at byte {pos} is longer than what it is in")
    return items


def _name(key: Value) -> str:
    return key.decode("utf-8", "replace") if isinstance(key, bytes) else str(key)
