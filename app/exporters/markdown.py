"""A finding about one connection, as Markdown for a ticket."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from app.anatomy.ending import Ending, seconds, sentence
from app.anatomy.text import escape
from app.protocol.events import Event, Violation
from app.trace import Trace

MOST = 20
"""Broken rules that are listed."""
BYTES = 32


def finding(about: str, notes: Iterable[str], trace: Trace, events: list[Event], ending: Ending | None) -> str:
    """Who ended it, what was broken, on what it rests. Text from the wire stays plain text."""
    return "\n".join(_lines(about, notes, trace, events, ending)) + "\n"


def _lines(about: str, notes: Iterable[str], trace: Trace, events: list[Event], ending: Ending | None) -> Iterator[str]:
    yield f"### {plain(about)}"
    yield ""
    if ending:
        yield f"**{plain(sentence(ending))}**"
        if ending.last and ending.silence is not None:
            yield f"Last before that: {plain(ending.last)}, {seconds(ending.silence)} earlier."
        yield from map(plain, ending.facts)
        yield ""
        yield from (f"> {plain(guess)}\n" for guess in ending.guesses)
    broken = [event for event in events if isinstance(event.detail, Violation) and event.detail.severity == "error"]
    if broken:
        yield "| at byte | side | what | rule | clause | bytes |"
        yield "|--|--|--|--|--|--|"
        yield from (_row(event, trace) for event in broken[:MOST])
        if len(broken) > MOST:
            yield f"\nand {len(broken) - MOST} more."
        yield ""
    elif ending:
        yield "No rule is broken."
        yield ""
    notes = list(notes)
    if notes:
        yield "This rests on:"
        yield ""
        yield from (f"- {plain(note)}" for note in notes)


def _row(event: Event, trace: Trace) -> str:
    broken = event.detail
    assert isinstance(broken, Violation)
    start = broken.start // 8
    data = trace.bytes(event.side, start, min(start + BYTES, (broken.start + broken.bits + 7) // 8))
    clause = broken.section if ":" in broken.section else f"RFC 6455 {broken.section}"
    cells = (f"{start}.{broken.start % 8}", event.side, plain(broken.text), broken.rule, clause, f"`{data.hex(' ')}`")
    return f"| {' | '.join(cells)} |"


_SPECIAL = str.maketrans({char: f"\\{char}" for char in "\\`*_[]<>|#"})


def plain(text: str) -> str:
    """Text in which nothing means anything to Markdown, on one line."""
    return escape(text).translate(_SPECIAL)
