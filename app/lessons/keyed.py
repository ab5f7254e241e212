"""Lines of `key: value` at the head of a section; a key without a value takes the lines below it that are indented."""

from __future__ import annotations

import re
from typing import NamedTuple

from app.lessons.model import Problem

_SETTING = re.compile(r"([a-z_-]+):(?:\s+(.*))?")
INDENT = "  "


class Line(NamedTuple):
    """One line of the file, numbered from 1."""

    number: int
    text: str


class Keys(NamedTuple):
    """What the lines say: keys that occur once, and those that may be repeated."""

    values: dict[str, Line]
    many: dict[str, list[Line]]


def read(
    lines: list[Line], once: tuple[str, ...], many: tuple[str, ...], problems: list[Problem], what: str
) -> tuple[Keys, int]:
    """The `key: value` lines, up to the first empty line, and how many lines they take."""
    keys = Keys({}, {key: [] for key in many})
    at = 0
    while at < len(lines):
        line = lines[at]
        match = _SETTING.fullmatch(line.text.strip())
        if not match or line.text.startswith(" "):
            if line.text.strip():
                problems.append(
                    Problem(line.number, f"leave an empty line between the settings of a {what} and its text")
                )
            return keys, at
        at += 1
        key, text = match[1], (match[2] or "").strip()
        held = []
        while not text and at < len(lines) and lines[at].text.startswith(INDENT):
            held.append(lines[at].text[len(INDENT) :].rstrip())
            at += 1
        _keep(keys, key, Line(line.number, text or "\n".join(held)), once, problems)
    return keys, at


def _keep(keys: Keys, key: str, value: Line, once: tuple[str, ...], problems: list[Problem]) -> None:
    if key not in once and key not in keys.many:
        problems.append(Problem(value.number, f"unknown key `{key}`; the keys are {', '.join((*once, *keys.many))}"))
    elif not value.text:
        problems.append(Problem(value.number, f"`{key}` has no value"))
    elif key in keys.many:
        keys.many[key].append(value)
    elif key in keys.values:
        problems.append(Problem(value.number, f"`{key}` is written twice; keep one"))
    else:
        keys.values[key] = value
