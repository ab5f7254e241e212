"""Times as tools print them before a line; in nanoseconds from any beginning, for only differences count."""

from __future__ import annotations

import re

_CLOCK = re.compile(r"(?:(\d{4})[-/](\d\d)[-/](\d\d)[ T])?(\d{1,2}):(\d\d):(\d\d)(?:[.,](\d{1,9}))?")
_SECONDS = re.compile(r"(\d{1,11})\.(\d{3,9})(?!\d)")


def time_in(text: str) -> int | None:
    """The first time in a line: a time of day, with or without a date, or seconds with decimals."""
    if match := _CLOCK.search(text):
        year, month, day, hours, minutes, seconds, fraction = match.groups()
        days = (int(year) * 12 + int(month)) * 31 + int(day) if year else 0
        return _nanoseconds(((days * 24 + int(hours)) * 60 + int(minutes)) * 60 + int(seconds), fraction or "")
    if match := _SECONDS.search(text):
        return _nanoseconds(int(match[1]), match[2])
    return None


def _nanoseconds(seconds: int, fraction: str) -> int:
    return seconds * 1_000_000_000 + int(fraction.ljust(9, "0"))
