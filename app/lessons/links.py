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
    place = match["place"] or ""
    query = f"?step={place}" if place.isdecimal() else f"?open={place}#{place}" if place else ""
    return Source(match["slug"], f"/learn/{match['slug']}{query}")


def _page(match: re.Match[str]) -> Source:
    return Source(match["page"], f"/{match['page']}")


_KINDS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Source]], ...] = (
    (re.compile(r"rfc:(?P<number>\d{2,5})(?:#(?P<section>\d+(?:\.\d+)*))?"), _rfc),
    (re.compile(r"whatwg:websockets(?P<anchor>#[a-z0-9-]+)?"), _whatwg),
    (re.compile(r"lesson:(?P<slug>[a-z0-9-]+)(?:#(?P<place>\d+|[a-z][a-z0-9-]*))?"), _lesson),
    (re.compile(r"page:(?P<page>compare)"), _page),
)

HOW = "write (#field), (rfc:6455#5.3), (whatwg:websockets#ping-and-pong) or (lesson:slug#step)"


def resolve(target: str) -> Source | None:
    """Where `rfc:6455#5.3`, `whatwg:websockets#anchor`, `lesson:slug#3` or `lesson:slug#myth` lead; else None."""
    for pattern, make in _KINDS:
        if match := pattern.fullmatch(target):
            return make(match)
    return None


def lesson_target(target: str) -> tuple[str, str] | None:
    """The slug of a `lesson:` link, and the number of a step or the name of a block; else None."""
    match = _KINDS[2][0].fullmatch(target)
    return (match["slug"], match["place"] or "") if match else None
