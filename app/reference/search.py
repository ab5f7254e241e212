"""Full-text search over everything that can be looked up: every word asked for has to occur, the best match first."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

LONGEST = 200
MOST = 60
_WORD = re.compile(r"[a-z0-9]+(?:[.-][a-z0-9]+)*")


class Entry(NamedTuple):
    """Something to be found: `kind` groups it on the page, `title` counts for more than `text`."""

    kind: str
    title: str
    text: str
    url: str


def words(text: str) -> list[str]:
    """The words of a text, lower case; names such as `frm.mask.client` count as one word and as their parts."""
    found: list[str] = []
    for word in _WORD.findall(text.lower()):
        parts = re.split(r"[.-]", word)
        found += [word, *(parts if len(parts) > 1 else [])]
    return found


def search(entries: Iterable[Entry], query: str) -> list[Entry]:
    """The entries in which every word of the query begins a word; at most MOST."""
    wanted = list(dict.fromkeys(_WORD.findall(query[:LONGEST].lower())))
    if not wanted:
        return []
    ranked = [(score, place, entry) for place, entry in enumerate(entries) if (score := _score(entry, wanted))]
    return [entry for _, _, entry in sorted(ranked, key=lambda each: (-each[0], each[1]))[:MOST]]


def _score(entry: Entry, wanted: list[str]) -> int:
    title, text = words(entry.title), words(entry.text)
    total = 0
    for word in wanted:
        points = max(_points(word, title, 8), _points(word, text, 2))
        if not points:
            return 0
        total += points
    return total


def _points(word: str, among: list[str], weight: int) -> int:
    """A whole word counts twice the beginning of one."""
    if word in among:
        return weight * 2
    return weight if any(other.startswith(word) for other in among) else 0
