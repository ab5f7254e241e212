"""The few kinds of link a lesson may hold. Everything else stays text, and the check says so."""

from __future__ import annotations

import re
from collections.abc import Callable

from app.lessons.model import Source


def _rfc(match: re.Match[str]) -> Source:
    section = match["section"]
    url = f"https://www.rfc-editor.org/rfc/rfc{match['number']}"
    if not section:
        return Source(f"RFC {match['number']}", url)
    return Source(f"RFC {match['number']} §{section}", f"{url}#section-{section}")


def _whatwg(match: re.Match[str]) -> Source:
    return Source("WHATWG WebSockets", "https://websockets.spec.whatwg.org/" + (match["anchor"] or ""))


def _lesson(match: re.Match[str]) -> Source:
    step = f"?step={match['step']}" if match["step"] else ""
    return Source(match["slug"], f"/learn/{match['slug']}{step}")


_KINDS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Source]], ...] = (
    (re.compile(r"rfc:(?P<number>\d{3,5})(?:#(?P<section>\d+(?:\.\d+)*))?"), _rfc),
    (re.compile(r"whatwg:websockets(?P<anchor>#[a-z0-9-]+)?"), _whatwg),
    (re.compile(r"lesson:(?P<slug>[a-z0-9-]+)(?:#(?P<step>\d+))?"), _lesson),
)

HOW = "write (#field), (rfc:6455#5.3), (whatwg:websockets#ping-and-pong) or (lesson:slug#step)"


def resolve(target: str) -> Source | None:
    """Where `rfc:6455#5.3`, `whatwg:websockets#anchor` or `lesson:slug#3` lead; None for anything else."""
    for pattern, make in _KINDS:
        if match := pattern.fullmatch(target):
            return make(match)
    return None


def lesson_target(target: str) -> tuple[str, int | None] | None:
    """The slug and step of a `lesson:` link, else None."""
    match = _KINDS[2][0].fullmatch(target)
    return (match["slug"], int(match["step"]) if match["step"] else None) if match else None
